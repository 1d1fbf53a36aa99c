from typing import Literal

OwnDocumentKind = Literal["commission_statement", "correction", "reversal", "self_billed"]

OWN_DOCUMENT_KIND_VALUES: set[OwnDocumentKind] = {
    "commission_statement",
    "correction",
    "reversal",
    "self_billed",
}


def check_own_document_kind(value: str) -> OwnDocumentKind:
    if value in OWN_DOCUMENT_KIND_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {OWN_DOCUMENT_KIND_VALUES!r}")
