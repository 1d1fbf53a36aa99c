"""Looking after a tenant's event subscriptions at lexoffice, one at a time for each tenant.

list, register what is missing, and only then remove what of ours is one too many

Whoever asks while it runs may know of something that it has not seen, such as a new key: then it begins once more.
"""

from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import Priority, RetryPolicy
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from activities.sweep.subscriptions import NOT_REACHED, SubscriptionActivities
    from activities.sweep.sweep_models import OneSubscription, SubscriptionPlan, SubscriptionsEnd
    from ledger.types import Tenant
    from workflows.messages import LEXOFFICE
    from workflows.words import say

PRIORITY = 4
"""A person may be waiting for it; before sweeps, behind the enrichment of notifications."""

NO_ANSWER = "subscriptions_not_answered"

Task = TypeVar("Task")
Done = TypeVar("Done")


@workflow.defn
class SubscriptionsWorkflow:
    def __init__(self) -> None:
        self._asked = False

    @workflow.run
    async def run(self, tenant: Tenant) -> str:
        while True:
            self._asked = False
            outcome = await self._look_after(tenant)
            if not self._asked:
                return outcome

    @workflow.signal
    def set_up(self) -> None:
        self._asked = True

    async def _look_after(self, tenant: Tenant) -> str:
        try:
            plan = await self._call(
                SubscriptionActivities.check_subscriptions, tenant, tenant, say("step_list_subscriptions")
            )
            problem, asked_at = plan.problem or await self._repair(tenant, plan), plan.asked_at
        except ActivityError:
            problem, asked_at = NO_ANSWER, None  # the wish stands: the next sweep tries
        await workflow.execute_activity_method(
            SubscriptionActivities.conclude_subscriptions,
            SubscriptionsEnd(tenant=tenant, problem=problem, asked_at=asked_at),
            summary=say("step_conclude_subscriptions"),
            start_to_close_timeout=timedelta(seconds=30),
            retry_policy=RetryPolicy(maximum_interval=timedelta(seconds=30)),
        )
        return "failing" if problem else "healthy"

    async def _repair(self, tenant: Tenant, plan: SubscriptionPlan) -> str | None:
        for event_type in plan.register_types:
            task = OneSubscription(tenant=tenant, event_type=event_type)
            if not await self._call(
                SubscriptionActivities.register_subscription,
                task,
                tenant,
                say("step_register_subscription", event_type=event_type),
            ):
                return NOT_REACHED  # what is there stays: an old one may still work
        for subscription in plan.remove:
            task = OneSubscription(tenant=tenant, subscription_id=subscription)
            await self._call(SubscriptionActivities.remove_subscription, task, tenant, say("step_remove_subscription"))
        return None

    async def _call(
        self, activity: Callable[[Any, Task], Coroutine[Any, Any, Done]], task: Task, tenant: Tenant, summary: str
    ) -> Done:
        return await workflow.execute_activity_method(
            activity,
            task,
            task_queue=LEXOFFICE,
            summary=summary,
            start_to_close_timeout=timedelta(seconds=60),
            schedule_to_close_timeout=timedelta(minutes=15),
            retry_policy=RetryPolicy(maximum_interval=timedelta(minutes=1)),
            priority=Priority(priority_key=PRIORITY, fairness_key=tenant.slug),
        )
