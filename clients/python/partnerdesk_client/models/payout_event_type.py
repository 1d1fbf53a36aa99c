from typing import Literal

PayoutEventType = Literal[
    "partner.objection",
    "payout.approved",
    "payout.cancelled",
    "payout.document_issued",
    "payout.exported",
    "payout.paid",
    "payout.rejected",
    "payout.requested",
    "payout.returned",
    "payout.transferred",
]

PAYOUT_EVENT_TYPE_VALUES: set[PayoutEventType] = {
    "partner.objection",
    "payout.approved",
    "payout.cancelled",
    "payout.document_issued",
    "payout.exported",
    "payout.paid",
    "payout.rejected",
    "payout.requested",
    "payout.returned",
    "payout.transferred",
}


def check_payout_event_type(value: str) -> PayoutEventType:
    if value in PAYOUT_EVENT_TYPE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PAYOUT_EVENT_TYPE_VALUES!r}")
