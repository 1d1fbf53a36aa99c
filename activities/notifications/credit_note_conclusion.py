"""What a fetched credit note means: a payout's own, one that corrects the invoice of a sale, or somebody else's.

A payout's own is judged here and applied by the payout's workflow, which is told.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from activities.books.documents import SETTLED, BookedDocument
from activities.books.registry import documents_of
from activities.judging.credit_note_judgement import VOIDED, judge_credit_note
from activities.judging.event_endings import (
    LOOK_AGAIN,
    Ending,
    close_answered,
    end,
    end_contradicted,
    finish,
    of_other_organization,
)
from activities.judging.evidence import body_of, observed_now, organization_of
from activities.judging.expectations import may_lag, newest_with_reference
from activities.models import ConcludeInput, Conclusion, FetchedDocument, PayoutSignal
from ledger.booking import credited_invoices
from ledger.booking.credited_invoices import CreditFacts
from ledger.booking.settlement import Meaning, Verdict, agrees
from ledger.database import TenantTransaction
from ledger.documents import documents, intents, seen_credit_notes, unclear_outcomes
from ledger.documents.documents import KnownDocument
from ledger.documents.seen_credit_notes import Seen
from ledger.inbox import events, redelivery
from ledger.inbox.events import Event
from ledger.payouts import payouts
from ledger.provider_ids import provider_of
from ledger.reasons import Reason
from ledger.types import DocumentKind, EventState, PayoutNumber


class StoredMeanwhile(Exception):
    """The document's id was stored as a payout's between two looks: the activity tries again, and knows it."""


async def conclude_credit_note(tx: TenantTransaction, task: ConcludeInput, told: Sequence[Event]) -> Conclusion:
    fetched = task.gathered
    note = await _fetched(tx, fetched)
    if note is not None and note.cancels is not None:
        return await _conclude_cancelled(tx, fetched, told, note.cancels)
    known = await documents.find(tx, fetched.resource_id)
    if known is None or known.payout_number is None:
        if foreign := await of_other_organization(tx, fetched, (note,)):
            return foreign
        if note and (credited := await _conclude_credit_of_invoice(tx, fetched, told, note)):
            return credited
        # Held until the end: whoever stores the id of a lost document hands over afterwards what is parked here.
        lost = await unclear_outcomes.hold_lost_credit_notes(tx, provider=provider_of(fetched.resource_id))
        now = await documents.find(tx, fetched.resource_id)
        if now is not None and now.payout_number is not None:
            raise StoredMeanwhile  # a payout comes before intents: not from here
        if lost:
            await redelivery.park(tx, fetched.events)
            return Conclusion(outcome=EventState.WAITING)
        return await _end_unknown(tx, fetched, note)
    assert note is not None, "it was found"
    if known.status == VOIDED:
        note = note.model_copy(update={"voucher_status": VOIDED})  # another document took it back, for good
    if unfit := await end_contradicted(tx, task, told, note, known, note.payments):
        return unfit
    payout = await payouts.lock(tx, known.payout_number)
    intent = await intents.of_document(tx, note.id)
    assert intent is not None, "a payout's credit note answers an intent"
    verdict = judge_credit_note(payout, intent, known, note)
    if agrees(payout, verdict.meaning) and not task.last_look and may_lag(told, note, known, note.payments):
        return LOOK_AGAIN
    await documents.observe(tx, observed_now(fetched, DocumentKind.CREDIT_NOTE, note, note.payments))
    await close_answered(tx, fetched)
    if agrees(payout, verdict.meaning):
        changes = _changes(known, note)
        state = EventState.PROCESSED if changes else EventState.UNCHANGED
        await finish(tx, fetched, told, note.voucher_status, Ending(state, None, changes))
        return Conclusion(outcome=state)
    return await tell_payout(tx, fetched, told, payout.number, verdict, note.voucher_status)


async def tell_payout(
    tx: TenantTransaction,
    fetched: FetchedDocument,
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
        case Meaning.DEVIATES if status in SETTLED:
            signal = "credit_note_paid"
        case _:
            # `recheck` names no event, so these end here.
            state = EventState.FAILED if verdict.meaning is Meaning.DEVIATES else EventState.PROCESSED
            reason = Reason.of("document_deviates") if verdict.meaning is Meaning.DEVIATES else None
            shown = {"payout": number, "shows": verdict.meaning}
            await finish(tx, fetched, told, status, Ending(state, reason, shown))
            return Conclusion(outcome=state, tell=(PayoutSignal(number=number, signal="recheck"),))
    # One click sends two or three notifications; the payout hears of one, which names the reference if any does.
    spokesman = newest_with_reference(told, status) or told[-1]
    await events.finish(
        tx,
        [event.id for event in told if event.id != spokesman.id],
        EventState.PROCESSED,
        reason=Reason.of("handled_with_event", event=spokesman.id),
        snapshot_id=fetched.document,
    )
    return Conclusion(outcome="told", tell=(PayoutSignal(number=number, signal=signal, event=spokesman.id),))


async def _fetched(tx: TenantTransaction, fetched: FetchedDocument) -> BookedDocument | None:
    """What the books show; None where only its payments were asked for."""
    if fetched.document is None:
        return None
    provider = provider_of(fetched.resource_id)
    return documents_of(provider).read(
        DocumentKind.CREDIT_NOTE,
        await body_of(tx, fetched.document),
        payments=None if fetched.payments is None else await body_of(tx, fetched.payments),
        organization=await organization_of(tx, provider),
    )


async def _conclude_cancelled(
    tx: TenantTransaction, fetched: FetchedDocument, told: Sequence[Event], cancelled: UUID
) -> Conclusion:
    """A document that takes another one back, in books where the other need not say so itself."""
    known = await documents.find(tx, cancelled)
    if known is None or known.payout_number is None:
        if await unclear_outcomes.hold_lost_credit_notes(tx, provider=provider_of(cancelled)):
            await redelivery.park(tx, fetched.events)
            return Conclusion(outcome=EventState.WAITING)
        return await end(tx, fetched, EventState.IGNORED, Reason.of("credit_note_of_no_payout"))
    payout = await payouts.lock(tx, known.payout_number)
    await documents.mark_voided(tx, cancelled)
    await close_answered(tx, fetched)
    # The events end here: they are of the other document. The payout looks at its own by itself.
    ended = await end(tx, fetched, EventState.PROCESSED, None, {"payout": payout.number, "shows": Meaning.VOIDED})
    return ended.model_copy(update={"tell": (PayoutSignal(number=payout.number, signal="recheck"),)})


async def _end_unknown(tx: TenantTransaction, fetched: FetchedDocument, note: BookedDocument | None) -> Conclusion:
    """The invoices that it names are kept with the event: should one become a sale's, it is looked at again."""
    invoices: tuple[UUID, ...] = ()
    if note is not None:
        invoices = note.related_ids
        await close_answered(tx, fetched)
        await _remember(tx, note)
    if not invoices:
        return await end(tx, fetched, EventState.IGNORED, Reason.of("credit_note_of_no_payout"))
    named = {credited_invoices.NAMED: [str(id) for id in invoices]}
    return await end(tx, fetched, EventState.IGNORED, credited_invoices.NO_SALE_YET, named)


