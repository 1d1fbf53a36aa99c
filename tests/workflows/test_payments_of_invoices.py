"""What a paid, partly paid, un-paid, voided or settled invoice means (rules.md, What a fetched document means)."""

from typing import Any

import pytest

from tests.fixtures.house import Shop
from tests.fixtures.notifications import (
    all_at_once,
    earned,
    ended,
    four_members,
    no_sale,
    one_sale,
    paid_sale,
    states,
    tell,
    the_sale_of,
)

MANUAL, BANK, CASH_BOX = "manualPayment", "partPaymentFinancialTransaction", "partPaymentCashBox"
UNKNOWN_ITEM = "Die Rechnung hat eine Zahlungsart, die PartnerDesk nicht kennt."
NOT_COVERED = "Die Rechnung gilt als bezahlt, ihre Zahlungen decken sie aber nicht."
WRITTEN_OFF, DISCOUNT = "irrecoverableReceivable", "cashDiscount"


async def invoiced_sale(shop: Shop, **members: Any) -> tuple[str, str]:
    """A sale by Stripe over 1.190,00 € gross with an open invoice that names it: payment intent and invoice."""
    payment_intent = await shop.sale()
    invoice = await shop.write_invoice(**{"remark": f"Bestellung: {payment_intent}"} | members)
    return payment_intent, invoice["id"]


async def settle(shop: Shop, invoice: str, items: dict[str, str]) -> dict[str, Any]:
    for kind, amount in items.items():
        await shop.click(invoice, "pay", amount=amount, itemType=kind)
    return await tell(shop, "invoice.status.changed", invoice)


@pytest.mark.parametrize(
    ("items", "base_cents"),
    [
        ({MANUAL: "1190.00"}, 100_000),
        ({BANK: "1190.00"}, 100_000),
        ({CASH_BOX: "400.00", BANK: "790.00"}, 100_000),
        ({MANUAL: "595.00", WRITTEN_OFF: "595.00"}, 50_000),
        ({MANUAL: "1166.20", DISCOUNT: "23.80"}, 100_000),
        ({WRITTEN_OFF: "0.01", MANUAL: "1189.99"}, 99_999),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, dict) else str(value),
)
async def test_an_invoice_counts_by_its_cash(silent_shop: Shop, items: dict[str, str], base_cents: int) -> None:
    payment_intent, invoice = await invoiced_sale(silent_shop)
    assert (await settle(silent_shop, invoice, items))["state"] == "processed"
    sale = await silent_shop.transaction(payment_intent)
    assert (sale["state"], sale["base_cents"], states(sale)) == ("approved", base_cents, {"approved"})
    assert earned(sale)["ANNA"] == (base_cents + 5) // 10


async def test_a_discount_lowers_the_base_where_the_plan_says_so(silent_shop: Shop) -> None:
    shop = silent_shop
    levels = [{"level": 1, "percent": "10", "fixed_cents": 0}]
    await shop.api("POST", "/campaigns", {"slug": "skonto", "name": "Skonto"})
    await shop.api("POST", "/campaigns/skonto/plans", {"levels": levels, "cash_discount_lowers_base": True})
    invoice = await shop.write_invoice(remark="Partner: ANNA\nKampagne: skonto")
    await settle(shop, invoice["id"], {MANUAL: "1166.20", DISCOUNT: "23.80"})
    sale = await the_sale_of(shop, invoice["id"])
    assert (sale["base_cents"], earned(sale)) == (98_000, {"ANNA": 9_800})


async def test_what_is_written_off_wholly_is_refunded_with_the_reason(silent_shop: Shop) -> None:
    shop = silent_shop
    payment_intent, invoice = await invoiced_sale(shop)
    await settle(shop, invoice, {WRITTEN_OFF: "1190.00"})
    sale = await shop.transaction(payment_intent)
    assert (sale["state"], states(sale)) == ("refunded", {"reversed"})
    assert sale["state_reason"] == "Die Rechnung wurde ausgebucht oder verrechnet, nicht bezahlt."


@pytest.mark.parametrize(
    ("net", "state", "base_cents"), [("1000.00", "refunded", 100_000), ("100.00", "approved", 90_000)]
)
async def test_what_a_credit_note_settles_is_not_paid(silent_shop: Shop, net: str, state: str, base_cents: int) -> None:
    shop = silent_shop
    payment_intent, invoice = await invoiced_sale(shop)
    correction = {"customer": "Kunde AG", "net": net, "precedingSalesVoucherId": invoice}
    await shop.hook("POST", "credit-notes", correction)
    if net == "100.00":
        await shop.click(invoice, "pay")
    await tell(shop, "invoice.status.changed", invoice)
    sale = await shop.transaction(payment_intent)
    assert (sale["state"], sale["base_cents"]) == (state, base_cents)


async def test_an_unknown_invoice_that_nobody_paid_by_cash_books_nothing(silent_shop: Shop) -> None:
    shop = silent_shop
    invoice = await shop.write_invoice(remark="Partner: ANNA")
    event = await settle(shop, invoice["id"], {WRITTEN_OFF: "1190.00"})
    assert (event["state"], bool(event["reason"]), await no_sale(shop)) == ("unchanged", True, True)


