"""An invoice that we write outlives a refused key and a person's wrong word."""

from typing import Any

import pytest

from tests.house import Shop, until
from tests.workflows.desk import fault, mended, save_key, task

CUSTOMER = {"name": "Kunde AG", "street": "Weg 2", "zip": "53111", "city": "Bonn"}


async def wanted(shop: Shop) -> dict[str, Any]:
    """A sale whose invoice is asked for."""
    payment_intent = await shop.sale()
    sale = await shop.transaction(payment_intent)
    await shop.api("POST", f"/transactions/{sale['id']}/invoice", CUSTOMER)
    return sale


async def number_of(shop: Shop, sale: dict[str, Any]) -> str:
    seen = await until(
        lambda: shop.api("GET", f"/transactions/{sale['id']}"),
        lambda row: row["invoice_number"] is not None,
        "the invoice's number",
        patience=30,
    )
    return str(seen["invoice_number"])


async def invoices(shop: Shop) -> list[dict[str, Any]]:
    return [row for row in (await shop.hook("GET", "documents"))["content"] if row["kind"] == "invoice"]


@pytest.mark.parametrize("step", ["read_back", "search"])
async def test_a_key_that_is_refused_after_the_post_is_waited_for(hasty_shop: Shop, step: str) -> None:
    shop = hasty_shop
    await shop.hook("PUT", "notification-faults", {"dropRate": 1.0, "seed": 1})
    if step == "search":
        await fault(shop, "timeout_504_after", path="/v1/invoices", times=1)
    await fault(shop, "unauthorized_401", method="GET", path="/v1/(invoices|voucherlist)")
    sale = await wanted(shop)

    async def state() -> str:
        connection: dict[str, Any] = await shop.api("GET", "/providers/lexoffice")
        return str(connection["state"])

    await until(state, lambda seen: seen == "broken", "a broken connection")
    await mended(shop)
    await save_key(shop)
    (made,) = await until(lambda: invoices(shop), bool, "the invoice")
    assert await number_of(shop, sale) == made["voucherNumber"]


async def test_a_person_names_the_lost_invoice_and_only_that_one_is_adopted(hasty_shop: Shop) -> None:
    shop = hasty_shop
    await shop.hook("PUT", "notification-faults", {"dropRate": 1.0, "seed": 1})
    await fault(shop, "timeout_504_after", path="/v1/invoices", times=1)
    sale = await wanted(shop)
    (lost,) = await until(lambda: invoices(shop), bool, "the invoice")
    twin = await shop.hook("POST", "invoices", {"customer": "Kunde AG", "net": "1000.00", "remark": lost["remark"]})
    asked = await task(shop, "invoice_outcome_unknown")
    assert sorted(asked["detail"]["candidates"]) == sorted((lost["id"], twin["id"]))
    nobody = "11111111-2222-3333-4444-555555555555"
    foreign = await shop.write_invoice()
    for wrong in (foreign["id"], nobody):
        await adopt(shop, asked, wrong)
        asked = await task(shop, "invoice_outcome_unknown")
    await adopt(shop, asked, lost["id"])
    assert await number_of(shop, sale) == lost["voucherNumber"]


async def adopt(shop: Shop, asked: dict[str, Any], resource: str) -> None:
    answered = await shop.call(
        "POST", f"/tasks/{asked['id']}/resolve", {"action": "adopt", "detail": {"resource_id": resource}}
    )
    assert answered.status_code == 202, answered.text
