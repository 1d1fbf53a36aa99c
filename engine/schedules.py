"""The schedules that the engine keeps for us. `partnerdesk migrate` and the worker make sure that they exist."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleCalendarSpec,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.common import Priority, SearchAttributePair, TypedSearchAttributes
from temporalio.service import RPCError, RPCStatusCode

from activities.sweep.sweep_models import SweepInput
from ledger.payouts.payout_run_starts import CATCH_UP
from ledger.types import Tenant
from workflows import search_attributes
from workflows.messages import PAYOUTS, PayoutRunInput, payout_run_id, sweep_id
from workflows.words import say

HANDOVER = "handover"
HANDOVER_EVERY = timedelta(seconds=10)
DAILY_MAIL = "daily-mail"
VAT_PROOFS = "vat-proofs"


async def ensure_schedules(client: Client, *, handover_every: timedelta = HANDOVER_EVERY) -> None:
    """Create the schedules, or bring existing ones to what this version wants. Safe to repeat."""
    await _ensure(client, HANDOVER, _handover(handover_every))
    await _ensure(client, DAILY_MAIL, _daily_mail())
    await _ensure(client, VAT_PROOFS, _vat_proofs())


async def restore_schedules(client: Client) -> None:
    """Create those of `ensure_schedules` that are missing, as when they were deleted; what is there keeps its pace."""
    wanted_ones = ((HANDOVER, _handover(HANDOVER_EVERY)), (DAILY_MAIL, _daily_mail()), (VAT_PROOFS, _vat_proofs()))
    for id, wanted in wanted_ones:
        with suppress(ScheduleAlreadyRunningError):
            await client.create_schedule(id, wanted)


async def ensure_sweep(client: Client, tenant: Tenant, *, every: timedelta) -> None:
    """A tenant's sweep; safe to repeat. One whose tenant has no key ends at once and costs no call."""
    await _ensure(client, sweep_id(tenant), _sweep(tenant, every))


async def ensure_sweeps(client: Client, tenants: Sequence[Tenant], *, every: timedelta) -> int:
    """The sweeps of all these tenants; what is there at this pace costs no call. Returns how many were set."""
    paces = {}
    async for listed in await client.list_schedules():
        if listed.schedule and listed.schedule.spec.intervals:
            paces[listed.id] = listed.schedule.spec.intervals[0].every
    wanted = [tenant for tenant in tenants if paces.get(sweep_id(tenant)) != every]
    for tenant in wanted:
        await ensure_sweep(client, tenant, every=every)
    return len(wanted)


async def ensure_payout_run(client: Client, tenant: Tenant, *, day: int | None, hour: int) -> None:
    """A tenant's monthly payout run (Europe/Berlin), or none of it without a day. Safe to repeat."""
    if day is None:
        try:
            await client.get_schedule_handle(payout_run_id(tenant)).delete()
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
        return
    await _ensure(client, payout_run_id(tenant), _payout_run(tenant, day, hour))


async def sweep_now(client: Client, tenant: Tenant) -> None:
    """Begin a pass now, unless one is under way."""
    await client.get_schedule_handle(sweep_id(tenant)).trigger(overlap=ScheduleOverlapPolicy.SKIP)


def _handover(every: timedelta) -> Schedule:
    return Schedule(
        action=ScheduleActionStartWorkflow(
            "HandoverWorkflow",
            id=HANDOVER,  # the engine appends the time: handover-2026-11-22T12:00:00Z
            task_queue=PAYOUTS,
            static_summary=say("workflow_handover"),
        ),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=every)]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP),
    )


def _daily_mail() -> Schedule:
    return Schedule(
        action=ScheduleActionStartWorkflow(
            "DailyMailWorkflow",
            id=DAILY_MAIL,
            task_queue=PAYOUTS,
            static_summary=say("workflow_daily_mail"),
        ),
        # When people begin to work, summer and winter. One that was missed is made up for within the day.
        spec=ScheduleSpec(calendars=[ScheduleCalendarSpec(hour=[ScheduleRange(7)])], time_zone_name="Europe/Berlin"),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=timedelta(hours=12)),
    )


def _vat_proofs() -> Schedule:
    return Schedule(
        action=ScheduleActionStartWorkflow(
            "VatProofsWorkflow",
            id=VAT_PROOFS,
            task_queue=PAYOUTS,
            static_summary=say("workflow_vat_proofs"),
        ),
        # Before people work: by day the registers are busy, the German one most of all.
        spec=ScheduleSpec(calendars=[ScheduleCalendarSpec(hour=[ScheduleRange(4)])], time_zone_name="Europe/Berlin"),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=timedelta(hours=12)),
    )


def _sweep(tenant: Tenant, every: timedelta) -> Schedule:
    # Each tenant at its own instant, the same one each time, so that not all of them ask lexoffice at once.
    place = int.from_bytes(hashlib.sha256(tenant.slug.encode()).digest()[:8]) / 2**64
    return Schedule(
        action=ScheduleActionStartWorkflow(
            "SweepWorkflow",
            SweepInput(tenant=tenant),
            id=sweep_id(tenant),  # the engine appends the time: sweep/acme-2026-11-22T12:00:00Z
            task_queue=PAYOUTS,
            static_summary=say("workflow_sweep"),
            typed_search_attributes=TypedSearchAttributes([SearchAttributePair(search_attributes.TENANT, tenant.slug)]),
            priority=Priority(fairness_key=tenant.slug),
        ),
        spec=ScheduleSpec(
            intervals=[ScheduleIntervalSpec(every=every, offset=timedelta(seconds=int(every.total_seconds() * place)))]
        ),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP),
    )


def _payout_run(tenant: Tenant, day: int, hour: int) -> Schedule:
    calendars = [
        ScheduleCalendarSpec(
            day_of_month=[ScheduleRange(day)], hour=[ScheduleRange(hour)], comment=say("calendar_monthly")
        )
    ]
    if hour == 2 and day >= 25:
        # The last Sunday of March has no such hour, and the engine leaves out what is not there: the whole month.
        calendars.append(
            ScheduleCalendarSpec(
                month=[ScheduleRange(3)],
                day_of_month=[ScheduleRange(day)],
                day_of_week=[ScheduleRange(0)],
                hour=[ScheduleRange(3)],
                comment=say("calendar_summer_time"),
            )
        )
    return Schedule(
        action=ScheduleActionStartWorkflow(
            "PayoutRunWorkflow",
            PayoutRunInput(tenant=tenant),
            id=payout_run_id(tenant),  # the engine appends the time: payout-run/acme-2026-12-05T05:00:00Z
            task_queue=PAYOUTS,
            static_summary=say("workflow_monthly_run"),
            typed_search_attributes=TypedSearchAttributes([SearchAttributePair(search_attributes.TENANT, tenant.slug)]),
            priority=Priority(fairness_key=tenant.slug),
        ),
        spec=ScheduleSpec(calendars=calendars, time_zone_name="Europe/Berlin"),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=CATCH_UP),
    )


async def _ensure(client: Client, id: str, wanted: Schedule) -> None:
    try:
        await client.create_schedule(id, wanted)
    except ScheduleAlreadyRunningError:

        async def replace(_: ScheduleUpdateInput) -> ScheduleUpdate:
            return ScheduleUpdate(schedule=wanted)

        await client.get_schedule_handle(id).update(replace)
