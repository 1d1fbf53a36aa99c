"""A person answers a task. What concerns a payout is a decision like any other: a row, its effect, and then a signal.

Which actions a task takes stands on the task itself; what each does is written here, once.
"""

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import Field

from ledger import clock, tasks
from ledger.access import four_eyes
from ledger.audit import audit
from ledger.bank import bank_transfers, further_attempts, partner_accounts
from ledger.booking import (
    foreign_currency,
    invoice_questions,
    money_told_twice,
    naming,
    question_subjects,
    sale_decisions,
    sales_told_twice,
    unapplied_documents,
    voucher_ends,
)
from ledger.commissions import manual_lines
from ledger.database import TenantTransaction
from ledger.documents import documents, intents, unclear_outcomes
from ledger.documents.intents import Intent
from ledger.documents.own import delivery, issuing
from ledger.inbox import redelivery
from ledger.payouts import (
    claim_write_offs,
    clawbacks,
    decisions,
    objection_endings,
    objections,
    own_reversal_rows,
    own_reversals,
    own_stages,
    payout_lines,
    payouts,
)
from ledger.payouts.decisions import Decision
from ledger.payouts.own_reversal_rows import Ground
from ledger.payouts.payouts import Payout
from ledger.provider_ids import document_named
from ledger.refusals import NotAcceptable, NotAllowedNow, NotFound, require_reason
from ledger.types import (
    BERLIN,
    CommissionId,
    DocumentStrategy,
    EventId,
    Frozen,
    IntentId,
    PayoutNumber,
    PayoutState,
    TaskId,
    TransactionId,
)

_BY_WORD = "a person says that it was not made"


class Answer(Frozen):
    """What a person says to a task. `detail` holds what the action needs: resource_id, transaction_id, paid_on, …"""

    action: str
    reason: str | None = None
    detail: dict[str, Any] = Field(default_factory=dict)


class Resolved(Frozen):
    """What must be announced now that the answer is committed."""

    task: TaskId
    payout: PayoutNumber | None = None
    decision: Decision | None = None
    invoice_intent: IntentId | None = None
    transaction: TransactionId | None = None
    replay: tuple[EventId, ...] = ()
    rechecks: tuple[PayoutNumber, ...] = ()
    reversal: UUID | None = None


async def resolve(tx: TenantTransaction, task_id: TaskId, answer: Answer, *, actor: str) -> Resolved:
    """Answer a task, do what the answer means, and say who has to be told.

    Raises NotFound, NotAllowedNow (already resolved, or the world has moved on), NotAcceptable (unknown action).
    """
    names_a_sale = answer.action in ("assign", sales_told_twice.SAME_SALE)
    await question_subjects.hold_subject(tx, task_id, chosen=_transaction(answer) if names_a_sale else None)
    task = await tx.fetchrow("SELECT * FROM tasks WHERE tenant_id = $1 AND id = $2 FOR UPDATE", tx.tenant.id, task_id)
    if task is None:
        raise NotFound("task_not_found")
    if task["state"] != "open":
        raise NotAllowedNow("task_resolved")
    if answer.action not in task["actions"]:
        raise NotAcceptable("unknown_action", actions=task["actions"])
    resolved = await _act(tx, task_id, task, answer, actor)
    await tasks.resolve(
        tx,
        task_id,
        by=actor,
        resolution={**answer.detail, "action": answer.action, "reason": answer.reason},
    )
    await audit.record(
        tx,
        actor=actor,
        action="task.resolved",
        subject=task["subject"],
        subject_id=task["subject_id"],
        detail={"task": str(task_id), "kind": task["kind"], "action": answer.action, "reason": answer.reason},
    )
    return resolved


