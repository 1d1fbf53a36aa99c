from typing import Literal

ClaimState = Literal["netted", "open", "settled", "void", "written_off"]

CLAIM_STATE_VALUES: set[ClaimState] = {
    "netted",
    "open",
    "settled",
    "void",
    "written_off",
}


def check_claim_state(value: str) -> ClaimState:
    if value in CLAIM_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CLAIM_STATE_VALUES!r}")
