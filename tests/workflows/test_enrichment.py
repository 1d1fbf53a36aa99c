"""What a fetched invoice tells of its sale: partner, campaign, order, customer, amounts; each from where it may stand."""

from typing import Any
from uuid import uuid4

import pytest

from tests.house import Shop
from tests.workflows.telling import earned, no_sale, one_sale, replay, sale_of, states, tell, the_sale_of

SHAPES = ["object", "key_value", "name_value"]


async def paid(shop: Shop, **members: Any) -> dict[str, Any]:
    """A paid invoice, told by one notification. Returns the event; `resource_id` is the invoice."""
    invoice = await shop.write_invoice(**members)
    await shop.click(invoice["id"], "pay")
    return await tell(shop, "invoice.status.paid", invoice["id"])


async def number_of_calls(shop: Shop) -> int:
    return sum((await shop.calls()).values())


@pytest.mark.parametrize("member", ["additionalProperties", "customFields"])
@pytest.mark.parametrize("shape", SHAPES)
async def test_the_partner_stands_in_the_documents_custom_fields(
    silent_chapter_shop: Shop, member: str, shape: str
) -> None:
    shop = silent_chapter_shop
    event = await paid(shop, **{member: {"Partner-Code": "anna", "color": "red"}, f"{member}Shape": shape})
    assert earned(await the_sale_of(shop, event["resource_id"])) == {"ANNA": 10_000, "BERND": 5_000, "CLARA": 2_100}
    assert await number_of_calls(shop) == 2


@pytest.mark.parametrize(
    ("where", "text"),
    [
        ("introduction", "Guten Tag,\nPartner: ANNA\nvielen Dank."),
        ("remark", "Vielen Dank!\r\nPartner:\u00a0anna \r\nBis bald"),
    ],
)
async def test_the_partner_stands_on_a_line_of_its_own(silent_shop: Shop, where: str, text: str) -> None:
    event = await paid(silent_shop, **{where: text})
    sale = await the_sale_of(silent_shop, event["resource_id"])
    assert (sale["partner_code"], await number_of_calls(silent_shop)) == ("ANNA", 2)


@pytest.mark.parametrize("text", ["Unser Partner: ANNA dankt", "Partner: ANNA und BERND", "Partner:"])
async def test_prose_names_no_partner(silent_shop: Shop, text: str) -> None:
    event = await paid(silent_shop, remark=text)
    assert (await the_sale_of(silent_shop, event["resource_id"]))["partner_code"] is None


@pytest.mark.parametrize("shape", [*SHAPES, "customFields", "note"])
async def test_the_partner_stands_with_the_customer(silent_chapter_shop: Shop, shape: str) -> None:
    shop = silent_chapter_shop
    members: dict[str, Any] = {"additionalProperties": {"affiliate_id": "ANNA"}, "additionalPropertiesShape": shape}
    if shape == "customFields":
        members = {"customFields": {"affiliate": "ANNA"}}
    if shape == "note":
        members = {"note": "Stammkunde\nPartner: ANNA"}
    contact = await shop.hook("POST", "contacts", {"name": "Kunde AG", "email": "k@kunde.example"} | members)
    event = await paid(shop, customer=None, contactId=contact["id"])
    sale = await the_sale_of(shop, event["resource_id"])
    assert (sale["partner_code"], sale["customer_contact_id"], sale["customer_email"]) == (
        "ANNA",
        contact["id"],
        "k@kunde.example",
    )
    assert await number_of_calls(shop) == 3


@pytest.mark.parametrize("known_by", ["contact", "mail"])
async def test_the_partner_is_the_one_assigned_to_the_customer(silent_shop: Shop, known_by: str) -> None:
    shop = silent_shop
    contact = await shop.hook("POST", "contacts", {"name": "Kunde AG", "email": "k@kunde.example"})
    names = {"lexoffice_contact_id": contact["id"]} if known_by == "contact" else {"email": "K@kunde.example"}
    await shop.api("POST", "/customers", {"assigned_partner_code": "BERND"} | names)
    event = await paid(shop, customer=None, contactId=contact["id"])
    assert earned(await the_sale_of(shop, event["resource_id"])) == {"BERND": 10_000, "CLARA": 5_000}
    assert await number_of_calls(shop) == 3


