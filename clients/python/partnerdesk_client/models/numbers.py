from typing import Literal

Numbers = Literal["english", "german"]

NUMBERS_VALUES: set[Numbers] = {
    "english",
    "german",
}


def check_numbers(value: str) -> Numbers:
    if value in NUMBERS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {NUMBERS_VALUES!r}")
