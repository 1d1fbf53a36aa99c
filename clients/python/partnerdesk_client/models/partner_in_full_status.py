from typing import Literal

PartnerInFullStatus = Literal["active", "inactive"]

PARTNER_IN_FULL_STATUS_VALUES: set[PartnerInFullStatus] = {
    "active",
    "inactive",
}


def check_partner_in_full_status(value: str) -> PartnerInFullStatus:
    if value in PARTNER_IN_FULL_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PARTNER_IN_FULL_STATUS_VALUES!r}")
