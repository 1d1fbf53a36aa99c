"""What one endpoint is told, until nothing is due at it.

The rows say what is due, in which order, and when what failed is tried again (ledger/audit/events_out.py). The
hand-over starts this, and wakes it while it waits for such a time.
"""

from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import Priority, RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.events_out.delivering import EventsOutActivities
    from activities.models import EndpointInput, EndpointView
    from workflows.messages import EVENTS_OUT
    from workflows.words import say

MOST = 500
"""Events of one run."""


@workflow.defn
class EventsOutWorkflow:
    def __init__(self) -> None:
        self._woken = False

    @workflow.signal
    def wake(self, note: Any = None) -> None:
        """More is due."""
        self._woken = True

    @workflow.run
    async def run(self, to: EndpointInput) -> int:
        """How many events were tried."""
        tried = 0
        while True:
            self._woken = False
            view = await self._deliver(to)
            tried += view.tried
            # Nothing waits between this look and the end: a wake that comes meanwhile is seen.
            if view.wait_seconds is None and not self._woken:
                return to.told + tried
            if view.wait_seconds and not self._woken:
                await self._rest(view.wait_seconds)
            if tried >= MOST or workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(to.model_copy(update={"told": to.told + tried}))

    async def _rest(self, seconds: float) -> None:
        workflow.set_current_details(say("now_waiting_for_endpoint", seconds=round(seconds)))
        try:
            await workflow.wait_condition(lambda: self._woken, timeout=timedelta(seconds=seconds))
        except TimeoutError:
            pass

    async def _deliver(self, to: EndpointInput) -> EndpointView:
        workflow.set_current_details(say("now_telling_endpoint", count=to.told))
        return await workflow.execute_activity_method(
            EventsOutActivities.deliver_events,
            to,
            task_queue=EVENTS_OUT,
            summary=say("step_deliver_events"),
            start_to_close_timeout=timedelta(minutes=5),
            heartbeat_timeout=timedelta(seconds=15),
            # What an endpoint does is no failure here; while PostgreSQL is away this waits for it.
            retry_policy=RetryPolicy(maximum_interval=timedelta(seconds=30)),
            priority=Priority(fairness_key=to.tenant.slug),
        )
