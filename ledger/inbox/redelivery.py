"""Events that are handled again, or later: parked for a document, skipped without a key, replayed by a person.

Each time `delivery` is counted up, so that the engine sees them as new (events.py).
"""

from collections.abc import Sequence
from uuid import UUID

from ledger.audit import audit
from ledger.connections import connections
from ledger.database import TenantTransaction
from ledger.inbox import events
from ledger.refusals import NotAllowedNow, NotFound
from ledger.types import LEXOFFICE, EventId


async def park(tx: TenantTransaction, ids: Sequence[EventId]) -> None:
    """Let them wait for a document of our own whose id is not known yet (engine.md, DocumentWorkflow)."""
    await tx.execute(
        """
        UPDATE events SET state = 'waiting', reason_code = $3, reason_params = '{}',
                          handed_over_at = COALESCE(handed_over_at, now())
         WHERE tenant_id = $1 AND id = ANY ($2) AND state = 'received'
        """,
        tx.tenant.id,
        list(ids),
        events.PARKED,
    )


async def redeliver(tx: TenantTransaction, ids: Sequence[EventId]) -> None:
    """Whoever was to end them will not: they go back to the document's own workflow. What has ended stays ended."""
    if not ids:
        return
    await tx.execute(
        """
        UPDATE events SET delivery = delivery + 1, handed_over_at = NULL
         WHERE tenant_id = $1 AND id = ANY ($2) AND state = 'received' AND handed_over_at IS NOT NULL
        """,
        tx.tenant.id,
        list(ids),
    )


async def hand_over_parked(tx: TenantTransaction) -> list[EventId]:
    """A document of ours has got its id, or will never exist: what was parked for it is looked at again."""
    rows = await tx.fetch(
        """
        UPDATE events SET state = 'received', reason_code = NULL, reason_params = NULL,
                          delivery = delivery + 1, handed_over_at = NULL
         WHERE tenant_id = $1 AND state = 'waiting' AND reason_code = $2 RETURNING id
        """,
        tx.tenant.id,
        events.PARKED,
    )
    return sorted(EventId(row["id"]) for row in rows)


async def hand_over_waiting(tx: TenantTransaction, resource_ids: Sequence[UUID] | None = None) -> list[EventId]:
    """What waited for these documents (None: for any) is to be handed over again. Returns what is to be announced.

    Events that are whole, those of Stripe, wait for nothing but a person's answer.
    """
    rows = await tx.fetch(
        """
        UPDATE events SET state = 'received', reason_code = NULL, reason_params = NULL,
                          delivery = delivery + 1, handed_over_at = NULL
         WHERE tenant_id = $1 AND state = 'waiting'
           AND provider IN (SELECT name FROM providers WHERE is_books)
           AND ($2::text[] IS NULL OR resource_id = ANY ($2))
        RETURNING id
        """,
        tx.tenant.id,
        None if resource_ids is None else [str(resource_id) for resource_id in resource_ids],
    )
    return sorted(EventId(row["id"]) for row in rows)


async def replay(tx: TenantTransaction, event_id: EventId, *, actor: str) -> events.Event:
    """Have an event of lexoffice handled once more. Raises NotFound, NotAllowedNow for one that nothing can follow
    from, NotConnected."""
    found = await events.find_each(tx, [event_id])
    if not found:
        raise NotFound("event_not_found")
    if not events.is_uuid(found[0].resource_id):
        raise NotAllowedNow("replay_not_possible")
    if not (await connections.get(tx, found[0].provider)).has_secret:
        raise connections.NotConnected
    await reopen_event(tx, event_id, actor=actor)
    [again] = await events.find_each(tx, [event_id])
    return again


async def reopen_event(tx: TenantTransaction, event_id: EventId, *, actor: str) -> bytes:
    """It is to be handled as if it had just arrived. Returns its body as it was kept. Raises NotFound."""
    row = await tx.fetchrow(
        """
        UPDATE events e SET state = 'received', reason_code = NULL, reason_params = NULL,
                            delivery = e.delivery + 1, handed_over_at = NULL
          FROM events before
         WHERE e.tenant_id = $1 AND e.id = $2 AND before.tenant_id = e.tenant_id AND before.id = e.id
        RETURNING before.state, e.body
        """,
        tx.tenant.id,
        event_id,
    )
    if row is None:
        raise NotFound("event_not_found")
    await audit.record(
        tx,
        actor=actor,
        action="event.replayed",
        subject="event",
        subject_id=str(event_id),
        detail={"before": row["state"]},
    )
    body: bytes = row["body"]
    return body


async def reopen_skipped(tx: TenantTransaction, organization_id: UUID, *, provider: str = LEXOFFICE) -> list[EventId]:
    """What arrived without a key is to be handled now; what another organisation sent is not ours."""
    await tx.execute(
        """
        UPDATE events SET state = 'ignored', reason_code = 'of_other_organization', reason_params = '{}',
                          handled_at = now()
         WHERE tenant_id = $1 AND provider = $2 AND state = 'skipped' AND organization_id <> $3
        """,
        tx.tenant.id,
        provider,
        str(organization_id),
    )
    rows = await tx.fetch(
        """
        UPDATE events SET state = 'received', reason_code = NULL, reason_params = NULL, delivery = delivery + 1,
                          handed_over_at = NULL
         WHERE tenant_id = $1 AND provider = $2 AND state = 'skipped'
        RETURNING id
        """,
        tx.tenant.id,
        provider,
    )
    return sorted(EventId(row["id"]) for row in rows)
