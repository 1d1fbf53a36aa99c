"""What a fetched document means, applied in one transaction, and how the events that announced it end.

An event is a hint, the fetched document is the truth: it is compared with what the ledger holds, and the difference
is applied. Applying twice changes nothing.
"""

from collections.abc import Sequence

from temporalio import activity

from activities.judging.credit_note_judgement import judge_missing
from activities.judging.document_identity import ask_about_lost_invoice, differences_of_invoice, text_of
from activities.judging.event_endings import LOOK_AGAIN, end, finish, unfit_to_judge
from activities.judging.evidence import body_of, contact_of, discount_lowers_base, observed_now, payments_of
from activities.judging.expectations import may_lag
from activities.judging.invoice_reading import Doubt, read_invoice
from activities.models import Conclude, Conclusion, Gathered, Tell, Unfetched, VoidedInvoice
from activities.notifications.credit_note_conclusion import conclude_credit_note, tell_payout
from ledger import tasks
from ledger.booking import credited_invoices, invoices, lost_invoices, replacement
from ledger.booking.invoices import InvoiceFacts
from ledger.booking.settlement import agrees
from ledger.connections import connection_health, connections
from ledger.database import Connection, Ledger
from ledger.documents import documents, intents, unclear_outcomes
from ledger.inbox import events
from ledger.inbox.events import Event
from ledger.payouts import payouts
from ledger.refusals import Refused
from ledger.types import BERLIN, DocumentKind, EventState, IntentId
from lexoffice.documents import Invoice
from lexoffice.errors import FractionOfACent

_PAYMENT_UNCLEAR = "payment_unclear"
NOT_READABLE = "lexoffice zeigt den Beleg so, dass er nicht zu verstehen ist, etwa mit einem unmöglichen Datum."
NO_WHOLE_CENTS = "Der Beleg nennt Summen, die keine ganzen Cent sind."


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
            reason = refused.sentence if isinstance(refused, Refused) else NO_WHOLE_CENTS
            async with self._ledger.transaction(gathered.tenant, cause=cause) as db:
                return await end(db, gathered, EventState.FAILED, reason)

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
                    return LOOK_AGAIN
                await connection_health.ask_about_access(db, task.gathered.tenant)
                return await end(
                    db, task.gathered, EventState.SKIPPED, "Die Verbindung zu lexoffice ist nicht nutzbar."
                )
            reason = NOT_READABLE if task.because == "not_understood" else "lexoffice hat nicht geantwortet."
            return await end(db, task.gathered, EventState.FAILED, reason)


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
            return await conclude_credit_note(db, task, told)
        case "connection":
            return await end(db, gathered, EventState.UNCHANGED, "Der Zugang gilt weiterhin.")
        case _:
            return await end(db, gathered, EventState.IGNORED, "Kein Beleg, den PartnerDesk führt.")


async def _conclude_invoice(db: Connection, task: Conclude, told: Sequence[Event]) -> Conclusion:
    gathered = task.gathered
    invoice = Invoice.from_body(await body_of(db, gathered.tenant, gathered.document))
    payments = await payments_of(db, gathered)
    known = await documents.find(db, gathered.tenant, invoice.id)
    if unfit := await unfit_to_judge(db, task, told, invoice, known, payments):
        return unfit
    is_a_sales = known is not None and known.transaction_id is not None
    day = invoice.voucher_date.astimezone(BERLIN).date()
    if not is_a_sales and await invoices.is_before_cut_over(db, gathered.tenant, day):
        return await end(db, gathered, EventState.IGNORED, invoices.BEFORE_CUT_OVER)
    facts = read_invoice(
        invoice,
        payments,
        await contact_of(db, gathered),
        discount_lowers_base=await discount_lowers_base(db, gathered.tenant, known, invoice),
    )
    if isinstance(facts, Doubt):
        return await _ask_about_payment(db, gathered, facts)
    await invoices.wait_for_turn(db, gathered.tenant, facts)
    found = await _answer_lost_invoice(db, gathered, invoice)
    await documents.observe(db, gathered.tenant, observed_now(gathered, DocumentKind.INVOICE, invoice, payments))
    outcome = await invoices.apply_invoice(db, gathered.tenant, facts, event_ids=gathered.events)
    await _close_question_about_payment(db, gathered)
    if outcome.state is EventState.UNCHANGED and not task.last_look and may_lag(told, invoice, known, payments):
        return LOOK_AGAIN
    await finish(db, gathered, told, invoice.voucher_status, outcome.state, outcome.reason, outcome.changes)
    return Conclusion(
        outcome=outcome.state,
        tell=tuple(Tell(number=number, signal="recheck") for number in outcome.payouts),
        replacement_in_seconds=await replacement.seconds_left(db, outcome),
        found_invoice=found,
    )


