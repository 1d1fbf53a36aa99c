from typing import Literal

SourceShownSource = Literal["copecart", "custom", "digistore24"]

SOURCE_SHOWN_SOURCE_VALUES: set[SourceShownSource] = {
    "copecart",
    "custom",
    "digistore24",
}


def check_source_shown_source(value: str) -> SourceShownSource:
    if value in SOURCE_SHOWN_SOURCE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SOURCE_SHOWN_SOURCE_VALUES!r}")
