from typing import Literal

TaxCase = Literal["eu_business", "private", "regular", "small_business", "small_business_eu", "third_country"]

TAX_CASE_VALUES: set[TaxCase] = {
    "eu_business",
    "private",
    "regular",
    "small_business",
    "small_business_eu",
    "third_country",
}


def check_tax_case(value: str) -> TaxCase:
    if value in TAX_CASE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {TAX_CASE_VALUES!r}")
