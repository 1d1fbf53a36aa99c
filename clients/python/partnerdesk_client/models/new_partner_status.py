from typing import Literal

NewPartnerStatus = Literal["active", "inactive"]

NEW_PARTNER_STATUS_VALUES: set[NewPartnerStatus] = {
    "active",
    "inactive",
}


def check_new_partner_status(value: str) -> NewPartnerStatus:
    if value in NEW_PARTNER_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {NEW_PARTNER_STATUS_VALUES!r}")
