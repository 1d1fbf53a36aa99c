"""What a month's revenue is worth."""

from ledger.programme.tiers import reached, rounded, slices, worth
from tests.fixtures.ledger_shop import Shop
from tests.money import amounts

KIND = "tiers"


async def check(row: dict[str, str], shop: Shop) -> None:
    steps, ground, revenue = amounts.tiers(row), amounts.percent(row["ground"]), amounts.cents(row["revenue"])
    if row["mode"] == "flat":
        step = reached(steps, revenue)
        parts = slices(step.percent if step else ground, (), 0, revenue)
    else:
        parts = slices(ground, steps, 0, revenue)
    assert rounded(worth(parts)) == amounts.cents(row["worth"])