async def test_the_document_comes_before_the_customer_and_its_fields_before_its_assignment(
    silent_chapter_shop: Shop,
) -> None:
    shop = silent_chapter_shop
    contact = await shop.hook("POST", "contacts", {"name": "Kunde AG", "note": "Partner: BERND"})
    await shop.api("POST", "/customers", {"assigned_partner_code": "CLARA", "lexoffice_contact_id": contact["id"]})
    first = await paid(shop, customer=None, contactId=contact["id"], remark="Partner: ANNA")
    assert (await the_sale_of(shop, first["resource_id"]))["partner_code"] == "ANNA"
    assert await number_of_calls(shop) == 2
    second = await paid(shop, customer=None, contactId=contact["id"])
    assert (await the_sale_of(shop, second["resource_id"]))["partner_code"] == "BERND"


async def test_a_sale_that_knows_its_partner_spares_the_call_for_the_customer(silent_shop: Shop) -> None:
    shop = silent_shop
    contact = await shop.hook("POST", "contacts", {"name": "Kunde AG", "note": "Partner: BERND"})
    payment_intent = await shop.sale()
    event = await paid(shop, customer=None, contactId=contact["id"], remark=f"Bestellung: {payment_intent}")
    sale = await the_sale_of(shop, event["resource_id"])
    assert (sale["payment_intent"], sale["partner_code"]) == (payment_intent, "ANNA")
    assert await number_of_calls(shop) == 2


async def test_a_sale_without_partner_gets_the_one_that_its_invoice_names(silent_shop: Shop) -> None:
    shop = silent_shop
    payment_intent = await shop.sale(partner=None)
    assert (await one_sale(shop))["commissions"] == []
    await paid(shop, remark=f"Bestellung: {payment_intent}\nPartner: ANNA")
    sale = await one_sale(shop)
    assert (sale["partner_code"], earned(sale)["ANNA"], states(sale)) == ("ANNA", 10_000, {"approved"})


async def test_an_invoice_without_any_partner_is_a_sale_without_commissions(silent_shop: Shop) -> None:
    contact = await silent_shop.hook("POST", "contacts", {"name": "Kunde AG"})
    event = await paid(silent_shop, customer=None, contactId=contact["id"])
    sale = await the_sale_of(silent_shop, event["resource_id"])
    assert (event["state"], sale["partner_code"], sale["commissions"]) == ("processed", None, [])
    assert await silent_shop.tasks() == []


@pytest.mark.parametrize("where", ["line", "field", "partner"])
async def test_the_campaign_is_the_documents_else_the_partners(silent_chapter_shop: Shop, where: str) -> None:
    shop = silent_chapter_shop
    await shop.api("POST", "/campaigns", {"slug": "messe", "name": "Messe"})
    await shop.api(
        "POST",
        "/campaigns/messe/plans",
        {"levels": [{"level": 1, "percent": "25", "fixed_cents": 50}], "valid_from": "2026-01-01T00:00:00+01:00"},
    )
    members: dict[str, Any] = {"remark": "Partner: ANNA"}
    match where:
        case "line":
            members["remark"] += "\nKampagne: messe"
        case "field":
            members["additionalProperties"] = {"campaign": "messe"}
        case _:
            await shop.api("PATCH", "/partners/ANNA", {"campaign_slug": "messe"})
    event = await paid(shop, **members)
    sale = await the_sale_of(shop, event["resource_id"])
    assert (sale["campaign_slug"], earned(sale)) == ("messe", {"ANNA": 25_050})


@pytest.mark.parametrize("named_by", ["field", "Bestellung", "Order", "session", "our own id"])
async def test_an_invoice_finds_its_sale_by_an_order_reference(silent_chapter_shop: Shop, named_by: str) -> None:
    shop = silent_chapter_shop
    payment_intent = await shop.sale()
    sale = await one_sale(shop)
    members: dict[str, Any] = {
        "field": {"additionalProperties": {"order_reference": payment_intent}},
        "Bestellung": {"introduction": f"Hallo\nBestellung: {payment_intent}"},
        "Order": {"remark": f"Order: {payment_intent}\r\nDanke"},
        "session": {"remark": f"Order: {sale['checkout_session']}"},
        "our own id": {"remark": f"Bestellung: {sale['id']}"},
    }[named_by]
    event = await paid(shop, **members)
    assert event["changes"]["state"] == ["pending", "approved"]
    assert (await one_sale(shop))["invoice_id"] == event["resource_id"]


