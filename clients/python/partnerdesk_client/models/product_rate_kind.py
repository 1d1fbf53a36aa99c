from typing import Literal

ProductRateKind = Literal["category", "product"]

PRODUCT_RATE_KIND_VALUES: set[ProductRateKind] = {
    "category",
    "product",
}


def check_product_rate_kind(value: str) -> ProductRateKind:
    if value in PRODUCT_RATE_KIND_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PRODUCT_RATE_KIND_VALUES!r}")
