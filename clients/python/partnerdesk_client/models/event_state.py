from typing import Literal

EventState = Literal["failed", "ignored", "processed", "received", "skipped", "unchanged", "waiting"]

EVENT_STATE_VALUES: set[EventState] = {
    "failed",
    "ignored",
    "processed",
    "received",
    "skipped",
    "unchanged",
    "waiting",
}


def check_event_state(value: str) -> EventState:
    if value in EVENT_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {EVENT_STATE_VALUES!r}")
