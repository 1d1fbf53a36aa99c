"""What a sale is worth to each level after refunds. The plan pays 10 %, 5 % and 2 %."""

from tests.fixtures.invoices import give_back_of, sell
from tests.fixtures.ledger_shop import Shop
from tests.money.amounts import cents, several
from tests.money.model import gross_of

KIND = "refund"


async def check(row: dict[str, str], shop: Shop) -> None:
    base = cents(row["base"])
    sale = await sell(shop, gross_cents=gross_of(base), tax_cents=gross_of(base) - base)
    for refunded in several(row["refunded so far (gross)"]):
        await give_back_of(shop, refunded, gross_of(base))
    left = {level: 0 if state == "reversed" else net for level, _, net, state, _ in await shop.commissions(sale)}
    assert left == {level: cents(row[f"level {level}"]) for level in (1, 2, 3)}
