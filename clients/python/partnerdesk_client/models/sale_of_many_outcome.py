from typing import Literal

SaleOfManyOutcome = Literal["asks", "changed", "created", "refused", "unchanged"]

SALE_OF_MANY_OUTCOME_VALUES: set[SaleOfManyOutcome] = {
    "asks",
    "changed",
    "created",
    "refused",
    "unchanged",
}


def check_sale_of_many_outcome(value: str) -> SaleOfManyOutcome:
    if value in SALE_OF_MANY_OUTCOME_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SALE_OF_MANY_OUTCOME_VALUES!r}")