async def _remember(tx: TenantTransaction, note: BookedDocument) -> None:
    """So that no sweep fetches it again before it changes."""
    seen = Seen(status=note.voucher_status, version=note.version, updated_at=note.updated_date)
    await seen_credit_notes.remember(tx, note.id, seen)


async def _conclude_credit_of_invoice(
    tx: TenantTransaction, fetched: FetchedDocument, told: Sequence[Event], note: BookedDocument
) -> Conclusion | None:
    """A credit note that corrects the invoice of a sale: a refund."""
    outcome = await credited_invoices.apply_credit(
        tx,
        CreditFacts(
            resource_id=note.id,
            voucher_number=note.voucher_number,
            status=note.voucher_status,
            gross_cents=note.total_gross_cents,
            version=note.version,
            updated_at=note.updated_date,
            invoice_ids=note.related_ids,
        ),
    )
    if outcome is None:
        return None
    await close_answered(tx, fetched)
    await _remember(tx, note)
    await finish(tx, fetched, told, note.voucher_status, Ending(outcome.state, outcome.reason, outcome.changes))
    return Conclusion(
        outcome=outcome.state, tell=tuple(PayoutSignal(number=number, signal="recheck") for number in outcome.payouts)
    )


def _changes(known: KnownDocument, note: BookedDocument) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    payments = note.payments
    if payments is not None and known.open_cents != payments.open_cents:
        changes["open_cents"] = [known.open_cents, payments.open_cents]
    if known.voucher_number != note.voucher_number and note.voucher_number is not None:
        changes["credit_note_number"] = [known.voucher_number, note.voucher_number]
    return changes
