from typing import Literal

PaidBy = Literal["bank", "both", "lexoffice"]

PAID_BY_VALUES: set[PaidBy] = {
    "bank",
    "both",
    "lexoffice",
}


def check_paid_by(value: str) -> PaidBy:
    if value in PAID_BY_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PAID_BY_VALUES!r}")
