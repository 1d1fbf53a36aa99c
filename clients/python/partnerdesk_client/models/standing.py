from typing import Literal

Standing = Literal["aged", "away", "invalid", "missing", "proven"]

STANDING_VALUES: set[Standing] = {
    "aged",
    "away",
    "invalid",
    "missing",
    "proven",
}


def check_standing(value: str) -> Standing:
    if value in STANDING_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {STANDING_VALUES!r}")
