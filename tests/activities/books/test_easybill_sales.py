"""Sales come in from easybill: the webhook is a hint, the invoice is fetched, and what it says is booked."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from activities.books.easybill.invoice_reading import read_cancellation
from easybill.documents import Document
from tests.fixtures.easybill_shop import EasybillShop, easybill_shop, id_of
from tests.fixtures.house import House


@pytest.fixture
async def seller(product: House, easybill_sandbox: str) -> AsyncIterator[EasybillShop]:
    async with easybill_shop(product, easybill_sandbox) as opened:
        yield opened


def approved(sale: dict[str, Any]) -> bool:
    return sale["state"] == "approved" and bool(sale["commissions"])


async def test_a_paid_invoice_becomes_a_sale_with_commissions_and_a_cancelled_one_a_refund(
    seller: EasybillShop,
) -> None:
    invoice = await seller.invoice(await seller.customer(info_1="Partner: ANNA"))
    await seller.office.clicks(invoice["id"], "mark-paid")
    sale = await seller.sale_of(invoice, approved)
    assert (sale["source"], sale["base_cents"], sale["partner_code"]) == ("easybill", 100_000, "ANNA")
    assert sorted(row["partner_code"] for row in sale["commissions"]) == ["ANNA", "BERND", "CLARA"]
    await seller.office.clicks(invoice["id"], "cancel")
    refunded = await seller.sale_of(invoice, lambda sale: sale["state"] == "refunded")
    assert sum(row["amount_cents"] for row in refunded["commissions"] if row["state"] != "reversed") == 0


@pytest.mark.parametrize(
    "told",
    [
        {"text": "Danke!\nPartner: ANNA"},
        {"text_prefix": "partner : anna."},
    ],
)
async def test_the_documents_own_fields_name_the_partner(seller: EasybillShop, told: dict[str, str]) -> None:
    invoice = await seller.invoice(await seller.customer(info_1="Partner: BERND"), **told)
    await seller.office.clicks(invoice["id"], "mark-paid")
    assert (await seller.sale_of(invoice, approved))["partner_code"] == "ANNA"


async def test_a_free_field_of_the_customer_may_hold_the_code_alone(seller: EasybillShop) -> None:
    invoice = await seller.invoice(await seller.customer(info_1="VIP", info_2="BERND"))
    await seller.office.clicks(invoice["id"], "mark-paid")
    assert (await seller.sale_of(invoice, approved))["partner_code"] == "BERND"


async def test_a_later_invoice_of_a_customer_belongs_to_the_customers_partner(seller: EasybillShop) -> None:
    customer = await seller.customer()
    first = await seller.invoice(customer, text="Partner: ANNA")
    await seller.office.clicks(first["id"], "mark-paid")
    await seller.sale_of(first, approved)
    second = await seller.invoice(customer)
    await seller.office.clicks(second["id"], "mark-paid")
    assert (await seller.sale_of(second, approved))["partner_code"] == "ANNA"


async def test_a_part_paid_invoice_is_no_sale_yet(seller: EasybillShop) -> None:
    invoice = await seller.invoice(await seller.customer(info_1="Partner: ANNA"))
    await seller.office.clicks(invoice["id"], "mark-paid", amount=40_000)
    ended = await seller.shop.events_ended(id_of(invoice))
    assert {event["state"] for event in ended} <= {"unchanged", "ignored"}
    await seller.office.clicks(invoice["id"], "mark-paid")
    assert (await seller.sale_of(invoice, approved))["paid_cents"] == 119_000


async def test_a_payment_that_is_deleted_makes_the_sale_pending_again(seller: EasybillShop) -> None:
    invoice = await seller.invoice(await seller.customer(info_1="Partner: ANNA"))
    await seller.office.clicks(invoice["id"], "mark-paid")
    await seller.sale_of(invoice, approved)
    await seller.office.clicks(invoice["id"], "unpay")
    await seller.sale_of(invoice, lambda sale: sale["state"] == "pending")


async def test_what_the_body_claims_books_nothing(seller: EasybillShop) -> None:
    invoice = await seller.invoice(await seller.customer(info_1="Partner: ANNA"))
    lie = {"event": "document.payment_add", "data": invoice | {"paid_amount": 119_000, "paid_at": "2026-11-02"}}
    assert await seller.tell(json.dumps(lie).encode(), **{"X-easybill-Event": "document.update"}) == 200
    await seller.shop.events_ended(id_of(invoice))
    assert not (await seller.shop.api("GET", "/transactions"))["items"]


async def test_events_out_of_order_and_twice_end_the_same(product: House, easybill_sandbox: str) -> None:
    async with easybill_shop(product, easybill_sandbox, shuffle_ms=400, duplicate_rate=1.0, seed=7) as seller:
        invoice = await seller.invoice(await seller.customer(info_1="Partner: ANNA"))
        await seller.office.clicks(invoice["id"], "mark-paid")
        await seller.office.clicks(invoice["id"], "cancel")
        await seller.shop.events_ended(id_of(invoice))
        rows = (await seller.shop.api("GET", "/transactions"))["items"]
        assert [row["state"] for row in rows] in ([], ["refunded"])


async def test_another_tenants_secret_opens_nothing(
    product: House, easybill_sandbox: str, seller: EasybillShop
) -> None:
    body = json.dumps({"event": "document.update", "data": {"id": 5}}).encode()
    async with easybill_shop(product, easybill_sandbox) as other:
        stolen = seller.address.partition("?")[0] + "?" + other.address.partition("?")[2]
        http = product.http
        assert (await http.post(stolen, content=body)).status_code == 401
        assert (await http.post(seller.address.partition("?")[0], content=body)).status_code == 401
    lexoffice = seller.address.replace("/easybill?", "/lexoffice?")
    assert (await product.http.post(lexoffice, content=body)).status_code in (400, 401)


async def test_without_a_key_webhooks_are_kept_and_taken_up_later(seller: EasybillShop) -> None:
    await seller.shop.api("DELETE", "/providers/easybill/key")
    invoice = await seller.invoice(await seller.customer(info_1="Partner: ANNA"))
    await seller.office.clicks(invoice["id"], "mark-paid")
    kept = await seller.shop.events_ended(id_of(invoice))
    assert {event["state"] for event in kept} == {"skipped"}
    await seller.shop.api("PUT", "/providers/easybill", {"api_key": seller.office.key})
    await seller.sale_of(invoice, approved)


async def test_a_refused_key_breaks_the_connection_and_asks(seller: EasybillShop) -> None:
    await seller.office.does("faults", kind="unauthorized_401", method="GET", path="/documents/")
    invoice = await seller.invoice(await seller.customer(info_1="Partner: ANNA"))
    await seller.shop.events_ended(id_of(invoice))
    connection = await seller.shop.api("GET", "/providers/easybill")
    assert (connection["state"], connection["state_reason_code"]) == ("broken", "easybill_key_rejected")
    await seller.office.hooks.delete(f"/sandbox/accounts/{seller.office.account}/faults")
    await seller.shop.api("PUT", "/providers/easybill", {"api_key": seller.office.key})
    await seller.office.clicks(invoice["id"], "mark-paid")
    await seller.sale_of(invoice, approved)


async def test_an_account_belongs_to_one_tenant(product: House, seller: EasybillShop) -> None:
    other = await product.shop(connected=False)
    refused = await other.call("PUT", "/providers/easybill", {"api_key": seller.office.key})
    assert (refused.status_code, refused.json()["reason"]) == (409, "organization_taken")
    wrong = await other.call("PUT", "/providers/easybill", {"api_key": "wrong"})
    assert (wrong.status_code, wrong.json()["reason"]) == (422, "easybill_key_rejected")


async def test_many_unknown_documents_in_an_hour_are_fetched_all_the_same(seller: EasybillShop) -> None:
    """There is no sweep that would take them up later."""
    await seller.shop.rows(
        "UPDATE api_budgets SET unproven = 9999, unproven_hour = date_trunc('hour', now()) WHERE provider = 'easybill'"
    )
    invoice = await seller.invoice(await seller.customer(info_1="Partner: ANNA"))
    await seller.office.clicks(invoice["id"], "mark-paid")
    await seller.sale_of(invoice, approved)


def test_a_draft_that_would_cancel_an_invoice_cancels_nothing() -> None:
    storno = {"id": 8, "type": "STORNO", "ref_id": 7, "amount": -11900, "amount_net": -10000}
    read = [Document.from_body(json.dumps(storno | {"is_draft": draft}).encode()) for draft in (False, True)]
    assert [read_cancellation(one, uuid4()) is not None for one in read] == [True, False]
