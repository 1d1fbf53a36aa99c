from typing import Literal

PayoutState = Literal[
    "approved",
    "awaiting_approval",
    "cancelled",
    "credit_note_open",
    "outcome_unknown",
    "paid",
    "rejected",
    "returned",
    "settled_manually",
]

PAYOUT_STATE_VALUES: set[PayoutState] = {
    "approved",
    "awaiting_approval",
    "cancelled",
    "credit_note_open",
    "outcome_unknown",
    "paid",
    "rejected",
    "returned",
    "settled_manually",
}


def check_payout_state(value: str) -> PayoutState:
    if value in PAYOUT_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PAYOUT_STATE_VALUES!r}")
