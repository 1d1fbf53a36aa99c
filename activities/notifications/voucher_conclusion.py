"""What a fetched voucher means: that of a payout's own document, that of what takes one back, or nobody's of ours.

A payout's is judged here and applied by the payout's workflow, which is told: the path of credit notes.
"""

from collections.abc import Sequence
from typing import Any

from activities.judging.event_endings import LOOK_AGAIN, Ending, close_answered, end, end_contradicted, finish
from activities.judging.evidence import body_of, observed, payments_of
from activities.judging.expectations import may_lag
from activities.judging.voucher_judgement import VOIDED, differences_from_booking, judge_voucher, totals_of, versions_of
from activities.models import ConcludeInput, Conclusion, FetchedDocument
from activities.notifications.credit_note_conclusion import StoredMeanwhile, tell_payout
from ledger import tasks
from ledger.booking import voucher_ends
from ledger.booking.settlement import agrees
from ledger.database import TenantTransaction
from ledger.documents import documents, intents, unclear_outcomes
from ledger.documents.documents import KnownDocument
from ledger.documents.intents import Intent
from ledger.inbox import redelivery
from ledger.inbox.events import Event
from ledger.payouts import payouts
from ledger.reasons import Reason
from ledger.types import EventState
from lexoffice.payments import Payments
from lexoffice.purchases import Voucher


async def conclude_voucher(tx: TenantTransaction, task: ConcludeInput, told: Sequence[Event]) -> Conclusion:
    """Compare with what was booked, apply, end the events."""
    fetched = task.gathered
    known = await documents.find(tx, fetched.resource_id)
    if known is None or known.own_document_id is None:
        return await _end_unknown(tx, fetched)
    if fetched.document is None:
        raise StoredMeanwhile  # it was nobody's when it was to be fetched
    voucher = Voucher.from_body(await body_of(tx, fetched.document))
    payments = await payments_of(tx, fetched)
    if unfit := await end_contradicted(tx, task, told, voucher, known, payments):
        return unfit
    if known.payout_number is None or known.detached_at is not None:
        return await _conclude_of_document(tx, fetched, told, known, voucher, payments)
    payout = await payouts.lock(tx, known.payout_number)
    intent = await _intent(tx, voucher)
    verdict = judge_voucher(payout, intent, known, voucher, payments)
    if agrees(payout, verdict.meaning) and not task.last_look and may_lag(told, voucher, known, payments):
        return LOOK_AGAIN
    changes = await _observe(tx, fetched, known, voucher, payments)
    await close_answered(tx, fetched)
    if agrees(payout, verdict.meaning):
        state = EventState.PROCESSED if changes else EventState.UNCHANGED
        await finish(tx, fetched, told, voucher.voucher_status, Ending(state, None, changes))
        return Conclusion(outcome=state)
    return await tell_payout(tx, fetched, told, payout.number, verdict, voucher.voucher_status)


async def conclude_gone_voucher(
    tx: TenantTransaction, fetched: FetchedDocument, known: KnownDocument
) -> Conclusion | None:
    """It was deleted, which is noted already. None: its payout is to hear of it."""
    if known.detached_at is not None:
        return await end(tx, fetched, EventState.UNCHANGED, None)
    if known.payout_number is not None:
        return None
    return await _ask_about_undone(tx, fetched, known, Reason.of("voucher_deleted"), {})


async def _end_unknown(tx: TenantTransaction, fetched: FetchedDocument) -> Conclusion:
    """Another one's voucher costs no call; while one of ours has no id yet, it may be that one."""
    # Held until the end: whoever stores the id of a lost voucher hands over afterwards what is parked here.
    lost = await unclear_outcomes.hold_lost_vouchers(tx)
    now = await documents.find(tx, fetched.resource_id)
    if now is not None and now.own_document_id is not None:
        raise StoredMeanwhile
    if lost:
        await redelivery.park(tx, fetched.events)
        return Conclusion(outcome=EventState.WAITING)
    return await end(tx, fetched, EventState.IGNORED, Reason.of("bookkeeping_voucher"))


async def _conclude_of_document(
    tx: TenantTransaction,
    fetched: FetchedDocument,
    told: Sequence[Event],
    known: KnownDocument,
    voucher: Voucher,
    payments: Payments | None,
) -> Conclusion:
    """That of a Storno or a correction, or one that was booked anew: nobody's money waits for it."""
    changes = await _observe(tx, fetched, known, voucher, payments)
    await close_answered(tx, fetched)
    if known.detached_at is None:
        intent = await _intent(tx, voucher)
        differences = differences_from_booking(intent, voucher)
        if voucher.voucher_status == VOIDED:
            return await _ask_about_undone(tx, fetched, known, Reason.of("voucher_voided"), {})
        if differences:
            detail = {"differences": list(differences), **versions_of(intent, voucher)}
            return await _ask_about_undone(tx, fetched, known, Reason.of("voucher_differs"), detail)
    state = EventState.PROCESSED if changes else EventState.UNCHANGED
    await finish(tx, fetched, told, voucher.voucher_status, Ending(state, None, changes))
    return Conclusion(outcome=state)


async def _ask_about_undone(
    tx: TenantTransaction, fetched: FetchedDocument, known: KnownDocument, why: Reason, detail: dict[str, Any]
) -> Conclusion:
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind=voucher_ends.GONE if not detail else "voucher_differs",
            subject="own_document",
            subject_id=str(known.own_document_id),
            reason=why,
            detail=detail,
            links={"voucher": str(known.resource_id)},
        ),
    )
    return await end(tx, fetched, EventState.PROCESSED, why)


async def _observe(
    tx: TenantTransaction,
    fetched: FetchedDocument,
    known: KnownDocument,
    voucher: Voucher,
    payments: Payments | None,
) -> dict[str, Any]:
    assert fetched.document is not None
    seen = observed(
        known.kind,
        voucher,
        totals_of(voucher),
        snapshot=fetched.document,
        payments=payments,
        payments_snapshot=fetched.payments,
    )
    await documents.observe(tx, seen)
    changes: dict[str, Any] = {}
    if known.status != voucher.voucher_status:
        changes["status"] = [known.status, voucher.voucher_status]
    if payments is not None and known.open_cents != payments.open_cents:
        changes["open_cents"] = [known.open_cents, payments.open_cents]
    return changes


async def _intent(tx: TenantTransaction, voucher: Voucher) -> Intent:
    intent = await intents.of_document(tx, voucher.id)
    assert intent is not None, "a voucher of ours answers an intent"
    return intent
