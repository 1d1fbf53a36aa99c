"""The schedules that the engine keeps for us. `partnerdesk migrate` and the worker make sure that they exist."""

from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)

from workflows.messages import PAYOUTS

HANDOVER = "handover"


async def ensure_schedules(client: Client, *, handover_every: timedelta = timedelta(seconds=30)) -> None:
    """Create the schedules, or bring existing ones to what this version wants. Safe to repeat."""
    await _ensure(
        client,
        HANDOVER,
        Schedule(
            action=ScheduleActionStartWorkflow(
                "HandoverWorkflow",
                id=HANDOVER,  # the engine appends the time: handover-2026-11-22T12:00:00Z
                task_queue=PAYOUTS,
                static_summary="Übergabe an die Workflows",
            ),
            spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=handover_every)]),
            policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP),
        ),
    )


async def _ensure(client: Client, id: str, wanted: Schedule) -> None:
    try:
        await client.create_schedule(id, wanted)
    except ScheduleAlreadyRunningError:

        async def replace(_: ScheduleUpdateInput) -> ScheduleUpdate:
            return ScheduleUpdate(schedule=wanted)

        await client.get_schedule_handle(id).update(replace)
