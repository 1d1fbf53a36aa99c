"""A schedule that was to be set, or removed, while the engine was away is set when it is back."""

from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import ScheduleOverlapPolicy
from temporalio.service import RPCError, RPCStatusCode

from engine import schedules
from tests.fixtures.desk import handed_over
from tests.fixtures.house import Shop, until
from workflows.messages import payout_run_id, sweep_id


async def away(*_: Any, **__: Any) -> None:
    raise TimeoutError


async def is_there(shop: Shop, schedule: str) -> bool:
    try:
        await shop.house.engine.get_schedule_handle(schedule).describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return False
        raise
    return True


async def the_engine_is_back(shop: Shop) -> None:
    """And what it was not told is old enough for the hand-over."""
    await shop.rows("UPDATE schedules_wanted SET wanted_at = wanted_at - interval '1 hour'")
    await handed_over(shop.house)


async def switched_off_while_away(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    await shop.api("PATCH", "/tenant", {"payout_run_day": 5, "payout_run_hour": 7})
    with monkeypatch.context() as engine:
        engine.setattr(schedules, "ensure_payout_run", away)
        assert (await shop.api("PATCH", "/tenant", {"payout_run_day": None}))["payout_run_day"] is None
    assert await is_there(shop, payout_run_id(shop.tenant))


async def test_a_monthly_run_that_was_switched_off_ends(connected_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    await switched_off_while_away(connected_shop, monkeypatch)
    await the_engine_is_back(connected_shop)
    assert not await is_there(connected_shop, payout_run_id(connected_shop.tenant))
    assert (
        await connected_shop.rows("SELECT 1 FROM schedules_wanted WHERE tenant_id = $1", connected_shop.tenant.id) == []
    )


async def test_until_then_it_makes_no_payouts(connected_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    await switched_off_while_away(connected_shop, monkeypatch)
    schedule = connected_shop.house.engine.get_schedule_handle(payout_run_id(connected_shop.tenant))
    await schedule.trigger(overlap=ScheduleOverlapPolicy.SKIP)
    described = await until(schedule.describe, lambda seen: bool(seen.info.recent_actions), "a run by the calendar")
    action: Any = described.info.recent_actions[0].action
    run = connected_shop.house.engine.get_workflow_handle(action.workflow_id, run_id=action.first_execution_run_id)
    await run.result()
    assert (await connected_shop.api("GET", "/payout-runs"))["items"] == []


async def test_a_tenant_that_was_connected_is_swept(connected_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    other = await connected_shop.house.shop(connected=False)
    with monkeypatch.context() as engine:
        engine.setattr(schedules, "ensure_sweep", away)
        await other.connect()
    assert not await is_there(other, sweep_id(other.tenant))
    await the_engine_is_back(other)
    assert await is_there(other, sweep_id(other.tenant))


async def test_a_worker_that_starts_restores_what_was_deleted_and_leaves_what_is_there(connected_shop: Shop) -> None:
    engine = connected_shop.house.engine
    await schedules.ensure_schedules(engine, handover_every=timedelta(hours=1))
    try:
        await engine.get_schedule_handle(schedules.DAILY_MAIL).delete()
        await schedules.restore_schedules(engine)
        assert await is_there(connected_shop, schedules.DAILY_MAIL)
        [interval] = (await engine.get_schedule_handle(schedules.HANDOVER).describe()).schedule.spec.intervals
        assert interval.every == timedelta(hours=1)
    finally:
        for name in (schedules.DAILY_MAIL, schedules.HANDOVER):
            await engine.get_schedule_handle(name).delete()
