"""What a test of sweeps does: silence lexoffice, sweep now, and move the hour of the last pass."""

from datetime import timedelta
from typing import Any

from temporalio.client import ScheduleDescription

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
    schedule = shop.house.engine.get_schedule_handle(sweep_id(tenant))
    before = (await schedule.describe()).info.num_actions
    await sweep_now(shop.house.engine, tenant)

    def is_over(seen: ScheduleDescription) -> bool:
        return seen.info.num_actions > before and not seen.info.running_actions

    await until(schedule.describe, is_over, "the end of a sweep", patience=60)
    async with shop.house.ledger.transaction(tenant) as db:
        return (await sweeps.read_state(db, tenant)).found


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
