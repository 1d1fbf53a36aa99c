"""What a fetched document means, applied in one transaction, and how the events that announced it end.

An event is a hint, the fetched document is the truth: it is compared with what the ledger holds, and the difference
is applied. Applying twice changes nothing.
"""

from collections.abc import Sequence

from temporalio import activity

from activities.books.lexoffice.documents import shown
from activities.books.registry import invoices_of
from activities.judging.credit_note_judgement import judge_missing
from activities.judging.document_identity import ask_about_lost_invoice, differences_of_invoice
from activities.judging.event_endings import (
    LOOK_AGAIN,
    close_answered,
    end,
    end_booked,
    end_contradicted,
    end_unapplied,
    of_other_organization,
)
from activities.judging.evidence import body_of, contact_of, discount_lowers_base, observed_now, payments_of
from activities.judging.expectations import may_lag
from activities.judging.invoice_reading import Doubt, read_invoice
from activities.models import ConcludeInput, Conclusion, FetchedDocument, FetchFailure, PayoutSignal, VoidedInvoice
from activities.notifications.credit_note_conclusion import conclude_credit_note, tell_payout
from activities.notifications.invoice_conclusion import conclude_invoice_alone
from activities.notifications.voucher_conclusion import conclude_gone_voucher, conclude_voucher
from ledger import tasks
from ledger.booking import credited_invoices, invoices, lost_invoices, replacement
from ledger.booking.invoices import InvoiceFacts
from ledger.booking.settlement import agrees
from ledger.connections import connection_health, connections
from ledger.database import Ledger, TenantTransaction
from ledger.documents import documents, intents, unclear_outcomes
from ledger.inbox import events
from ledger.inbox.events import Event
from ledger.payouts import payouts
from ledger.provider_ids import provider_of
from ledger.reasons import Reason
from ledger.refusals import Refused
from ledger.types import BERLIN, EASYBILL, LEXOFFICE, DocumentKind, EventState, IntentId
from lexoffice.documents import Invoice
from lexoffice.errors import FractionOfACent

_PAYMENT_UNCLEAR = "payment_unclear"
_DID_NOT_ANSWER = {LEXOFFICE: "lexoffice_did_not_answer", EASYBILL: "easybill_did_not_answer"}
NOT_READABLE = Reason.of("document_not_readable")
NO_WHOLE_CENTS = Reason.of("document_not_in_whole_cents")


class ConclusionActivities:
    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    @activity.defn
    async def conclude(self, task: ConcludeInput) -> Conclusion:
        """Compare, apply, end the events; or say that lexoffice does not show yet what was announced."""
        fetched = task.gathered
        cause = "event:" + ",".join(str(event) for event in fetched.events[:5])
        try:
            async with self._ledger.transaction(fetched.tenant, cause=cause) as tx:
                return await conclude_within(tx, task)
        except (Refused, FractionOfACent) as refused:
            # The ledger says no: nothing of it was applied, and asking again would not change the answer.
            reason = refused.reason if isinstance(refused, Refused) else NO_WHOLE_CENTS
            async with self._ledger.transaction(fetched.tenant, cause=cause) as tx:
                return await end_unapplied(tx, fetched, reason)

    @activity.defn
    async def look_at_replacement_window(self, voided: VoidedInvoice) -> Conclusion:
        """The time in which another invoice could take a voided one's place may be over: then its sale is refunded."""
        async with self._ledger.transaction(voided.tenant, cause=f"window:{voided.resource_id}") as tx:
            window = await replacement.judge_window(tx, voided.resource_id)
        if window.outcome is None:
            return Conclusion(
                outcome="waiting" if window.wait_seconds else "replaced", replacement_in_seconds=window.wait_seconds
            )
        return Conclusion(
            outcome=window.outcome.state,
            tell=tuple(PayoutSignal(number=number, signal="recheck") for number in window.outcome.payouts),
        )

    @activity.defn
    async def conclude_unfetched(self, task: FetchFailure) -> Conclusion:
        """The document could not be fetched: events wait for a working key, or are failed and left to a replay."""
        provider = provider_of(task.gathered.resource_id)
        async with self._ledger.transaction(task.gathered.tenant) as tx:
            if task.because == "connection":
                # Whoever saves a key takes up what is skipped; what is skipped after that would be forgotten.
                if task.since is not None and await connections.has_key_since(tx, task.since, provider=provider):
                    return LOOK_AGAIN
                await connection_health.ask_about_access(tx, provider=provider)
                return await end(tx, task.gathered, EventState.SKIPPED, Reason.of("connection_not_usable"))
            if task.because == "not_understood":
                return await end_unapplied(tx, task.gathered, NOT_READABLE)
            reason = Reason.of(_DID_NOT_ANSWER.get(provider, "books_did_not_answer"))
            return await end(tx, task.gathered, EventState.FAILED, reason)


