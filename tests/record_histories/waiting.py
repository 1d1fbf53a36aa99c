"""What a scene waits for before it has a history recorded."""

from typing import Any

from temporalio.api.enums.v1 import PendingActivityState
from temporalio.client import WorkflowExecutionDescription, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from tests.fixtures.house import Shop, until

Handle = WorkflowHandle[Any, Any]


async def count_events(handle: Handle) -> int:
    return len((await handle.fetch_history()).events)


async def count_attempts(handle: Handle) -> int:
    """Of the activity that is under way; a retry leaves no event."""
    seen = await describe(handle)
    pending = [] if seen is None else seen.raw_description.pending_activities
    return max((activity.attempt for activity in pending), default=0)


async def is_under_way(handle: Handle) -> bool:
    seen = await describe(handle)
    pending = [] if seen is None else seen.raw_description.pending_activities
    return any(activity.state == PendingActivityState.PENDING_ACTIVITY_STATE_STARTED for activity in pending)


async def describe(handle: Handle) -> WorkflowExecutionDescription | None:
    try:
        return await handle.describe()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return None  # not announced yet


async def count_signals(handle: Handle) -> int:
    history = await handle.fetch_history()
    return sum(event.HasField("workflow_execution_signaled_event_attributes") for event in history.events)


async def wait_for_replacement(shop: Shop, handle: Handle) -> None:
    """Nothing is under way but the timer of the window."""

    async def waits() -> bool:
        seen = await describe(handle)
        if seen is None or seen.close_time is not None or seen.raw_description.HasField("pending_workflow_task"):
            return False
        blocked = await shop.rows("SELECT 1 FROM transactions WHERE replacement_until IS NOT NULL")
        waiting = await shop.rows("SELECT 1 FROM events WHERE state = 'received'")
        last = (await handle.fetch_history()).events[-1]
        return bool(blocked) and not waiting and last.HasField("timer_started_event_attributes")

    await until(waits, bool, f"{handle.id} waits for another invoice")


async def count_running_events(handle: Handle) -> int:
    seen = await describe(handle)
    return seen.history_length if seen is not None and seen.close_time is None else 0


async def wait_until_ended(handle: Handle) -> None:
    async def over() -> bool:
        seen = await describe(handle)
        return seen is not None and seen.close_time is not None

    await until(over, bool, f"{handle.id} ended")


async def wait_until_seen(shop: Shop, payout: dict[str, Any], state: str, *, tasks: list[str] | None = None) -> None:
    """The workflow itself has seen it; the ledger was first."""
    handle = shop.payout_workflow(payout["number"])

    async def seen() -> dict[str, Any]:
        look: dict[str, Any] = await handle.query("status")
        return look

    await until(
        seen,
        lambda look: look["state"] == state and (tasks is None or list(look["open_tasks"]) == tasks),
        f"the workflow's look at {state}",
    )


async def rests(handle: Handle) -> bool:
    """Whether the last that happened is that it began to wait for a time."""
    last = (await handle.fetch_history()).events[-1]
    return bool(last.HasField("timer_started_event_attributes"))