async def _act(tx: TenantTransaction, task_id: TaskId, task: Any, answer: Answer, actor: str) -> Resolved:
    match task["subject"], task["kind"]:
        case "payout", _:
            return await _about_payout(tx, task_id, task["subject_id"], task["kind"], answer, actor)
        case "transaction", "invoice_outcome_unknown":
            return await _about_lost_invoice(tx, task_id, UUID(task["detail"]["intent"]), answer)
        case foreign_currency.SUBJECT, _:
            found = await foreign_currency.answer(
                tx, UUID(task["subject_id"]), action=answer.action, detail=answer.detail, by=actor
            )
            return Resolved(task=task_id, replay=found)
        case "introduction", _ if answer.action == "assign_partner":
            touched = await naming.answer_introduction(
                tx, task["subject_id"], task["detail"], _partner_code(answer), by=actor
            )
            return Resolved(task=task_id, rechecks=tuple(touched))
        case "transaction", sales_told_twice.KIND if answer.action == sales_told_twice.SAME_SALE:
            told = TransactionId(UUID(task["subject_id"]))
            candidates = task["detail"]["candidates"]
            joined = await sales_told_twice.join(tx, told, _transaction(answer), candidates, by=actor)
            return Resolved(task=task_id, transaction=joined.transaction_id, rechecks=joined.payouts)
        case "transaction", money_told_twice.KIND if answer.action == money_told_twice.BOTH_COUNT:
            counted = await money_told_twice.count_both(tx, TransactionId(UUID(task["subject_id"])), by=actor)
            return Resolved(task=task_id, transaction=counted.transaction_id, rechecks=counted.payouts)
        case "transaction", _ if answer.action in ("release", "assign_partner"):
            return await _about_sale(tx, task_id, task, answer, actor)
        case "document", kind if kind in invoice_questions.ANSWERED_BY_A_PERSON and answer.action != "done":
            found = await invoice_questions.resolve_invoice_question(
                tx,
                UUID(task["subject_id"]),
                action=answer.action,
                transaction_id=_transaction(answer) if answer.action == "assign" else None,
                partner_code=_partner_code(answer) if answer.action == "assign_partner" else None,
                by=actor,
            )
            return Resolved(task=task_id, replay=tuple(found))
        case "document", _ if answer.action == "take_as_shown":
            if not answer.reason:
                raise NotAcceptable("reason_missing")
            shown = await unapplied_documents.take_as_shown(
                tx, UUID(task["subject_id"]), task["links"].get("event_ids", [])
            )
            return Resolved(task=task_id, replay=shown)
        case "commission", manual_lines.TASK:
            await manual_lines.decide(
                tx,
                CommissionId(UUID(task["subject_id"])),
                confirmed=answer.action == "confirm",
                by=actor,
                reason=answer.reason,
            )
            return Resolved(task=task_id)
        case "partner", partner_accounts.IBAN_TWICE:
            await _acknowledge_iban(tx, task["subject_id"], answer, actor)
            return Resolved(task=task_id)
        case delivery.SUBJECT, delivery.UNDELIVERED:
            await delivery.answer(tx, task["subject_id"], answer.action, by=actor, reason=answer.reason or "")
            return Resolved(task=task_id)
        case own_reversals.SUBJECT, kind if kind != own_reversals.TASK:
            if "intent" in task["detail"]:
                await _answer_lost_voucher(tx, IntentId(UUID(task["detail"]["intent"])), answer)
            await own_reversals.retry(tx, UUID(task["subject_id"]))
            return Resolved(task=task_id, reversal=UUID(task["subject_id"]))
        case own_reversals.SUBJECT, _:
            await own_reversals.decide(
                tx, UUID(task["subject_id"]), confirmed=answer.action == "confirm", by=actor, reason=answer.reason
            )
            return Resolved(task=task_id, reversal=UUID(task["subject_id"]))
        case claim_write_offs.SUBJECT, claim_write_offs.TASK:
            await claim_write_offs.decide(
                tx, UUID(task["subject_id"]), confirmed=answer.action == "confirm", by=actor, reason=answer.reason
            )
            return Resolved(task=task_id)
        case objections.SUBJECT, _:
            if not answer.reason:
                raise NotAcceptable("answer_missing")
            if answer.action in objection_endings.ACTIONS:
                payout = await payouts.get(tx, task["subject_id"])
                await objection_endings.end(tx, payout, answer.action, answer.detail, by=actor)
            return Resolved(task=task_id)
        case objections.QUESTION, _ if not answer.reason:
            raise NotAcceptable("answer_missing")
        case _:
            return Resolved(task=task_id)


async def _acknowledge_iban(tx: TenantTransaction, partner: str, answer: Answer, actor: str) -> None:
    """Whoever recorded the account does not take the warning from the second person."""
    if not answer.reason:
        raise NotAcceptable("reason_missing")
    recorded_by = await tx.fetchval(
        """
        SELECT b.recorded_by FROM partner_bank_details b
          JOIN partners p ON p.tenant_id = b.tenant_id AND p.id = b.partner_id
         WHERE b.tenant_id = $1 AND (p.id::text = $2 OR p.code = $2) AND b.state = 'pending'
        """,
        tx.tenant.id,
        partner,
    )
    await four_eyes.require_second_person(tx, actor, made_by=[recorded_by])


