"""What the n-th payment of a customer earns."""

from uuid import uuid4

from ledger.programme.calculation import Circumstances, Earner, commissions_of
from ledger.types import PartnerId
from tests.fixtures.ledger_shop import Shop
from tests.money.amounts import cents, levels, several

KIND = "recurring"


async def check(row: dict[str, str], shop: Shop) -> None:
    under = Circumstances(
        payment_number=int(row["payment"]), max_payments=int(row["max payments"]) if row["max payments"] else None
    )
    chain = [Earner(partner_id=PartnerId(uuid4()))]
    earned = commissions_of(cents(row["base"]), levels(row), chain, under)
    assert [entry.net_cents for entry in earned] == several(row["earns"])
