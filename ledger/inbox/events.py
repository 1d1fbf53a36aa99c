"""The inbox: every event as it arrived, and what became of it.

An event is committed here first and announced to the engine afterwards (engine.md, Three writes and one hand-over).
`delivery` counts how often it was handed over on purpose, so that a replay is seen as new.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from ledger import service_levels
from ledger.database import NOT_WAITED_FOR, Ledger, TenantTransaction
from ledger.reasons import Reason
from ledger.refusals import NotFound
from ledger.types import EventId, EventState, Frozen, Tenant


class Arrival(Frozen):
    """An event at the door, not yet in the inbox."""

    provider: str
    organization_id: str | None
    event_type: str
    resource_id: str
    event_date: datetime | None
    body: bytes
    signed: bool = False
    payment_reference: str | None = None
    ignored_because: Reason | None = None
    """It is kept, but nothing follows from it."""
    document: UUID | None = None
    """What would be fetched because of it, where that is a document."""


class TakenIn(NamedTuple):
    """What the inbox says about an arrival. `is_new` is False for a repeat of an event that is there already."""

    id: EventId
    is_new: bool
    state: EventState
    reason: Reason | None
    delivery: int
    handed_over: bool
    age_seconds: float
    is_known: bool = True
    """False: it names a document that the ledger does not know."""

    @property
    def handled(self) -> bool:
        """Whether the event is done with; otherwise it is, or has to be, announced to the engine."""
        return self.state not in (EventState.RECEIVED, EventState.WAITING)


class Event(Frozen):
    """An event as it is stored, without its body."""

    id: EventId
    provider: str
    organization_id: str | None
    event_type: str
    resource_id: str
    event_date: datetime | None
    signed: bool
    payment_reference: str | None
    state: EventState
    reason_code: str | None
    reason_params: dict[str, Any] | None
    changes: Any = None
    snapshot_id: UUID | None
    delivery: int
    received_at: datetime
    handed_over_at: datetime | None
    handled_at: datetime | None
    body_erased_at: datetime | None = None

    @property
    def why(self) -> Reason | None:
        """Why it ended so, or what it waits for."""
        return Reason.read(self.reason_code, self.reason_params)


class EventWithEvidence(Event):
    """Together with the body as it arrived and the document that was fetched because of it."""

    body: bytes
    snapshot: str | None
    snapshot_fetched_at: datetime | None


COLUMNS = """e.id, e.provider, e.organization_id, e.event_type, e.resource_id, e.event_date, e.signed,
       e.payment_reference, e.state, e.reason_code, e.reason_params, e.changes, e.snapshot_id, e.delivery,
       e.received_at, e.handed_over_at, e.handled_at, e.body_erased_at"""


async def take_in(ledger: Ledger, tenant: Tenant, arrival: Arrival, *, unproven_an_hour: int | None = None) -> TakenIn:
    """Insert the event, or find the one it repeats; one round trip, one transaction.

    'skipped' is decided in there under a lock on the connection, so that no event is lost while a key is added. Beyond
    `unproven_an_hour` documents that the ledger does not know it is 'waiting' for the sweep (None: no bound).
    """
    async with ledger.without_tenant() as db:
        row = await db.fetchrow(
            "SELECT * FROM receive_event($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            tenant.id,
            arrival.provider,
            arrival.organization_id,
            arrival.event_type,
            arrival.resource_id,
            arrival.event_date,
            arrival.body,
            arrival.signed,
            arrival.payment_reference,
            arrival.ignored_because and arrival.ignored_because.code,
            arrival.ignored_because and arrival.ignored_because.params,
            arrival.document,
            unproven_an_hour,
        )
    assert row is not None  # the function answers with one row, or fails
    return TakenIn(
        id=EventId(row["id"]),
        is_new=row["outcome"] == "new",
        state=EventState(row["state"]),
        reason=Reason.read(row["reason_code"], row["reason_params"]),
        delivery=row["delivery"],
        handed_over=row["handed_over"],
        age_seconds=row["age_seconds"],
        is_known=row["is_known"],
    )


async def take_in_within(tx: TenantTransaction, arrival: Arrival) -> EventId | None:
    """Insert an event that is applied in the same transaction; None for one that is there already.

    One that had failed, or waits for a person, is applied once more: its sender was asked to send it again. A repeat
    that arrives meanwhile waits in here until the first has been committed or rolled back.
    """
    found = await tx.fetchval(
        """
        INSERT INTO events (tenant_id, provider, organization_id, event_type, resource_id, event_date, body, signed,
                            state, reason_code, reason_params)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, CASE WHEN $9::text IS NULL THEN 'received' ELSE 'ignored' END, $9, $10)
        ON CONFLICT (tenant_id, provider, organization_id, event_type, resource_id, event_date) DO UPDATE
           SET state = EXCLUDED.state, reason_code = EXCLUDED.reason_code, reason_params = EXCLUDED.reason_params,
               body = EXCLUDED.body, body_erased_at = NULL, delivery = events.delivery + 1
         WHERE events.state IN ('failed', 'waiting')
        RETURNING id
        """,
        tx.tenant.id,
        arrival.provider,
        arrival.organization_id,
        arrival.event_type,
        arrival.resource_id,
        arrival.event_date,
        arrival.body,
        arrival.signed,
        arrival.ignored_because and arrival.ignored_because.code,
        arrival.ignored_because and arrival.ignored_because.params,
    )
    return None if found is None else EventId(found)


async def mark_announced(ledger: Ledger, tenant: Tenant, deliveries: dict[EventId, int]) -> None:
    """Remember that these deliveries were announced; one round trip.

    Its commit does not wait: a mark that is forgotten has the delivery announced once more, which changes nothing.
    """
    async with ledger.without_tenant() as db:
        await db.execute(
            f"SELECT {NOT_WAITED_FOR}, mark_events_handed_over($1, $2, $3)",
            tenant.id,
            list(deliveries),
            list(deliveries.values()),
        )


async def find_each(tx: TenantTransaction, ids: Sequence[EventId]) -> list[Event]:
    """In the order of their arrival; ids that do not exist are left out."""
    if not ids:
        return []
    rows = await tx.fetch(
        f"SELECT {COLUMNS} FROM events e WHERE e.tenant_id = $1 AND e.id = ANY ($2) ORDER BY e.id",
        tx.tenant.id,
        list(ids),
    )
    return [Event.from_row(row) for row in rows]


async def begin_anew(tx: TenantTransaction, event: EventId) -> None:
    """As if it had just arrived: for a rehearsal, which is rolled back."""
    await tx.execute(
        """
        UPDATE events SET state = 'received', reason_code = NULL, reason_params = NULL, changes = NULL
         WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        event,
    )


