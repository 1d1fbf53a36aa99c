"""Decisions to take a document back, as rows: read, held, and how far their document has come.

Who decides, and when: own_reversals.py. Locks: the partner's hands, then the payout, then the row.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from ledger.audit import hands
from ledger.database import TenantTransaction
from ledger.documents.own import issuing
from ledger.documents.own.content import OwnDocument
from ledger.payouts import payouts
from ledger.reasons import Reason
from ledger.refusals import NotFound
from ledger.types import DocumentStage, Frozen, PartnerId, PayoutId, PayoutNumber, TaxCase
from ledger.vat import VatCategory


class Ground(StrEnum):
    """Why a document is taken back; it decides the month of VAT that changes (rules.md, Storno)."""

    ERROR = "error"
    """The document was wrong: the month of the original."""
    CHANGE = "change"
    """The consideration has changed (§ 17 UStG): the month of the Storno."""
    OBJECTION = "objection"
    """The partner objected (§ 14 Abs. 2 Satz 6 UStG): the month in which the objection arrived."""


class OwnReversal(Frozen):
    """A decision to take back or to correct. `gross_cents` is below zero; `counts_in` the first day of a month."""

    id: UUID
    seq: int
    kind: Literal["reversal", "correction"]
    partner_id: PartnerId
    partner_code: str
    payout_id: PayoutId | None
    payout_number: PayoutNumber | None
    original_id: UUID | None
    original_number: str | None
    tax_case: TaxCase
    ground: Ground
    counts_in: date
    reason: str
    gross_cents: int
    requested_by: str
    requested_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    confirmed: bool | None
    """None while a second person is waited for."""
    decided_alone: bool
    document_id: UUID | None
    document_number: str | None
    books: str
    stage: DocumentStage | None
    """`delivered` is the last, of one that is not to be delivered too."""
    blocked: Reason | None
    withdrawn_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Decided, and on its way."""
        return bool(self.confirmed) and self.withdrawn_at is None and self.stage is not DocumentStage.DELIVERED

    @property
    def is_effective(self) -> bool:
        """Booked and delivered (only booked, where the original was never handed out)."""
        return self.stage is DocumentStage.DELIVERED


_SELECT = """
    SELECT r.*, q.code AS partner_code, p.number AS payout_number, o.number AS original_number,
           d.number AS document_number,
           CASE WHEN r.blocked_code IS NOT NULL
                THEN jsonb_build_object('code', r.blocked_code, 'params', r.blocked_params) END AS blocked
      FROM own_reversals r
      JOIN partners q ON q.tenant_id = r.tenant_id AND q.id = r.partner_id
      LEFT JOIN payouts p ON p.tenant_id = r.tenant_id AND p.id = r.payout_id
      LEFT JOIN own_documents o ON o.tenant_id = r.tenant_id AND o.id = r.original_id
      LEFT JOIN own_documents d ON d.tenant_id = r.tenant_id AND d.id = r.document_id
     WHERE r.tenant_id = $1
"""


async def hold(tx: TenantTransaction, id: UUID) -> OwnReversal:
    """The row with what it is about, held until the end of the transaction. Raises NotFound."""
    reversal = await get(tx, id)
    await hands.hold_partner(tx, reversal.partner_id)
    if reversal.payout_number is not None:
        await payouts.lock(tx, reversal.payout_number)
    await tx.execute("SELECT 1 FROM own_reversals WHERE tenant_id = $1 AND id = $2 FOR UPDATE", tx.tenant.id, id)
    return await get(tx, id)


async def get(tx: TenantTransaction, id: UUID) -> OwnReversal:
    """One decision. Raises NotFound."""
    row = await tx.fetchrow(_SELECT + " AND r.id = $2", tx.tenant.id, id)
    if row is None:
        raise NotFound("own_reversal_not_found")
    return OwnReversal.from_row(row)


async def find_live(tx: TenantTransaction, original: UUID) -> OwnReversal | None:
    """The Storno of a document that is asked for, under way or done; None where there is none."""
    row = await tx.fetchrow(
        _SELECT
        + " AND r.original_id = $2 AND r.kind = 'reversal' AND r.withdrawn_at IS NULL AND r.confirmed IS NOT FALSE",
        tx.tenant.id,
        original,
    )
    return None if row is None else OwnReversal.from_row(row)


async def of_document(tx: TenantTransaction, document: UUID) -> OwnReversal:
    """The decision that this document came of. Raises NotFound."""
    row = await tx.fetchrow(_SELECT + " AND r.document_id = $2", tx.tenant.id, document)
    if row is None:
        raise NotFound("own_reversal_not_found")
    return OwnReversal.from_row(row)


async def of_payout(tx: TenantTransaction, payout: PayoutId) -> list[OwnReversal]:
    """All that was asked about a payout's document, oldest first."""
    rows = await tx.fetch(_SELECT + " AND r.payout_id = $2 ORDER BY r.seq", tx.tenant.id, payout)
    return [OwnReversal.from_row(row) for row in rows]


