"""What the bank told, compared with the payouts; and what follows for those whose workflow has ended."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

import structlog
from temporalio import activity
from temporalio.client import Client

from activities.heartbeats import heartbeats
from activities.models import PayoutInput, StatementInput
from ledger.bank import payment_matching, statement_files
from ledger.booking import settlement_by_bank
from ledger.database import Ledger
from ledger.payouts import payouts
from ledger.payouts.payouts import Payout
from ledger.types import Tenant

BATCH = 50
"""Bookings of one activity: a worker that dies leaves little to do again, and what was written stays."""
TOLD_AT_ONCE = 200
"""Payouts of one booking that are told here; a batch booking may hold thousands, and the hand-over tells the rest."""
log = structlog.get_logger()

Recheck = Callable[[Client, PayoutInput], Awaitable[None]]


class StatementActivities:
    """`recheck` tells a payout's workflow to look again (engine/announcing.py, handed in by the worker)."""

    def __init__(self, ledger: Ledger, recheck: Recheck) -> None:
        self._ledger = ledger
        self._recheck = recheck

    @activity.defn
    async def match_statement(self, task: StatementInput) -> int:
        """Compare the next bookings of the tenant, one transaction each. 0: all are, and the file is marked so.

        A payout whose workflow lives is told to look again, by its row first; what has ended is settled here, by the
        same function.
        """
        async with self._ledger.transaction(task.tenant) as tx:
            waiting = await payment_matching.list_waiting(tx, limit=BATCH)
            if not waiting:
                await statement_files.mark_matched(tx, task.file)
        for entry in waiting:
            activity.heartbeat()
            # A batch booking may stand for 10,000 payments, and the workflow misses a worker after 15 s.
            async with heartbeats():
                touched = await self._match(task, entry)
            await self._tell(task.tenant, touched)
        return len(waiting)

    async def _match(self, task: StatementInput, entry: UUID) -> list[Payout]:
        """The payouts that must look again."""
        touched = []
        async with self._ledger.transaction(task.tenant, cause=f"statement:{task.file}") as tx:
            matched = await payment_matching.match(tx, entry)
            for payout in await payouts.get_each(tx, matched.payouts):
                if payout.state.ends_the_workflow:
                    await settlement_by_bank.apply(tx, payout)
                else:
                    await payouts.want_recheck(tx, payout.id)
                    touched.append(payout)
        return touched

    async def _tell(self, tenant: Tenant, touched: Sequence[Payout]) -> None:
        for payout in touched[:TOLD_AT_ONCE]:
            activity.heartbeat()
            try:
                async with self._ledger.transaction(tenant) as tx:
                    wanted = await payouts.recheck_wanted(tx, payout.id)
                if wanted is None:
                    continue
                await self._recheck(activity.client(), PayoutInput.of(tenant, payout))
                async with self._ledger.transaction(tenant) as tx:
                    await payouts.mark_rechecked(tx, payout.number, wanted)
            except Exception as error:
                # The row stands: the hand-over tells it.
                log.warning("payout not told of its booking", tenant=tenant.slug, error=type(error).__name__)
                return
