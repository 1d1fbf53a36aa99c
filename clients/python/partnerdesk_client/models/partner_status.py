from typing import Literal

PartnerStatus = Literal["active", "inactive"]

PARTNER_STATUS_VALUES: set[PartnerStatus] = {
    "active",
    "inactive",
}


def check_partner_status(value: str) -> PartnerStatus:
    if value in PARTNER_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PARTNER_STATUS_VALUES!r}")
