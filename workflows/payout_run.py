"""One payout run: close the months that are over, then make the payouts of all partners, batch by batch.

    begin, close the months, take 200 partners and again until none is left, end

Who asked for it, and up to when, stands in the row that a start names; only the calendar's run has none yet. A
rehearsal takes the same way and makes no payout (a sweep would close those months as well). Each payout then has a
workflow of its own.
"""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import Priority, RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.payouts.payout_run_models import Batch, BatchWanted, RunBegun, RunOver, RunWanted
    from activities.payouts.payout_runs import PayoutRunActivities
    from workflows.messages import PayoutRunInput, RunProgress
    from workflows.words import say

BATCHES_A_RUN = 25
"""Of one history; then it continues as new (engine.md, Sweep and schedules)."""

BEHIND_SINGLE_PAYOUTS = 4

REHEARSALS_CLOSE_MONTHS = "rehearsals-close-months"
"""Patch: a rehearsal that began before it was deployed shows no line of a month that nobody had closed."""

_IN_THE_LEDGER = RetryPolicy(maximum_interval=timedelta(seconds=30))


@workflow.defn
class PayoutRunWorkflow:
    @workflow.run
    async def run(self, wanted: PayoutRunInput) -> str:
        progress = wanted.progress or await self._begin(wanted)
        if progress is None:
            return "not held"
        batches = 0
        while True:
            self._show(progress)
            batch = await self._take_partners(wanted, progress)
            progress, batches = progress.after(batch), batches + 1
            if batch.last is None:
                over = await self._end(wanted, progress)
                self._show_end(progress, over)
                return "done" if over.done else "cancelled"
            if batches == BATCHES_A_RUN:
                workflow.continue_as_new(wanted.model_copy(update={"progress": progress}))

    async def _begin(self, wanted: PayoutRunInput) -> RunProgress | None:
        """None where the ledger has no row of such a run and the calendar may make none, or it has ended."""
        run = wanted.run or workflow.uuid4()
        begun: RunBegun = await workflow.execute_activity_method(
            PayoutRunActivities.begin_payout_run,
            RunWanted(
                tenant=wanted.tenant,
                run=run,
                named=wanted.run is not None,
                cut_off=wanted.cut_off,
                rehearsal=wanted.rehearsal,
                requested_by=wanted.requested_by,
                asked_at=workflow.info().workflow_start_time,
            ),
            summary=say("step_begin_run"),
            start_to_close_timeout=timedelta(seconds=30),
            retry_policy=_IN_THE_LEDGER,
        )
        if begun.period is None:
            workflow.set_current_details(say("now_no_run"))
            return None
        if not begun.rehearsal or workflow.patched(REHEARSALS_CLOSE_MONTHS):
            workflow.set_current_details(say("now_closing_months", period=begun.period))
            await self._close_months(wanted)
        return RunProgress(run=run, period=begun.period, rehearsal=begun.rehearsal)

    async def _close_months(self, wanted: PayoutRunInput) -> None:
        await workflow.execute_activity_method(
            PayoutRunActivities.close_months,
            wanted.tenant,
            summary=say("step_close_months"),
            start_to_close_timeout=timedelta(hours=1),
            heartbeat_timeout=timedelta(minutes=10),
            retry_policy=_IN_THE_LEDGER,
        )

    async def _take_partners(self, wanted: PayoutRunInput, progress: RunProgress) -> Batch:
        return await workflow.execute_activity_method(
            PayoutRunActivities.take_partners,
            BatchWanted(tenant=wanted.tenant, run=progress.run, after=progress.last),
            summary=say("step_next_partners", partners=progress.partners),
            start_to_close_timeout=timedelta(minutes=10),
            heartbeat_timeout=timedelta(minutes=1),
            retry_policy=_IN_THE_LEDGER,
            priority=Priority(priority_key=BEHIND_SINGLE_PAYOUTS, fairness_key=wanted.tenant.slug),
        )

    async def _end(self, wanted: PayoutRunInput, progress: RunProgress) -> RunOver:
        return await workflow.execute_activity_method(
            PayoutRunActivities.end_payout_run,
            BatchWanted(tenant=wanted.tenant, run=progress.run, after=None),
            summary=say("step_end_run"),
            start_to_close_timeout=timedelta(minutes=1),
            retry_policy=_IN_THE_LEDGER,
        )

    def _show(self, progress: RunProgress) -> None:
        workflow.set_current_details(
            say(
                "now_rehearsing" if progress.rehearsal else "now_running",
                period=progress.period,
                partners=progress.partners,
                payouts=progress.payouts,
            )
        )

    def _show_end(self, progress: RunProgress, over: RunOver) -> None:
        if progress.rehearsal:
            code = "now_rehearsal_done" if over.done else "now_rehearsal_stopped"
        else:
            code = "now_run_done" if over.done else "now_run_stopped"
        workflow.set_current_details(say(code, period=progress.period, payouts=over.payouts))
