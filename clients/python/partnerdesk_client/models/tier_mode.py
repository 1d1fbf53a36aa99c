from typing import Literal

TierMode = Literal["flat", "graduated"]

TIER_MODE_VALUES: set[TierMode] = {
    "flat",
    "graduated",
}


def check_tier_mode(value: str) -> TierMode:
    if value in TIER_MODE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {TIER_MODE_VALUES!r}")
