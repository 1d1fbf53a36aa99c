"""What a fetched document means, applied in one transaction, and how the events that announced it end.

An event is a hint, the fetched document is the truth: it is compared with what the ledger holds, and the difference
is applied. Applying twice changes nothing.
"""

from collections.abc import Sequence
from typing import Any

from temporalio import activity

from activities.credit_note_judgement import judge_credit_note, judge_missing
from activities.evidence import body_of, contact_of, discount_lowers_base, observed, payments_of
from activities.expectations import contradicts, is_confirmed, is_outdated, is_torn, may_lag
from activities.invoice_reading import Doubt, read_invoice
from activities.models import Conclude, Conclusion, Gathered, Tell, Unfetched, VoidedInvoice
from ledger import (
    connections,
    credited_invoices,
    documents,
    events,
    intents,
    invoices,
    lost_invoices,
    payouts,
    replacement,
    tasks,
)
from ledger.credited_invoices import CreditFacts
from ledger.database import Connection, Ledger
from ledger.documents import KnownDocument
from ledger.events import Event
from ledger.invoices import InvoiceFacts
from ledger.refusals import Refused
from ledger.settlement import Meaning, Verdict, agrees
from ledger.types import BERLIN, DocumentKind, EventState, PayoutNumber
from lexoffice.documents import CreditNote, Invoice
from lexoffice.errors import FractionOfACent
from lexoffice.payments import Payments

_AGAIN = Conclusion(outcome="look again", look_again=True)
_PAYMENT_UNCLEAR = "payment_unclear"
_NO_WHOLE_CENTS = "Der Beleg nennt Summen, die keine ganzen Cent sind."


class ConclusionActivities:
    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    @activity.defn
    async def conclude(self, task: Conclude) -> Conclusion:
        """Compare, apply, end the events; or say that lexoffice does not show yet what was announced."""
        gathered = task.gathered
        cause = "event:" + ",".join(str(event) for event in gathered.events[:5])
        try:
            async with self._ledger.transaction(gathered.tenant, cause=cause) as db:
                return await conclude_within(db, task)
        except (Refused, FractionOfACent) as refused:
            # The ledger says no: nothing of it was applied, and asking again would not change the answer.
            reason = refused.sentence if isinstance(refused, Refused) else _NO_WHOLE_CENTS
            async with self._ledger.transaction(gathered.tenant, cause=cause) as db:
                return await _end(db, gathered, EventState.FAILED, reason)

    @activity.defn
    async def look_at_replacement_window(self, voided: VoidedInvoice) -> Conclusion:
        """The time in which another invoice could take a voided one's place may be over: then its sale is refunded."""
        async with self._ledger.transaction(voided.tenant, cause=f"window:{voided.resource_id}") as db:
            window = await replacement.look_at_window(db, voided.tenant, voided.resource_id)
        if window.outcome is None:
            return Conclusion(
                outcome="waiting" if window.wait_seconds else "replaced", replacement_in_seconds=window.wait_seconds
            )
        return Conclusion(
            outcome=window.outcome.state,
            tell=tuple(Tell(number=number, signal="recheck") for number in window.outcome.payouts),
        )

    @activity.defn
    async def conclude_unfetched(self, task: Unfetched) -> Conclusion:
        """The document could not be fetched: events wait for a working key, or are failed and left to a replay."""
        async with self._ledger.transaction(task.gathered.tenant) as db:
            if task.because == "connection":
                # Whoever saves a key takes up what is skipped; what is skipped after that would be forgotten.
                if task.since is not None and await connections.key_saved_since(db, task.gathered.tenant, task.since):
                    return _AGAIN
                await connections.ask_about_access(db, task.gathered.tenant)
                return await _end(
                    db, task.gathered, EventState.SKIPPED, "Die Verbindung zu lexoffice ist nicht nutzbar."
                )
            return await _end(db, task.gathered, EventState.FAILED, "lexoffice hat nicht geantwortet.")


