"""What is paid, and what is carried."""

from ledger.payouts import due, final_settlement, payout_requests
from ledger.refusals import NothingDue
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.payable import earn, fit_to_be_paid, fit_to_pay
from tests.money.amounts import cents, several

KIND = "minimum"


async def check(row: dict[str, str], shop: Shop) -> None:
    await fit_to_pay(shop)
    await fit_to_be_paid(shop)
    await earn(shop, *several(row["commissions"]))
    await shop.rows("UPDATE tenants SET minimum_payout_cents = $1", cents(row["minimum"]))
    anna = shop.partner["ANNA"]
    async with shop.ledger.transaction(shop.tenant) as tx:
        if row["leaving"] == "yes":
            await final_settlement.begin(tx, anna.id, by="test")
        try:
            made = await payout_requests.request_payout(tx, partner_code="ANNA", actor="key:test")
            paid = made.net_cents
        except NothingDue:
            paid = 0
        left = await due.of_partner(tx, anna.id)
    assert (paid, sum(group.net_cents for group in left.groups)) == (cents(row["paid"]), cents(row["carried"]))
