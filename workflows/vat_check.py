"""One question to VIES, until it is answered; and the day's look at which numbers must be asked about again.

The row in the ledger has the question, its tries and the answer. VIES and the registers behind it are away for hours at
a time, so a try that nobody answers is no failure: the workflow waits, longer each time, and a person who asks for it
again („Jetzt prüfen“) ends the wait.
"""

from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import Priority, RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.models import VatCheckInput, VatCheckView
    from activities.proofs.vat_checking import VatCheckActivities
    from workflows.messages import VIES
    from workflows.words import say

LONGEST = timedelta(days=14)
"""Then it is a task; the daily look asks anew."""

_IN_THE_LEDGER = RetryPolicy(maximum_interval=timedelta(minutes=1))


@workflow.defn
class VatCheckWorkflow:
    def __init__(self) -> None:
        self._asked_again = False

    @workflow.signal
    def ask_again(self, note: Any = None) -> None:
        """Somebody wants it now."""
        self._asked_again = True

    @workflow.run
    async def run(self, task: VatCheckInput) -> str:
        """One word: ended, or given_up."""
        until = workflow.now() + LONGEST
        while workflow.now() < until:
            self._asked_again = False
            view = await self._ask(task)
            if view.ended:
                return "ended"
            workflow.set_current_details(say("now_vies_away"))
            try:
                # A wish that comes between the try and this wait ends it at once.
                await workflow.wait_condition(lambda: self._asked_again, timeout=timedelta(seconds=view.wait_seconds))
            except TimeoutError:
                pass
        await workflow.execute_activity_method(
            VatCheckActivities.give_up_vat_check,
            task,
            summary=say("step_give_up_vat_check"),
            start_to_close_timeout=timedelta(seconds=30),
            retry_policy=_IN_THE_LEDGER,
        )
        return "given_up"

    async def _ask(self, task: VatCheckInput) -> VatCheckView:
        return await workflow.execute_activity_method(
            VatCheckActivities.check_vat_number,
            task,
            task_queue=VIES,
            summary=say("step_check_vat_id"),
            start_to_close_timeout=timedelta(seconds=60),
            retry_policy=_IN_THE_LEDGER,
            priority=Priority(fairness_key=task.tenant.slug),
        )


@workflow.defn
class VatProofsWorkflow:
    @workflow.run
    async def run(self) -> int:
        """How many numbers are to be asked about anew. The hand-over has that done."""
        return await workflow.execute_activity_method(
            VatCheckActivities.renew_vat_checks,
            summary=say("step_renew_vat_checks"),
            start_to_close_timeout=timedelta(minutes=30),
            heartbeat_timeout=timedelta(minutes=1),
            retry_policy=_IN_THE_LEDGER,
        )
