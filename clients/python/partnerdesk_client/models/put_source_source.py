from typing import Literal

PutSourceSource = Literal["copecart", "custom", "digistore24"]

PUT_SOURCE_SOURCE_VALUES: set[PutSourceSource] = {
    "copecart",
    "custom",
    "digistore24",
}


def check_put_source_source(value: str) -> PutSourceSource:
    if value in PUT_SOURCE_SOURCE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PUT_SOURCE_SOURCE_VALUES!r}")
