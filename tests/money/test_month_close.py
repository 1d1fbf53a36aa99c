"""The close of a month: exactly the difference, once, in whatever order the sales came."""

import asyncio
import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from temporalio.testing import ActivityEnvironment

from activities.payouts.payout_runs import PayoutRunActivities
from api.http.language import in_words
from engine.announcing import announce_payout
from ledger.commissions import month_close
from ledger.commissions.explanations import explained_by
from ledger.programme import plans
from ledger.programme.calculation import Rate
from ledger.programme.plans import NewPlan
from ledger.programme.tiers import TierMode
from ledger.refusals import NotAcceptable, NotAllowedNow
from tests.fixtures import invoices
from tests.fixtures.ledger_shop import Shop, at
from tests.money.selling import (
    MONTH,
    OVER,
    close,
    earned,
    invoice,
    lines_of_months,
    plan_from_march,
    sell,
    standard,
    tiers,
)

FLAT = Rate(level=1, percent=10, tiers=tiers((500_000, 12), (1_000_000, 15)))


async def test_a_flat_tier_pays_the_whole_month_at_the_reached_rate(shop: Shop) -> None:
    await plan_from_march(shop, FLAT, tier_mode=TierMode.FLAT)
    await sell(shop, 400_000, 350_000, 333)
    assert await earned(shop) == 40_000 + 35_000 + 33
    closed = await close(shop)
    assert closed.difference_cents == 8_000 + 7_000 + 7  # 12 % of 3,33 € is 0,40 €
    assert await earned(shop) == 48_000 + 42_000 + 40
    [line] = await lines_of_months(shop)
    assert (line["state"], line["service_date"], line["month"]) == ("approved", date(2026, 3, 31), MONTH)
    assert (
        line["words"]
        .replace("\xa0", " ")
        .startswith("Monatsabschluss 03.2026; Stufe 1: Umsatz 7.503,33 €, durchgehend 12 %;")
    )


async def test_closing_again_or_twice_at_once_writes_nothing_more(shop: Shop) -> None:
    await plan_from_march(shop, FLAT, tier_mode=TierMode.FLAT)
    await sell(shop, 600_000)
    closes = await asyncio.gather(*(close(shop) for _ in range(4)))
    assert sorted(len(closed.written) for closed in closes) == [0, 0, 0, 1]
    assert (await close(shop)).written == ()
    assert await earned(shop) == 72_000


async def test_a_late_refund_and_a_late_payment_make_further_lines_and_change_none(shop: Shop) -> None:
    await plan_from_march(shop, FLAT, tier_mode=TierMode.FLAT)
    big, small = invoice(600_000), invoice(100_000)
    await invoices.apply(shop, big)
    await invoices.apply(shop, small)
    await close(shop)
    assert await earned(shop) == 84_000
    await invoices.apply(shop, invoices.still(big, status="voided"))
    assert [part.difference_cents for part in (await close(shop)).written] == [-14_000]
    assert await earned(shop) == 10_000
    await sell(shop, 900_000, day=20)
    await close(shop)
    assert await earned(shop) == 150_000
    assert [line["net_cents"] for line in await lines_of_months(shop)] == [14_000, -14_000, 50_000]


async def test_a_month_without_a_sale_left_takes_back_what_its_close_gave(shop: Shop) -> None:
    await plan_from_march(shop, FLAT, tier_mode=TierMode.FLAT)
    only = invoice(600_000)
    await invoices.apply(shop, only)
    await close(shop)
    await invoices.apply(shop, invoices.still(only, status="voided"))
    await close(shop)
    assert await earned(shop) == 0


async def test_graduated_tiers_pay_each_slice_at_once_and_the_close_only_mends_rounding(shop: Shop) -> None:
    rate = Rate(level=1, percent=10, tiers=tiers((500_000, 12), (1_000_000, 15)))
    await plan_from_march(shop, rate, tier_mode=TierMode.GRADUATED)
    first, second = await sell(shop, 400_000, 700_000)
    assert [row[2] for row in await shop.commissions(first)] == [40_000]
    assert [row[2] for row in await shop.commissions(second)] == [10_000 + 60_000 + 15_000]
    assert (await close(shop)).written == ()
    [row] = await shop.rows("SELECT calculation FROM commissions WHERE transaction_id = $1", second)
    assert in_words(explained_by(row["calculation"])).replace("\xa0", " ") == (
        "10 % von 1.000,00 € + 12 % von 5.000,00 € + 15 % von 1.000,00 € (gestaffelt; Monatsumsatz davor 4.000,00 €)"
    )


@pytest.mark.parametrize("mode", list(TierMode))
async def test_the_order_of_sales_does_not_matter_after_the_close(shop: Shop, mode: TierMode) -> None:
    rate = Rate(level=1, percent=7, cap_per_sale_cents=60_000, tiers=tiers((333_333, 9), (777_777, 11)))
    await plan_from_march(shop, rate, Rate(level=2, percent=3), tier_mode=mode, cap_per_month_cents=90_000)
    of_months, before = set(), 0
    months = [date(2026, month, 1) for month in range(3, 9)]
    for month, order in zip(months, itertools.permutations((111_111, 250_017, 555_555)), strict=True):
        for day, base in enumerate(order, start=3):
            facts = invoice(base, voucher_date=month.replace(day=day), paid_at=at(f"{month:%Y-%m}-20T12:00+01:00"))
            await invoices.apply(shop, facts)
        await close(shop, month)
        after = await earned(shop) + await earned(shop, "BERT")
        of_months.add(after - before)
        before = after
    assert len(of_months) == 1


