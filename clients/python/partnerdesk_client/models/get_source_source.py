from typing import Literal

GetSourceSource = Literal["copecart", "custom", "digistore24"]

GET_SOURCE_SOURCE_VALUES: set[GetSourceSource] = {
    "copecart",
    "custom",
    "digistore24",
}


def check_get_source_source(value: str) -> GetSourceSource:
    if value in GET_SOURCE_SOURCE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {GET_SOURCE_SOURCE_VALUES!r}")
