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
from ledger.commissions import month_close
from ledger.database import Ledger
from ledger.payouts import payout_run_results, payout_runs, payouts
from ledger.payouts.payouts import Payout
from ledger.types import Tenant

PARTNERS_A_BATCH = 200
"""As engine.md says: many enough to be quick, few enough to be done again."""

_AT_ONCE = 25
"""Partners in one transaction: whoever asks for a single payout meanwhile waits for these few at most."""

_ANNOUNCED_AT_ONCE = 10
"""More make the engine no faster, only each answer slower, up to the time-out of an announcement."""

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
        """Insert the run; repeating it finds the one that was inserted."""
        cut_off = wanted.cut_off or payout_runs.last_month(wanted.asked_at)
        async with self._ledger.transaction(wanted.tenant) as tx:
            if wanted.requested_by is None and not await payout_runs.is_held_by_calendar(tx, wanted.run):
                return RunBegun(period=None)
            begun = await payout_runs.begin(
                tx,
                wanted.run,
                cut_off=cut_off,
                rehearsal=wanted.rehearsal,
                requested_by=wanted.requested_by or payout_runs.SCHEDULE,
            )
        if begun is None or begun.state != "running":
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
            partners = await payout_runs.partners_left(tx, wanted.run, after=wanted.after, limit=PARTNERS_A_BATCH)
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
            done = await payout_runs.end(tx, wanted.run)
            totals = await payout_run_results.totals(tx, wanted.run)
        return RunOver(done=done, payouts=totals.payouts, net_cents=totals.net_cents)

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
