from typing import Literal

DocumentStage = Literal["booked", "delivered", "issued"]

DOCUMENT_STAGE_VALUES: set[DocumentStage] = {
    "booked",
    "delivered",
    "issued",
}


def check_document_stage(value: str) -> DocumentStage:
    if value in DOCUMENT_STAGE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {DOCUMENT_STAGE_VALUES!r}")
