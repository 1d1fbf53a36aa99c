"""What a test of sweeps does: silence lexoffice, sweep now, and move the hour of the last pass."""

from datetime import timedelta
from typing import Any

from temporalio.client import (
    ScheduleActionExecutionStartWorkflow,
    ScheduleInfo,
    WorkflowExecutionDescription,
    WorkflowExecutionStatus,
    WorkflowHandle,
)

from ledger import sweeps
from tests.house import Shop, until
from workflows.messages import sweep_id
from workflows.schedules import ensure_sweep, sweep_now


async def silence(shop: Shop) -> None:
    """From now on no notification arrives."""
    await shop.hook("PUT", "notification-faults", {"dropRate": 1.0})


async def sweep(shop: Shop, *, open_ones: bool = False, hours_later: float = 0) -> int:
    """Trigger the tenant's schedule and wait for the end of the pass. Returns what it found.

    Without `open_ones` the hourly part has just been done. `hours_later`: what was handled is that much older.
    """
    tenant = shop.tenant
    async with shop.house.ledger.transaction(tenant) as db:
        await db.execute(
            """
            INSERT INTO sweep_states (tenant_id, provider, open_swept_at)
            VALUES ($1, 'lexoffice', CASE WHEN $2 THEN NULL ELSE now() END)
            ON CONFLICT (tenant_id, provider) DO UPDATE SET open_swept_at = EXCLUDED.open_swept_at
            """,
            tenant.id,
            open_ones,
        )
        if hours_later:
            await db.execute(
                "UPDATE events SET handled_at = handled_at - $2::interval WHERE tenant_id = $1",
                tenant.id,
                timedelta(hours=hours_later),
            )
    await ensure_sweep(shop.house.engine, tenant, every=timedelta(days=1))
    # What the schedule itself says of its runs is late on a busy machine: the run's own handle tells its end.
    run = await _next_run(shop)
    ended = await until(run.describe, _is_over, "the end of a sweep", patience=60)
    assert ended.status is WorkflowExecutionStatus.COMPLETED
    assert (await run.result()).endswith(" found"), "a pass that came to its end"
    async with shop.house.ledger.transaction(tenant) as db:
        return (await sweeps.read_state(db, tenant)).found


async def _next_run(shop: Shop) -> WorkflowHandle[Any, str]:
    """Trigger the schedule once, and again only where it says that it has skipped: it may believe for a while that the
    run before is still under way. Two passes of one trigger would take each other's findings."""
    engine, tenant = shop.house.engine, shop.tenant
    schedule = engine.get_schedule_handle(sweep_id(tenant))
    info = (await schedule.describe()).info
    before, skipped = _runs(info), info.num_actions_skipped_overlap
    await sweep_now(engine, tenant)

    async def another() -> tuple[str, str] | None:
        nonlocal skipped
        info = (await schedule.describe()).info
        if info.num_actions_skipped_overlap > skipped:
            skipped = info.num_actions_skipped_overlap
            await sweep_now(engine, tenant)
        return next(iter(_runs(info) - before), None)

    found = await until(another, bool, "another run of the sweep", patience=60)
    assert found is not None
    workflow, run = found
    return engine.get_workflow_handle(workflow, run_id=run, result_type=str)


def _is_over(seen: WorkflowExecutionDescription) -> bool:
    return seen.status is not WorkflowExecutionStatus.RUNNING


def _runs(info: ScheduleInfo) -> set[tuple[str, str]]:
    """Two within one second have the same workflow id."""
    actions = [action.action for action in info.recent_actions]
    return {
        (action.workflow_id, action.first_execution_run_id)
        for action in actions
        if isinstance(action, ScheduleActionExecutionStartWorkflow)
    }


async def settled(shop: Shop) -> None:
    """Nothing that was notified is still to be handled."""
    await until(shop.events, lambda rows: all(row["state"] != "received" for row in rows), "the end of all events")


async def subscriptions(shop: Shop) -> list[dict[str, Any]]:
    """As lexoffice lists them."""
    answer = await shop.house.http.get(
        f"{shop.house.lexoffice.base_url}/v1/event-subscriptions", headers={"Authorization": f"Bearer {shop.api_key}"}
    )
    listed: list[dict[str, Any]] = answer.json()["content"]
    return listed