@pytest.mark.parametrize(
    ("items", "reason"),
    [
        ({MANUAL: "1180.00", "currencyConversion": "10.00"}, UNKNOWN_ITEM),
        ({MANUAL: "1180.00", "dunningCosts": "10.00"}, NOT_COVERED),
    ],
    ids=["unknown item", "not covered"],
)
async def test_a_payment_that_no_machine_may_judge_is_a_task(
    silent_shop: Shop, items: dict[str, str], reason: str
) -> None:
    shop = silent_shop
    payment_intent, invoice = await invoiced_sale(shop)
    event = await settle(shop, invoice, items)
    assert (event["state"], event["reason"]) == ("failed", reason)
    (task,) = await shop.tasks()
    assert (task["kind"], task["subject_id"], task["reason"]) == ("payment_unclear", invoice, reason)
    assert (await shop.transaction(payment_intent))["state"] == "pending"
    await shop.click(invoice, "unpay")
    await settle(shop, invoice, {MANUAL: "1190.00"})
    assert (await shop.transaction(payment_intent))["state"] == "approved"
    assert await shop.tasks() == []


async def test_a_partly_paid_invoice_stays_pending_and_says_how_much(connected_shop: Shop) -> None:
    payment_intent, invoice = await invoiced_sale(connected_shop)
    await connected_shop.click(invoice, "pay", amount="400.00")
    sale = await connected_shop.transaction(payment_intent, lambda sale: sale["paid_cents"] == 40_000)
    assert (sale["state"], sale["state_reason"]) == ("pending", "bezahlt 400,00\xa0€ von 1.190,00\xa0€")
    # Whatever is told of it later, and however: what was paid is not forgotten.
    again = await ended(
        connected_shop,
        (await connected_shop.notify(four_members(connected_shop, "invoice.status.changed", invoice))).json()["event"],
    )
    assert again["state"] == "unchanged"
    assert (await connected_shop.transaction(payment_intent))["state_reason"] == "bezahlt 400,00\xa0€ von 1.190,00\xa0€"
    await connected_shop.click(invoice, "pay")
    sale = await connected_shop.transaction(payment_intent, lambda sale: sale["state"] == "approved")
    assert (sale["state_reason"], sale["paid_cents"]) == (None, 119_000)


async def test_a_payment_taken_back_returns_the_sale_to_pending(silent_shop: Shop) -> None:
    shop = silent_shop
    payment_intent, invoice = await invoiced_sale(shop)
    await settle(shop, invoice, {MANUAL: "1190.00"})
    await shop.click(invoice, "unpay")
    await tell(shop, "invoice.status.changed", invoice)
    sale = await shop.transaction(payment_intent)
    assert (sale["state"], sale["paid_cents"], states(sale)) == ("pending", 0, {"pending"})


async def test_a_payment_taken_back_takes_its_line_out_of_a_payout_without_document(silent_shop: Shop) -> None:
    shop = silent_shop
    _, first = await paid_sale(shop)
    await paid_sale(shop, net="500.00")
    payout = await shop.api("POST", "/payouts", {"partner": "ANNA"})
    assert payout["net_cents"] == 15_000
    await shop.click(first, "unpay")
    await tell(shop, "invoice.status.changed", first)
    left = await shop.api("GET", f"/payouts/{payout['number']}")
    assert (left["state"], left["net_cents"]) == ("awaiting_approval", 5_000)
    stale = await shop.call(
        "POST", f"/payouts/{payout['number']}/approve", {"content_hash": payout["content_hash"]}, key="approve"
    )
    assert stale.status_code == 409


@pytest.mark.parametrize("click", ["unpay", "void"])
async def test_once_a_credit_note_stands_its_line_stays(silent_shop: Shop, click: str) -> None:
    shop = silent_shop
    sale, invoice = await paid_sale(shop)
    payout = await shop.api("POST", "/payouts", {"partner": "ANNA"})
    await shop.approve(payout)
    await shop.payout_when(payout["number"], "credit_note_open")
    await shop.click(invoice, click)
    await tell(shop, "invoice.status.changed", invoice)
    after = await shop.api("GET", f"/transactions/{sale['id']}")
    still = await shop.api("GET", f"/payouts/{payout['number']}")
    assert (still["state"], still["net_cents"]) == ("credit_note_open", 10_000)
    of_anna = sorted((row["kind"], row["state"], row["net_cents"]) for row in after["commissions"] if row["level"] == 1)
    if click == "void":
        assert after["state"] == "refunded"
        assert of_anna == [("clawback", "approved", -10_000), ("sale", "in_payout", 10_000)]
    else:
        assert after["state"] == "approved"
        assert of_anna == [("sale", "in_payout", 10_000)]
        assert [task["kind"] for task in await shop.tasks()] == ["unpaid_after_payout"]


