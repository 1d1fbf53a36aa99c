from typing import Literal

TaxStatus = Literal["eu_business", "private", "regular", "small_business", "small_business_eu", "third_country"]

TAX_STATUS_VALUES: set[TaxStatus] = {
    "eu_business",
    "private",
    "regular",
    "small_business",
    "small_business_eu",
    "third_country",
}


def check_tax_status(value: str) -> TaxStatus:
    if value in TAX_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {TAX_STATUS_VALUES!r}")
