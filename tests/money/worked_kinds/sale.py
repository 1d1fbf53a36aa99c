"""What a sale earns on each level."""

from uuid import uuid4

from ledger.programme.calculation import Earner, commissions_of, refuse_unfit_levels
from ledger.types import PartnerId
from tests.fixtures.ledger_shop import Shop
from tests.money.amounts import cents, levels, several

KIND = "sale"


async def check(row: dict[str, str], shop: Shop) -> None:
    rates = levels(row)
    refuse_unfit_levels(rates)
    chain = [Earner(partner_id=PartnerId(uuid4())) for _ in range(10)]
    earned = commissions_of(cents(row["base"]), rates, chain)
    assert [entry.net_cents for entry in earned] == several(row["earns"])
