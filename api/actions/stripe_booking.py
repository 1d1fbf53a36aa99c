"""What an event of Stripe causes in the books: when it arrives, and when it is handled once more.

An event is whole: nothing is fetched for it, so handling it again needs no workflow and no access to Stripe.
"""

import json
from collections.abc import Sequence

from activities.notifications.rehearsal import Rehearsal
from api.actions import stripe_events
from api.actions.stripe_events import Ignored, Report, StripeEvent
from ledger import tasks
from ledger.access import tenants
from ledger.booking import provider_reports, report_locks
from ledger.booking.outcome import Outcome
from ledger.booking.provider_reports import DisputeReport, RefundReport
from ledger.database import TenantTransaction
from ledger.inbox import events, redelivery
from ledger.inbox.events import Event
from ledger.reasons import Reason
from ledger.refusals import Refused, translating_refusals
from ledger.types import EventId, EventState, PayoutNumber

PROVIDER = "stripe"
_CONTRADICTION = Reason.of("event_contradicts_itself")


def judge(event: StripeEvent, *, is_demo: bool) -> Report | Ignored | None:
    """None for what contradicts itself."""
    if not event.livemode and not is_demo:
        return stripe_events.TEST_EVENT
    try:
        return stripe_events.report_of(event)
    except ValueError:
        return None


async def book(tx: TenantTransaction, number: EventId, report: Report | None) -> Outcome:
    """Apply the report and record how it ended. A refusal undoes the booking, not the event."""
    outcome = Outcome(state=EventState.FAILED, reason=_CONTRADICTION)
    if report is not None:
        try:
            with translating_refusals():
                async with tx.savepoint():
                    outcome = await _record(tx, number, report)
        except Refused as refused:
            outcome = Outcome(state=EventState.FAILED, reason=refused.reason)
    await events.finish(tx, [number], outcome.state, reason=outcome.reason, changes=outcome.changes or None)
    return outcome


async def hold(tx: TenantTransaction, numbers: Sequence[EventId]) -> None:
    """What booking these again holds (docs/locks.md): before a question that they wait for is answered."""
    told = [await events.get(tx, number) for number in sorted(numbers)]
    judged = [await _judge_again(tx, event.body) for event in told if event.provider == PROVIDER]
    await report_locks.hold_reports(tx, [report for report in judged if report and not isinstance(report, Ignored)])


async def book_again(tx: TenantTransaction, number: EventId, *, actor: str) -> tuple[Event, tuple[PayoutNumber, ...]]:
    """Book an event anew from its body, as it was kept. Returns it, and the payouts that must look again.

    Raises NotFound.
    """
    body = await redelivery.reopen_event(tx, number, actor=actor)
    report = await _judge_again(tx, body)
    payouts: tuple[PayoutNumber, ...] = ()
    if isinstance(report, Ignored):
        await events.finish(tx, [number], EventState.IGNORED, reason=report.because)
    else:
        payouts = (await book(tx, number, report)).payouts
    [after] = await events.find_each(tx, [number])
    return after, payouts


async def _judge_again(tx: TenantTransaction, body: bytes) -> Report | Ignored | None:
    try:
        event = stripe_events.read_event(json.loads(body))
    except ValueError:  # nothing like that is kept; whoever put it there learns that nothing follows from it
        return None
    return judge(event, is_demo=(await tenants.get_profile(tx)).is_demo)


async def rehearsed(tx: TenantTransaction, number: EventId) -> Rehearsal:
    """What booking it again would do, for `rehearse`, which undoes it. Raises NotFound."""
    before = await tasks.newest_open(tx)
    after, _ = await book_again(tx, number, actor="rehearsal")
    return Rehearsal(
        event=number,
        state=after.state,
        reason=after.why,
        changes=after.changes or {},
        questions=await tasks.asked_since(tx, before),
    )


async def _record(tx: TenantTransaction, number: EventId, report: Report) -> Outcome:
    if isinstance(report, RefundReport):
        return await provider_reports.record_refund(tx, report, event=number)
    if isinstance(report, DisputeReport):
        return await provider_reports.record_dispute(tx, report, event=number)
    return await provider_reports.record_sale(tx, report, event=number)
