"""What notifications never told: comparing rows of a provider's lists with the ledger.

What differs is handed over as an event; what it means is decided where notifications are handled.
"""

import json
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from ledger import clock
from ledger.database import TenantTransaction
from ledger.documents.seen_credit_notes import Seen
from ledger.inbox.events import GONE, Arrival
from ledger.types import BERLIN, LEXOFFICE, DocumentKind, EventId, EventState, Frozen

_FROM_THE_SWEEP = b'{"source":"sweep",'
_LIKE_THE_SWEEP = _FROM_THE_SWEEP.replace(b"_", b"\\_") + b"%"

_RETRY_AFTER = timedelta(hours=1)
_RETRY_AT_LEAST = timedelta(days=1)
"""An event of ours that failed, or that was handled and has not removed the difference (what was fetched may have
lagged), is tried again after an hour, then two, four, …; at last once a day."""

_LOOKS_BEFORE_A_QUESTION = 3
"""Deliveries of one event, seven hours or so: whatever lagged has caught up by then."""

_SETTLED = ("paid", "paidoff")
"""A credit note that corrects an invoice is paid off at once (lexoffice API, Credit Notes, Pursue)."""

_VOUCHERS = (DocumentKind.PURCHASE_INVOICE, DocumentKind.PURCHASE_CREDIT_NOTE)

_SAME_INSTANT = timedelta(seconds=2)

_UNDER_WAY = (EventState.RECEIVED, EventState.WAITING)

_AWAITED = """
          FROM external_documents d
          LEFT JOIN payouts p ON p.tenant_id = d.tenant_id AND p.id = d.payout_id
          LEFT JOIN transactions t ON t.tenant_id = d.tenant_id AND t.id = d.transaction_id
         WHERE d.tenant_id = $1 AND d.provider = $2 AND d.status IS DISTINCT FROM 'deleted'
           AND (d.detached_at IS NULL AND (p.state = 'credit_note_open' OR t.state = 'pending')
                OR d.detached_at IS NOT NULL AND d.own_document_id IS NOT NULL AND d.status <> 'voided')
"""
"""The last: a second voucher of one document, which a person deletes (doctor, voucher_twice)."""


class Held(Frozen):
    """What the ledger holds about one document of a list."""

    kind: DocumentKind
    status: str | None
    gross_cents: int | None
    open_cents: int | None


class Listed(Frozen):
    """One row of a list of lexoffice's. `status` is the document's own: what lists show as `overdue` is `open`."""

    kind: DocumentKind
    resource_id: UUID
    status: str
    open_cents: int | None
    voucher_date: date | None
    updated_at: datetime | None


class Found(Frozen):
    """A document to hand over, and the event that says so."""

    resource_id: UUID
    event_type: str
    event_date: datetime
    body: bytes


class Verdict(StrEnum):
    """What to do about a difference that was found: make an event, nothing yet, or hand the event on again."""

    NEW = "new"
    REPEAT = "repeat"
    TRY_AGAIN = "try again"


class Earlier(Frozen):
    """The newest event about a document that a sweep made."""

    id: EventId
    delivery: int
    state: EventState
    reason_code: str | None
    body: bytes
    handled_at: datetime | None

    def is_persistent(self, found: Found) -> bool:
        """Whether the same was handled several times and still differs."""
        return self.body == found.body and self.delivery > _LOOKS_BEFORE_A_QUESTION and self.state not in _UNDER_WAY

    def verdict(self, found: Found, now: datetime) -> Verdict:
        """Whether the same was said before; what failed is tried again, ever more rarely."""
        if self.body != found.body:
            return Verdict.NEW
        if self.state in _UNDER_WAY or self.handled_at is None:
            return Verdict.REPEAT
        pause = min(_RETRY_AFTER * 2 ** min(self.delivery - 1, 10), _RETRY_AT_LEAST)
        return Verdict.TRY_AGAIN if self.handled_at + pause < now else Verdict.REPEAT


async def held(tx: TenantTransaction, ids: Sequence[UUID], *, provider: str = LEXOFFICE) -> dict[UUID, Held]:
    """Those of these documents that the ledger knows."""
    rows = await tx.fetch(
        """
        SELECT resource_id, kind, status, gross_cents, open_cents FROM external_documents
         WHERE tenant_id = $1 AND provider = $2 AND resource_id = ANY ($3)
        """,
        tx.tenant.id,
        provider,
        list(ids),
    )
    return {row["resource_id"]: Held.from_row(row) for row in rows}


