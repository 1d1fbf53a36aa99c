from typing import Literal

EasybillConnectionPlan = Literal["BUSINESS", "PLUS"]

EASYBILL_CONNECTION_PLAN_VALUES: set[EasybillConnectionPlan] = {
    "BUSINESS",
    "PLUS",
}


def check_easybill_connection_plan(value: str) -> EasybillConnectionPlan:
    if value in EASYBILL_CONNECTION_PLAN_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {EASYBILL_CONNECTION_PLAN_VALUES!r}")
