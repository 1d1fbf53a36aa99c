from typing import Literal

EventDeliveriesDeliveryState = Literal["delivered", "dropped", "due"]

EVENT_DELIVERIES_DELIVERY_STATE_VALUES: set[EventDeliveriesDeliveryState] = {
    "delivered",
    "dropped",
    "due",
}


def check_event_deliveries_delivery_state(value: str) -> EventDeliveriesDeliveryState:
    if value in EVENT_DELIVERIES_DELIVERY_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {EVENT_DELIVERIES_DELIVERY_STATE_VALUES!r}")
