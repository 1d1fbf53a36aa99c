from typing import Literal

ImportState = Literal["discarded", "draft", "taken"]

IMPORT_STATE_VALUES: set[ImportState] = {
    "discarded",
    "draft",
    "taken",
}


def check_import_state(value: str) -> ImportState:
    if value in IMPORT_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {IMPORT_STATE_VALUES!r}")
