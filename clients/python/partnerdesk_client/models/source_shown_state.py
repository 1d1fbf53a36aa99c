from typing import Literal

SourceShownState = Literal["broken", "connected", "unconnected"]

SOURCE_SHOWN_STATE_VALUES: set[SourceShownState] = {
    "broken",
    "connected",
    "unconnected",
}


def check_source_shown_state(value: str) -> SourceShownState:
    if value in SOURCE_SHOWN_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SOURCE_SHOWN_STATE_VALUES!r}")
