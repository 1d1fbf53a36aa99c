from typing import Literal

DeliveryDeliveryHow = Literal["hand", "mail", "page"]

DELIVERY_DELIVERY_HOW_VALUES: set[DeliveryDeliveryHow] = {
    "hand",
    "mail",
    "page",
}


def check_delivery_delivery_how(value: str) -> DeliveryDeliveryHow:
    if value in DELIVERY_DELIVERY_HOW_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {DELIVERY_DELIVERY_HOW_VALUES!r}")