async def test_amounts_address_and_lines_are_kept_with_the_sale_and_the_documents_as_evidence(
    silent_shop: Shop,
) -> None:
    shop = silent_shop
    invoice = await shop.write_invoice(
        customer="Kunde AG",
        address={"street": "Weg 2", "zip": "53111", "city": "Bonn"},
        remark="Partner: ANNA",
        lines=[{"name": "Kurs", "net": "100.00", "quantity": 2}, {"name": "Buch", "net": "50.00", "taxRate": "7"}],
    )
    await shop.click(invoice["id"], "pay", date="2026-11-20")
    event = await tell(shop, "invoice.status.paid", invoice["id"])
    sale = await the_sale_of(shop, invoice["id"])
    assert (sale["base_cents"], sale["tax_cents"], sale["gross_cents"]) == (25_000, 4_150, 29_150)
    assert (sale["paid_cents"], sale["provisional"]) == (29_150, False)
    assert (sale["address"]["name"], sale["address"]["city"]) == ("Kunde AG", "Bonn")
    assert [line["name"] for line in sale["line_items"]] == ["Kurs", "Buch"]
    assert event["snapshot"]["voucherNumber"] == invoice["voucherNumber"]
    kept = await shop.rows("SELECT resource, body FROM document_snapshots ORDER BY fetched_at")
    assert [row["resource"] for row in kept] == ["invoice", "payments"]
    assert '"manualPayment"' in kept[1]["body"] or '"partPaymentFinancialTransaction"' in kept[1]["body"]


async def test_what_was_provisional_becomes_final_and_the_difference_is_said(silent_shop: Shop) -> None:
    shop = silent_shop
    payment_intent = await shop.sale(tax=None)
    before = await one_sale(shop)
    assert (before["provisional"], earned(before)["ANNA"]) == (True, 11_900)
    event = await paid(shop, remark=f"Bestellung: {payment_intent}")
    assert event["changes"]["difference"] == "Vorläufig 203,30 €, nach der Rechnung 171,00 € Provision."
    after = await one_sale(shop)
    assert (after["provisional"], earned(after)["ANNA"], after["base_cents"]) == (False, 10_000, 100_000)


async def test_a_sale_may_be_paid_in_lexoffice_before_stripe_tells_of_it(silent_shop: Shop) -> None:
    shop = silent_shop
    payment_intent = f"pi_{uuid4().hex}"
    await paid(shop, remark=f"Bestellung: {payment_intent}\nPartner: ANNA")
    answer = await shop.stripe_says(
        "payment_intent.succeeded",
        {"id": payment_intent, "amount_received": 119_000, "currency": "eur", "metadata": {"partner": "ANNA"}},
    )
    assert answer.status_code == 200, answer.text
    sale = await one_sale(shop)
    assert (sale["state"], sale["payment_intent"], earned(sale)["ANNA"]) == ("approved", payment_intent, 10_000)


@pytest.mark.parametrize("alike", ["gross", "customer"])
async def test_a_paid_invoice_that_fits_a_pending_sale_books_nothing_and_asks(silent_shop: Shop, alike: str) -> None:
    shop = silent_shop
    payment_intent = await shop.sale(gross=119_001)
    members: dict[str, Any] = {"net": "1000.00"}
    if alike == "customer":
        contact = await shop.hook(
            "POST", "contacts", {"name": "Kunde AG", "email": (await one_sale(shop))["customer_email"]}
        )
        members = {"net": "10.00", "customer": None, "contactId": contact["id"]}
    event = await paid(shop, **members)
    assert event["state"] == "waiting"
    pending = await one_sale(shop)
    (task,) = await shop.tasks("invoice_without_reference")
    (candidate,) = task["detail"]["candidates"]
    assert candidate["transaction_id"] == pending["id"]
    assert (set(task["actions"]), pending["state"]) == ({"assign", "book_new"}, "pending")

    await shop.api(
        "POST",
        f"/tasks/{task['id']}/resolve",
        {"action": "assign", "detail": {"transaction_id": pending["id"]}},
    )
    sale = await shop.transaction(payment_intent, lambda sale: sale["state"] == "approved")
    assert (sale["invoice_id"], states(sale)) == (event["resource_id"], {"approved"})
    assert await shop.tasks() == []
    refused = await shop.call("POST", f"/tasks/{task['id']}/resolve", {"action": "book_new"})
    assert refused.status_code == 409


async def test_a_person_may_say_that_the_invoice_is_a_sale_of_its_own(silent_shop: Shop) -> None:
    shop = silent_shop
    payment_intent = await shop.sale()
    event = await paid(shop, remark="Partner: BERND")
    (task,) = await shop.tasks("invoice_without_reference")
    nobody = {"action": "assign", "detail": {"transaction_id": str(uuid4())}}
    assert (await shop.call("POST", f"/tasks/{task['id']}/resolve", nobody)).status_code == 404
    await shop.api("POST", f"/tasks/{task['id']}/resolve", {"action": "book_new"})
    assert earned(await the_sale_of(shop, event["resource_id"])) == {"BERND": 10_000, "CLARA": 5_000}
    assert (await shop.transaction(payment_intent))["state"] == "pending"