async def heard_of(tx: TenantTransaction, documents: Sequence[UUID], *, under_way: bool = False) -> set[UUID]:
    """Those of these documents that an event is about; `under_way`: one that is still to be handled."""
    rows = await tx.fetch(
        """
        SELECT DISTINCT resource_id FROM events
         WHERE tenant_id = $1 AND resource_id = ANY ($2) AND (NOT $3 OR state IN ('received', 'waiting'))
        """,
        tx.tenant.id,
        [str(id) for id in documents],
        under_way,
    )
    return {UUID(row["resource_id"]) for row in rows}


async def finish(
    tx: TenantTransaction,
    ids: Sequence[EventId],
    state: EventState,
    *,
    reason: Reason | None = None,
    changes: Any = None,
    snapshot_id: UUID | None = None,
) -> None:
    """Record how handling these events ended, and what it changed.

    Only of what is still to be handled: an activity that is repeated after its commit finds nothing changed, and must
    not say so of an event that changed something.
    """
    if not ids:
        return
    rows = await tx.fetch(
        """
        UPDATE events SET state = $3, reason_code = $4, reason_params = $5, changes = $6,
                          snapshot_id = COALESCE($7, snapshot_id),
                          handled_at = now(), handed_over_at = COALESCE(handed_over_at, now())
         WHERE tenant_id = $1 AND id = ANY ($2) AND state = 'received' RETURNING provider, received_at, delivery
        """,
        tx.tenant.id,
        list(ids),
        state.value,
        reason and reason.code,
        reason and reason.params,
        changes,
        snapshot_id,
    )
    for row in rows:
        if row["delivery"] == 1:  # one that was replayed, or waited for something, tells nothing about how quick we are
            service_levels.handled(tx, row["provider"], row["received_at"])


PARKED = "credit_note_id_awaited"
GONE = "document_not_in_lexoffice"
"""Codes of reasons that rows are found by."""


async def reexamine(tx: TenantTransaction, resource_ids: Sequence[UUID]) -> None:
    """What ended with a question about these documents is to be handed over again: the question is answered."""
    await tx.execute(
        """
        UPDATE events e SET state = 'received', reason_code = NULL, reason_params = NULL, delivery = delivery + 1,
                            handed_over_at = NULL
         WHERE tenant_id = $1 AND resource_id = ANY ($2) AND state IN ('waiting', 'failed')
           AND id = (SELECT max(id) FROM events o WHERE o.tenant_id = $1 AND o.resource_id = e.resource_id)
        """,
        tx.tenant.id,
        [str(resource_id) for resource_id in resource_ids],
    )


async def get(tx: TenantTransaction, event_id: EventId) -> EventWithEvidence:
    """An event, with what was fetched for it. Raises NotFound."""
    row = await tx.fetchrow(
        f"""
        SELECT {COLUMNS}, e.body, s.body AS snapshot, s.fetched_at AS snapshot_fetched_at
          FROM events e LEFT JOIN document_snapshots s ON s.tenant_id = e.tenant_id AND s.id = e.snapshot_id
         WHERE e.tenant_id = $1 AND e.id = $2
        """,
        tx.tenant.id,
        event_id,
    )
    if row is None:
        raise NotFound("event_not_found")
    return EventWithEvidence.from_row(row)


def is_uuid(text: str) -> bool:
    """Whether the text is a UUID in the usual spelling with dashes, in any case."""
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def readable_body(body: bytes) -> Any:
    """A body as JSON where it is JSON that can be sent on, else as text.

    What Python reads and nobody may write: NaN, 1e999, half a surrogate pair; or nested deeper than it can render.
    """
    try:
        told = json.loads(body)
        json.dumps(told, ensure_ascii=False, allow_nan=False).encode()
        return told
    except (ValueError, RecursionError):
        return body.decode("utf-8", "replace")