async def test_the_cap_of_the_month_takes_what_exceeds_it(shop: Shop) -> None:
    await plan_from_march(shop, Rate(level=1, percent=10), Rate(level=2, percent=5), cap_per_month_cents=50_000)
    await sell(shop, 400_000, 400_000)
    assert await earned(shop) == 80_000
    closed = await close(shop)
    assert [(part.due_cents, part.difference_cents) for part in closed.written] == [(50_000, -30_000)]
    assert (await earned(shop), await earned(shop, "BERT")) == (50_000, 40_000)


@pytest.mark.parametrize("sold_later", [True, False])
async def test_the_cap_of_the_newest_version_of_the_month_holds_for_every_partner(
    shop: Shop, *, sold_later: bool
) -> None:
    """Whether or not they, or anybody, sold under it."""
    await plan_from_march(shop, Rate(level=1, percent=10))
    capped = NewPlan(
        levels=(Rate(level=1, percent=10),), cap_per_month_cents=50_000, valid_from=at("2026-03-15T00:00+01:00")
    )
    campaign = await standard(shop)
    async with shop.ledger.transaction(shop.tenant) as tx:
        await plans.add_plan(tx, campaign.id, capped, by="test")
    await sell(shop, 800_000, day=3)
    await sell(shop, 700_000, day=20 if sold_later else 4, code="BERT")
    async with shop.ledger.transaction(shop.tenant) as tx:
        assert await month_close.months_to_close(tx) == [MONTH]
    await close(shop)
    assert (await earned(shop), await earned(shop, "BERT")) == (50_000, 50_000)


async def test_what_is_paid_stays_and_the_difference_comes_on_top(shop: Shop) -> None:
    await plan_from_march(shop, FLAT, tier_mode=TierMode.FLAT)
    [sale] = await sell(shop, 600_000)
    number = await shop.payout("ANNA")
    await shop.document_under_way(number)
    await shop.pay(number)
    await close(shop)
    assert [row[2:4] for row in await shop.commissions(sale)] == [(60_000, "paid")]
    assert [(line["net_cents"], line["state"]) for line in await lines_of_months(shop)] == [(12_000, "approved")]


async def test_a_month_that_is_not_over_is_not_closed(shop: Shop) -> None:
    with pytest.raises(NotAllowedNow):
        await month_close.close_month(shop.ledger, shop.tenant, MONTH, now=at("2026-03-31T23:59:59+02:00"))
    with pytest.raises(NotAcceptable):
        await close(shop, date(2026, 3, 2))
    assert (await close(shop)).written == ()


async def test_the_last_minutes_of_a_month_in_berlin_belong_to_it(shop: Shop) -> None:
    await plan_from_march(shop, FLAT, tier_mode=TierMode.FLAT)
    await sell(shop, 600_000, day=31)  # sold as of 31.03. 23:59:59 in Berlin, which is 21:59:59 UTC
    assert (await close(shop, date(2026, 4, 1))).written == ()
    assert len((await close(shop)).written) == 1


async def test_a_run_finds_the_months_to_close_by_itself(shop: Shop) -> None:
    await plan_from_march(shop, FLAT, tier_mode=TierMode.FLAT)
    await sell(shop, 600_000)
    async with shop.ledger.transaction(shop.tenant) as tx:
        assert await month_close.months_to_close(tx, now=at("2026-05-02T08:00+02:00")) == [MONTH]
    hands = PayoutRunActivities(shop.ledger, announce_payout)
    assert await ActivityEnvironment().run(hands.close_months, shop.tenant) == 1
    assert [(line["month"], line["net_cents"]) for line in await lines_of_months(shop)] == [(MONTH, 12_000)]
    [row] = await shop.rows("SELECT count(*) AS n FROM month_closes")
    assert row["n"] == 1


async def waits(shop: Shop, at_: datetime) -> date | None:
    async with shop.ledger.transaction(shop.tenant) as tx:
        return await month_close.find_waiting_month(tx, now=at_)


async def test_a_sweep_is_told_of_a_month_once_it_is_over_and_again_after_a_day(shop: Shop) -> None:
    """Whoever requests payouts one by one gets tiers and caps settled as well."""
    await plan_from_march(shop, FLAT, tier_mode=TierMode.FLAT)
    await sell(shop, 600_000)
    assert await waits(shop, at("2026-03-31T23:59+02:00")) is None
    assert await waits(shop, OVER) == MONTH
    await close(shop)
    now = datetime.now(UTC)
    assert await waits(shop, now) is None
    assert await waits(shop, now + timedelta(hours=25)) == MONTH


async def test_months_without_tiers_and_caps_wait_for_nobody(shop: Shop) -> None:
    await plan_from_march(shop, Rate(level=1, percent=10))
    await sell(shop, 600_000)
    assert await waits(shop, datetime.now(UTC)) is None
