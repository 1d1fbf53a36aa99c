"""What the worker holds in memory for payouts that wait for weeks."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import uuid4

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest

from activities.models import PayoutInput
from bench.clock import until
from bench.crowd import all_of, insist
from bench.machine import resident_mib
from bench.rig import Rig, running, say
from bench.tenancy import PARTNER
from engine import announcing
from ledger.types import PayoutNumber, Tenant, TenantId
from workflows.messages import PAYOUTS

_SETTLES_S = 3.0


async def measure(state: Path, few: int, many: int) -> dict[str, Any]:
    """With none, `few` and `many` payouts that wait for approval. They need no rows: nothing has looked at them yet."""
    async with running(state, key_bits=2048) as rig:
        pid = rig.stack.worker.process.pid
        held = {"0": resident_mib(pid)}
        tenant = Tenant(id=TenantId(uuid4()), slug="memory")
        opened = 0
        for wanted in (few, many):
            say(f"Opening payouts up to {wanted} …")
            await all_of(_open(rig, tenant, number) for number in range(opened, wanted))
            opened = wanted
            await _wait_until_all_seen(rig)
            held[str(wanted)] = resident_mib(pid)
    return {"resident_mib_by_open_payouts": held}


async def _open(rig: Rig, tenant: Tenant, number: int) -> None:
    payout = PayoutInput(
        tenant=tenant, number=PayoutNumber(f"PO-2026-{number:06d}"), partner=PARTNER, gross_cents=11_900
    )
    await insist(lambda: announcing.announce_payout(rig.engine, payout))


async def _wait_until_all_seen(rig: Rig) -> None:
    """Every payout has had its first workflow task."""

    async def nothing_waits() -> bool:
        described = await rig.engine.workflow_service.describe_task_queue(
            DescribeTaskQueueRequest(
                namespace=rig.engine.namespace,
                task_queue=TaskQueue(name=PAYOUTS),
                task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
                report_stats=True,
            )
        )
        return described.stats.approximate_backlog_count == 0

    await until(nothing_waits, "an empty queue", patience_s=900)
    await asyncio.sleep(_SETTLES_S)
