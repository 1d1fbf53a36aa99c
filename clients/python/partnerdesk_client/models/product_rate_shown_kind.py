from typing import Literal

ProductRateShownKind = Literal["category", "product"]

PRODUCT_RATE_SHOWN_KIND_VALUES: set[ProductRateShownKind] = {
    "category",
    "product",
}


def check_product_rate_shown_kind(value: str) -> ProductRateShownKind:
    if value in PRODUCT_RATE_SHOWN_KIND_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PRODUCT_RATE_SHOWN_KIND_VALUES!r}")
