"""Intents whose POST got no answer: searches, giving up, and what a person says about it (engine.md)."""

from datetime import timedelta

from ledger.database import TenantTransaction
from ledger.documents.intents import Intent
from ledger.types import IntentId

ENOUGH_SEARCHES = 3
"""rules.md: creating again needs the waiting time and three complete empty searches."""


async def seconds_to_search(tx: TenantTransaction, intent: Intent, unclear_wait: timedelta) -> float:
    """Until the next search: at the deadline, half the waiting time later, and at its end.

    By the clock that wrote the deadline: a worker whose own is wrong must not believe that the time is over.
    """
    seconds: float = await tx.fetchval(
        """
        SELECT greatest(0, extract(epoch FROM deadline + empty_searches * $3::interval / ($4::int - 1)
                                              - clock_timestamp()))::float8
          FROM creation_intents WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        intent.id,
        unclear_wait,
        ENOUGH_SEARCHES,
    )
    return seconds


async def give_up(tx: TenantTransaction, intent: IntentId) -> bool:
    """Close an intent of which it is proved that nothing was made. False where that is not proved."""
    closed = await tx.fetchval(
        """
        UPDATE creation_intents SET closed_at = now()
         WHERE tenant_id = $1 AND id = $2 AND closed_at IS NULL AND resource_id IS NULL
           AND (sent_at IS NULL OR refused_at IS NOT NULL)
        RETURNING true
        """,
        tx.tenant.id,
        intent,
    )
    return bool(closed)


async def count_empty_search(tx: TenantTransaction, intent: IntentId) -> int:
    """One more complete search that found nothing with our marker."""
    found: int = await tx.fetchval(
        """
        UPDATE creation_intents SET empty_searches = empty_searches + 1
         WHERE tenant_id = $1 AND id = $2 RETURNING empty_searches
        """,
        tx.tenant.id,
        intent,
    )
    return found


async def stop_searching(tx: TenantTransaction, intent: IntentId) -> None:
    """The search found what no machine may decide about: count as if it had been tried often enough."""
    await tx.execute(
        "UPDATE creation_intents SET empty_searches = greatest(empty_searches, $3) WHERE tenant_id = $1 AND id = $2",
        tx.tenant.id,
        intent,
        ENOUGH_SEARCHES,
    )


async def abandon_by_decision(tx: TenantTransaction, intent: IntentId) -> None:
    """Close an unclear intent because a person answers for it that nothing was made."""
    await tx.execute(
        """
        UPDATE creation_intents SET closed_at = now(), refused_at = now(), refused_reason = 'a person says so'
         WHERE tenant_id = $1 AND id = $2 AND resource_id IS NULL
        """,
        tx.tenant.id,
        intent,
    )


async def unmake(tx: TenantTransaction, intent: IntentId) -> bool:
    """What was taken for this intent's document is none: it is unclear again, and a person decides.

    The machine has nothing more to find. False where it was read back meanwhile, and stays.
    """
    await tx.execute(
        """
        UPDATE external_documents d SET payout_id = NULL, transaction_id = NULL, own_document_id = NULL
          FROM creation_intents i
         WHERE i.tenant_id = $1 AND i.id = $2 AND i.closed_at IS NULL
           AND d.tenant_id = i.tenant_id AND d.provider = i.provider AND d.resource_id = i.resource_id
        """,
        tx.tenant.id,
        intent,
    )
    unmade = await tx.fetchval(
        """
        UPDATE creation_intents
           SET resource_id = NULL, attached_file = NULL, files_sent = 0, adopted = false, unclear_at = now(),
               empty_searches = greatest(empty_searches, $3)
         WHERE tenant_id = $1 AND id = $2 AND closed_at IS NULL RETURNING true
        """,
        tx.tenant.id,
        intent,
        ENOUGH_SEARCHES,
    )
    return bool(unmade)


async def hold_lost_credit_notes(tx: TenantTransaction, *, provider: str) -> bool:
    """Whether a credit note of ours may exist in these books whose id we do not know: then an unknown one may be ours.

    Such intents are held until the end of the transaction, so that their id is not stored meanwhile. An invoice that
    is lost explains no credit note.
    """
    rows = await tx.fetch(
        """
        SELECT id FROM creation_intents
         WHERE tenant_id = $1 AND kind = 'credit-note' AND resource_id IS NULL AND closed_at IS NULL
           AND sent_at IS NOT NULL AND provider = $2
         ORDER BY created_at, id
           FOR SHARE
        """,
        tx.tenant.id,
        provider,
    )
    return bool(rows)


async def hold_lost_vouchers(tx: TenantTransaction) -> bool:
    """The same of a voucher of a document of ours."""
    rows = await tx.fetch(
        """
        SELECT id FROM creation_intents
         WHERE tenant_id = $1 AND kind IN ('purchaseinvoice', 'purchasecreditnote') AND resource_id IS NULL
           AND closed_at IS NULL AND sent_at IS NOT NULL
         ORDER BY created_at, id
           FOR SHARE
        """,
        tx.tenant.id,
    )
    return bool(rows)