async def corrections_of(tx: TenantTransaction, partner: PartnerId) -> list[OwnReversal]:
    """The correcting documents that were asked for over a partner's balance, newest first."""
    rows = await tx.fetch(
        _SELECT + " AND r.partner_id = $2 AND r.kind = 'correction' ORDER BY r.seq DESC", tx.tenant.id, partner
    )
    return [OwnReversal.from_row(row) for row in rows]


async def get_draft(tx: TenantTransaction, id: UUID) -> OwnDocument:
    """What was decided, as it is issued. Raises NotFound."""
    draft = await tx.fetchval("SELECT draft FROM own_reversals WHERE tenant_id = $1 AND id = $2", tx.tenant.id, id)
    if draft is None:
        raise NotFound("own_reversal_not_found")
    return OwnDocument.model_validate(draft)


async def issue(tx: TenantTransaction, id: UUID) -> OwnReversal:
    """Number, day and files of its document, once. One whose original was never given out is withdrawn instead.

    Raises FatalFinding where the original had to be an e-invoice.
    """
    reversal = await hold(tx, id)
    if not reversal.is_open or reversal.document_id is not None:
        return reversal
    original = None if reversal.original_id is None else await issuing.get(tx, reversal.original_id)
    if original is not None and original.closed_at is not None:
        await mark_withdrawn(tx, id)
        return await get(tx, id)
    draft = await get_draft(tx, id)
    document = await issuing.issue(
        tx,
        draft,
        payout=reversal.payout_id,
        original=reversal.original_id,
        must_be_e_invoice=draft.vat.category is VatCategory.STANDARD,
        by=reversal.decided_by or "engine",
    )
    await tx.execute(
        """
        UPDATE own_reversals SET document_id = $3, stage = 'issued', blocked_code = NULL, blocked_params = NULL
         WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        id,
        document.id,
    )
    return await get(tx, id)


async def note_stage(tx: TenantTransaction, id: UUID, stage: DocumentStage) -> None:
    """Its document has come so far. The row is held."""
    await tx.execute(
        """
        UPDATE own_reversals SET stage = $3, blocked_code = NULL, blocked_params = NULL
         WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        id,
        stage,
    )


async def note_deliveries_seen(tx: TenantTransaction, id: UUID) -> None:
    """What is told of its document's delivery from now on wakes its workflow. The row is held.

    Counted: of two that are told at once the one with the lower seq may be committed last.
    """
    await tx.execute(
        """
        UPDATE own_reversals r
           SET seen_delivery = (SELECT count(*) FROM own_document_deliveries
                                 WHERE tenant_id = $1 AND document_id = r.document_id)
         WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        id,
    )


async def block(tx: TenantTransaction, id: UUID, why: Reason | None) -> None:
    """Keeps why its document gets no further; None takes the reason away."""
    await tx.execute(
        "UPDATE own_reversals SET blocked_code = $3, blocked_params = $4 WHERE tenant_id = $1 AND id = $2",
        tx.tenant.id,
        id,
        why and why.code,
        None if why is None else why.params,
    )


async def mark_withdrawn(tx: TenantTransaction, id: UUID) -> None:
    """Nobody will hear of it. The row is held."""
    await tx.execute("UPDATE own_reversals SET withdrawn_at = now() WHERE tenant_id = $1 AND id = $2", tx.tenant.id, id)


async def want_announcement(tx: TenantTransaction, id: UUID) -> None:
    """Its workflow must look again; the hand-over tells it if nobody does before."""
    await tx.execute(
        "UPDATE own_reversals SET announcement_wanted_at = clock_timestamp() WHERE tenant_id = $1 AND id = $2",
        tx.tenant.id,
        id,
    )


async def announcement_wanted(tx: TenantTransaction, id: UUID) -> datetime | None:
    """Since when its workflow is to be told; None when nothing is."""
    found: datetime | None = await tx.fetchval(
        "SELECT announcement_wanted_at FROM own_reversals WHERE tenant_id = $1 AND id = $2", tx.tenant.id, id
    )
    return found


async def mark_announced(tx: TenantTransaction, id: UUID, seen: datetime | None) -> None:
    """What was wanted at `seen` was announced; any other wish stands."""
    await tx.execute(
        """
        UPDATE own_reversals SET announcement_wanted_at = NULL
         WHERE tenant_id = $1 AND id = $2 AND announcement_wanted_at = $3
        """,
        tx.tenant.id,
        id,
        seen,
    )


async def go_on(tx: TenantTransaction) -> None:
    """The connection works again: what waited for it looks again."""
    await tx.execute(
        """
        UPDATE own_reversals
           SET blocked_code = NULL, blocked_params = NULL, announcement_wanted_at = clock_timestamp()
         WHERE tenant_id = $1 AND id IN (
               SELECT id FROM own_reversals
                WHERE tenant_id = $1 AND blocked_code IN ('not_connected', 'connection_broken', 'credential_rejected')
                ORDER BY seq FOR UPDATE)
        """,
        tx.tenant.id,
    )
