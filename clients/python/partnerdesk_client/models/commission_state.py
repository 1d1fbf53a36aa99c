from typing import Literal

CommissionState = Literal["approved", "in_payout", "paid", "pending", "reversed"]

COMMISSION_STATE_VALUES: set[CommissionState] = {
    "approved",
    "in_payout",
    "paid",
    "pending",
    "reversed",
}


def check_commission_state(value: str) -> CommissionState:
    if value in COMMISSION_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {COMMISSION_STATE_VALUES!r}")
