from typing import Literal

EasybillChangePlanType0 = Literal["BUSINESS", "PLUS"]

EASYBILL_CHANGE_PLAN_TYPE_0_VALUES: set[EasybillChangePlanType0] = {
    "BUSINESS",
    "PLUS",
}


def check_easybill_change_plan_type_0(value: str) -> EasybillChangePlanType0:
    if value in EASYBILL_CHANGE_PLAN_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {EASYBILL_CHANGE_PLAN_TYPE_0_VALUES!r}")
