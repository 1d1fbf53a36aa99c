"""The inbox as people search it: newest first, by state, type, provider, document and period."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from ledger.database import TenantTransaction
from ledger.inbox.events import COLUMNS, Event
from ledger.keyset import Conditions, Order, Place, changed_since
from ledger.provider_ids import provider_of
from ledger.types import EventId, EventState, Frozen, PayoutNumber, TransactionId, midnight

_KNOWN_TYPES = 60
_A_UUID = "'^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'"


class EventFilter(Frozen):
    """What is set is asked for. Days are Europe/Berlin, [from, before)."""

    state: EventState | None = None
    event_type: str | None = None
    provider: str | None = None
    document: str | None = None
    """A document's id or number, or an event's id at Stripe."""
    resource_id: str | None = None
    """The id alone."""
    received_from: date | None = None
    received_before: date | None = None
    updated_since: datetime | None = None


_ALL = EventFilter()


class EventRow(Event):
    """An event with the number of the document that it is about, where the ledger knows it."""

    voucher_number: str | None


RECEIVED = Order(("received_at", "id"))
"""Newest first, as they arrived."""
BY_NUMBER = Order(("id",))


class DocumentOfEvent(Frozen):
    """What the ledger knows of the document that an event names."""

    kind: Literal["invoice", "credit-note"]
    resource_id: UUID
    voucher_number: str | None
    status: str | None
    payout_number: PayoutNumber | None
    transaction_id: TransactionId | None


async def list_events(
    tx: TenantTransaction,
    wanted: EventFilter = _ALL,
    *,
    order: Order = RECEIVED,
    after: Place | None = None,
    limit: int = 50,
) -> tuple[list[EventRow], Place | None]:
    """The second value is where the next page begins; None on the last one."""
    states = [wanted.state] if wanted.state else list(EventState)
    where = Conditions(tx.tenant.id, [state.value for state in states], limit + 1)
    if wanted.document:
        where.require("e.resource_id = ANY ({})", await _named(tx, wanted.document))
    if wanted.resource_id:
        where.require("e.resource_id = {}", wanted.resource_id)
    if wanted.event_type:
        where.require("e.event_type = {}", wanted.event_type)
    if wanted.provider:
        where.require("e.provider = {}", wanted.provider)
    if wanted.received_from:
        where.require("e.received_at >= {}", midnight(wanted.received_from))
    if wanted.received_before:
        order.require_before(where, "e", "received_at", midnight(wanted.received_before), after)
    changed_since(where, "e", wanted.updated_since)
    order.begin(where, "e", after)
    rows = await tx.fetch(
        f"""
        SELECT {COLUMNS},
               CASE WHEN e.provider <> 'stripe' THEN (
                   SELECT d.voucher_number FROM external_documents d
                    WHERE d.tenant_id = e.tenant_id AND d.provider = e.provider
                      AND d.resource_id = CASE WHEN e.resource_id ~ {_A_UUID} THEN e.resource_id::uuid END)
               END AS voucher_number
          FROM (SELECT n.* FROM unnest($2::text[]) AS one (state)
                 CROSS JOIN LATERAL (
                       SELECT e.* FROM events e
                        WHERE e.tenant_id = $1 AND e.state = one.state {where}
                        ORDER BY {order.by("e")} LIMIT $3) n
                 ORDER BY {order.by("n")} LIMIT $3) e
         ORDER BY {order.by("e")}
        """,
        *where.parameters,
    )
    return order.cut([EventRow.from_row(row) for row in rows], limit)


async def types(tx: TenantTransaction) -> list[str]:
    """Which types have arrived, for the choice in a filter: each next one is looked up in the index."""
    rows = await tx.fetch(
        """
        WITH RECURSIVE known AS (
            (SELECT event_type, 1 AS n FROM events WHERE tenant_id = $1 ORDER BY event_type LIMIT 1)
            UNION ALL
            SELECT following.event_type, k.n + 1 FROM known k
             CROSS JOIN LATERAL (SELECT e.event_type FROM events e
                                  WHERE e.tenant_id = $1 AND e.event_type > k.event_type
                                  ORDER BY e.event_type LIMIT 1) following
             WHERE k.n < $2)
        SELECT event_type FROM known
        """,
        tx.tenant.id,
        _KNOWN_TYPES,
    )
    return [row["event_type"] for row in rows]


async def document_of(tx: TenantTransaction, resource_id: str) -> DocumentOfEvent | None:
    """None for what the ledger does not know, and for events of Stripe."""
    try:
        wanted = UUID(resource_id)
    except ValueError:
        return None
    row = await tx.fetchrow(
        """
        SELECT d.kind, d.resource_id, d.voucher_number, d.status, p.number AS payout_number, d.transaction_id
          FROM external_documents d
          LEFT JOIN payouts p ON p.tenant_id = d.tenant_id AND p.id = d.payout_id
         WHERE d.tenant_id = $1 AND d.provider = $3 AND d.resource_id = $2
        """,
        tx.tenant.id,
        wanted,
        provider_of(wanted),
    )
    return None if row is None else DocumentOfEvent.from_row(row)


async def _named(tx: TenantTransaction, document: str) -> list[str]:
    rows = await tx.fetch(
        "SELECT resource_id::text FROM external_documents WHERE tenant_id = $1 AND voucher_number = $2",
        tx.tenant.id,
        document,
    )
    return [document, *(row["resource_id"] for row in rows)]


class LastEvent(Frozen):
    """When something was last heard, and what became of it."""

    id: EventId
    event_type: str
    state: EventState
    received_at: datetime


async def last_of(tx: TenantTransaction, provider: str, *, failed: bool = False) -> LastEvent | None:
    """The newest notification of a provider; with `failed` the newest one that failed."""
    found, _following = await list_events(
        tx, EventFilter(provider=provider, state=EventState.FAILED if failed else None), limit=1
    )
    return None if not found else LastEvent(**found[0].model_dump(include=set(LastEvent.model_fields)))