async def _about_payout(
    tx: TenantTransaction, task_id: TaskId, number: str, kind: str, answer: Answer, actor: str
) -> Resolved:
    if kind == voucher_ends.GONE and answer.action == "reverse":
        require_reason(answer.reason or "")
        wanted = own_reversals.Wanted(ground=Ground.ERROR, reason=answer.reason or "")
        await own_reversals.ask(tx, number, wanted, by=actor)
        return Resolved(task=task_id, payout=PayoutNumber(number))
    if answer.action == further_attempts.ACTION:
        await further_attempts.ask(tx, number, by=actor, reason=answer.reason or "")
        return Resolved(task=task_id)
    if kind == further_attempts.TASK:
        confirmed = answer.action == "confirm"
        await further_attempts.decide(tx, number, confirmed=confirmed, by=actor, reason=answer.reason)
        return Resolved(task=task_id)
    payout = await payouts.lock(tx, number)
    detail = {"task": str(task_id), "kind": kind, "action": answer.action}
    if answer.action in ("book_again", "book_on"):
        day = voucher_ends.booking_day(answer.detail.get("booked_on"))
        if day is None and answer.action == "book_on":
            raise NotAcceptable("booked_on_unreadable")
        detail |= {"booked_on": day} if day else {}
    decision = await decisions.resolve(tx, number, actor=actor, reason=answer.reason, detail=detail)
    match kind, answer.action:
        case "outcome_unknown", action:
            await _answer_lost_credit_note(tx, payout, action, answer)
        case "credit_note_refused", "cancel":
            await _answer_lost_credit_note(tx, payout, "cancel", answer)
        case "voucher_refused" | "voucher_number_taken", "not_issued":
            require_reason(answer.reason or "")
            await own_stages.void(tx, payout, by=actor, reason=answer.reason or "")
        case "returned", action:
            await _end_returned(tx, payout, PayoutState(action), answer)
            # Its workflow ended when the payout was returned: nobody is there to be told.
            await decisions.mark_delivered(tx, decision.id)
            return Resolved(task=task_id, payout=payout.number)
        case _:
            pass  # "retry" is done by the workflow once it hears of the decision; "done" only closes the question
    return Resolved(task=task_id, payout=payout.number, decision=decision)


async def _answer_lost_credit_note(tx: TenantTransaction, payout: Payout, action: str, answer: Answer) -> None:
    intent = await intents.open_of_payout(tx, payout.id)
    if intent is None or (payout.state is not PayoutState.OUTCOME_UNKNOWN and not _books_anew(payout, intent)):
        raise NotAllowedNow("outcome_not_unclear")
    match action:
        case "adopt":
            await _adopt(tx, intent.id, answer)
        case "create_again":
            await intents.refuse(tx, intent.id, _BY_WORD, attempt=intent.attempt)
        case "cancel":
            require_reason(answer.reason or "")
            await unclear_outcomes.abandon_by_decision(tx, intent.id)
            await payouts.change_state(tx, payout, PayoutState.CANCELLED, reason=answer.reason, unblock=True)
            await clawbacks.give_back(tx, payout.id)
            await redelivery.hand_over_parked(tx)


def _books_anew(payout: Payout, intent: Intent) -> bool:
    """The payout's own document is delivered, and its new voucher was lost: the state is the document's."""
    return payout.strategy is DocumentStrategy.OWN_DOCUMENT and intent.is_unclear


async def _about_sale(tx: TenantTransaction, task_id: TaskId, task: Any, answer: Answer, actor: str) -> Resolved:
    transaction = TransactionId(UUID(task["subject_id"]))
    if answer.action == "release":
        if not answer.reason:
            raise NotAcceptable("reason_missing")
        only = sale_decisions.HOLD_ASKED_ABOUT.get(task["kind"])
        outcome = await sale_decisions.release_hold(tx, transaction, by=actor, reason=answer.reason, only=only)
    else:
        outcome = await sale_decisions.assign_partner(tx, transaction, _partner_code(answer), by=actor)
    return Resolved(task=task_id, transaction=transaction, rechecks=outcome.payouts)