async def conclude_within(db: Connection, task: Conclude) -> Conclusion:
    """In the transaction of the caller, who may also only want to know and roll back."""
    gathered = task.gathered
    told = await events.load(db, gathered.tenant, gathered.events)
    if gathered.kind is None and not gathered.gone and all(event.state is not EventState.RECEIVED for event in told):
        return Conclusion(outcome="handled before")
    if gathered.gone:
        return await _conclude_gone(db, task, told)
    match gathered.kind:
        case DocumentKind.INVOICE:
            return await _conclude_invoice(db, task, told)
        case DocumentKind.CREDIT_NOTE:
            return await _conclude_credit_note(db, task, told)
        case "connection":
            return await _end(db, gathered, EventState.UNCHANGED, "Der Zugang gilt weiterhin.")
        case _:
            return await _end(db, gathered, EventState.IGNORED, "Kein Beleg, den PartnerDesk führt.")


async def _conclude_invoice(db: Connection, task: Conclude, told: Sequence[Event]) -> Conclusion:
    gathered = task.gathered
    invoice = Invoice.from_body(await body_of(db, gathered.tenant, gathered.document))
    payments = await payments_of(db, gathered)
    known = await documents.find(db, gathered.tenant, invoice.id)
    if unfit := await _unfit_to_judge(db, task, told, invoice, known, payments):
        return unfit
    is_a_sales = known is not None and known.transaction_id is not None
    day = invoice.voucher_date.astimezone(BERLIN).date()
    if not is_a_sales and await invoices.is_before_cut_over(db, gathered.tenant, day):
        return await _end(db, gathered, EventState.IGNORED, invoices.BEFORE_CUT_OVER)
    facts = read_invoice(
        invoice,
        payments,
        await contact_of(db, gathered),
        discount_lowers_base=await discount_lowers_base(db, gathered.tenant, known, invoice),
    )
    if isinstance(facts, Doubt):
        return await _ask_about_payment(db, gathered, facts)
    await invoices.wait_for_turn(db, gathered.tenant, facts)
    found = await lost_invoices.adopt(
        db,
        gathered.tenant,
        resource_id=invoice.id,
        organization_id=invoice.organization_id,
        gross_cents=invoice.total_gross_cents,
        text=f"{invoice.introduction or ''}\n{invoice.remark or ''}",
    )
    await documents.observe(db, gathered.tenant, observed(gathered, DocumentKind.INVOICE, invoice, payments))
    outcome = await invoices.apply_invoice(db, gathered.tenant, facts, event_ids=gathered.events)
    await _close_question_about_payment(db, gathered)
    if outcome.state is EventState.UNCHANGED and not task.last_look and may_lag(told, invoice, known, payments):
        return _AGAIN
    await _finish(db, gathered, told, invoice.voucher_status, outcome.state, outcome.reason, outcome.changes)
    return Conclusion(
        outcome=outcome.state,
        tell=tuple(Tell(number=number, signal="recheck") for number in outcome.payouts),
        replacement_in_seconds=await replacement.seconds_left(db, outcome),
        found_invoice=found,
    )


async def _conclude_credit_note(db: Connection, task: Conclude, told: Sequence[Event]) -> Conclusion:
    gathered = task.gathered
    # Held until the end: whoever stores the id of a lost document hands over afterwards what is parked here.
    lost = await intents.hold_unclear(db, gathered.tenant)
    known = await documents.find(db, gathered.tenant, gathered.resource_id)
    if known is None or known.payout_number is None:
        if credited := await _conclude_credit_of_invoice(db, gathered, told):
            return credited
        if lost:
            await events.park(db, gathered.tenant, gathered.events)
            return Conclusion(outcome=EventState.WAITING)
        return await _end(db, gathered, EventState.IGNORED, "Diese Gutschrift gehört zu keiner Auszahlung.")
    note = CreditNote.from_body(await body_of(db, gathered.tenant, gathered.document))
    payments = await payments_of(db, gathered)
    if unfit := await _unfit_to_judge(db, task, told, note, known, payments):
        return unfit
    payout = await payouts.lock(db, gathered.tenant, known.payout_number)
    intent = await intents.of_document(db, gathered.tenant, note.id)
    assert intent is not None, "a payout's credit note answers an intent"
    verdict = judge_credit_note(payout, intent, known, note, payments)
    if agrees(payout, verdict.meaning) and not task.last_look and may_lag(told, note, known, payments):
        return _AGAIN
    await documents.observe(db, gathered.tenant, observed(gathered, DocumentKind.CREDIT_NOTE, note, payments))
    if agrees(payout, verdict.meaning):
        changes = _changes(known, note, payments)
        state = EventState.PROCESSED if changes else EventState.UNCHANGED
        await _finish(db, gathered, told, note.voucher_status, state, None, changes)
        return Conclusion(outcome=state)
    return await _tell_payout(db, gathered, told, payout.number, verdict, note.voucher_status)


