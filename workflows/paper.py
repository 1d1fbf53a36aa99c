"""The PDFs of credit notes, fetched and kept. Apart from the payouts' workflows: nobody who is paid waits for them."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import Priority, RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.creation.papers import NO_FILE, NOT_REACHED, WITHOUT_FILE, Missed, PaperActivities, PaperTask
    from ledger.types import Tenant
    from workflows.messages import LEXOFFICE, PapersInput
    from workflows.words import say

PRIORITY = 5
"""Behind everything that somebody waits for."""

LONGEST_AWAY = timedelta(hours=6)
"""So long is lexoffice asked again by one call; then the hand-over begins anew when the next file is due."""

_RETRY = RetryPolicy(maximum_interval=timedelta(minutes=10))


@workflow.defn
class PapersWorkflow:
    """One after the other, until none is due. A payout run makes thousands at once: as many calls that all wait for the
    tenant's two requests a second would be tried, refused and tried again."""

    @workflow.run
    async def run(self, wanted: PapersInput) -> int:
        """How many files were dealt with."""
        dealt_with = wanted.dealt_with
        while True:
            workflow.set_current_details(say("now_fetching_papers", count=dealt_with))
            try:
                found = await self._fetch_next(wanted.tenant)
            except ActivityError:
                workflow.set_current_details(say("now_papers_later", why=NOT_REACHED))
                return dealt_with
            if not found:
                workflow.set_current_details(say("now_papers_done", count=dealt_with))
                return dealt_with
            dealt_with += 1
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(wanted.model_copy(update={"dealt_with": dealt_with}))

    async def _fetch_next(self, tenant: Tenant) -> bool:
        return await workflow.execute_activity_method(
            PaperActivities.fetch_next_paper,
            tenant,
            task_queue=LEXOFFICE,
            summary=say("step_fetch_next_paper"),
            start_to_close_timeout=timedelta(seconds=60),
            schedule_to_close_timeout=LONGEST_AWAY,
            retry_policy=_RETRY,
            priority=Priority(priority_key=PRIORITY, fairness_key=tenant.slug),
        )


@workflow.defn
class PaperWorkflow:
    """A single one: those that began before there was a workflow for all of a tenant end as they began."""

    @workflow.run
    async def run(self, task: PaperTask) -> bool:
        """Whether the file is kept now."""
        workflow.set_current_details(say("now_fetching_paper"))
        try:
            kept = await workflow.execute_activity_method(
                PaperActivities.fetch_paper,
                task,
                task_queue=LEXOFFICE,
                summary=say("step_fetch_paper"),
                start_to_close_timeout=timedelta(seconds=60),
                schedule_to_close_timeout=LONGEST_AWAY,
                retry_policy=_RETRY,
                priority=Priority(priority_key=PRIORITY, fairness_key=task.tenant.slug),
            )
        except ActivityError as error:
            has_no_file = isinstance(error.cause, ApplicationError) and error.cause.type == NO_FILE
            reason = WITHOUT_FILE if has_no_file else NOT_REACHED
            await workflow.execute_activity_method(
                PaperActivities.record_missed_paper,
                Missed(task=task, reason=reason),
                summary=say("step_try_paper_later"),
                start_to_close_timeout=timedelta(seconds=10),
                retry_policy=RetryPolicy(maximum_interval=timedelta(minutes=1)),
            )
            workflow.set_current_details(say("now_papers_later", why=reason))
            return False
        workflow.set_current_details(say("now_paper_kept") if kept else say("now_paper_kept_before"))
        return True
