"""One pass over a tenant's documents in lexoffice: what notifications never told is found here.

    plan, compare page by page, hand over what differs, remember the pass
    now and then look at the tax profile, and after the subscriptions

What it finds goes the way of a notification: an event, and the document's own workflow.
"""

from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import Priority, RetryPolicy
from temporalio.exceptions import ActivityError, WorkflowAlreadyStartedError

with workflow.unsafe.imports_passed_through():
    from activities.sweep.sweep_models import (
        EndOfPass,
        PageOfSlice,
        Slice,
        SweepInput,
        SweepPlan,
        SweepProgress,
        SweptPage,
    )
    from activities.sweep.sweeping import SweepActivities
    from ledger.types import Tenant
    from workflows.messages import LEXOFFICE, subscriptions_workflow_id
    from workflows.subscriptions import SubscriptionsWorkflow
    from workflows.words import say

SWEEPS_LAST = 5
"""Behind whatever a person or a notification waits for."""

LONGEST_CALL = timedelta(hours=1)
"""A page that cannot be had by then ends the pass; the next one begins where the last complete one began."""

_IN_THE_LEDGER = RetryPolicy(maximum_interval=timedelta(seconds=30))


@workflow.defn
class SweepWorkflow:
    @workflow.run
    async def run(self, sweep: SweepInput) -> str:
        progress = sweep.progress or SweepProgress(plan=await self._plan(sweep))
        plan = progress.plan
        found = await self._sweep_lexoffice(sweep, progress) if plan.slices else 0
        # Last: a provider that is away holds up nothing of lexoffice's pass, and what an earlier release has begun is
        # the beginning of this.
        credits = sum([await self._credits(sweep, books) for books in plan.other_books])
        if found is None:
            return "not finished"  # No key any more, or lexoffice is away: the next pass begins where this one did.
        return f"{found + credits} found" if plan.slices or plan.other_books else "not connected"

    async def _sweep_lexoffice(self, sweep: SweepInput, progress: SweepProgress) -> int | None:
        """How many differed; None where its lists could not be read to their ends."""
        try:
            progress = await self._compare(sweep, progress)
        except ActivityError:
            return None
        found = await self._end(sweep, progress)
        # After the pass is remembered: what may take its time here holds up nothing of it.
        if progress.plan.reads_profile:
            await self._read_profile(sweep)
        if progress.plan.reads_categories:
            await self._read_categories(sweep)
        if progress.plan.checks_subscriptions:
            await self._look_after_subscriptions(sweep)
        return found

    async def _compare(self, sweep: SweepInput, progress: SweepProgress) -> SweepProgress:
        """Page through each list; one that is longer than lexoffice shows is cut into narrower ones."""
        while progress.plan.slices:
            slice = progress.plan.slices[0]
            page = await self._page(sweep, slice, progress.page)
            progress = _after(progress, slice, page)
            if progress.plan.slices and workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(sweep.model_copy(update={"progress": progress}))
        return progress

    async def _credits(self, sweep: SweepInput, books: str) -> int:
        """How many of the credit notes that payouts wait for differ: events now, which the hand-over announces."""
        try:
            found: int = await workflow.execute_activity(
                "sweep_awaited_credits",
                sweep.tenant,
                result_type=int,
                task_queue=books,
                summary=say("step_compare_credits"),
                start_to_close_timeout=timedelta(minutes=5),
                heartbeat_timeout=timedelta(seconds=15),
                # While it is asked no other pass begins.
                schedule_to_close_timeout=timedelta(minutes=10),
                retry_policy=RetryPolicy(maximum_interval=timedelta(minutes=2)),
                priority=Priority(priority_key=SWEEPS_LAST, fairness_key=sweep.tenant.slug),
            )
        except ActivityError:
            return 0  # No key any more, or the provider is away: the next pass asks again.
        return found

    async def _plan(self, sweep: SweepInput) -> SweepPlan:
        return await workflow.execute_activity_method(
            SweepActivities.plan_sweep,
            sweep.tenant,
            summary=say("step_plan_sweep"),
            start_to_close_timeout=timedelta(seconds=30),
            retry_policy=_IN_THE_LEDGER,
        )

    async def _page(self, sweep: SweepInput, slice: Slice, page: int) -> SweptPage:
        return await workflow.execute_activity_method(
            SweepActivities.sweep_page,
            PageOfSlice(tenant=sweep.tenant, slice=slice, page=page),
            task_queue=LEXOFFICE,
            summary=say("step_compare_list", page=page + 1),
            start_to_close_timeout=timedelta(minutes=2),
            heartbeat_timeout=timedelta(seconds=15),
            schedule_to_close_timeout=LONGEST_CALL,
            retry_policy=RetryPolicy(maximum_interval=timedelta(minutes=2)),
            priority=Priority(priority_key=SWEEPS_LAST, fairness_key=sweep.tenant.slug),
        )

    async def _read_profile(self, sweep: SweepInput) -> None:
        await self._read_now_and_then(sweep, SweepActivities.read_profile, say("step_look_at_profile"))

    async def _read_categories(self, sweep: SweepInput) -> None:
        await self._read_now_and_then(sweep, SweepActivities.read_posting_categories, say("step_read_categories"))

    async def _read_now_and_then(
        self, sweep: SweepInput, read: Callable[[Any, Tenant], Coroutine[Any, Any, None]], summary: str
    ) -> None:
        try:
            await workflow.execute_activity_method(
                read,
                sweep.tenant,
                task_queue=LEXOFFICE,
                summary=summary,
                start_to_close_timeout=timedelta(minutes=2),
                heartbeat_timeout=timedelta(seconds=15),
                # While it is asked no other pass begins.
                schedule_to_close_timeout=timedelta(minutes=10),
                retry_policy=RetryPolicy(maximum_interval=timedelta(minutes=2)),
                priority=Priority(priority_key=SWEEPS_LAST, fairness_key=sweep.tenant.slug),
            )
        except ActivityError:
            pass  # The next hourly pass asks again.

    async def _end(self, sweep: SweepInput, progress: SweepProgress) -> int:
        return await workflow.execute_activity_method(
            SweepActivities.end_pass,
            EndOfPass(tenant=sweep.tenant, plan=progress.plan, found=progress.found, left_out=progress.left_out),
            summary=say("step_end_sweep"),
            start_to_close_timeout=timedelta(minutes=2),
            retry_policy=_IN_THE_LEDGER,
        )

    async def _look_after_subscriptions(self, sweep: SweepInput) -> None:
        try:
            await workflow.execute_child_workflow(
                SubscriptionsWorkflow.run,
                sweep.tenant,
                id=subscriptions_workflow_id(sweep.tenant),
                static_summary=say("workflow_check_subscriptions"),
            )
        except WorkflowAlreadyStartedError:
            pass  # A person has just asked for it.


def _after(progress: SweepProgress, slice: Slice, page: SweptPage) -> SweepProgress:
    rest = progress.plan.slices[1:]
    if page.too_long:
        slices, number = slice.narrower + rest, 0
    elif page.is_last:
        slices, number = rest, 0
    else:
        slices, number = progress.plan.slices, progress.page + 1
    return SweepProgress(
        plan=progress.plan.model_copy(update={"slices": slices}),
        page=number,
        found=progress.found + page.found,
        left_out=progress.left_out or page.left_out,
    )
