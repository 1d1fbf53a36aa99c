"""Every connected tenant is swept by a schedule of its own, at an instant of its own."""

from datetime import timedelta
from uuid import uuid4

from temporalio.client import ScheduleActionStartWorkflow, ScheduleOverlapPolicy

from engine.schedules import ensure_sweeps
from ledger.inbox import sweeps
from ledger.types import Tenant, TenantId
from tests.commands.test_command import partnerdesk
from tests.conftest import Database
from tests.fixtures.house import House, Shop, until
from workflows.messages import sweep_id

DAY = timedelta(days=1)


def some_tenant() -> Tenant:
    return Tenant(id=TenantId(uuid4()), slug=f"t-{uuid4().hex[:12]}")


async def test_connecting_a_tenant_schedules_its_sweep(product: House) -> None:
    shop = await product.shop(connected=False)
    schedule = product.engine.get_schedule_handle(sweep_id(shop.tenant))
    await shop.api("PUT", "/providers/lexoffice", {"api_key": shop.api_key})
    found = await schedule.describe()
    [interval] = found.schedule.spec.intervals
    assert interval.every == timedelta(seconds=product.settings.sweep_every_seconds)
    assert found.schedule.policy.overlap is ScheduleOverlapPolicy.SKIP
    action = found.schedule.action
    assert isinstance(action, ScheduleActionStartWorkflow)
    assert action.id == f"sweep/{shop.tenant.slug}"


async def test_sweeps_are_spread_over_the_tenants_and_each_keeps_its_instant(product: House) -> None:
    tenants = [some_tenant() for _ in range(8)]
    offsets = []
    for every in (DAY, DAY):
        await ensure_sweeps(product.engine, tenants, every=every)
        described = [await product.engine.get_schedule_handle(sweep_id(tenant)).describe() for tenant in tenants]
        offsets.append([one.schedule.spec.intervals[0].offset for one in described])
    assert offsets[0] == offsets[1]
    assert len(set(offsets[0])) > 4


async def test_a_schedule_that_is_there_is_left_alone_and_another_pace_is_set(product: House) -> None:
    tenant = some_tenant()

    async def set_anew(every: timedelta) -> int:
        return await ensure_sweeps(product.engine, [tenant], every=every)

    assert await set_anew(DAY) == 1
    await until(lambda: set_anew(DAY), lambda count: count == 0, "a listed schedule")
    assert await set_anew(DAY / 2) == 1
    described = await product.engine.get_schedule_handle(sweep_id(tenant)).describe()
    assert described.schedule.spec.intervals[0].every == DAY / 2


async def test_migrate_schedules_the_sweeps_of_connected_tenants(connected_shop: Shop, database: Database) -> None:
    schedule = connected_shop.house.engine.get_schedule_handle(sweep_id(connected_shop.tenant))
    await schedule.delete()
    assert connected_shop.tenant in await sweeps.list_swept(connected_shop.house.ledger)
    result = await partnerdesk(
        {
            "PARTNERDESK_OWNER_DATABASE_URL": database.owner_url,
            "PARTNERDESK_SWEEP_EVERY_SECONDS": "86400",
            "TEMPORAL_ADDRESS": connected_shop.house.engine.service_client.config.target_host,
        },
        "migrate",
    )
    assert result.status == 0, result.err
    assert (await schedule.describe()).schedule.spec.intervals[0].every == DAY
