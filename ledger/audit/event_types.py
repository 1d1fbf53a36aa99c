"""Which events others are told of. The triggers of functions/audit.sql write them; a test compares."""

from typing import Final

PING: Final = "ping"
"""What a person sends to try an endpoint; it is chosen by nobody."""

EVENT_TYPES: Final = (
    "payout.requested",
    "payout.approved",
    "payout.document_issued",
    "payout.exported",
    "payout.transferred",
    "payout.paid",
    "payout.returned",
    "payout.cancelled",
    "payout.rejected",
    "commission.created",
    "commission.approved",
    "commission.reversed",
    "transaction.created",
    "transaction.refunded",
    "partner.updated",
    "partner.objection",
    "task.opened",
    "task.closed",
    "connection.broken",
    "connection.restored",
)
