"""The PDF of one credit note, fetched and kept. Apart from the payout's workflow: nobody who is paid waits for it."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import Priority, RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.papers import NO_FILE, Missed, PaperActivities, PaperTask
    from workflows.messages import LEXOFFICE

PRIORITY = 5
"""Behind everything that somebody waits for."""


@workflow.defn
class PaperWorkflow:
    @workflow.run
    async def run(self, task: PaperTask) -> bool:
        """Whether the file is kept now."""
        workflow.set_current_details("Das PDF der Gutschrift wird abgerufen.")
        try:
            kept = await workflow.execute_activity_method(
                PaperActivities.fetch_paper,
                task,
                task_queue=LEXOFFICE,
                summary="PDF der Gutschrift abrufen",
                start_to_close_timeout=timedelta(seconds=60),
                schedule_to_close_timeout=timedelta(hours=6),
                retry_policy=RetryPolicy(maximum_interval=timedelta(minutes=10)),
                priority=Priority(priority_key=PRIORITY, fairness_key=task.tenant.slug),
            )
        except ActivityError as error:
            has_no_file = isinstance(error.cause, ApplicationError) and error.cause.type == NO_FILE
            reason = (
                "lexoffice gibt zu diesem Beleg kein PDF aus." if has_no_file else "lexoffice war nicht erreichbar."
            )
            await workflow.execute_activity_method(
                PaperActivities.paper_was_missed,
                Missed(task=task, reason=reason),
                summary="Später erneut versuchen",
                start_to_close_timeout=timedelta(seconds=10),
                retry_policy=RetryPolicy(maximum_interval=timedelta(minutes=1)),
            )
            workflow.set_current_details(f"{reason} Es wird später erneut versucht.")
            return False
        workflow.set_current_details("Das PDF ist abgelegt." if kept else "Das PDF lag schon vor.")
        return True