async def conclude_within(tx: TenantTransaction, task: ConcludeInput) -> Conclusion:
    """In the transaction of the caller, who may also only want to know and roll back."""
    fetched = task.gathered
    told = await events.find_each(tx, fetched.events)
    if fetched.kind is None and not fetched.gone and all(event.state is not EventState.RECEIVED for event in told):
        return Conclusion(outcome="handled before")
    if fetched.gone:
        return await _conclude_gone(tx, task, told)
    match fetched.kind:
        case DocumentKind.INVOICE if facts_of := invoices_of(provider_of(fetched.resource_id)):
            return await conclude_invoice_alone(tx, fetched, told, facts_of)
        case DocumentKind.INVOICE:
            return await _conclude_invoice(tx, task, told)
        case DocumentKind.CREDIT_NOTE:
            return await conclude_credit_note(tx, task, told)
        case DocumentKind.PURCHASE_INVOICE | DocumentKind.PURCHASE_CREDIT_NOTE:
            return await conclude_voucher(tx, task, told)
        case "connection":
            return await end(tx, fetched, EventState.UNCHANGED, Reason.of("access_still_valid"))
        case _:
            return await end(tx, fetched, EventState.IGNORED, Reason.of("document_of_no_kind_of_ours"))


async def _conclude_invoice(tx: TenantTransaction, task: ConcludeInput, told: Sequence[Event]) -> Conclusion:
    fetched = task.gathered
    invoice = Invoice.from_body(await body_of(tx, fetched.document))
    payments = await payments_of(tx, fetched)
    contact = await contact_of(tx, fetched)
    if foreign := await of_other_organization(tx, fetched, (invoice, contact)):
        return foreign
    known = await documents.find(tx, invoice.id)
    if unfit := await end_contradicted(tx, task, told, invoice, known, payments):
        return unfit
    is_a_sales = known is not None and known.transaction_id is not None
    day = invoice.voucher_date.astimezone(BERLIN).date()
    if not is_a_sales and await invoices.is_before_cut_over(tx, day):
        return await end(tx, fetched, EventState.IGNORED, invoices.BEFORE_CUT_OVER)
    facts = read_invoice(
        invoice,
        payments,
        contact,
        discount_lowers_base=await discount_lowers_base(tx, known, invoice),
    )
    if isinstance(facts, Doubt):
        return await _ask_about_payment(tx, fetched, facts)
    await invoices.wait_for_turn(tx, facts)
    found = await _answer_lost_invoice(tx, invoice)
    await documents.observe(tx, observed_now(fetched, DocumentKind.INVOICE, invoice, payments))
    outcome = await invoices.apply_invoice(tx, facts, event_ids=fetched.events)
    await _close_question_about_payment(tx, fetched)
    await close_answered(tx, fetched)
    if outcome.state is EventState.UNCHANGED and not task.last_look and may_lag(told, invoice, known, payments):
        return LOOK_AGAIN
    concluded = await end_booked(tx, fetched, told, invoice.voucher_status, outcome)
    return concluded.model_copy(update={"found_invoice": found})


