"""What an event of Stripe causes in the books: when it arrives, and when it is handled once more.

An event is whole: nothing is fetched for it, so handling it again needs no workflow and no access to Stripe.
"""

import json

from activities.notifications.rehearsal import Rehearsal, asked_since, newest_task
from api.actions import stripe_events
from api.actions.stripe_events import Ignored, Report, StripeEvent
from ledger.access import tenants
from ledger.booking import provider_reports
from ledger.booking.outcome import Outcome
from ledger.booking.provider_reports import DisputeReport, RefundReport
from ledger.database import Connection
from ledger.inbox import events
from ledger.inbox.events import Event
from ledger.refusals import Refused, refusals_of_the_database
from ledger.sales import transactions
from ledger.types import EventId, EventState, PayoutNumber, Tenant

PROVIDER = "stripe"
_CONTRADICTION = "Das Ereignis widerspricht sich selbst; gebucht wurde nichts."


def judge(event: StripeEvent, *, is_demo: bool) -> Report | Ignored | None:
    """None for what contradicts itself."""
    if not event.livemode and not is_demo:
        return stripe_events.TEST_EVENT
    try:
        return stripe_events.report_of(event)
    except ValueError:
        return None


async def book(db: Connection, tenant: Tenant, number: EventId, report: Report | None) -> Outcome:
    """Apply the report and record how it ended. A refusal undoes the booking, not the event."""
    outcome = Outcome(state=EventState.FAILED, reason=_CONTRADICTION)
    if report is not None:
        try:
            with refusals_of_the_database():
                async with db.savepoint():
                    outcome = await _record(db, tenant, report)
        except Refused as refused:
            outcome = Outcome(state=EventState.FAILED, reason=refused.sentence)
    await events.finish(db, tenant, [number], outcome.state, reason=outcome.reason, changes=outcome.changes or None)
    return outcome


async def book_again(
    db: Connection, tenant: Tenant, number: EventId, *, actor: str
) -> tuple[Event, tuple[PayoutNumber, ...]]:
    """Book an event anew from its body, as it was kept. Returns it, and the payouts that must look again.

    Raises NotFound.
    """
    body = await events.take_up_again(db, tenant, number, actor=actor)
    report = await _judged_again(db, tenant, body)
    payouts: tuple[PayoutNumber, ...] = ()
    if isinstance(report, Ignored):
        await events.finish(db, tenant, [number], EventState.IGNORED, reason=report.because)
    else:
        payouts = (await book(db, tenant, number, report)).payouts
    [after] = await events.load(db, tenant, [number])
    return after, payouts


async def _judged_again(db: Connection, tenant: Tenant, body: bytes) -> Report | Ignored | None:
    try:
        event = stripe_events.read_event(json.loads(body))
    except ValueError:  # nothing like that is kept; whoever put it there learns that nothing follows from it
        return None
    return judge(event, is_demo=(await tenants.load(db, tenant)).is_demo)


async def rehearsed(db: Connection, tenant: Tenant, number: EventId) -> Rehearsal:
    """What booking it again would do, for `rehearse`, which undoes it. Raises NotFound."""
    before = await newest_task(db, tenant)
    after, _ = await book_again(db, tenant, number, actor="rehearsal")
    return Rehearsal(
        event=number,
        state=after.state,
        reason=after.reason,
        changes=after.changes or {},
        questions=await asked_since(db, tenant, before),
    )


async def _record(db: Connection, tenant: Tenant, report: Report) -> Outcome:
    if isinstance(report, RefundReport):
        return await provider_reports.record_refund(db, tenant, report)
    if isinstance(report, DisputeReport):
        return await provider_reports.record_dispute(db, tenant, await _with_whole_charge(db, tenant, report))
    return await provider_reports.record_sale(db, tenant, report)


async def _with_whole_charge(db: Connection, tenant: Tenant, report: DisputeReport) -> DisputeReport:
    """A dispute names the disputed part only; the sale, where it is known, tells the whole."""
    whole = await transactions.paid_by(db, tenant, report.payment_intent)
    return report if whole is None else report.model_copy(update={"charge_cents": max(whole, report.disputed_cents)})