async def _about_lost_invoice(tx: TenantTransaction, task_id: TaskId, intent_id: UUID, answer: Answer) -> Resolved:
    intent = await intents.get(tx, IntentId(intent_id))
    if not intent.is_unclear:
        raise NotAllowedNow("outcome_not_unclear")
    match answer.action:
        case "adopt":
            await _adopt(tx, intent.id, answer)
        case "create_again":
            await intents.refuse(tx, intent.id, _BY_WORD, attempt=intent.attempt)
        case _:
            await unclear_outcomes.abandon_by_decision(tx, intent.id)
            await redelivery.hand_over_parked(tx)
    await intents.want_announcement(tx, intent.id)
    return Resolved(task=task_id, invoice_intent=intent.id, transaction=intent.transaction_id)


async def _answer_lost_voucher(tx: TenantTransaction, id: IntentId, answer: Answer) -> None:
    intent = await intents.get(tx, id)
    if not intent.is_unclear:
        raise NotAllowedNow("outcome_not_unclear")
    if answer.action == "adopt":
        await _adopt(tx, intent.id, answer)
    else:
        await intents.refuse(tx, intent.id, _BY_WORD, attempt=intent.attempt)


async def _adopt(tx: TenantTransaction, intent: IntentId, answer: Answer) -> None:
    """A person names the document, by its id or as its books number it. It is read back and judged like any other
    before anything is paid."""
    books = (await intents.get(tx, intent)).provider
    try:
        resource_id = document_named(books, str(answer.detail["resource_id"]))
    except (KeyError, ValueError):
        raise NotAcceptable("resource_id_missing") from None
    if await documents.is_ours(tx, resource_id):
        raise NotAllowedNow("document_taken")
    if not await intents.made(tx, intent, resource_id, adopted=True):
        raise NotAllowedNow("outcome_not_unclear")
    await redelivery.hand_over_parked(tx)


async def _end_returned(tx: TenantTransaction, payout: Payout, to: PayoutState, answer: Answer) -> None:
    """returned → paid | cancelled | settled_manually, each by a person and with a reason (rules.md, States)."""
    if not answer.reason:
        raise NotAcceptable("reason_missing")
    if to is PayoutState.CANCELLED and (run := await bank_transfers.awaited_in(tx, payout.id)):
        # Its commissions are owed anew: a file that may still be carried out would pay them a second time.
        raise NotAllowedNow("in_an_exported_run", run=run)
    if to is PayoutState.PAID and await _is_reversed(tx, payout):
        raise NotAllowedNow("own_document_is_reversed")
    paid: dict[str, Any] = {}
    if to is PayoutState.PAID:
        known = await bank_transfers.transfer_of(tx, payout)
        named = answer.detail.get("payment_reference")
        paid = {
            "payment_reference": str(named or known.reference or payout.number)[:140],
            "paid_on": await _day_of_payment(tx, payout, answer.detail.get("paid_on"), known.day),
        }
    if not await payouts.change_state(tx, payout, to, reason=answer.reason, **paid):
        raise NotAllowedNow("not_returned")
    if to in (PayoutState.PAID, PayoutState.SETTLED_MANUALLY):
        # Settled outside is settled: it must not stand among what is owed for ever.
        await payout_lines.pay(tx, payout.id)
    elif to is PayoutState.CANCELLED:
        await clawbacks.give_back(tx, payout.id, was_paid=True)


async def _is_reversed(tx: TenantTransaction, payout: Payout) -> bool:
    """A payment wants a document: this one's is taken back, or about to be."""
    document = await issuing.find_of_payout(tx, payout.id)
    return document is not None and await own_reversal_rows.find_live(tx, document.id) is not None


async def _day_of_payment(tx: TenantTransaction, payout: Payout, said: Any, known: date | None) -> date:
    """lexoffice tells no day here: its document is voided. A person names it, unless it is known already."""
    today: date = clock.today()
    if said is None or not str(said).strip():
        if known is None or known > today:
            raise NotAcceptable("paid_on_missing")
        return known
    try:
        day = date.fromisoformat(str(said).strip())
    except ValueError:
        raise NotAcceptable("paid_on_unreadable") from None
    if not payout.created_at.astimezone(BERLIN).date() <= day <= today:
        raise NotAcceptable("paid_on_not_acceptable")
    return day


def _partner_code(answer: Answer) -> str:
    code = answer.detail.get("partner_code")
    if not isinstance(code, str):
        raise NotAcceptable("partner_missing")
    return code


def _transaction(answer: Answer) -> TransactionId:
    try:
        return TransactionId(UUID(str(answer.detail["transaction_id"])))
    except (KeyError, ValueError):
        raise NotAcceptable("transaction_missing") from None
