"""Every 30 s, over all tenants: announce to the engine what the ledger holds and nobody has announced."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.handover import HandoverActivities


@workflow.defn
class HandoverWorkflow:
    @workflow.run
    async def run(self) -> int:
        """How many announcements were made."""
        return await workflow.execute_activity_method(
            HandoverActivities.announce_what_nobody_announced,
            summary="Nicht gemeldete Ereignisse, Auszahlungen und Entscheidungen melden",
            # The next pass comes in 30 s anyway and begins anew: this one may fail.
            start_to_close_timeout=timedelta(minutes=5),
            schedule_to_close_timeout=timedelta(minutes=10),
        )
