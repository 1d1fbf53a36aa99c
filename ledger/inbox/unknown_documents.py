"""Notifications about documents that the ledger does not know (rules.md, The connection).

So many an hour and tenant are fetched at once (receive_event() counts them); what came after them waits for
the sweep, whose lists tell without a call each what is the tenant's own.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from ledger.database import TenantTransaction
from ledger.types import EventId

# Codes of reasons. Rows are found by the first, which receive_event() writes.
WAITS = "sweep_awaited"
NOT_LISTED = "not_listed"
NOTHING_NEW = "nothing_new"

_THE_LIST_LAGS = timedelta(minutes=10)


class TakenUp(NamedTuple):
    """An event that is to be handled once more, as this delivery."""

    resource_id: UUID
    event: EventId
    delivery: int


async def find_waiting(tx: TenantTransaction, ids: Sequence[UUID]) -> set[UUID]:
    """Those of these documents about which something waits for the sweep."""
    rows = await tx.fetch(
        """
        SELECT DISTINCT resource_id FROM events
         WHERE tenant_id = $1 AND resource_id = ANY ($2) AND state = 'waiting' AND reason_code = $3
        """,
        tx.tenant.id,
        [str(id) for id in ids],
        WAITS,
    )
    return {UUID(row["resource_id"]) for row in rows}


async def take_up(tx: TenantTransaction, ids: Sequence[UUID]) -> list[TakenUp]:
    """What waited about these documents is to be handled now. Returns what is to be announced."""
    rows = await tx.fetch(
        """
        UPDATE events SET state = 'received', reason_code = NULL, reason_params = NULL,
                          delivery = delivery + 1, handed_over_at = NULL
         WHERE tenant_id = $1 AND resource_id = ANY ($2) AND state = 'waiting' AND reason_code = $3
        RETURNING resource_id, id, delivery
        """,
        tx.tenant.id,
        [str(id) for id in ids],
        WAITS,
    )
    return sorted(TakenUp(UUID(row["resource_id"]), EventId(row["id"]), row["delivery"]) for row in rows)


async def nothing_new(tx: TenantTransaction, ids: Sequence[UUID]) -> None:
    """A list has shown these documents, and there is nothing to be booked of them: that cost no call."""
    await tx.execute(
        """
        UPDATE events SET state = 'unchanged', reason_code = $4, handled_at = now()
         WHERE tenant_id = $1 AND resource_id = ANY ($2) AND state = 'waiting' AND reason_code = $3
        """,
        tx.tenant.id,
        [str(id) for id in ids],
        WAITS,
        NOTHING_NEW,
    )


async def end_unlisted(tx: TenantTransaction, *, compared_from: datetime) -> None:
    """After a complete pass: what no list has shown is no invoice or credit note of this organisation.

    Only what had arrived some time before the pass began: the list lags (lexoffice API, Voucherlist).
    """
    await tx.execute(
        """
        UPDATE events SET state = 'ignored', reason_code = $3, handled_at = now()
         WHERE tenant_id = $1 AND state = 'waiting' AND reason_code = $2 AND received_at < $4
        """,
        tx.tenant.id,
        WAITS,
        NOT_LISTED,
        compared_from - _THE_LIST_LAGS,
    )
