"""A file of the bank, compared with the payouts: booking by booking, each a short transaction of the ledger."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import Priority, RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.payouts.statements import StatementActivities
    from workflows.messages import StatementInput
    from workflows.words import say

PRIORITY = 2
"""Behind what a person waits for, before what only enriches."""


@workflow.defn
class StatementWorkflow:
    @workflow.run
    async def run(self, told: StatementInput) -> int:
        """How many bookings were compared."""
        compared = told.compared
        while True:
            workflow.set_current_details(say("now_comparing_statement", count=compared))
            batch = await workflow.execute_activity_method(
                StatementActivities.match_statement,
                told,
                summary=say("step_match_statement"),
                start_to_close_timeout=timedelta(minutes=2),
                heartbeat_timeout=timedelta(seconds=15),
                # While PostgreSQL is away it is tried for as long as it takes: nothing may be lost.
                retry_policy=RetryPolicy(maximum_interval=timedelta(seconds=30)),
                priority=Priority(priority_key=PRIORITY, fairness_key=told.tenant.slug),
            )
            if not batch:
                return compared
            compared += batch
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(told.model_copy(update={"compared": compared}))
