from typing import Literal

ClaimCause = Literal["correction", "overpaid"]

CLAIM_CAUSE_VALUES: set[ClaimCause] = {
    "correction",
    "overpaid",
}


def check_claim_cause(value: str) -> ClaimCause:
    if value in CLAIM_CAUSE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CLAIM_CAUSE_VALUES!r}")
