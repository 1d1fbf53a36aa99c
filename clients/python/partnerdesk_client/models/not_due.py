from typing import Literal

NotDue = Literal[
    "after_cut_off",
    "bank_details_not_confirmed",
    "below_minimum",
    "clawback_limit",
    "hold",
    "no_bank_details",
    "no_document",
    "not_above_zero",
    "not_confirmed",
    "not_paid",
    "partner_stopped",
    "provisional",
    "sale_blocked",
    "sale_held",
]

NOT_DUE_VALUES: set[NotDue] = {
    "after_cut_off",
    "bank_details_not_confirmed",
    "below_minimum",
    "clawback_limit",
    "hold",
    "no_bank_details",
    "no_document",
    "not_above_zero",
    "not_confirmed",
    "not_paid",
    "partner_stopped",
    "provisional",
    "sale_blocked",
    "sale_held",
}


def check_not_due(value: str) -> NotDue:
    if value in NOT_DUE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {NOT_DUE_VALUES!r}")
