"""A workflow that asks for many calls of one tenant at once, on the queue whose rate is kept per tenant."""

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.common import Priority


@workflow.defn
class CallsOfOneTenant:
    @workflow.run
    async def run(self, tenant: str, calls: int) -> None:
        await asyncio.gather(
            *(
                workflow.execute_activity(
                    "call",
                    tenant,
                    task_queue="lexoffice",
                    start_to_close_timeout=timedelta(seconds=10),
                    priority=Priority(fairness_key=tenant),
                )
                for _ in range(calls)
            )
        )
