"""Taking an issued document back: asked for and decided by people, then carried by a workflow of its own.

A row of `own_reversals` is the decision. Above the four-eyes limit a second person confirms it. What it means for the
payout and its commissions comes when it is effective (booking/reversed_payouts.py): from the decision on no bank file
takes the payout. Locks: the partner's hands, then the payout, then the row.
"""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from ledger import clock, tasks
from ledger.access import four_eyes
from ledger.audit import audit, hands
from ledger.database import TenantTransaction
from ledger.documents import intents, unclear_outcomes
from ledger.documents.own import issuing
from ledger.documents.own.content import OwnDocument
from ledger.documents.own.issuing import OwnDocumentRow
from ledger.documents.own.reversal import reversal_of
from ledger.payouts import approval_rule, correction_lines, objection_endings, payouts
from ledger.payouts.own_reversal_rows import (
    Ground,
    OwnReversal,
    block,
    find_live,
    get,
    hold,
    want_announcement,
)
from ledger.payouts.payouts import Payout
from ledger.reasons import Reason
from ledger.refusals import NotAllowedNow, require_reason
from ledger.types import BERLIN, DocumentStage, Frozen, PartnerId, PayoutId, PayoutState, TaxCase

TASK = "own_reversal_asked"
SUBJECT = "own_reversal"
_SPAN_DAYS = 30

REVERSIBLE = (
    PayoutState.APPROVED,
    PayoutState.OUTCOME_UNKNOWN,
    PayoutState.CREDIT_NOTE_OPEN,
    PayoutState.PAID,
    PayoutState.RETURNED,
)


class Wanted(Frozen):
    """What a person says to a Storno."""

    ground: Ground
    reason: str = Field(min_length=1, max_length=500)


async def ask(tx: TenantTransaction, number: str, wanted: Wanted, *, by: str) -> OwnReversal:
    """A person wants the payout's own document taken back. Below the four-eyes limit that decides it.

    Raises NotFound, NotAcceptable (no reason), NotAllowedNow (no document of our own, a Storno is under way or
    was, the payout has ended, no objection where that is the ground; its booking is not settled yet, or it is neither
    booked nor handed out, and cancelling is enough).
    """
    require_reason(wanted.reason)
    partner = (await payouts.get(tx, number)).partner_id
    await hands.hold_partner(tx, partner)
    payout = await payouts.lock(tx, number)
    original = await issuing.find_of_payout(tx, payout.id)
    if original is None or payout.state not in REVERSIBLE:
        raise NotAllowedNow("no_own_document_to_reverse")
    if await find_live(tx, original.id) is not None:
        raise NotAllowedNow("reversal_exists", number=original.number)
    if not await _give_up_booking(tx, payout):
        raise NotAllowedNow("booking_under_way", number=original.number)
    if original.handed_out_at is None and not await _was_booked(tx, payout, original.id):
        raise NotAllowedNow("nothing_to_reverse_yet", number=original.number)
    ended = await objection_endings.of_payout(tx, payout.id)
    if ended is not None and ended.ending == "own_invoice":
        raise NotAllowedNow("own_invoice_stands", number=ended.invoice_number)
    draft = await preview(tx, original)
    new = NewReversal(
        kind="reversal",
        partner_id=partner,
        tax_case=payout.tax_case,
        payout_id=payout.id,
        original_id=original.id,
        ground=wanted.ground,
        counts_in=await _month_of(tx, payout, original, wanted.ground),
        reason=wanted.reason,
        draft=draft,
    )
    return await insert(tx, new, by=by)


async def preview(tx: TenantTransaction, original: OwnDocumentRow) -> OwnDocument:
    """The Storno of a document as it would be issued, without number and day."""
    code = await tx.fetchval("SELECT reversal_code FROM tenants WHERE id = $1", tx.tenant.id)
    return reversal_of(await issuing.get_content(tx, original.id), code=code)


class NewReversal(Frozen):
    """What is asked for; `draft` is what will be issued."""

    kind: Literal["reversal", "correction"]
    partner_id: PartnerId
    tax_case: TaxCase
    payout_id: PayoutId | None = None
    original_id: UUID | None = None
    ground: Ground
    counts_in: date
    reason: str
    draft: OwnDocument


