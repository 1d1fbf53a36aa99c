"""What the sales of a month give, and what its close adds: booked by invoices and closed in PostgreSQL."""

from ledger.programme.tiers import TierMode
from tests.fixtures.ledger_shop import Shop
from tests.money import amounts
from tests.money.selling import close, earned, plan_from_march, sell

KIND = "month"


async def check(row: dict[str, str], shop: Shop) -> None:
    rate = amounts.rate(
        1, row["ground"], tiers=amounts.tiers(row), cap_per_sale_cents=amounts.optional(row["cap per sale"])
    )
    mode = TierMode(row["mode"]) if row["mode"] else None
    await plan_from_march(shop, rate, tier_mode=mode, cap_per_month_cents=amounts.optional(row["cap per month"]))
    await sell(shop, *amounts.several(row["sales"]))
    assert await earned(shop) == amounts.cents(row["sales give"])
    assert (await close(shop)).difference_cents == amounts.cents(row["difference"])
