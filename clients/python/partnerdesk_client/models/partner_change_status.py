from typing import Literal

PartnerChangeStatus = Literal["active", "inactive"]

PARTNER_CHANGE_STATUS_VALUES: set[PartnerChangeStatus] = {
    "active",
    "inactive",
}


def check_partner_change_status(value: str) -> PartnerChangeStatus:
    if value in PARTNER_CHANGE_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PARTNER_CHANGE_STATUS_VALUES!r}")
