from typing import Literal

SaleRecordedOutcome = Literal["asks", "changed", "created", "unchanged"]

SALE_RECORDED_OUTCOME_VALUES: set[SaleRecordedOutcome] = {
    "asks",
    "changed",
    "created",
    "unchanged",
}


def check_sale_recorded_outcome(value: str) -> SaleRecordedOutcome:
    if value in SALE_RECORDED_OUTCOME_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SALE_RECORDED_OUTCOME_VALUES!r}")
