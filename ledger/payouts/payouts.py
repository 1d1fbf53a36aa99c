"""Payouts: what one partner is paid with one document."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg

from ledger import service_levels
from ledger.books import NO_BOOKS
from ledger.database import TenantTransaction
from ledger.reasons import Hold, Reason
from ledger.refusals import NotFound
from ledger.types import (
    LEXOFFICE,
    DocumentStage,
    DocumentStrategy,
    Frozen,
    PartnerId,
    PayoutId,
    PayoutNumber,
    PayoutState,
    TaxCase,
)


class Payout(Frozen):
    """A payout as its row is now. Cents; `seq` orders lists."""

    id: PayoutId
    seq: int
    number: PayoutNumber
    partner_id: PartnerId
    partner_code: str
    state: PayoutState
    tax_case: TaxCase
    currency: str
    net_cents: int
    tax_rate: Decimal
    tax_cents: int
    gross_cents: int
    set_off_cents: int
    """What of it is not transferred, but set off against claims (set_offs.py)."""
    period_from: date
    period_to: date
    content_hash: str
    hash_version: int
    """Of the formula of `content_hash`."""
    strategy: DocumentStrategy
    books: str
    document_stage: DocumentStage | None
    """Of its own document; None before it is issued, and where lexoffice writes the document."""
    cancel_wanted_at: datetime | None
    """Its voucher may be in the books: it is settled, then undone there, and the document not delivered."""
    cancel_wanted_by: str | None
    cancel_wanted_reason: str | None
    requested_by: str
    state_reason: str | None
    """What a person wrote; `why` knows what a code says, too."""
    state_reason_code: str | None
    state_reason_params: dict[str, Any] | None
    holds: tuple[Hold, ...]
    """Oldest first. While there is one, it is neither approved nor is a document made."""
    blocked: Reason | None
    """What keeps an approved one from going on."""
    reopened: bool
    payment_reference: str | None
    paid_on: date | None
    transferred_on: date | None
    """Booking day of its transfer, by the bank; None while not all of it has left."""
    bank_reference: str | None
    """The bank's own, of that booking."""
    run_id: UUID | None
    """Of the payout run that made it."""
    created_at: datetime
    credit_note_id: str | None
    """What it is in the books: the credit note, or the voucher of its own document."""
    credit_note_number: str | None
    """What stands on the document: our own number where it is ours."""
    own_document_number: str | None
    credit_note_open_cents: int | None

    @property
    def transfer_cents(self) -> int:
        """Gross less what is set off: what leaves the bank."""
        return self.gross_cents - self.set_off_cents

    @property
    def why(self) -> Reason | str | None:
        """Why it is in its state: a reason of ours, or a person's words."""
        return Reason.read(self.state_reason_code, self.state_reason_params) or self.state_reason


HOLDS = """
    CASE WHEN p.open_holds IS NULL THEN '[]' ELSE (
         SELECT jsonb_agg(to_jsonb(h) ORDER BY h.since, h.code)
           FROM (SELECT code, params, since, set_by FROM payout_holds
                  WHERE tenant_id = p.tenant_id AND payout_id = p.id AND released_at IS NULL) h) END AS holds
"""
BLOCKED = """
    CASE WHEN p.blocked_code IS NOT NULL
         THEN jsonb_build_object('code', p.blocked_code, 'params', p.blocked_params) END AS blocked
"""

COLUMNS = f"""
    p.*, {HOLDS}, {BLOCKED}, q.code AS partner_code, d.resource_id::text AS credit_note_id,
    COALESCE(o.number, d.voucher_number) AS credit_note_number, d.open_cents AS credit_note_open_cents,
    o.number AS own_document_number
"""
DOCUMENTS = """
      LEFT JOIN external_documents d ON d.tenant_id = p.tenant_id AND d.payout_id = p.id AND d.detached_at IS NULL
      LEFT JOIN own_documents o ON o.tenant_id = p.tenant_id AND o.payout_id = p.id AND o.closed_at IS NULL
            AND o.kind IN ('self_billed', 'commission_statement')
"""
"""Joins of a query over `payouts p`: what stands for it in the books (d), and the document of our own (o)."""
TO_TRANSFER = "COALESCE(o.transfer_cents, d.gross_cents, p.gross_cents - p.set_off_cents)"
"""What the bank transfers for it, in cents: what its document says, else its gross."""
BESIDE = f"""
      JOIN partners q ON q.tenant_id = p.tenant_id AND q.id = p.partner_id
      {DOCUMENTS}
"""
"""Columns and joins of a query over `payouts p`."""

_PAYOUT = f"SELECT {COLUMNS} FROM payouts p {BESIDE} WHERE p.tenant_id = $1"


async def get(tx: TenantTransaction, number: str) -> Payout:
    """A payout, by its number. Raises NotFound."""
    row = await tx.fetchrow(_PAYOUT + " AND p.number = $2", tx.tenant.id, number)
    return _payout(row)


async def get_each(tx: TenantTransaction, numbers: Sequence[str]) -> list[Payout]:
    """As they are now, in the order given. Raises NotFound where one is missing."""
    rows = await tx.fetch(_PAYOUT + " AND p.number = ANY ($2)", tx.tenant.id, list(numbers))
    found = {row["number"]: row for row in rows}
    return [_payout(found.get(number)) for number in numbers]


