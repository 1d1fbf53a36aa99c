from typing import Literal

PostingCase = Literal["regular", "reverse_charge_eu", "reverse_charge_third_country", "untaxed"]

POSTING_CASE_VALUES: set[PostingCase] = {
    "regular",
    "reverse_charge_eu",
    "reverse_charge_third_country",
    "untaxed",
}


def check_posting_case(value: str) -> PostingCase:
    if value in POSTING_CASE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {POSTING_CASE_VALUES!r}")
