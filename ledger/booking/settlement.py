"""What the state of its credit note does to a payout (rules.md, States and What a fetched document means)."""

from datetime import date
from enum import StrEnum
from typing import Any

from pydantic import Field

from ledger import clock, tasks
from ledger.bank import bank_transfers, further_attempts, payment_evidence
from ledger.bank.further_attempts import FurtherAttempt
from ledger.booking import voucher_ends
from ledger.database import TenantTransaction
from ledger.payouts import clawbacks, payout_lines, payouts
from ledger.payouts.payouts import Payout
from ledger.reasons import Reason
from ledger.types import DocumentStrategy, EventState, Frozen, PaidBy, PayoutState


class Meaning(StrEnum):
    """What a fetched credit note says about the payout it was made for."""

    OPEN = "open"
    PARTLY_PAID = "partly_paid"
    PAID = "paid"
    SETTLED_BY_RELATED = "settled_by_related"
    DEVIATES = "deviates"
    REOPENED = "reopened"
    VOIDED = "voided"
    DELETED = "deleted"
    TRANSFERRED = "transferred"
    """Of a voucher: lexoffice's own banking has sent it off, the bank has not confirmed. Not paid; no bank file."""
    UNCHECKED = "unchecked"
    """Of a voucher: a state that no purchase of ours should have (unchecked, sepadebit)."""


class Verdict(Frozen):
    """A judged credit note. `differences` name the fields that are not those of the approval."""

    meaning: Meaning
    differences: tuple[str, ...] = ()
    money_may_have_left: bool = False
    """As far as its payments tell; that it is in a bank file, or that the bank saw it leave, `settle` sees itself."""
    payment_reference: str | None = None
    """The event's own."""
    voucher_number: str | None = None
    paid_on: date | None = None
    versions: dict[str, Any] = Field(default_factory=dict)


class Settled(Frozen):
    """How the events that led here end, and what changed."""

    state: EventState
    reason: Reason | None = None
    changes: dict[str, Any] = Field(default_factory=dict)


_AGREES = {
    PayoutState.CREDIT_NOTE_OPEN: {Meaning.OPEN, Meaning.PARTLY_PAID},
    PayoutState.PAID: {Meaning.PAID},
    PayoutState.CANCELLED: {Meaning.VOIDED, Meaning.DELETED},
    PayoutState.RETURNED: {Meaning.OPEN, Meaning.PARTLY_PAID, Meaning.VOIDED, Meaning.DELETED, Meaning.REOPENED},
    PayoutState.SETTLED_MANUALLY: set(Meaning),
}


_ABOUT_THE_DOCUMENT = ("document_deviates", "document_reopened", "settled_by_related", "voucher_unchecked")
"""Questions that its end answers."""


_GONE = {Meaning.VOIDED: "voucher_voided", Meaning.DELETED: "voucher_deleted"}
"""Why a payout waits whose own document has lost its voucher."""


def agrees(payout: Payout, meaning: Meaning) -> bool:
    """Whether the payout already shows what its document says."""
    if payout.strategy is DocumentStrategy.OWN_DOCUMENT and (own := _own_agrees(payout, meaning)) is not None:
        return own
    return meaning in _AGREES.get(payout.state, set()) and not (
        payout.reopened and payout.state is PayoutState.CREDIT_NOTE_OPEN
    )


def _own_agrees(payout: Payout, meaning: Meaning) -> bool | None:
    """None: as for a credit note. What a voucher says is of the books; the document is ours, and stays."""
    match payout.state, meaning:
        case (
            (PayoutState.APPROVED | PayoutState.OUTCOME_UNKNOWN | PayoutState.CREDIT_NOTE_OPEN),
            (Meaning.VOIDED | Meaning.DELETED),
        ):
            return payout.blocked is not None and payout.blocked.code == _GONE[meaning]
        case ((PayoutState.APPROVED | PayoutState.OUTCOME_UNKNOWN), _):
            # Not delivered yet: what is paid early counts once it is.
            return meaning not in (Meaning.DEVIATES, Meaning.UNCHECKED)
        case PayoutState.CANCELLED, _:
            return True  # its Storno stands beside it
        case _, Meaning.TRANSFERRED:
            return payout.state in (PayoutState.CREDIT_NOTE_OPEN, PayoutState.PAID, PayoutState.RETURNED)
        case _:
            return None