async def lock(tx: TenantTransaction, number: str) -> Payout:
    """The payout, held until the end of the transaction: decisions, intents and documents take turns.

    Raises NotFound.
    """
    await tx.execute("SELECT 1 FROM payouts WHERE tenant_id = $1 AND number = $2 FOR UPDATE", tx.tenant.id, number)
    return await get(tx, number)


async def change_state(
    tx: TenantTransaction,
    payout: Payout,
    to: PayoutState,
    *,
    reason: Reason | str | None = None,
    unblock: bool = False,
    **columns: Any,
) -> bool:
    """One conditional UPDATE with the expected state in WHERE; False when the payout is no longer in it.

    `reason` is one of ours, or what a person wrote. The arrows themselves are kept by PostgreSQL. `columns` are
    written with it (payment_reference, paid_on, …); `unblock`: what blocked it is over.
    """
    assignments = "".join(f", {name} = ${index}" for index, name in enumerate(columns, start=8))
    if unblock:
        assignments += ", blocked_code = NULL, blocked_params = NULL"
    done = await tx.fetchrow(
        f"""
        UPDATE payouts p SET state = $4, state_reason = $5, state_reason_code = $6, state_reason_params = $7,
                             updated_at = now() {assignments}
         WHERE tenant_id = $1 AND id = $2 AND state = $3
        RETURNING CASE WHEN $3 IN ('approved', 'outcome_unknown') AND $4 = 'credit_note_open' THEN (
                  SELECT max(d.decided_at) FROM decisions d
                   WHERE d.tenant_id = $1 AND d.payout_id = $2 AND d.kind = 'approve') END AS approved_at
        """,
        tx.tenant.id,
        payout.id,
        payout.state,
        to,
        reason if isinstance(reason, str) else None,
        reason.code if isinstance(reason, Reason) else None,
        reason.params if isinstance(reason, Reason) else None,
        *columns.values(),
    )
    if done is not None and done["approved_at"] is not None:
        service_levels.documented(tx, payout.strategy.value, done["approved_at"])
    return done is not None


async def want_recheck(tx: TenantTransaction, payout: PayoutId) -> None:
    """Its workflow must look again; the hand-over tells it if nobody does before."""
    await tx.execute(
        "UPDATE payouts SET recheck_wanted_at = clock_timestamp() WHERE tenant_id = $1 AND id = $2",
        tx.tenant.id,
        payout,
    )


async def want_recheck_of_blocked(tx: TenantTransaction, *, books: str = LEXOFFICE) -> None:
    """The connection to these books works again, or a category is back: payouts that waited for it go on.

    A delivered one, too: its document may have to be booked once more.
    """
    await tx.execute(
        """
        UPDATE payouts SET recheck_wanted_at = clock_timestamp()
         WHERE tenant_id = $1 AND id IN (
               SELECT id FROM payouts
                WHERE tenant_id = $1 AND state IN ('approved', 'outcome_unknown', 'credit_note_open')
                  AND blocked_code IS NOT NULL AND books IN ($2, $3)
                ORDER BY seq FOR NO KEY UPDATE)
        """,
        tx.tenant.id,
        books,
        NO_BOOKS,
    )


async def block(tx: TenantTransaction, payout: PayoutId, reason: Reason | None) -> None:
    """Keeps why no document can be made now; None takes the reason away."""
    await tx.execute(
        """
        UPDATE payouts SET blocked_code = $3, blocked_params = $4, updated_at = now() WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        payout,
        reason and reason.code,
        None if reason is None else reason.params,
    )


async def mark_started(tx: TenantTransaction, *numbers: str) -> None:
    """Their workflows were announced to the engine."""
    await tx.execute(
        """
        UPDATE payouts SET workflow_started_at = now()
         WHERE tenant_id = $1 AND id IN (
               SELECT id FROM payouts WHERE tenant_id = $1 AND number = ANY ($2) AND workflow_started_at IS NULL
                ORDER BY seq FOR NO KEY UPDATE)
        """,
        tx.tenant.id,
        numbers,
    )


async def recheck_wanted(tx: TenantTransaction, payout: PayoutId) -> datetime | None:
    """Since when its workflow is to look again; None when nothing is to be told."""
    found: datetime | None = await tx.fetchval(
        "SELECT recheck_wanted_at FROM payouts WHERE tenant_id = $1 AND id = $2", tx.tenant.id, payout
    )
    return found


async def mark_rechecked(tx: TenantTransaction, number: str, seen: datetime) -> None:
    """The recheck wanted at `seen` was announced; any other wish stands, one that was older and committed later too."""
    await tx.execute(
        """
        UPDATE payouts SET recheck_wanted_at = NULL
         WHERE tenant_id = $1 AND number = $2 AND recheck_wanted_at = $3
        """,
        tx.tenant.id,
        number,
        seen,
    )


def _payout(row: asyncpg.Record | None) -> Payout:
    if row is None:
        raise NotFound("payout_not_found")
    return Payout.from_row(row)
