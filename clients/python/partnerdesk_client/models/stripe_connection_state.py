from typing import Literal

StripeConnectionState = Literal["broken", "connected", "unconnected"]

STRIPE_CONNECTION_STATE_VALUES: set[StripeConnectionState] = {
    "broken",
    "connected",
    "unconnected",
}


def check_stripe_connection_state(value: str) -> StripeConnectionState:
    if value in STRIPE_CONNECTION_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {STRIPE_CONNECTION_STATE_VALUES!r}")
