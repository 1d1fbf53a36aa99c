from typing import Literal

DeliveryWithAttemptsState = Literal["delivered", "dropped", "due"]

DELIVERY_WITH_ATTEMPTS_STATE_VALUES: set[DeliveryWithAttemptsState] = {
    "delivered",
    "dropped",
    "due",
}


def check_delivery_with_attempts_state(value: str) -> DeliveryWithAttemptsState:
    if value in DELIVERY_WITH_ATTEMPTS_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {DELIVERY_WITH_ATTEMPTS_STATE_VALUES!r}")
