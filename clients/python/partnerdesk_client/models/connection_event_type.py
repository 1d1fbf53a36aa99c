from typing import Literal

ConnectionEventType = Literal["connection.broken", "connection.restored"]

CONNECTION_EVENT_TYPE_VALUES: set[ConnectionEventType] = {
    "connection.broken",
    "connection.restored",
}


def check_connection_event_type(value: str) -> ConnectionEventType:
    if value in CONNECTION_EVENT_TYPE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CONNECTION_EVENT_TYPE_VALUES!r}")