async def settle(tx: TenantTransaction, payout: Payout, verdict: Verdict) -> Settled:
    """Apply a judged credit note to its payout, which the caller has locked. Applying twice changes nothing."""
    if payout.state is PayoutState.RETURNED and verdict.meaning in (Meaning.OPEN, Meaning.PARTLY_PAID):
        await further_attempts.note_open_in_the_books(tx, payout.id)
    if agrees(payout, verdict.meaning):
        return Settled(state=EventState.UNCHANGED)
    if payout.strategy is DocumentStrategy.OWN_DOCUMENT and (own := await _settle_own(tx, payout, verdict)):
        return own
    exported_as = await bank_transfers.exported_as(tx, payout.id)
    match verdict.meaning, payout.state:
        case Meaning.DEVIATES, _:
            return await _deviates(tx, payout, verdict)
        case Meaning.SETTLED_BY_RELATED, PayoutState.CREDIT_NOTE_OPEN:
            await _ask(tx, payout, "settled_by_related", Reason.of("credit_note_set_off"))
            return Settled(state=EventState.FAILED, reason=Reason.of("set_off_not_transferred"))
        case Meaning.PAID, PayoutState.CREDIT_NOTE_OPEN if await _is_taken_back(tx, payout):
            return await mark_returned(tx, payout, Reason.of("bank_reversed"))
        case Meaning.PAID, PayoutState.CREDIT_NOTE_OPEN if await _waits_for_the_bank(tx, payout):
            return Settled(state=EventState.PROCESSED, reason=Reason.of("bank_has_not_said_paid"))
        case Meaning.PAID, PayoutState.CREDIT_NOTE_OPEN:
            # In this order (design.md, Events): the event's own, the bank file's EndToEndId, the voucher number.
            reference = verdict.payment_reference or exported_as or verdict.voucher_number or payout.number
            return await mark_paid(tx, payout, reference, verdict.paid_on)
        case Meaning.PAID, PayoutState.RETURNED if on := await further_attempts.find_open(tx, payout.id):
            return await _further_attempt_paid(tx, payout, verdict, on)
        case Meaning.OPEN | Meaning.PARTLY_PAID, PayoutState.CREDIT_NOTE_OPEN:
            await _set_reopened(tx, payout, reopened=False)
            return Settled(state=EventState.PROCESSED, changes={"reopened": [True, False]})
        case Meaning.REOPENED, PayoutState.CREDIT_NOTE_OPEN:
            return await _reopened(tx, payout)
        case Meaning.VOIDED | Meaning.DELETED, PayoutState.CREDIT_NOTE_OPEN if (
            verdict.money_may_have_left or exported_as or (await payment_evidence.sum_up(tx, payout.id)).open_cents > 0
        ):
            return await mark_returned(tx, payout, Reason.of("undone_was_it_paid"))
        case Meaning.VOIDED | Meaning.DELETED, PayoutState.CREDIT_NOTE_OPEN:
            return await _cancelled(tx, payout, verdict.meaning)
        # Set off in whole, its document has paid it: in the books it is open until a person assigns the credit there.
        case Meaning.OPEN | Meaning.PARTLY_PAID, PayoutState.PAID if (
            payout.transfer_cents == 0 or await _bank_said_paid(tx, payout)
        ):
            return Settled(state=EventState.UNCHANGED)
        case _, PayoutState.PAID:
            return await mark_returned(tx, payout, Reason.of("paid_credit_note_changed"))
        case _:
            await _ask(
                tx,
                payout,
                "unexpected_document",
                Reason.of("document_does_not_fit_payout"),
            )
            return Settled(state=EventState.FAILED, reason=Reason.of("document_does_not_fit"))


async def _settle_own(tx: TenantTransaction, payout: Payout, verdict: Verdict) -> Settled | None:
    """What is told of the voucher of an own document otherwise than of a credit note; None: the same as of one."""
    before = payout.state in (PayoutState.APPROVED, PayoutState.OUTCOME_UNKNOWN)
    match verdict.meaning:
        case Meaning.VOIDED | Meaning.DELETED if before or payout.state is PayoutState.CREDIT_NOTE_OPEN:
            why = Reason.of(_GONE[verdict.meaning])
            await voucher_ends.ask_about_gone(tx, payout, why)
            return Settled(state=EventState.PROCESSED, reason=why, changes={"payout": payout.number})
        case Meaning.UNCHECKED:
            await _ask(tx, payout, "voucher_unchecked", Reason.of("voucher_unchecked"))
            return Settled(state=EventState.PROCESSED, reason=Reason.of("voucher_unchecked"))
        case Meaning.DEVIATES if before:
            await payouts.block(tx, payout.id, Reason.of("document_deviates"))
            return None
        case _:
            return None


async def _bank_said_paid(tx: TenantTransaction, payout: Payout) -> bool:
    """Then a document that nobody has assigned the payment to yet is no contradiction. After a return the bank's
    evidence of a further attempt says so whomever the tenant chose."""
    proved = await payment_evidence.sum_up(tx, payout.id)
    if not proved.is_complete:
        return False
    return proved.returns > 0 or await payment_evidence.who_says_paid(tx, payout) is PaidBy.BANK


async def _is_taken_back(tx: TenantTransaction, payout: Payout) -> bool:
    """The bank took its own booking back: the books say paid of money that never left."""
    proved = await payment_evidence.sum_up(tx, payout.id)
    return proved.is_back and not proved.returns


