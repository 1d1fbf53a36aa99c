"""Payout runs through the JSON API: one payout per partner, once, or only worked out."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from temporalio.client import ScheduleOverlapPolicy

from bench.payout_run import Statements
from ledger import clock
from ledger.database import Ledger
from ledger.payouts import payout_runs
from ledger.payouts.payout_runs import cut_off_of, period_of
from tests.conftest import Database
from tests.fixtures.house import Shop, until
from workflows.messages import payout_run_id


def tomorrow() -> date:
    return clock.today() + timedelta(days=1)


async def run(shop: Shop, **wanted: Any) -> dict[str, Any]:
    """A run that has ended, in full."""
    begun = await shop.api("POST", "/payout-runs", {"cut_off": tomorrow().isoformat(), **wanted})
    seen: dict[str, Any] = await until(
        lambda: shop.api("GET", f"/payout-runs/{begun['id']}"),
        lambda run: run["state"] != "running",
        "the end of the run",
    )
    return seen


async def rows(shop: Shop, of: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await shop.api("GET", f"/payout-runs/{of['id']}/rows"))["items"]
    return found


async def test_a_run_makes_one_payout_per_partner_and_each_begins_its_workflow(connected_shop: Shop) -> None:
    await connected_shop.approved_sale()
    done = await run(connected_shop)
    assert (done["state"], done["totals"]["payouts"]) == ("done", 3)
    listed = await rows(connected_shop, done)
    assert {row["partner_code"] for row in listed} == {"ANNA", "BERND", "CLARA"}
    assert sum(row["net_cents"] for row in listed) == done["totals"]["net_cents"]
    for row in listed:
        payout = await connected_shop.api("GET", f"/payouts/{row['payout']}")
        assert (payout["state"], payout["net_cents"]) == ("awaiting_approval", row["net_cents"])
        assert (await connected_shop.payout_workflow(row["payout"]).describe()).status is not None
    of_run = (await connected_shop.api("GET", f"/payouts?payout_run={done['id']}"))["items"]
    assert {payout["number"] for payout in of_run} == {row["payout"] for row in listed}
    assert {payout["run_id"] for payout in of_run} == {done["id"]}
    assert (await connected_shop.api("GET", f"/payouts?payout_run={uuid4()}"))["items"] == []


async def test_the_first_tasks_of_a_runs_payouts_hold_up_no_queue(connected_shop: Shop) -> None:
    await connected_shop.approved_sale()
    for row in await rows(connected_shop, await run(connected_shop)):
        begun, *_ = (await connected_shop.payout_workflow(row["payout"]).fetch_history()).events
        assert begun.workflow_execution_started_event_attributes.eager_execution_accepted


async def test_a_second_run_of_the_same_period_is_refused(connected_shop: Shop) -> None:
    await run(connected_shop)
    again = await connected_shop.call("POST", "/payout-runs", {"cut_off": tomorrow().isoformat()})
    assert (again.status_code, again.json()["code"]) == (409, "run_exists")


async def test_two_persons_at_once_begin_one_run(connected_shop: Shop) -> None:
    await connected_shop.approved_sale()
    answers = await asyncio.gather(
        *(connected_shop.call("POST", "/payout-runs", {"cut_off": tomorrow().isoformat()}) for _ in range(3))
    )
    assert sorted(answer.status_code for answer in answers) == [202, 409, 409]
    await until(
        lambda: connected_shop.api("GET", "/payout-runs"),
        lambda listed: [one["state"] for one in listed["items"]] == ["done"],
        "one run",
    )
    assert len((await connected_shop.api("GET", "/payouts"))["items"]) == 3


async def test_a_rehearsal_says_what_the_run_then_does_and_makes_nothing(connected_shop: Shop) -> None:
    await connected_shop.approved_sale()
    rehearsed = await run(connected_shop, rehearsal=True)
    assert (await connected_shop.api("GET", "/payouts"))["items"] == []
    done = await run(connected_shop)

    def shown(listed: list[dict[str, Any]]) -> list[Any]:
        return [(row["partner_code"], row["lines"], row["net_cents"], row["gross_cents"]) for row in listed]

    assert shown(await rows(connected_shop, rehearsed)) == shown(await rows(connected_shop, done))
    assert rehearsed["totals"] == done["totals"]
    assert rehearsed["minutes_at_lexoffice"] == pytest.approx(3 / 18, abs=0.06)


async def test_who_gets_nothing_is_listed_with_the_reason(connected_shop: Shop) -> None:
    await connected_shop.api("PATCH", "/partners/BERND", {"minimum_payout_cents": 10_000_000})
    await connected_shop.partner("DORA", status="eu_business")
    await connected_shop.approved_sale()
    await connected_shop.approved_sale(partner="DORA")
    await connected_shop.sale()
    done = await run(connected_shop)
    waiting = {(row["partner_code"], row["reason"]) for row in await rows(connected_shop, done) if row["reason"]}
    assert waiting >= {("BERND", "below_minimum"), ("DORA", "no_document"), ("ANNA", "provisional")}
    assert {one["reason"] for one in done["totals"]["waiting"]} >= {"below_minimum", "no_document", "provisional"}


async def test_what_was_paid_after_the_cut_off_waits_for_the_next_run(connected_shop: Shop) -> None:
    await connected_shop.approved_sale()
    last_month = await run(connected_shop, cut_off=clock.today().replace(day=1).isoformat())
    assert last_month["totals"]["payouts"] == 0
    assert {one["reason"] for one in last_month["totals"]["waiting"]} == {"after_cut_off"}


async def test_the_difference_to_the_run_before_is_shown_by_partner(connected_shop: Shop) -> None:
    await run(connected_shop, cut_off=clock.today().replace(day=1).isoformat())
    await connected_shop.approved_sale()
    done = await run(connected_shop)
    changed = await connected_shop.api("GET", f"/payout-runs/{done['id']}/differences")
    assert {one["partner_code"] for one in changed} == {"ANNA", "BERND", "CLARA"}
    assert all(one["before_cents"] is None for one in changed)


@pytest.mark.parametrize(
    ("cut_off", "code"),
    [
        ((tomorrow() + timedelta(days=2)).isoformat(), "cut_off_to_come"),
        ("2010-01-01", "cut_off_not_acceptable"),
        ("1999-01-01", "invalid_request"),
    ],
)
async def test_a_cut_off_that_cannot_be_is_refused(connected_shop: Shop, cut_off: str, code: str) -> None:
    answer = await connected_shop.call("POST", "/payout-runs", {"cut_off": cut_off})
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_a_batch_that_is_done_again_or_twice_at_once_pays_nobody_twice(connected_shop: Shop) -> None:
    await connected_shop.approved_sale()
    ledger, tenant, id = connected_shop.house.ledger, connected_shop.tenant, uuid4()
    async with ledger.transaction(tenant) as tx:
        await payout_runs.begin(tx, id, cut_off=cut_off_of(tomorrow()), rehearsal=False, requested_by="test")
        partners = await payout_runs.list_remaining_partners(tx, id, after=None, limit=200)
    taken = await asyncio.gather(*(payout_runs.take(ledger, tenant, id, partners) for _ in range(3)))
    assert sorted(len(one.payouts) for one in taken) == [0, 0, 3]
    async with ledger.transaction(tenant) as tx:
        assert await payout_runs.list_remaining_partners(tx, id, after=None, limit=200) == []


async def test_a_run_keeps_the_statistics_of_what_it_fills(connected_shop: Shop, database: Database) -> None:
    """Without them the planner reads all lines of the tenant for each line, and a run takes hours."""
    await connected_shop.approved_sale()
    owner = await asyncpg.connect(database.owner_url)
    try:
        await owner.execute("SELECT pg_clear_relation_stats('public', 'payout_lines')")
        await run(connected_shop)
        assert await owner.fetchval("SELECT relpages FROM pg_class WHERE oid = 'payout_lines'::regclass") > 0
    finally:
        await owner.close()


async def test_more_partners_in_a_batch_cost_no_more_statements(connected_shop: Shop, database: Database) -> None:
    await connected_shop.partner("DORA")
    await connected_shop.approved_sale()
    await connected_shop.approved_sale(partner="DORA")
    sent, tenant, id = Statements(), connected_shop.tenant, uuid4()
    ledger = await Ledger.open(database.app_url, most_connections=1, on_statement=sent.add)
    counted = []
    try:
        async with ledger.transaction(tenant) as tx:
            await payout_runs.begin(tx, id, cut_off=cut_off_of(tomorrow()), rehearsal=False, requested_by="test")
            first, second, *others = await payout_runs.list_remaining_partners(tx, id, after=None, limit=200)
        # The first batch of a connection also asks for the types of its columns.
        for partners in ([first], [second], others):
            before = sent.number
            assert len((await payout_runs.take(ledger, tenant, id, partners)).payouts) == len(partners)
            counted.append(sent.number - before)
    finally:
        await ledger.close()
    assert len(others) == 2
    assert counted[1] == counted[2]


async def test_a_cancelled_run_makes_no_further_payout_and_frees_its_period(connected_shop: Shop) -> None:
    await connected_shop.approved_sale()
    ledger, tenant, id = connected_shop.house.ledger, connected_shop.tenant, uuid4()
    async with ledger.transaction(tenant) as tx:
        await payout_runs.begin(tx, id, cut_off=cut_off_of(tomorrow()), rehearsal=False, requested_by="test")
        partners = await payout_runs.list_remaining_partners(tx, id, after=None, limit=200)
    cancelled = await connected_shop.api("POST", f"/payout-runs/{id}/cancel", {"reason": "Falscher Stichtag."})
    assert cancelled["state"] == "cancelled"
    assert (await payout_runs.take(ledger, tenant, id, partners)).ended
    late = await connected_shop.call("POST", f"/payout-runs/{id}/cancel", {"reason": "Noch einmal."})
    assert (late.status_code, late.json()["code"]) == (409, "run_ended")
    assert (await run(connected_shop))["totals"]["payouts"] == 3


async def test_the_calendar_runs_the_month_before(connected_shop: Shop) -> None:
    await connected_shop.api("PATCH", "/tenant", {"payout_run_day": 1, "payout_run_hour": 0})
    schedule = connected_shop.house.engine.get_schedule_handle(payout_run_id(connected_shop.tenant))
    described = await schedule.describe()
    assert described.schedule.spec.time_zone_name == "Europe/Berlin"
    assert [(range.day_of_month[0].start, range.hour[0].start) for range in described.schedule.spec.calendars] == [
        (1, 0)
    ]
    await schedule.trigger(overlap=ScheduleOverlapPolicy.SKIP)
    listed = await until(
        lambda: connected_shop.api("GET", "/payout-runs"),
        lambda page: [one["state"] for one in page["items"]] == ["done"],
        "the scheduled run",
    )
    assert listed["items"][0]["requested_by"] == payout_runs.SCHEDULE
    assert listed["items"][0]["period"] == period_of(payout_runs.last_month(datetime.now(UTC)))
    assert await connected_shop.api("PATCH", "/tenant", {"payout_run_day": None})


@pytest.mark.parametrize(
    ("day", "period"),
    [(date(2026, 11, 1), "2026-10"), (date(2026, 1, 1), "2025-12"), (date(2026, 11, 16), "2026-11-16")],
)
def test_a_period_is_named_after_the_month_that_its_cut_off_ends(day: date, period: str) -> None:
    assert period_of(cut_off_of(day)) == period


async def test_another_tenants_run_is_not_found(connected_shop: Shop) -> None:
    for path in (f"/payout-runs/{UUID(int=7)}", f"/payout-runs/{UUID(int=7)}/rows"):
        assert (await connected_shop.call("GET", path)).status_code == 404