async def test_a_partner_whose_code_nobody_has_is_asked_about_and_booked_once_it_exists(silent_shop: Shop) -> None:
    shop = silent_shop
    event = await paid(shop, remark="Partner: DORA")
    assert (event["state"], event["reason"]) == ("failed", "Die Rechnung nennt einen Partnercode, den es nicht gibt.")
    assert await no_sale(shop)
    (task,) = await shop.tasks()
    assert (task["kind"], task["detail"]) == ("unknown_partner_code", {"partner_code": "DORA"})
    await shop.partner("DORA", sponsor_code="ANNA")
    assert (await replay(shop, event["id"]))["state"] == "processed"
    assert earned(await the_sale_of(shop, event["resource_id"])) == {"DORA": 10_000, "ANNA": 5_000, "BERND": 2_100}
    assert await shop.tasks() == []


@pytest.mark.parametrize("where", ["document", "field and text", "contact"])
async def test_two_different_partners_are_a_question(silent_chapter_shop: Shop, where: str) -> None:
    shop = silent_chapter_shop
    members: dict[str, Any] = {"remark": "Partner: ANNA", "introduction": "Partner: BERND"}
    if where == "field and text":
        members = {"remark": "Partner: ANNA", "additionalProperties": {"partner": "BERND"}}
    if where == "contact":
        contact = await shop.hook("POST", "contacts", {"name": "Kunde AG", "note": "Partner: ANNA\nPartner: BERND"})
        members = {"customer": None, "contactId": contact["id"]}
    event = await paid(shop, **members)
    assert (event["state"], event["reason"]) == ("failed", "Der Beleg nennt zwei verschiedene Partner.")
    assert [task["kind"] for task in await shop.tasks()] == ["two_partner_codes"]
    assert await no_sale(shop)


async def test_the_same_partner_named_twice_is_one(silent_chapter_shop: Shop) -> None:
    event = await paid(
        silent_chapter_shop, remark="Partner: anna", additionalProperties={"partner": "ANNA", "Bestellung": "x y/z"}
    )
    sale = await the_sale_of(silent_chapter_shop, event["resource_id"])
    assert (sale["partner_code"], sale["order_reference"]) == ("ANNA", None)


@pytest.mark.parametrize("text", ["Müller & Söhne", "x" * 2000, "ANNA;BERND"])
async def test_a_field_for_the_partner_that_holds_no_code_is_asked_about(silent_chapter_shop: Shop, text: str) -> None:
    event = await paid(silent_chapter_shop, additionalProperties={"partner": text})
    assert event["state"] == "failed"
    assert [task["kind"] for task in await silent_chapter_shop.tasks()] == ["unknown_partner_code"]


async def test_an_unknown_campaign_is_asked_about(silent_shop: Shop) -> None:
    event = await paid(silent_shop, remark="Partner: ANNA\nKampagne: nirgends")
    assert (event["state"], await no_sale(silent_shop)) == ("failed", True)
    assert [task["kind"] for task in await silent_shop.tasks()] == ["unknown_campaign"]


async def test_an_invoice_that_names_another_partner_than_its_sale_leaves_the_sales(silent_shop: Shop) -> None:
    shop = silent_shop
    payment_intent = await shop.sale()
    await paid(shop, remark=f"Bestellung: {payment_intent}\nPartner: CLARA")
    sale = await one_sale(shop)
    assert (sale["state"], sale["partner_code"]) == ("approved", "ANNA")
    assert [task["kind"] for task in await shop.tasks()] == ["invoice_names_other_partner"]


async def test_a_second_invoice_for_the_same_order_is_a_question(silent_shop: Shop) -> None:
    shop = silent_shop
    payment_intent = await shop.sale()
    first = await paid(shop, remark=f"Bestellung: {payment_intent}")
    second = await paid(shop, remark=f"Bestellung: {payment_intent}")
    assert second["state"] == "failed"
    assert [task["kind"] for task in await shop.tasks()] == ["order_reference_taken"]
    assert (await one_sale(shop))["invoice_id"] == first["resource_id"]
    assert await sale_of(shop, second["resource_id"]) is None


async def test_a_contact_that_is_late_delays_nothing_else(silent_shop: Shop) -> None:
    shop = silent_shop
    contact = await shop.hook("POST", "contacts", {"name": "Kunde AG"})
    invoice = await shop.write_invoice(customer=None, contactId=contact["id"])
    await shop.click(invoice["id"], "pay")
    await shop.hook("POST", "faults", {"kind": "unavailable_503", "path": "contacts", "times": 1})
    assert (await tell(shop, "invoice.status.paid", invoice["id"]))["state"] == "processed"
    assert (await the_sale_of(shop, invoice["id"]))["customer_contact_id"] == contact["id"]