async def test_a_voided_invoice_leaves_a_payout_that_has_no_document(silent_shop: Shop) -> None:
    shop = silent_shop
    _, first = await paid_sale(shop)
    _, second = await paid_sale(shop, net="500.00")
    payout = await shop.api("POST", "/payouts", {"partner": "ANNA"})
    await shop.click(first, "void")
    assert (await tell(shop, "invoice.status.voided", first))["state"] == "processed"
    left = await shop.api("GET", f"/payouts/{payout['number']}")
    assert (left["state"], left["net_cents"], left["gross_cents"]) == ("awaiting_approval", 5_000, 5_950)
    await shop.click(second, "void")
    await tell(shop, "invoice.status.voided", second)
    await shop.payout_when(payout["number"], "cancelled")
    assert await shop.payout_workflow(payout["number"]).result() == "cancelled"


async def test_a_refund_after_the_payout_is_netted_later(silent_shop: Shop) -> None:
    shop = silent_shop
    sale, invoice = await paid_sale(shop)
    payout = await shop.api("POST", "/payouts", {"partner": "ANNA"})
    await shop.approve(payout)
    payout = await shop.payout_when(payout["number"], "credit_note_open")
    await shop.click(payout["credit_note_id"], "mark-paid")
    await tell(shop, "credit-note.status.paid", payout["credit_note_id"])
    await shop.payout_when(payout["number"], "paid")
    await shop.click(invoice, "void")
    await tell(shop, "invoice.status.voided", invoice)
    after = await shop.api("GET", f"/transactions/{sale['id']}")
    of_anna = sorted((row["kind"], row["state"], row["net_cents"]) for row in after["commissions"] if row["level"] == 1)
    assert of_anna == [("clawback", "approved", -10_000), ("sale", "paid", 10_000)]


async def test_an_invoice_voided_before_it_was_paid_refunds_its_sale(silent_shop: Shop) -> None:
    shop = silent_shop
    payment_intent, invoice = await invoiced_sale(shop)
    await shop.click(invoice, "void")
    await tell(shop, "invoice.status.voided", invoice)
    assert (await shop.transaction(payment_intent))["state"] == "refunded"
    rewritten = await shop.write_invoice(net="900.00", remark=f"Bestellung: {payment_intent}")
    await shop.click(rewritten["id"], "pay")
    await tell(shop, "invoice.status.paid", rewritten["id"])
    sale = await shop.transaction(payment_intent)
    assert (sale["state"], sale["invoice_id"], earned(sale)["ANNA"]) == ("approved", rewritten["id"], 9_000)


async def test_a_down_payment_is_no_sale_and_the_closing_invoice_counts_its_net(silent_shop: Shop) -> None:
    shop = silent_shop
    down_payment = await shop.write_invoice(net="300.00", remark="Partner: ANNA", downPayment=True)
    await shop.click(down_payment["id"], "pay")
    event = await tell(shop, "payment.changed", down_payment["id"])
    assert (event["state"], await no_sale(shop)) == ("ignored", True)
    closing = await shop.write_invoice(remark="Partner: ANNA", closingInvoice=True, deductions=[down_payment["id"]])
    assert closing["claimedGrossAmount"] == 833.0
    await shop.click(closing["id"], "pay")
    await tell(shop, "invoice.status.paid", closing["id"])
    sale = await one_sale(shop)
    assert (sale["state"], sale["base_cents"], earned(sale)["ANNA"]) == ("approved", 100_000, 10_000)
    assert await shop.tasks() == []


async def test_whether_a_discount_lowers_the_base_says_the_plan_of_the_sales_day(silent_shop: Shop) -> None:
    shop = silent_shop
    levels = [{"level": 1, "percent": "10"}]
    to_come = {"cash_discount_lowers_base": True, "valid_from": "2100-01-01T00:00:00Z"}
    await shop.api("POST", "/campaigns", {"slug": "skonto", "name": "Skonto"})
    for plan in ({"levels": levels}, {"levels": levels} | to_come):
        await shop.api("POST", "/campaigns/skonto/plans", plan)
    invoice = await shop.write_invoice(remark="Partner: ANNA\nKampagne: skonto")
    await settle(shop, invoice["id"], {MANUAL: "1166.20", DISCOUNT: "23.80"})
    sale = await the_sale_of(shop, invoice["id"])
    assert (sale["base_cents"], earned(sale)) == (100_000, {"ANNA": 10_000})


async def test_an_invoice_before_the_cut_over_is_ignored_after_one_call(silent_shop: Shop) -> None:
    shop = silent_shop
    contact = await shop.hook("POST", "contacts", {"name": "Kunde AG", "note": "Partner: ANNA"})
    old = await shop.hook("POST", "invoices", {"contactId": contact["id"], "net": "10.00", "voucherDate": "2025-12-31"})
    new = await shop.hook("POST", "invoices", {"contactId": contact["id"], "net": "10.00", "voucherDate": "2026-01-01"})
    await all_at_once(shop.click(old["id"], "pay"), shop.click(new["id"], "pay"))
    event = await tell(shop, "invoice.status.paid", old["id"])
    assert (event["state"], event["reason"]) == ("ignored", "Die Rechnung liegt vor dem Stichtag.")
    assert sum((await shop.calls()).values()) == 1
    assert await no_sale(shop)
    assert (await tell(shop, "invoice.status.paid", new["id"]))["state"] == "processed"
