from typing import Literal

Ground = Literal["change", "error", "objection"]

GROUND_VALUES: set[Ground] = {
    "change",
    "error",
    "objection",
}


def check_ground(value: str) -> Ground:
    if value in GROUND_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {GROUND_VALUES!r}")
