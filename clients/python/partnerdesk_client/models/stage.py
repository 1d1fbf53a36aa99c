from typing import Literal

Stage = Literal["approval", "bank", "documents", "file", "paid", "reconciled", "rehearsal", "run", "sales"]

STAGE_VALUES: set[Stage] = {
    "approval",
    "bank",
    "documents",
    "file",
    "paid",
    "reconciled",
    "rehearsal",
    "run",
    "sales",
}


def check_stage(value: str) -> Stage:
    if value in STAGE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {STAGE_VALUES!r}")
