"""Every 10 s, over all tenants: announce to the engine what the ledger holds and nobody has announced."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.handover import HandoverActivities
    from workflows.words import say


@workflow.defn
class HandoverWorkflow:
    @workflow.run
    async def run(self) -> int:
        """How many announcements were made."""
        return await workflow.execute_activity_method(
            HandoverActivities.announce_missed,
            summary=say("step_announce_missed"),
            start_to_close_timeout=timedelta(minutes=5),
            # No end to the tries: while PostgreSQL is away this pass waits for it, and no other begins (SKIP).
            # Passes do not overlap: while one hangs on a worker that was killed, nobody announces anything.
            heartbeat_timeout=timedelta(seconds=15),
            retry_policy=RetryPolicy(maximum_interval=timedelta(seconds=10)),
        )
