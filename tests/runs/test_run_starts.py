"""A payout run is a row before it is a workflow: what is started at the engine's port without one pays nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from temporalio.client import WorkflowHandle

from engine import announcing
from ledger import clock
from ledger.payouts import payout_run_starts
from ledger.payouts.payout_runs import SCHEDULE, PayoutRun, cut_off_of, last_month, period_of
from ledger.types import Tenant, TenantId
from tests.fixtures.desk import earned, handed_over, task
from tests.fixtures.house import Shop, until
from tests.runs.test_payout_runs import rows, tomorrow
from workflows.messages import PAYOUTS, PayoutRunInput, RunProgress, payout_run_id

NOBODYS = "nobody-works-here"
"""A task queue without workers."""


async def away(*_: Any) -> None:
    raise TimeoutError


async def started(shop: Shop, **told: Any) -> str:
    """What becomes of a run that somebody starts at the engine's port."""
    wanted = PayoutRunInput(**({"tenant": shop.tenant} | told))
    result: str = await shop.house.engine.execute_workflow(
        "PayoutRunWorkflow", wanted, id=payout_run_id(shop.tenant, f"forged-{uuid4()}"), task_queue=PAYOUTS
    )
    return result


async def asked_for(shop: Shop, *, rehearsal: bool = False) -> PayoutRun:
    """A row whose announcement was lost."""
    async with shop.house.ledger.transaction(shop.tenant) as tx:
        return await payout_run_starts.request(
            tx, cut_off=cut_off_of(tomorrow()), rehearsal=rehearsal, by="key:somebody"
        )


async def runs(shop: Shop) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = (await shop.api("GET", "/payout-runs"))["items"]
    return listed


async def ended(shop: Shop, run: UUID | str) -> dict[str, Any]:
    seen: dict[str, Any] = await until(
        lambda: shop.api("GET", f"/payout-runs/{run}"), lambda run: run["state"] != "running", "the end of the run"
    )
    return seen


async def handed_over_until_begun(shop: Shop, run: UUID) -> None:
    """The hand-over leaves what is young to whoever wrote it."""

    async def look() -> Any:
        await handed_over(shop.house)
        return await begun_at(shop, run)

    await until(look, lambda at: at is not None, "the run's workflow")


async def begun_at(shop: Shop, run: UUID) -> datetime | None:
    [row] = await shop.rows("SELECT started_at FROM payout_runs WHERE id = $1", run)
    at: datetime | None = row["started_at"]
    return at


async def unannounced(shop: Shop) -> list[str]:
    """The runs of this tenant that the hand-over would announce, however young."""
    found = await shop.rows(
        "SELECT id FROM find_unannounced_in_turns('0', 100, 100000) WHERE tenant_id = $1 AND kind = 'payout_run'",
        shop.tenant.id,
    )
    return [row["id"] for row in found]


async def pays_nothing(shop: Shop) -> dict[str, Any]:
    """The task that says so."""
    assert (await shop.api("GET", "/payouts"))["items"] == []
    return await task(shop, "payout_run_refused")


