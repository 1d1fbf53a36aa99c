from typing import Literal

DeliveryDeliveryOutcome = Literal["accepted", "given_up", "handed_over", "no_address", "opened", "refused"]

DELIVERY_DELIVERY_OUTCOME_VALUES: set[DeliveryDeliveryOutcome] = {
    "accepted",
    "given_up",
    "handed_over",
    "no_address",
    "opened",
    "refused",
}


def check_delivery_delivery_outcome(value: str) -> DeliveryDeliveryOutcome:
    if value in DELIVERY_DELIVERY_OUTCOME_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {DELIVERY_DELIVERY_OUTCOME_VALUES!r}")
