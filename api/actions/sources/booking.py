"""What a message of a source of sales causes in the books: when it arrives, and when it is handled once more.

A message is whole: nothing is fetched for it, so handling it again needs no workflow and no access to its source.
"""

from collections.abc import Sequence

from activities.notifications.rehearsal import Rehearsal
from api.actions.sources.message import Ignored, Message, NotAMessage, Report, Terms
from api.actions.sources.registry import SOURCES, read
from ledger import tasks
from ledger.access import tenants
from ledger.booking import provider_reports, report_locks, source_sales
from ledger.booking.outcome import Outcome
from ledger.booking.provider_reports import DisputeReport, RefundReport, SaleReport
from ledger.connections import source_secrets
from ledger.database import TenantTransaction
from ledger.inbox import events, redelivery
from ledger.inbox.events import Event
from ledger.reasons import Reason
from ledger.refusals import Refused, translating_refusals
from ledger.types import STRIPE, EventId, EventState, PayoutNumber

_CONTRADICTION = Reason.of("event_contradicts_itself")


async def terms_of(tx: TenantTransaction, provider: str) -> Terms:
    """How the tenant takes what this source says."""
    said = await source_secrets.settings_of(tx, provider)
    return Terms(
        is_demo=(await tenants.get_profile(tx)).is_demo,
        awaits_invoice=said.awaits_invoice,
        takes_affiliate_sales=said.takes_affiliate_sales,
    )


async def book(tx: TenantTransaction, number: EventId, report: Report | None) -> Outcome:
    """Apply the report and record how it ended. A refusal undoes the booking, not the event."""
    if not isinstance(report, SaleReport):
        return await _booked(tx, number, report)
    await hold_what_waits(tx, report)
    return await take_up_what_waits(tx, report, await _booked(tx, number, report))


async def hold_what_waits(tx: TenantTransaction, report: SaleReport) -> None:
    """Whatever else booking what waits for this sale locks, all at once with the sale's own (docs/locks.md)."""
    waiting = await source_sales.what_waits(tx, report)
    if waiting:
        await report_locks.hold_reports(tx, [report, *await _reports_of(tx, waiting)])


async def take_up_what_waits(tx: TenantTransaction, report: SaleReport, outcome: Outcome) -> Outcome:
    """Book what waited for the sale that is known now. Returns the outcome of both."""
    if outcome.transaction_id is None:
        return outcome
    payouts = outcome.payouts
    for waiting in await source_sales.what_waits(tx, report):
        _, touched = await book_again(tx, waiting, actor="engine")
        payouts = (*payouts, *touched)
    if report.source != STRIPE:
        await source_sales.close_questions(tx, report)
    return outcome.model_copy(update={"payouts": tuple(dict.fromkeys(payouts))})


async def _booked(tx: TenantTransaction, number: EventId, report: Report | None) -> Outcome:
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
    reports = await _reports_of(tx, numbers)
    sales = [report for report in reports if isinstance(report, SaleReport)]
    waiting = [event for sale in sales for event in await source_sales.what_waits(tx, sale)]
    await report_locks.hold_reports(tx, [*reports, *await _reports_of(tx, waiting)])


async def _reports_of(tx: TenantTransaction, numbers: Sequence[EventId]) -> list[Report]:
    told = [await events.get(tx, number) for number in sorted(numbers)]
    judged = [await _read_again(tx, event.provider, event.body) for event in told if event.provider in SOURCES]
    reports = [message.report for message in judged if message is not None]
    return [report for report in reports if report and not isinstance(report, Ignored)]


async def book_again(tx: TenantTransaction, number: EventId, *, actor: str) -> tuple[Event, tuple[PayoutNumber, ...]]:
    """Book an event anew from its body, as it was kept. Returns it, and the payouts that must look again.

    Raises NotFound.
    """
    body = await redelivery.reopen_event(tx, number, actor=actor)
    [event] = await events.find_each(tx, [number])
    message = await _read_again(tx, event.provider, body)
    report = message.report if message else None
    payouts: tuple[PayoutNumber, ...] = ()
    if isinstance(report, Ignored):
        await events.finish(tx, [number], EventState.IGNORED, reason=report.because)
    else:
        payouts = (await book(tx, number, report)).payouts
    [after] = await events.find_each(tx, [number])
    return after, payouts


async def _read_again(tx: TenantTransaction, provider: str, body: bytes) -> Message | None:
    """None where nothing like that is kept: whoever put it there learns that nothing follows from it."""
    try:
        return read(provider, body, await terms_of(tx, provider))
    except NotAMessage:
        return None


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