async def _answer_lost_invoice(tx: TenantTransaction, invoice: Invoice) -> IntentId | None:
    """It may be one that we wrote and whose answer was lost. Returns the intent whose workflow must hear of it.

    One with the marker that is not as it was sent is for a person: by its order reference it becomes the sale's all
    the same, and the search, which leaves out what is a sale's, would find nothing and have it written once more.
    """
    intent = await lost_invoices.find(tx, shown(invoice).text)
    if intent is None:
        return None
    if differences := differences_of_invoice(shown(invoice), intent):
        await unclear_outcomes.stop_searching(tx, intent.id)
        await ask_about_lost_invoice(tx, intent, [str(invoice.id)], differences)
    elif not await lost_invoices.adopt(tx, intent, invoice.id):
        return None
    # Should this answer be lost after the commit, the hand-over tells it: the second time nothing is found here.
    await intents.want_announcement(tx, intent.id)
    return intent.id


async def _conclude_gone(tx: TenantTransaction, task: ConcludeInput, told: Sequence[Event]) -> Conclusion:
    """404. It means deleted only together with an event that says so (rules.md); the sweep finds the rest."""
    fetched = task.gathered
    deleted = any(event.event_type.endswith(".deleted") for event in told)
    known = await documents.find(tx, fetched.resource_id)
    if not deleted and known is not None and known.status == "deleted":
        return await end(tx, fetched, EventState.UNCHANGED, Reason.of("document_known_as_deleted"))
    if not deleted:
        # What is not ours costs one fetch (rules.md, The connection).
        if known is not None and not task.last_look:
            return LOOK_AGAIN
        return await end(tx, fetched, EventState.FAILED, Reason.of(events.GONE))
    if known is None:
        if back := await credited_invoices.take_back(tx, fetched.resource_id):
            await end(tx, fetched, back.state, back.reason, back.changes)
            return Conclusion(
                outcome=back.state, tell=tuple(PayoutSignal(number=number, signal="recheck") for number in back.payouts)
            )
        return await end(tx, fetched, EventState.UNCHANGED, Reason.of("deleted_document_was_unknown"))
    if known.kind is DocumentKind.INVOICE:
        facts = InvoiceFacts(resource_id=known.resource_id, organization_id=known.organization_id, status="deleted")
        await invoices.wait_for_turn(tx, facts)
        await documents.mark_deleted(tx, known.resource_id)
        outcome = await invoices.apply_invoice(tx, facts, event_ids=fetched.events)
        return await end(tx, fetched, outcome.state, outcome.reason, outcome.changes)
    await documents.mark_deleted(tx, known.resource_id)
    if known.own_document_id is not None and (gone := await conclude_gone_voucher(tx, fetched, known)):
        return gone
    if known.payout_number is None:
        return await end(tx, fetched, EventState.UNCHANGED, None)
    payout = await payouts.lock(tx, known.payout_number)
    verdict = judge_missing(payout, known)
    if agrees(payout, verdict.meaning):
        return await end(tx, fetched, EventState.UNCHANGED, None)
    return await tell_payout(tx, fetched, told, payout.number, verdict, "deleted")


async def _ask_about_payment(tx: TenantTransaction, fetched: FetchedDocument, doubt: Doubt) -> Conclusion:
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind=_PAYMENT_UNCLEAR,
            subject="document",
            subject_id=str(fetched.resource_id),
            reason=Reason.of(doubt),
            links={"events": [f"/api/v1/events/{event}" for event in fetched.events]},
        ),
    )
    return await end(tx, fetched, EventState.FAILED, Reason.of(doubt))


async def _close_question_about_payment(tx: TenantTransaction, fetched: FetchedDocument) -> None:
    await tasks.close_questions(
        tx, subject="document", subject_id=str(fetched.resource_id), kinds=(_PAYMENT_UNCLEAR,), by="event"
    )
