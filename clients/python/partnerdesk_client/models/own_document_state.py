from typing import Literal

OwnDocumentState = Literal["closed", "delivered", "handed_out", "issued"]

OWN_DOCUMENT_STATE_VALUES: set[OwnDocumentState] = {
    "closed",
    "delivered",
    "handed_out",
    "issued",
}


def check_own_document_state(value: str) -> OwnDocumentState:
    if value in OWN_DOCUMENT_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {OWN_DOCUMENT_STATE_VALUES!r}")
