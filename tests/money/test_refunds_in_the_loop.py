"""Refunds as lexoffice tells of them: the whole product, with a credit note that corrects a paid invoice."""

from typing import Any

from tests.fixtures.desk import handed_over
from tests.fixtures.house import Shop
from tests.fixtures.notifications import earned, ended, paid_sale, tell, the_sale_of


async def corrected(shop: Shop, invoice: str, net: str) -> dict[str, Any]:
    """A person writes a Rechnungskorrektur. A paid invoice does not show it among its payments."""
    note: dict[str, Any] = await shop.hook(
        "POST", "credit-notes", {"customer": "Kunde AG", "net": net, "precedingSalesVoucherId": invoice}
    )
    return note


async def test_a_credit_note_that_names_a_paid_invoice_lowers_what_its_sale_earns(silent_shop: Shop) -> None:
    shop = silent_shop
    sale, invoice = await paid_sale(shop)
    note = await corrected(shop, invoice, "400.00")
    event = await tell(shop, "credit-note.status.changed", note["id"])
    assert (event["state"], event["changes"]["refunded_cents"]) == ("processed", [0, 47_600])
    after = await shop.api("GET", f"/transactions/{sale['id']}")
    assert (after["state"], earned(after)["ANNA"]) == ("approved", 6_000)
    assert after["refund_document"] == note["voucherNumber"]
    assert (await tell(shop, "credit-note.changed", note["id"]))["state"] == "unchanged"


async def test_a_voided_correction_gives_back_what_it_took(silent_shop: Shop) -> None:
    shop = silent_shop
    sale, invoice = await paid_sale(shop)
    note = await corrected(shop, invoice, "1000.00")
    await tell(shop, "credit-note.status.changed", note["id"])
    assert (await shop.api("GET", f"/transactions/{sale['id']}"))["state"] == "refunded"
    await shop.click(note["id"], "void")
    await tell(shop, "credit-note.status.voided", note["id"])
    after = await shop.api("GET", f"/transactions/{sale['id']}")
    assert (after["state"], earned(after)["ANNA"]) == ("approved", 10_000)


async def test_the_partner_shows_what_it_owes(silent_shop: Shop) -> None:
    shop = silent_shop
    _, invoice = await paid_sale(shop)
    payout = await shop.api("POST", "/payouts", {"partner": "ANNA"})
    await shop.approve(payout)
    payout = await shop.payout_when(payout["number"], "credit_note_open")
    note = await corrected(shop, invoice, "250.00")
    await tell(shop, "credit-note.status.changed", note["id"])
    balance = (await shop.api("GET", "/partners/ANNA"))["balance"]
    assert (balance["open_cents"], balance["in_payout_cents"]) == (-2_500, 10_000)
    assert balance["owes_since"] is not None


async def test_a_credit_note_that_is_told_before_its_invoice_is_taken_up_with_the_sale(silent_shop: Shop) -> None:
    shop = silent_shop
    invoice = (await shop.write_invoice(net="1000.00", remark="Partner: ANNA"))["id"]
    await shop.click(invoice, "pay")
    note = await corrected(shop, invoice, "400.00")
    early = await tell(shop, "credit-note.status.changed", note["id"])
    assert (early["state"], early["changes"]) == ("ignored", {"names_invoices": [invoice]})
    await tell(shop, "invoice.status.paid", invoice)
    await handed_over(shop.house)
    late = await ended(shop, early["id"])
    assert (late["state"], late["changes"]["refunded_cents"]) == ("processed", [0, 47_600])
    sale = await the_sale_of(shop, invoice)
    assert (sale["state"], sale["refunded_cents"], earned(sale)["ANNA"]) == ("approved", 47_600, 6_000)