async def _conclude_credit_of_invoice(db: Connection, gathered: Gathered, told: Sequence[Event]) -> Conclusion | None:
    """A credit note that corrects the invoice of a sale: a refund."""
    if gathered.document is None:
        return None
    note = CreditNote.from_body(await body_of(db, gathered.tenant, gathered.document))
    outcome = await credited_invoices.apply_credit(
        db,
        gathered.tenant,
        CreditFacts(
            resource_id=note.id,
            voucher_number=note.voucher_number,
            status=note.voucher_status,
            gross_cents=note.total_gross_cents,
            updated_at=note.updated_date,
            invoice_ids=tuple(related.id for related in note.related_vouchers),
        ),
    )
    if outcome is None:
        return None
    await _finish(db, gathered, told, note.voucher_status, outcome.state, outcome.reason, outcome.changes)
    return Conclusion(
        outcome=outcome.state, tell=tuple(Tell(number=number, signal="recheck") for number in outcome.payouts)
    )


async def _unfit_to_judge(
    db: Connection,
    task: Conclude,
    told: Sequence[Event],
    document: Invoice | CreditNote,
    known: KnownDocument | None,
    payments: Payments | None,
) -> Conclusion | None:
    """What was fetched contradicts the events, itself, or what is known already: look again; at last say so."""
    outdated = is_outdated(document, known)
    torn = payments is not None and is_torn(document, payments)
    if not task.last_look:
        return _AGAIN if outdated or torn or contradicts(told, document.voucher_status) else None
    if outdated:
        return await _end(db, task.gathered, EventState.UNCHANGED, "lexoffice zeigt einen älteren Stand des Belegs.")
    if torn:
        return await _end(
            db, task.gathered, EventState.FAILED, "lexoffice zeigt Beleg und Zahlungen in verschiedenen Ständen."
        )
    return None


async def _tell_payout(
    db: Connection,
    gathered: Gathered,
    told: Sequence[Event],
    number: PayoutNumber,
    verdict: Verdict,
    status: str,
) -> Conclusion:
    """The payout's own workflow writes what its document causes, and ends the events it is told of."""
    match verdict.meaning:
        case Meaning.VOIDED | Meaning.DELETED:
            signal = "credit_note_voided"
        case Meaning.PAID | Meaning.SETTLED_BY_RELATED:
            signal = "credit_note_paid"
        case Meaning.DEVIATES if status in ("paidoff", "paid"):
            signal = "credit_note_paid"
        case _:
            # `recheck` names no event, so these end here.
            state = EventState.FAILED if verdict.meaning is Meaning.DEVIATES else EventState.PROCESSED
            reason = "Beleg weicht von der Freigabe ab." if verdict.meaning is Meaning.DEVIATES else None
            await _finish(db, gathered, told, status, state, reason, {"payout": number, "shows": verdict.meaning})
            return Conclusion(outcome=state, tell=(Tell(number=number, signal="recheck"),))
    # One click sends two or three notifications; the payout hears of one, which names the reference if any does.
    spokesman = next((event for event in told if event.payment_reference), told[-1])
    await events.finish(
        db,
        gathered.tenant,
        [event.id for event in told if event.id != spokesman.id],
        EventState.PROCESSED,
        reason=f"Zusammen mit Ereignis {spokesman.id} behandelt.",
        snapshot_id=gathered.document,
    )
    return Conclusion(outcome="told", tell=(Tell(number=number, signal=signal, event=spokesman.id),))


