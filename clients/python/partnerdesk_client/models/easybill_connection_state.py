from typing import Literal

EasybillConnectionState = Literal["broken", "connected", "unconnected"]

EASYBILL_CONNECTION_STATE_VALUES: set[EasybillConnectionState] = {
    "broken",
    "connected",
    "unconnected",
}


def check_easybill_connection_state(value: str) -> EasybillConnectionState:
    if value in EASYBILL_CONNECTION_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {EASYBILL_CONNECTION_STATE_VALUES!r}")
