from typing import Literal

ImportShownState = Literal["discarded", "draft", "taken"]

IMPORT_SHOWN_STATE_VALUES: set[ImportShownState] = {
    "discarded",
    "draft",
    "taken",
}


def check_import_shown_state(value: str) -> ImportShownState:
    if value in IMPORT_SHOWN_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {IMPORT_SHOWN_STATE_VALUES!r}")
