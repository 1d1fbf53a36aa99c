from typing import Literal

EntryState = Literal["matched", "set_aside", "unrelated", "unresolved", "waiting"]

ENTRY_STATE_VALUES: set[EntryState] = {
    "matched",
    "set_aside",
    "unrelated",
    "unresolved",
    "waiting",
}


def check_entry_state(value: str) -> EntryState:
    if value in ENTRY_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ENTRY_STATE_VALUES!r}")