async def _answer_lost_invoice(db: Connection, gathered: Gathered, invoice: Invoice) -> IntentId | None:
    """It may be one that we wrote and whose answer was lost. Returns the intent whose workflow must hear of it.

    One with the marker that is not as it was sent is for a person: by its order reference it becomes the sale's all
    the same, and the search, which leaves out what is a sale's, would find nothing and have it written once more.
    """
    intent = await lost_invoices.find(db, gathered.tenant, text_of(invoice))
    if intent is None:
        return None
    if differences := differences_of_invoice(invoice, intent):
        await unclear_outcomes.stop_searching(db, gathered.tenant, intent.id)
        await ask_about_lost_invoice(db, gathered.tenant, intent, [str(invoice.id)], differences)
    elif not await lost_invoices.adopt(db, gathered.tenant, intent, invoice.id):
        return None
    # Should this answer be lost after the commit, the hand-over tells it: the second time nothing is found here.
    await intents.want_announcement(db, gathered.tenant, intent.id)
    return intent.id


async def _conclude_gone(db: Connection, task: Conclude, told: Sequence[Event]) -> Conclusion:
    """404. It means deleted only together with an event that says so (rules.md); the sweep finds the rest."""
    gathered = task.gathered
    deleted = any(event.event_type.endswith(".deleted") for event in told)
    known = await documents.find(db, gathered.tenant, gathered.resource_id)
    if not deleted and known is not None and known.status == "deleted":
        return await end(db, gathered, EventState.UNCHANGED, "Dass der Beleg gelöscht ist, ist bekannt.")
    if not deleted:
        # What is not ours costs one fetch (rules.md, The connection).
        if known is not None and not task.last_look:
            return LOOK_AGAIN
        return await end(db, gathered, EventState.FAILED, events.GONE)
    if known is None:
        if back := await credited_invoices.take_back(db, gathered.tenant, gathered.resource_id):
            await end(db, gathered, back.state, back.reason, back.changes)
            return Conclusion(
                outcome=back.state, tell=tuple(Tell(number=number, signal="recheck") for number in back.payouts)
            )
        return await end(db, gathered, EventState.UNCHANGED, "Der gelöschte Beleg war nicht bekannt.")
    if known.kind is DocumentKind.INVOICE:
        facts = InvoiceFacts(resource_id=known.resource_id, organization_id=known.organization_id, status="deleted")
        await invoices.wait_for_turn(db, gathered.tenant, facts)
        await documents.mark_deleted(db, gathered.tenant, known.resource_id)
        outcome = await invoices.apply_invoice(db, gathered.tenant, facts, event_ids=gathered.events)
        return await end(db, gathered, outcome.state, outcome.reason, outcome.changes)
    await documents.mark_deleted(db, gathered.tenant, known.resource_id)
    if known.payout_number is None:
        return await end(db, gathered, EventState.UNCHANGED, None)
    payout = await payouts.lock(db, gathered.tenant, known.payout_number)
    verdict = judge_missing(payout, known)
    if agrees(payout, verdict.meaning):
        return await end(db, gathered, EventState.UNCHANGED, None)
    return await tell_payout(db, gathered, told, payout.number, verdict, "deleted")


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
    return await end(db, gathered, EventState.FAILED, doubt.value)


async def _close_question_about_payment(db: Connection, gathered: Gathered) -> None:
    await tasks.close_questions(
        db,
        gathered.tenant,
        subject="document",
        subject_id=str(gathered.resource_id),
        kinds=(_PAYMENT_UNCLEAR,),
        by="event",
    )
