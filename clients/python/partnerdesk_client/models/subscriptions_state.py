from typing import Literal

SubscriptionsState = Literal["failing", "healthy", "unknown"]

SUBSCRIPTIONS_STATE_VALUES: set[SubscriptionsState] = {
    "failing",
    "healthy",
    "unknown",
}


def check_subscriptions_state(value: str) -> SubscriptionsState:
    if value in SUBSCRIPTIONS_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SUBSCRIPTIONS_STATE_VALUES!r}")
