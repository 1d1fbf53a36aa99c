from typing import Literal

DocumentKind = Literal["credit-note", "invoice", "purchasecreditnote", "purchaseinvoice"]

DOCUMENT_KIND_VALUES: set[DocumentKind] = {
    "credit-note",
    "invoice",
    "purchasecreditnote",
    "purchaseinvoice",
}


def check_document_kind(value: str) -> DocumentKind:
    if value in DOCUMENT_KIND_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {DOCUMENT_KIND_VALUES!r}")
