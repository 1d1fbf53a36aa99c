from typing import Literal

FurtherAttemptEndedHowType0 = Literal["cancelled", "paid", "refused", "returned", "withdrawn"]

FURTHER_ATTEMPT_ENDED_HOW_TYPE_0_VALUES: set[FurtherAttemptEndedHowType0] = {
    "cancelled",
    "paid",
    "refused",
    "returned",
    "withdrawn",
}


def check_further_attempt_ended_how_type_0(value: str) -> FurtherAttemptEndedHowType0:
    if value in FURTHER_ATTEMPT_ENDED_HOW_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {FURTHER_ATTEMPT_ENDED_HOW_TYPE_0_VALUES!r}")
