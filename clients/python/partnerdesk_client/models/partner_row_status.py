from typing import Literal

PartnerRowStatus = Literal["active", "inactive"]

PARTNER_ROW_STATUS_VALUES: set[PartnerRowStatus] = {
    "active",
    "inactive",
}


def check_partner_row_status(value: str) -> PartnerRowStatus:
    if value in PARTNER_ROW_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PARTNER_ROW_STATUS_VALUES!r}")
