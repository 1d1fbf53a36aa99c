"""The steps of a payout run: begin, close months, take partners in batches, end."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

import structlog
from temporalio import activity
from temporalio.client import Client

from activities.engine_away import AWAY
from activities.models import PayoutInput
from activities.payouts.payout_run_models import Batch, BatchWanted, RunBegun, RunOver, RunWanted
from activities.payouts.signallers import starter_of
from ledger.commissions import month_close
from ledger.database import Ledger
from ledger.payouts import payout_run_results, payout_run_starts, payout_runs, payouts
from ledger.payouts.payout_runs import PayoutRun
from ledger.payouts.payouts import Payout
from ledger.plain_text import cleaned
from ledger.reasons import Reason
from ledger.types import Tenant

PARTNERS_A_BATCH = 200
"""As engine.md says: many enough to be quick, few enough to be done again."""

_AT_ONCE = 25
"""Partners in one transaction: whoever asks for a single payout meanwhile waits for these few at most."""

_ANNOUNCED_AT_ONCE = 10
"""More make the engine no faster, only each answer slower, up to the time-out of an announcement."""

_NO_ROW = Reason.of("run_without_row")
_LONGEST = 200
"""Of what a stranger may have chosen."""

log = structlog.get_logger()


class AnnouncePayout(Protocol):
    """engine/announcing.py, handed in by the worker: activities do not know the workflows."""

    async def __call__(self, client: Client, payout: PayoutInput) -> None: ...


class PayoutRunActivities:
    def __init__(self, ledger: Ledger, announce: AnnouncePayout) -> None:
        self._ledger = ledger
        self._announce = announce

    @activity.defn
    async def begin_payout_run(self, wanted: RunWanted) -> RunBegun:
        """Take up the run's row, or make the calendar's; repeating it finds the same one. Anything else is refused."""
        async with self._ledger.transaction(wanted.tenant) as tx:
            begun: PayoutRun | Reason | None = await payout_run_starts.take_up(tx, wanted.run)
            if begun is None and wanted.may_be_calendars:
                begun = await payout_run_starts.begin_by_calendar(tx, wanted.run, asked_at=wanted.asked_at)
        if not isinstance(begun, PayoutRun):
            await self._refuse(wanted.tenant, begun or _NO_ROW)
            return RunBegun(period=None)
        if begun.state != "running":
            return RunBegun(period=None)
        return RunBegun(period=begun.period, rehearsal=begun.rehearsal)

    @activity.defn
    async def close_months(self, tenant: Tenant) -> int:
        """Settle tiers and caps of the months that are over. Returns how many lines were written."""
        async with self._ledger.transaction(tenant) as tx:
            months = await month_close.months_to_close(tx)
        written = 0
        for month in months:
            activity.heartbeat()
            written += len((await month_close.close_month(self._ledger, tenant, month)).written)
        return written

    @activity.defn
    async def take_partners(self, wanted: BatchWanted) -> Batch:
        """Make the payouts of the next partners and announce them. Repeating it leaves out who has been taken."""
        async with self._ledger.transaction(wanted.tenant) as tx:
            known = await payout_run_starts.find(tx, wanted.run)
            partners = await payout_runs.list_remaining_partners(
                tx, wanted.run, after=wanted.after, limit=PARTNERS_A_BATCH
            )
        if known is None:  # started in the middle, as if it were an earlier run's continuation
            await self._refuse(wanted.tenant, _NO_ROW)
            return Batch(partners=0, payouts=0, last=None)
        made = 0
        # Payouts are announced while the next ones are made: one half keeps PostgreSQL busy, the other the engine.
        # One announcement at a time, so that at most two transactions' payouts wait for the hand-over after a crash.
        announcing = asyncio.ensure_future(self._announce_all(wanted.tenant, ()))
        try:
            for first in range(0, len(partners), _AT_ONCE):
                activity.heartbeat()
                taken = await payout_runs.take(
                    self._ledger, wanted.tenant, wanted.run, partners[first : first + _AT_ONCE]
                )
                await announcing
                if taken.ended:
                    return Batch(partners=first, payouts=made, last=None)
                announcing = asyncio.ensure_future(self._announce_all(wanted.tenant, taken.payouts))
                made += len(taken.payouts)
            await announcing
        finally:
            announcing.cancel()
        is_last = len(partners) < PARTNERS_A_BATCH
        return Batch(partners=len(partners), payouts=made, last=None if is_last else partners[-1])

    @activity.defn
    async def end_payout_run(self, wanted: BatchWanted) -> RunOver:
        async with self._ledger.transaction(wanted.tenant) as tx:
            if await payout_run_starts.find(tx, wanted.run) is None:
                return RunOver(done=False, payouts=0, net_cents=0)
            done = await payout_runs.end(tx, wanted.run)
            totals = await payout_run_results.totals(tx, wanted.run)
        return RunOver(done=done, payouts=totals.payouts, net_cents=totals.net_cents)

    async def _refuse(self, tenant: Tenant, reason: Reason) -> None:
        info = activity.info()
        sender = await starter_of(activity.client(), info)
        async with self._ledger.transaction(tenant) as tx:
            await payout_run_starts.refuse(
                tx, reason, workflow=cleaned(info.workflow_id or "", _LONGEST), sender=cleaned(sender, _LONGEST)
            )

    async def _announce_all(self, tenant: Tenant, made: Sequence[Payout]) -> None:
        """What cannot be announced now is left to the hand-over: the rows stand."""
        if not made:
            return
        few = asyncio.Semaphore(_ANNOUNCED_AT_ONCE)

        async def announce(payout: Payout) -> None:
            async with few:
                await self._announce(activity.client(), PayoutInput.of(tenant, payout))

        outcomes = await asyncio.gather(*map(announce, made), return_exceptions=True)
        told = [payout.number for payout, outcome in zip(made, outcomes, strict=True) if outcome is None]
        for outcome in outcomes:
            if outcome is not None and not isinstance(outcome, AWAY):
                raise outcome
        if len(told) < len(made):
            log.warning("payouts left to the hand-over", tenant=tenant.slug, payouts=len(made) - len(told))
        async with self._ledger.transaction(tenant) as tx:
            await payouts.mark_started(tx, *told)