async def insert(tx: TenantTransaction, new: NewReversal, *, by: str) -> OwnReversal:
    """The row, decided at once or with a question to a second person. The partner's hands and the payout are held."""
    id = await tx.fetchval(
        """
        INSERT INTO own_reversals (tenant_id, kind, partner_id, tax_case, payout_id, original_id, ground, counts_in,
                                   reason, draft, gross_cents, requested_by, books)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
               COALESCE((SELECT books FROM payouts WHERE tenant_id = $1 AND id = $5), t.books)
          FROM tenants t WHERE t.id = $1 RETURNING id
        """,
        tx.tenant.id,
        new.kind,
        new.partner_id,
        new.tax_case,
        new.payout_id,
        new.original_id,
        new.ground,
        new.counts_in,
        new.reason,
        new.draft.model_dump(mode="json"),
        new.draft.gross_cents,
        by,
    )
    await audit.record(
        tx,
        actor=by,
        action="own_document.reversal_asked",
        subject="partner",
        subject_id=str(new.partner_id),
        detail={
            "reversal": str(id),
            "title": new.draft.title,
            "gross_cents": new.draft.gross_cents,
            "ground": new.ground.value,
            "reason": new.reason,
        },
    )
    reversal = await get(tx, id)
    if not await needs_second_person(tx, reversal):
        return await _decided(tx, reversal, confirmed=True, by=by, alone=False)
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind=TASK,
            subject=SUBJECT,
            subject_id=str(id),
            reason=Reason.of("own_reversal_awaits_second_person", amount=-new.draft.gross_cents),
            actions=("confirm", "refuse"),
            detail={"partner_code": reversal.partner_code, "title": new.draft.title, "requested_by": by},
            links={"payout": f"/api/v1/payouts/{reversal.payout_number}"} if reversal.payout_number else None,
        ),
    )
    return reversal


async def needs_second_person(tx: TenantTransaction, reversal: OwnReversal) -> bool:
    """Above the four-eyes limit, together with what was taken back of this partner in the last 30 days."""
    counted = await tx.fetchval(
        """
        SELECT -COALESCE(sum(gross_cents), 0)::bigint FROM own_reversals
         WHERE tenant_id = $1 AND partner_id = $2 AND confirmed IS NOT FALSE AND withdrawn_at IS NULL
           AND requested_at > now() - make_interval(days => $3)
        """,
        tx.tenant.id,
        reversal.partner_id,
        _SPAN_DAYS,
    )
    return bool(counted > await approval_rule.limit_cents(tx))


async def decide(tx: TenantTransaction, id: UUID, *, confirmed: bool, by: str, reason: str | None) -> OwnReversal:
    """A second person confirms or refuses; whoever asked may take it back.

    Raises NotFound, NotAllowedNow (decided already), NotAcceptable (refused without a reason), SecondPersonNeeded.
    """
    reversal = await hold(tx, id)
    if reversal.decided_at is not None:
        raise NotAllowedNow("reversal_decided")
    if not confirmed:
        require_reason(reason or "")
    makers = [reversal.requested_by, *await correction_lines.list_makers(tx, reversal.id)]
    alone = confirmed and await four_eyes.require_second_person(tx, by, made_by=makers)
    decided = await _decided(tx, reversal, confirmed=confirmed, by=by, alone=alone, reason=reason)
    await tasks.close_questions(tx, subject=SUBJECT, subject_id=str(id), kinds=(TASK,), by=by)
    if confirmed and not alone:
        await hands.confirm(tx, "partner", str(reversal.partner_id), about=id, by=by)
    return decided


