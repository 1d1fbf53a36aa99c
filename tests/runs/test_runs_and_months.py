"""A monthly run and the close of the month that it pays, through the JSON API and the engine."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from ledger import clock
from ledger.types import BERLIN
from tests.fixtures import invoices
from tests.fixtures.house import Shop
from tests.fixtures.ledger_shop import Shop as Books
from tests.money.selling import invoice
from tests.runs.test_payout_runs import rows, run

THIS_MONTH = clock.today().replace(day=1)
LAST_MONTH = (THIS_MONTH - timedelta(days=1)).replace(day=1)


async def _sell_in_the_month_before(shop: Shop, *bases: int) -> None:
    """At 10 %, from 1.500,00 on 12 %; paid on the 6th."""
    begins = datetime.combine(LAST_MONTH, time(), tzinfo=BERLIN)
    level: dict[str, Any] = {"level": 1, "percent": "10", "tiers": [{"from_cents": 150_000, "percent": "12"}]}
    plan = {"levels": [level], "tier_mode": "flat", "valid_from": begins.isoformat()}
    await shop.api("POST", "/campaigns/herbst/plans", plan)
    sixth = LAST_MONTH.replace(day=6)
    for base in bases:
        paid = invoice(
            base,
            voucher_date=sixth,
            paid_at=datetime.combine(sixth, time(12), tzinfo=UTC),
            organization_id=shop.organization,
        )
        await invoices.apply(Books(shop.house.ledger, shop.tenant, {}), paid)


def _paid(listed: list[dict[str, Any]]) -> dict[str, int]:
    return {row["partner_code"]: row["net_cents"] for row in listed if row["reason"] is None}


async def test_a_monthly_run_pays_the_bonus_of_the_month_that_it_closes(connected_shop: Shop) -> None:
    await _sell_in_the_month_before(connected_shop, 100_000, 100_000)
    done = await run(connected_shop, cut_off=THIS_MONTH.isoformat())
    assert _paid(await rows(connected_shop, done)) == {"ANNA": 24_000}


async def test_a_rehearsal_says_the_bonus_that_the_run_then_pays(connected_shop: Shop) -> None:
    await _sell_in_the_month_before(connected_shop, 100_000, 100_000)
    rehearsed = await run(connected_shop, cut_off=THIS_MONTH.isoformat(), rehearsal=True)
    assert _paid(await rows(connected_shop, rehearsed)) == {"ANNA": 24_000}