async def _conclude_gone(db: Connection, task: Conclude, told: Sequence[Event]) -> Conclusion:
    """404. It means deleted only together with an event that says so (rules.md); the sweep finds the rest."""
    gathered = task.gathered
    deleted = any(event.event_type.endswith(".deleted") for event in told)
    known = await documents.find(db, gathered.tenant, gathered.resource_id)
    if not deleted:
        # What is not ours costs one fetch (rules.md, The connection).
        if known is not None and not task.last_look:
            return _AGAIN
        return await _end(db, gathered, EventState.FAILED, events.GONE)
    if known is None:
        if back := await credited_invoices.take_back(db, gathered.tenant, gathered.resource_id):
            await _end(db, gathered, back.state, back.reason, back.changes)
            return Conclusion(
                outcome=back.state, tell=tuple(Tell(number=number, signal="recheck") for number in back.payouts)
            )
        return await _end(db, gathered, EventState.UNCHANGED, "Der gelöschte Beleg war nicht bekannt.")
    if known.kind is DocumentKind.INVOICE:
        facts = InvoiceFacts(resource_id=known.resource_id, organization_id=known.organization_id, status="deleted")
        await invoices.wait_for_turn(db, gathered.tenant, facts)
        await documents.mark_deleted(db, gathered.tenant, known.resource_id)
        outcome = await invoices.apply_invoice(db, gathered.tenant, facts, event_ids=gathered.events)
        return await _end(db, gathered, outcome.state, outcome.reason, outcome.changes)
    await documents.mark_deleted(db, gathered.tenant, known.resource_id)
    if known.payout_number is None:
        return await _end(db, gathered, EventState.UNCHANGED, None)
    payout = await payouts.lock(db, gathered.tenant, known.payout_number)
    verdict = judge_missing(payout, known)
    if agrees(payout, verdict.meaning):
        return await _end(db, gathered, EventState.UNCHANGED, None)
    return await _tell_payout(db, gathered, told, payout.number, verdict, "deleted")


async def _ask_about_payment(db: Connection, gathered: Gathered, doubt: Doubt) -> Conclusion:
    await tasks.ask(
        db,
        gathered.tenant,
        kind=_PAYMENT_UNCLEAR,
        subject="document",
        subject_id=str(gathered.resource_id),
        reason=doubt.value,
        links={"events": [f"/api/v1/events/{event}" for event in gathered.events]},
    )
    return await _end(db, gathered, EventState.FAILED, doubt.value)


async def _close_question_about_payment(db: Connection, gathered: Gathered) -> None:
    await tasks.close_questions(
        db,
        gathered.tenant,
        subject="document",
        subject_id=str(gathered.resource_id),
        kinds=(_PAYMENT_UNCLEAR,),
        by="event",
    )


async def _finish(
    db: Connection,
    gathered: Gathered,
    told: Sequence[Event],
    status: str,
    state: EventState,
    reason: str | None,
    changes: dict[str, Any] | None,
) -> None:
    """End the events. One whose name the document does not bear out is `failed`, unless a newer one explains it."""
    wrong = set() if is_confirmed(told, status) else {event.id for event in told if contradicts([event], status)}
    right = [event for event in gathered.events if event not in wrong]
    await events.finish(
        db, gathered.tenant, right, state, reason=reason, changes=changes or None, snapshot_id=gathered.document
    )
    await events.finish(
        db,
        gathered.tenant,
        sorted(wrong),
        EventState.FAILED,
        reason="lexoffice zeigt den Beleg in einem anderen Zustand als gemeldet; der Beleg gilt.",
        changes=changes or None,
        snapshot_id=gathered.document,
    )


async def _end(
    db: Connection,
    gathered: Gathered,
    state: EventState,
    reason: str | None,
    changes: dict[str, Any] | None = None,
) -> Conclusion:
    await events.finish(
        db,
        gathered.tenant,
        gathered.events,
        state,
        reason=reason,
        changes=changes or None,
        snapshot_id=gathered.document,
    )
    return Conclusion(outcome=state)


def _changes(known: KnownDocument, note: CreditNote, payments: Payments | None) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if payments is not None and known.open_cents != payments.open_cents:
        changes["open_cents"] = [known.open_cents, payments.open_cents]
    if known.voucher_number != note.voucher_number and note.voucher_number is not None:
        changes["credit_note_number"] = [known.voucher_number, note.voucher_number]
    return changes