async def _decided(
    tx: TenantTransaction, reversal: OwnReversal, *, confirmed: bool, by: str, alone: bool, reason: str | None = None
) -> OwnReversal:
    await tx.execute(
        """
        UPDATE own_reversals
           SET decided_by = $3, decided_at = now(), confirmed = $4, decided_alone = $5,
               announcement_wanted_at = CASE WHEN $4 THEN clock_timestamp() END
         WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        reversal.id,
        by,
        confirmed,
        alone,
    )
    await audit.record(
        tx,
        actor=by,
        action="own_document.reversal_confirmed" if confirmed else "own_document.reversal_refused",
        subject="partner",
        subject_id=str(reversal.partner_id),
        detail={"reversal": str(reversal.id), "alone": alone, "reason": reason},
    )
    if not confirmed:
        await _let_go_on(tx, reversal)
    return await get(tx, reversal.id)


async def _let_go_on(tx: TenantTransaction, reversal: OwnReversal) -> None:
    """No document comes: a payout that was kept from its next step by a Storno looks again, and what a correction took
    up is open."""
    if reversal.payout_id is not None:
        await payouts.want_recheck(tx, reversal.payout_id)
    else:
        await correction_lines.release(tx, reversal.id)


async def withdraw(tx: TenantTransaction, id: UUID, *, by: str, reason: str) -> OwnReversal:
    """Let a Storno be that nobody has heard of: its number is kept as „nicht ausgegeben", the payout goes on.

    Raises NotFound, NotAcceptable (no reason), NotAllowedNow (handed out, sent to the books, or over).
    """
    require_reason(reason)
    reversal = await hold(tx, id)
    if not reversal.is_open:
        raise NotAllowedNow("reversal_is_over")
    if reversal.document_id is not None:
        if (intent := await intents.open_of_document(tx, reversal.document_id)) is not None:
            # Whoever is about to send it has its row: what they did with it is read after they have let it go.
            await intents.lock(tx, intent.id)
            if not await unclear_outcomes.give_up(tx, intent.id):
                raise NotAllowedNow("reversal_is_booked")
        if await _is_in_the_books(tx, reversal.document_id):
            raise NotAllowedNow("reversal_is_booked")
        await issuing.close_unissued(tx, reversal.document_id, by=by, reason=reason)
    await tx.execute("UPDATE own_reversals SET withdrawn_at = now() WHERE tenant_id = $1 AND id = $2", tx.tenant.id, id)
    await audit.record(
        tx,
        actor=by,
        action="own_document.reversal_withdrawn",
        subject="partner",
        subject_id=str(reversal.partner_id),
        detail={"reversal": str(id), "reason": reason},
    )
    await want_announcement(tx, id)
    await _let_go_on(tx, reversal)
    return await get(tx, id)


async def retry(tx: TenantTransaction, id: UUID) -> None:
    """A person, or a mended connection, says that what blocked its document may be tried again. Raises NotFound."""
    await hold(tx, id)
    await block(tx, id, None)
    await want_announcement(tx, id)


async def _give_up_booking(tx: TenantTransaction, payout: Payout) -> bool:
    """Close a booking of the original of which nothing was sent; False where one may have been made."""
    intent = await intents.open_of_payout(tx, payout.id)
    if intent is None:
        return True
    await intents.lock(tx, intent.id)
    return await unclear_outcomes.give_up(tx, intent.id)


async def _was_booked(tx: TenantTransaction, payout: Payout, document: UUID) -> bool:
    """Whether it stands in the books, or did and was undone there."""
    return payout.document_stage is DocumentStage.BOOKED or bool(
        await tx.fetchval(
            """
            SELECT EXISTS (SELECT FROM creation_intents
                            WHERE tenant_id = $1 AND own_document_id = $2 AND resource_id IS NOT NULL)
            """,
            tx.tenant.id,
            document,
        )
    )


async def _is_in_the_books(tx: TenantTransaction, document: UUID) -> bool:
    """Its voucher may exist: sent and not refused (engine.md, Creating a document)."""
    return bool(
        await tx.fetchval(
            """
            SELECT true FROM creation_intents
             WHERE tenant_id = $1 AND own_document_id = $2
               AND (resource_id IS NOT NULL OR sent_at IS NOT NULL AND refused_at IS NULL)
             FOR UPDATE
            """,
            tx.tenant.id,
            document,
        )
    )


async def _month_of(tx: TenantTransaction, payout: Payout, original: OwnDocumentRow, ground: Ground) -> date:
    match ground:
        case Ground.ERROR:
            return original.issued_on.replace(day=1)
        case Ground.CHANGE:
            return clock.today().replace(day=1)
        case Ground.OBJECTION:
            objected: datetime | None = await tx.fetchval(
                "SELECT objected_at FROM payouts WHERE tenant_id = $1 AND id = $2", tx.tenant.id, payout.id
            )
            if objected is None:
                raise NotAllowedNow("not_objected")
            return objected.astimezone(BERLIN).date().replace(day=1)