def differs(
    row: Listed,
    known: Held | None,
    *,
    cut_over: date | None,
    lost: bool,
    seen: Seen | None = None,
    provider: str = LEXOFFICE,
) -> Found | None:
    """Compare one row with what the ledger holds; by status and open amount, as the list shows no more.

    A document that it does not hold matters when it is a paid invoice, a credit note that may correct one or that has
    changed since it was `seen`, or any credit note while one of ours is lost.
    """
    if known is None and row.kind in _VOUCHERS:
        return None  # each receipt of the tenant is one; a lost one of ours is found by its number
    if known is None:
        if row.kind is DocumentKind.CREDIT_NOTE and seen is not None:
            matters = lost or _has_changed(row, seen)
        elif row.kind is DocumentKind.CREDIT_NOTE:
            matters = lost or (row.status in _SETTLED and not _is_before(row, cut_over))
        else:
            matters = row.status == "paid" and not _is_before(row, cut_over)
        return _found(row, _event(row.kind, "changed", provider)) if matters else None
    if known.status is None and row.status in ("draft", "open"):
        return None  # ours, just made: whoever made it is about to read it
    if known.status != row.status:
        return _found(row, _event(row.kind, "changed", provider))
    expected = known.gross_cents if known.open_cents is None else known.open_cents
    if row.status == "open" and row.open_cents is not None and row.open_cents != expected:
        # lexoffice's document itself does not show what is open: this name makes its payments be fetched.
        return _found(row, "payment.changed")
    return None


def as_unknown(row: Listed, *, provider: str) -> Found:
    """A row that the ledger does not hold, and that matters by what it names."""
    return _found(row, _event(row.kind, "changed", provider))


def _event(kind: DocumentKind, what: str, provider: str) -> str:
    if provider != LEXOFFICE:
        return f"document.{what}"
    return f"{'voucher' if kind in _VOUCHERS else kind}.{what}"


def _is_before(row: Listed, cut_over: date | None) -> bool:
    return bool(cut_over and row.voucher_date and row.voucher_date < cut_over)


def _has_changed(row: Listed, seen: Seen) -> bool:
    # In either direction: lexoffice's clock may have gone back.
    is_another = row.updated_at is not None and abs(row.updated_at - seen.updated_at) > _SAME_INSTANT
    return row.status != seen.status or is_another


async def mark_listed_as_open(tx: TenantTransaction, ids: Sequence[UUID], *, provider: str = LEXOFFICE) -> None:
    """Keeps that the provider's list of open documents showed these just now; unknown ones are passed over."""
    await tx.execute(
        """
        UPDATE external_documents SET seen_open_at = clock_timestamp()
         WHERE tenant_id = $1 AND provider = $2 AND resource_id = ANY ($3)
           AND (payout_id IS NOT NULL OR transaction_id IS NOT NULL)
        """,
        tx.tenant.id,
        provider,
        list(ids),
    )


async def awaits_credits(tx: TenantTransaction, *, provider: str) -> bool:
    """Whether a credit note of this connected provider is awaited."""
    found: bool = await tx.fetchval(
        f"""
        SELECT EXISTS (SELECT {_AWAITED} AND d.kind = 'credit-note')
           AND EXISTS (SELECT FROM provider_connections c
                        WHERE c.tenant_id = $1 AND c.provider = $2 AND c.has_credential AND c.state = 'connected')
        """,
        tx.tenant.id,
        provider,
    )
    return found


async def credits_awaited_since(tx: TenantTransaction, *, provider: str) -> date | None:
    """The German day on which the oldest awaited credit note was written, which may be days before it could be sent.
    None: none is awaited."""
    oldest: datetime | None = await tx.fetchval(
        f"""
        SELECT min(LEAST(a.created_at, i.created_at))
          FROM (SELECT d.tenant_id, d.payout_id, d.created_at {_AWAITED} AND d.kind = 'credit-note') a
          LEFT JOIN creation_intents i ON i.tenant_id = a.tenant_id AND i.payout_id = a.payout_id
        """,
        tx.tenant.id,
        provider,
    )
    return None if oldest is None else oldest.astimezone(BERLIN).date()


