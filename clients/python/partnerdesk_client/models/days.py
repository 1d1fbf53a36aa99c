from typing import Literal

Days = Literal["day_first", "month_first"]

DAYS_VALUES: set[Days] = {
    "day_first",
    "month_first",
}


def check_days(value: str) -> Days:
    if value in DAYS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {DAYS_VALUES!r}")
