from typing import Literal

DocumentStrategy = Literal["blocked", "lexoffice_credit_note", "own_document"]

DOCUMENT_STRATEGY_VALUES: set[DocumentStrategy] = {
    "blocked",
    "lexoffice_credit_note",
    "own_document",
}


def check_document_strategy(value: str) -> DocumentStrategy:
    if value in DOCUMENT_STRATEGY_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {DOCUMENT_STRATEGY_VALUES!r}")