async def awaited_kinds(tx: TenantTransaction) -> list[DocumentKind]:
    """Of which kinds a document is awaited: where none is, its list need not be asked for."""
    rows = await tx.fetch(f"SELECT DISTINCT d.kind {_AWAITED}", tx.tenant.id, LEXOFFICE)
    return [DocumentKind(row["kind"]) for row in rows]


async def list_missing(
    tx: TenantTransaction,
    *,
    since: datetime,
    provider: str = LEXOFFICE,
    kinds: Collection[DocumentKind] = tuple(DocumentKind),
) -> list[Found]:
    """The credit notes of open payouts and the invoices of pending sales that no list of open ones has shown.

    Where the last look by a sweep met a 404, this is the second sweep without it: it counts as deleted (rules.md),
    which is believed only while `/profile` shows the pinned organisation.
    """
    rows = await tx.fetch(
        f"""
        SELECT d.kind, d.resource_id, d.status {_AWAITED}
           AND d.created_at < $3 AND COALESCE(d.seen_open_at, '-infinity') < $3 AND d.status IS NOT NULL
           AND d.kind = ANY ($4)
        """,
        tx.tenant.id,
        provider,
        since,
        [kind.value for kind in kinds],
    )
    earlier = await newest_of(tx, [row["resource_id"] for row in rows], provider=provider)
    found = []
    for row in rows:
        before = earlier.get(row["resource_id"])
        if before is not None and before.state in _UNDER_WAY:
            continue  # what this pass has found by another list is enough
        was_gone = before is not None and before.state is EventState.FAILED and before.reason_code == GONE
        body = {"notListedAs": "open", "knownAs": row["status"], **({"missing": "twice"} if was_gone else {})}
        found.append(
            Found(
                resource_id=row["resource_id"],
                event_type=_event(DocumentKind(row["kind"]), "deleted" if was_gone else "changed", provider),
                event_date=since,
                body=_body(body),
            )
        )
    return found


async def newest_of(tx: TenantTransaction, ids: Sequence[UUID], *, provider: str = LEXOFFICE) -> dict[UUID, Earlier]:
    """What sweeps last said about these documents."""
    rows = await tx.fetch(
        """
        SELECT DISTINCT ON (resource_id) resource_id, id, delivery, state, reason_code, body, handled_at FROM events
         WHERE tenant_id = $1 AND resource_id = ANY ($2) AND provider = $3 AND body LIKE $4
         ORDER BY resource_id, id DESC
        """,
        tx.tenant.id,
        [str(id) for id in ids],
        provider,
        _LIKE_THE_SWEEP,
    )
    return {UUID(row["resource_id"]): Earlier.from_row(row) for row in rows}


async def try_again(tx: TenantTransaction, earlier: Earlier) -> int | None:
    """Have an event handled once more. Returns its new delivery; None where somebody else did."""
    found: int | None = await tx.fetchval(
        """
        UPDATE events SET state = 'received', reason_code = NULL, reason_params = NULL,
                          delivery = delivery + 1, handed_over_at = NULL
         WHERE tenant_id = $1 AND id = $2 AND delivery = $3 AND state NOT IN ('received', 'waiting')
        RETURNING delivery
        """,
        tx.tenant.id,
        earlier.id,
        earlier.delivery,
    )
    return found


def arrival(found: Found, organization: UUID, *, at: datetime | None = None, provider: str = LEXOFFICE) -> Arrival:
    """As the inbox takes it. The organisation is named, or no two of them could be the same event."""
    return Arrival(
        provider=provider,
        organization_id=str(organization),
        event_type=found.event_type,
        resource_id=str(found.resource_id),
        event_date=at or found.event_date,
        body=found.body,
    )


def _found(row: Listed, event_type: str) -> Found:
    at = row.updated_at or clock.now()
    return Found(
        resource_id=row.resource_id,
        event_type=event_type,
        event_date=at,
        body=_body(
            {
                "voucherStatus": row.status,
                "openCents": row.open_cents,
                "updatedDate": row.updated_at and row.updated_at.isoformat(),
            }
        ),
    )


def _body(says: dict[str, object]) -> bytes:
    return _FROM_THE_SWEEP + json.dumps(says, separators=(",", ":")).encode()[1:]
