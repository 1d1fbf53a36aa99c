"""ANNA was paid 10,00 for a sale of 100,00 net, 119,00 gross; then something is refunded and something new earned."""

from ledger.refusals import NothingDue
from tests.fixtures.invoices import apply, give_back, paid, sell
from tests.fixtures.ledger_shop import Shop
from tests.money.amounts import cents, optional, percent

KIND = "claw-back"


async def check(row: dict[str, str], shop: Shop) -> None:
    await sell(shop)
    await apply(shop, paid(order_references=("pi_1",)))
    first = await shop.payout("ANNA")
    await shop.document_under_way(first)
    await shop.pay(first)
    await give_back(shop, refunded_cents=cents(row["refunded (gross)"]))
    await shop.rows(
        "UPDATE tenants SET clawback_limit_percent = $1, clawback_limit_cents = $2",
        int(percent(row["limit"])),
        optional(row["at most"]),
    )
    base = cents(row["new commission"]) * 10
    await apply(shop, paid(partner_code="ANNA", base_cents=base, net_cents=base, gross_cents=base * 119 // 100))
    net = 0
    try:
        number = await shop.payout("ANNA")
        [made] = await shop.rows("SELECT net_cents FROM payouts WHERE number = $1", number)
        net = made["net_cents"]
    except NothingDue:
        pass
    [open_] = await shop.rows(
        "SELECT COALESCE(sum(c.net_cents), 0)::bigint AS cents FROM commissions c"
        " JOIN partners p ON p.id = c.partner_id WHERE p.code = 'ANNA' AND c.state = 'approved'"
    )
    assert (net, open_["cents"]) == (cents(row["next payout"]), cents(row["carried"]))
