from typing import Literal

CommissionEventType = Literal["commission.approved", "commission.created", "commission.reversed"]

COMMISSION_EVENT_TYPE_VALUES: set[CommissionEventType] = {
    "commission.approved",
    "commission.created",
    "commission.reversed",
}


def check_commission_event_type(value: str) -> CommissionEventType:
    if value in COMMISSION_EVENT_TYPE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {COMMISSION_EVENT_TYPE_VALUES!r}")