async def _waits_for_the_bank(tx: TenantTransaction, payout: Payout) -> bool:
    """The tenant lets the bank say paid, alone or too, and it has not yet."""
    paid_by = await payment_evidence.who_says_paid(tx, payout)
    return paid_by is not PaidBy.LEXOFFICE and not (await payment_evidence.sum_up(tx, payout.id)).is_complete


async def _further_attempt_paid(
    tx: TenantTransaction, payout: Payout, verdict: Verdict, attempt: FurtherAttempt
) -> Settled:
    """The books say paid of what came back and is transferred again. Paid all along, they say nothing of that."""
    if not attempt.is_told_by_the_books:
        return Settled(state=EventState.UNCHANGED)
    if await _waits_for_the_bank(tx, payout):
        return Settled(state=EventState.PROCESSED, reason=Reason.of("bank_has_not_said_paid"))
    exported_as = await bank_transfers.exported_as(tx, payout.id)
    return await mark_paid(tx, payout, verdict.payment_reference or exported_as or payout.number, verdict.paid_on)


async def mark_paid(tx: TenantTransaction, payout: Payout, reference: str, paid_on: date | None) -> Settled:
    """credit_note_open | returned → paid, its commissions with it. The payout must be locked."""
    # Without lexoffice's own day it is the one on which it told us.
    day = paid_on or clock.today()
    await payouts.change_state(
        tx,
        payout,
        PayoutState.PAID,
        payment_reference=reference,
        paid_on=day,
        reopened=False,
        unblock=True,
    )
    await payout_lines.pay(tx, payout.id)
    await tasks.close_questions(
        tx,
        subject="payout",
        subject_id=payout.number,
        kinds=(*_ABOUT_THE_DOCUMENT, further_attempts.RETURNED, further_attempts.TASK),
        by="engine",
    )
    return _moved(payout, PayoutState.PAID)


async def _cancelled(tx: TenantTransaction, payout: Payout, meaning: Meaning) -> Settled:
    reason = Reason.of("credit_note_deleted") if meaning is Meaning.DELETED else Reason.of("credit_note_voided")
    await payouts.change_state(tx, payout, PayoutState.CANCELLED, reason=reason, reopened=False, unblock=True)
    await clawbacks.give_back(tx, payout.id)
    await tasks.close_questions(tx, subject="payout", subject_id=payout.number, kinds=_ABOUT_THE_DOCUMENT, by="engine")
    return _moved(payout, PayoutState.CANCELLED)


async def mark_returned(tx: TenantTransaction, payout: Payout, reason: Reason) -> Settled:
    """credit_note_open | paid → returned, with the question what becomes of it. The payout must be locked."""
    await payouts.change_state(tx, payout, PayoutState.RETURNED, reason=reason)
    await further_attempts.ask_what_becomes_of_it(tx, payout, reason)
    return _moved(payout, PayoutState.RETURNED)


async def _reopened(tx: TenantTransaction, payout: Payout) -> Settled:
    if payout.reopened:
        return Settled(state=EventState.UNCHANGED)
    await _set_reopened(tx, payout, reopened=True)
    await _ask(tx, payout, "document_reopened", Reason.of("credit_note_is_draft_again"))
    return Settled(state=EventState.PROCESSED, changes={"reopened": [False, True]})


async def _deviates(tx: TenantTransaction, payout: Payout, verdict: Verdict) -> Settled:
    await _ask(
        tx,
        payout,
        "document_deviates",
        Reason.of("document_deviates"),
        detail={"differences": list(verdict.differences), **verdict.versions},
    )
    return Settled(
        state=EventState.FAILED,
        reason=Reason.of("document_deviates"),
        changes={"differences": list(verdict.differences)},
    )


async def _set_reopened(tx: TenantTransaction, payout: Payout, *, reopened: bool) -> None:
    await tx.execute(
        "UPDATE payouts SET reopened = $3, updated_at = now() WHERE tenant_id = $1 AND id = $2",
        tx.tenant.id,
        payout.id,
        reopened,
    )
    if not reopened:
        await tasks.close_questions(
            tx, subject="payout", subject_id=payout.number, kinds=("document_reopened",), by="engine"
        )


async def _ask(
    tx: TenantTransaction,
    payout: Payout,
    kind: str,
    reason: Reason,
    *,
    actions: tuple[str, ...] = ("done",),
    detail: dict[str, Any] | None = None,
) -> None:
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind=kind,
            subject="payout",
            subject_id=payout.number,
            reason=reason,
            actions=actions,
            detail=detail,
            links={"payout": f"/api/v1/payouts/{payout.number}", "credit_note": payout.credit_note_id},
        ),
    )


def _moved(payout: Payout, to: PayoutState) -> Settled:
    return Settled(state=EventState.PROCESSED, changes={"payout": payout.number, "state": [payout.state, to]})
