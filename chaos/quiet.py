"""Whether all has come to its end, and the engine that is asked for it."""

import asyncio
import functools
from collections.abc import Sequence

import asyncpg
from temporalio.client import Client
from temporalio.runtime import Runtime, TelemetryConfig
from temporalio.service import RPCError

from chaos.firm import Firm
from chaos.oracle import ENDED
from engine.plugin import plugin
from sandbox.stack import Stack


async def is_quiet(stack: Stack, firms: Sequence[Firm]) -> bool:
    """No notification on its way, no event unhandled, no decision unheard, no document under way, and no workflow of a
    payout that has ended: on a busy machine its last look comes long after the state.
    """
    if (await firms[0].office("GET", "/sandbox/health"))["pendingNotifications"]:
        return False
    for firm in firms:
        if firm.easybill is not None and any(one["status"] == "pending" for one in await firm.notifications()):
            return False
    engine = await open_engine(stack)
    running = 'ExecutionStatus = "Running" AND WorkflowType IN ("DocumentWorkflow", "InvoiceWorkflow")'
    if (await engine.count_workflows(running)).count:
        return False
    ledger = await asyncpg.connect(stack.addresses.postgres.app_url)
    going_on = 0
    try:
        for firm in firms:
            async with ledger.transaction(readonly=True):
                await ledger.execute("SELECT set_config('app.tenant', $1, true)", str(firm.tenant.id))
                if await ledger.fetchval(_UNDER_WAY):
                    return False
                going_on += await ledger.fetchval("SELECT count(*) FROM payouts WHERE state <> ALL ($1)", ENDED)
    finally:
        await ledger.close()
    of_payouts = 'ExecutionStatus = "Running" AND WorkflowType = "PayoutWorkflow"'
    return (await engine.count_workflows(of_payouts)).count == going_on


_UNDER_WAY = """
    SELECT EXISTS (SELECT 1 FROM events
                    WHERE state IN ('received', 'waiting', 'skipped') AND provider IN ('lexoffice', 'easybill'))
        OR EXISTS (SELECT 1 FROM decisions WHERE delivered_at IS NULL)
        OR EXISTS (SELECT 1 FROM creation_intents WHERE closed_at IS NULL)
        OR EXISTS (SELECT 1 FROM bank_entries WHERE state = 'waiting' AND booked_by IS NOT NULL)
        OR EXISTS (SELECT 1 FROM payouts WHERE workflow_started_at IS NULL OR recheck_wanted_at IS NOT NULL)
"""


async def answers(stack: Stack) -> bool:
    """Whether the engine can read its own database."""
    try:
        async with asyncio.timeout(5):
            await (await open_engine(stack)).count_workflows('ExecutionStatus = "Running"')
    except (RPCError, RuntimeError, TimeoutError):
        return False
    return True


async def open_engine(stack: Stack) -> Client:
    temporal = stack.addresses.temporal
    return await Client.connect(temporal.address, namespace=temporal.namespace, plugins=[plugin()], runtime=_silent())


@functools.cache
def _silent() -> Runtime:
    """Warnings of the SDK would stand in standard output, where the report is."""
    return Runtime(telemetry=TelemetryConfig(logging=None))