async def test_a_run_is_read_under_its_id_before_any_workflow_has_begun(
    connected_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await earned(connected_shop, 10_000)
    with monkeypatch.context() as engine:
        engine.setattr(announcing, "announce_payout_run", away)
        begun = await connected_shop.call("POST", "/payout-runs", {"cut_off": tomorrow().isoformat()})
    assert begun.status_code == 202
    seen = await connected_shop.api("GET", f"/payout-runs/{begun.json()['id']}")
    assert (seen["state"], seen["period"]) == ("running", begun.json()["period"])
    assert seen["requested_by"].startswith("key:")
    assert (await connected_shop.api("GET", f"/payout-runs/{begun.json()['id']}/rows"))["items"] == []


@pytest.mark.parametrize("rehearsal", [False, True], ids=["run", "rehearsal"])
async def test_a_run_whose_announcement_was_lost_is_begun_by_the_hand_over(
    connected_shop: Shop, rehearsal: bool
) -> None:
    await earned(connected_shop, 10_000)
    run = await asked_for(connected_shop, rehearsal=rehearsal)
    await handed_over_until_begun(connected_shop, run.id)
    done = await ended(connected_shop, run.id)
    assert (done["state"], done["requested_by"], done["totals"]["partners"]) == ("done", "key:somebody", 1)
    assert await unannounced(connected_shop) == []
    assert len((await connected_shop.api("GET", "/payouts"))["items"]) == (0 if rehearsal else 1)


async def test_a_cancelled_run_is_begun_by_nobody(connected_shop: Shop) -> None:
    await earned(connected_shop, 10_000)
    run = await asked_for(connected_shop)
    await connected_shop.api("POST", f"/payout-runs/{run.id}/cancel", {"reason": "Falscher Stichtag."})
    assert await unannounced(connected_shop) == []
    assert await started(connected_shop, run=run.id) == "not held"
    assert await connected_shop.tasks("payout_run_refused") == []
    assert (await connected_shop.api("GET", "/payouts"))["items"] == []
    assert (await connected_shop.api("GET", f"/payout-runs/{run.id}"))["state"] == "cancelled"


@asynccontextmanager
async def holding_the_name(shop: Shop, run: PayoutRun) -> AsyncIterator[WorkflowHandle[Any, Any]]:
    """Another workflow has the name of the run's; as one that takes the last batch of a run that was cancelled."""
    handle = await shop.house.engine.start_workflow(
        "PayoutRunWorkflow",
        PayoutRunInput(tenant=shop.tenant, run=uuid4()),
        id=announcing.payout_run_workflow_id(shop.tenant, run),
        task_queue=NOBODYS,
    )
    try:
        yield handle
    finally:
        await handle.terminate()


async def test_a_run_waits_for_the_last_batch_of_the_cancelled_one_before_it(connected_shop: Shop) -> None:
    await earned(connected_shop, 10_000)
    run = await asked_for(connected_shop)
    async with holding_the_name(connected_shop, run):
        await announcing.announce_payout_run(connected_shop.house.engine, connected_shop.tenant, run)
        assert await unannounced(connected_shop) == [str(run.id)]
    await handed_over_until_begun(connected_shop, run.id)
    assert (await ended(connected_shop, run.id))["totals"]["payouts"] == 1


async def test_a_start_in_another_persons_name_pays_nothing_and_asks(connected_shop: Shop) -> None:
    await earned(connected_shop, 10_000)
    cut_off = cut_off_of(tomorrow())
    assert await started(connected_shop, run=uuid4(), cut_off=cut_off, requested_by="user:chief") == "not held"
    asked = await pays_nothing(connected_shop)
    assert asked["reason_code"] == "run_without_row"
    assert asked["detail"]["workflow"].startswith(payout_run_id(connected_shop.tenant, "forged-"))
    assert asked["detail"]["sender"]
    assert await runs(connected_shop) == []
    [entry] = await connected_shop.rows("SELECT actor, detail FROM audit_entries WHERE action = 'payout_run.refused'")
    assert (entry["actor"], entry["detail"]) == ("engine", asked["detail"])


@pytest.mark.parametrize(
    "claimed",
    [
        {"requested_by": "user:chief"},
        {"cut_off": datetime(2026, 11, 1, tzinfo=UTC)},
        {"rehearsal": True},
        {"run": uuid4()},
    ],
    ids=lambda claimed: next(iter(claimed)),
)
async def test_a_start_that_claims_anything_is_not_the_calendars(connected_shop: Shop, claimed: dict[str, Any]) -> None:
    await connected_shop.api("PATCH", "/tenant", {"payout_run_day": 1, "payout_run_hour": 0})
    assert await started(connected_shop, **claimed) == "not held"
    assert (await pays_nothing(connected_shop))["reason_code"] == "run_without_row"
    assert await runs(connected_shop) == []


async def test_who_when_and_up_to_when_are_read_from_the_row(connected_shop: Shop) -> None:
    await earned(connected_shop, 10_000)
    run = await asked_for(connected_shop)
    forged = {
        "cut_off": cut_off_of(clock.today() - timedelta(days=300)),
        "requested_by": "user:chief",
        "rehearsal": True,
    }
    assert await started(connected_shop, run=run.id, **forged) == "done"
    seen = await connected_shop.api("GET", f"/payout-runs/{run.id}")
    assert (seen["requested_by"], seen["rehearsal"], seen["period"]) == ("key:somebody", False, run.period)
    [paid] = await rows(connected_shop, seen)
    payout = await connected_shop.api("GET", f"/payouts/{paid['payout']}")
    assert payout["requested_by"] == "key:somebody"


async def test_another_tenants_row_begins_nothing_here_and_stays_as_it_is(connected_shop: Shop) -> None:
    await earned(connected_shop, 10_000)
    other = await connected_shop.house.shop(connected=False)
    theirs = await asked_for(other)
    assert await started(connected_shop, run=theirs.id) == "not held"
    assert (await pays_nothing(connected_shop))["reason_code"] == "run_without_row"
    assert await unannounced(other) == [str(theirs.id)]
    assert await other.tasks("payout_run_refused") == []


async def test_a_row_under_another_name_of_its_tenant_begins_nothing(connected_shop: Shop) -> None:
    """Its payouts would have workflows that nobody finds again."""
    await earned(connected_shop, 10_000)
    run = await asked_for(connected_shop)
    assert (
        await started(connected_shop, tenant=Tenant(id=connected_shop.tenant.id, slug="another"), run=run.id)
        == "not held"
    )
    await pays_nothing(connected_shop)


async def test_a_tenant_that_does_not_exist_has_no_run(connected_shop: Shop) -> None:
    nobody = Tenant(id=TenantId(uuid4()), slug="nobody")
    assert await started(connected_shop, tenant=nobody) == "not held"
    assert await started(connected_shop, tenant=nobody, run=uuid4(), requested_by="user:chief") == "not held"


async def test_a_start_in_the_middle_of_a_run_that_never_was_pays_nothing(connected_shop: Shop) -> None:
    await earned(connected_shop, 10_000)
    run = uuid4()
    progress = RunProgress(run=run, period="2026-10", rehearsal=False)
    assert await started(connected_shop, run=run, requested_by="user:chief", progress=progress) == "cancelled"
    assert (await pays_nothing(connected_shop))["reason_code"] == "run_without_row"


async def test_the_calendars_run_is_made_once_whoever_starts_it(connected_shop: Shop) -> None:
    await connected_shop.api("PATCH", "/tenant", {"payout_run_day": 1, "payout_run_hour": 0})
    assert await started(connected_shop) == "done"
    [made] = await runs(connected_shop)
    assert (made["requested_by"], made["period"]) == (SCHEDULE, period_of(last_month(datetime.now(UTC))))
    assert await started(connected_shop) == "not held"
    assert len(await runs(connected_shop)) == 1
    asked = await task(connected_shop, "payout_run_refused")
    assert (asked["reason_code"], asked["reason_params"]) == ("calendar_run_exists", {"month": made["period"]})


async def test_without_a_day_a_start_by_the_calendar_pays_nothing_and_asks(connected_shop: Shop) -> None:
    await earned(connected_shop, 10_000)
    assert await started(connected_shop) == "not held"
    assert (await pays_nothing(connected_shop))["reason_code"] == "calendar_wants_no_run"


async def test_a_row_that_was_begun_says_the_same_when_its_step_is_done_again(connected_shop: Shop) -> None:
    run = await asked_for(connected_shop)
    assert await unannounced(connected_shop) == [str(run.id)]
    async with connected_shop.house.ledger.transaction(connected_shop.tenant) as tx:
        first = await payout_run_starts.take_up(tx, run.id)
    before = await begun_at(connected_shop, run.id)
    async with connected_shop.house.ledger.transaction(connected_shop.tenant) as tx:
        assert await payout_run_starts.take_up(tx, run.id) == first
        assert await payout_run_starts.take_up(tx, uuid4()) is None
    assert await begun_at(connected_shop, run.id) == before is not None
    assert await unannounced(connected_shop) == []
