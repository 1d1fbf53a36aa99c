"""What a fetched invoice tells of its sale: partner, campaign, order, customer, amounts, wherever they stand."""

from typing import Any
from uuid import uuid4

import pytest

from tests.fixtures.house import Shop
from tests.fixtures.notifications import (
    all_at_once,
    earned,
    no_sale,
    one_sale,
    replay,
    sale_of,
    states,
    tell,
    the_sale_of,
)

SHAPES = ["object", "key_value", "name_value"]


async def paid(shop: Shop, *, contact: str | None = None, **members: Any) -> dict[str, Any]:
    """A paid invoice, told by one notification. Returns the event; `resource_id` is the invoice."""
    invoice = await written(shop, contact, **members)
    await shop.click(invoice["id"], "pay")
    return await tell(shop, "invoice.status.paid", invoice["id"])


async def written(shop: Shop, contact: str | None = None, **members: Any) -> dict[str, Any]:
    """An invoice to a contact, else to an address that is written out."""
    if contact is None:
        return await shop.write_invoice(**members)
    invoice: dict[str, Any] = await shop.hook("POST", "invoices", {"contactId": contact, "net": "1000.00"} | members)
    return invoice


async def number_of_calls(shop: Shop) -> int:
    return sum((await shop.calls()).values())


async def test_the_partner_stands_in_the_documents_custom_fields_in_any_shape(silent_chapter_shop: Shop) -> None:
    shop = silent_chapter_shop
    shaped: list[dict[str, Any]] = [
        {member: {"Partner-Code": "anna", "color": "red"}, f"{member}Shape": shape}
        for member in ("additionalProperties", "customFields")
        for shape in SHAPES
    ]
    for event in await all_at_once(*(paid(shop, **members) for members in shaped)):
        sale = await the_sale_of(shop, event["resource_id"])
        assert earned(sale) == {"ANNA": 10_000, "BERND": 5_000, "CLARA": 2_100}
    assert await number_of_calls(shop) == 2 * len(shaped)


async def test_the_partner_stands_on_a_line_of_its_own(silent_shop: Shop) -> None:
    shop = silent_shop
    written = [
        {"introduction": "Guten Tag,\nPartner: ANNA\nvielen Dank."},
        {"remark": "Vielen Dank!\r\nPartner:\u00a0anna \r\nBis bald"},
    ]
    prose = [{"remark": text} for text in ("Unser Partner: ANNA dankt", "Partnerin")]
    events = await all_at_once(*(paid(shop, **members) for members in written + prose))
    named = [(await the_sale_of(shop, event["resource_id"]))["partner_code"] for event in events]
    assert named == ["ANNA", "ANNA", None, None]
    assert await number_of_calls(shop) == 2 * len(events)


async def test_a_line_for_the_partner_that_names_none_asks_and_the_answer_books(silent_shop: Shop) -> None:
    """The invoice cannot be changed any more, so that the answer alone must do."""
    shop = silent_shop
    texts = ("Partner: ANNA und BERND", "Partner:", "Partner : Anna Müller")
    events = await all_at_once(*(paid(shop, remark=text) for text in texts))
    assert [event["state"] for event in events] == ["failed"] * 3
    asked = {task["subject_id"]: task for task in await shop.tasks()}
    assert {task["kind"] for task in asked.values()} == {"unknown_partner_code"}
    answers: list[dict[str, Any]] = [
        {"action": "assign_partner", "detail": {"partner_code": "anna\u200b"}},
        {"action": "book_without_partner"},
        {"action": "assign_partner", "detail": {"partner_code": "BERND"}},
    ]
    for event, answer in zip(events, answers, strict=True):
        await shop.api("POST", f"/tasks/{asked[event['resource_id']]['id']}/resolve", answer)
    sales = [await the_sale_of(shop, event["resource_id"]) for event in events]
    assert [sale["partner_code"] for sale in sales] == ["ANNA", None, "BERND"]
    assert await shop.tasks() == []


async def test_the_partner_stands_with_the_customer(silent_chapter_shop: Shop) -> None:
    shop = silent_chapter_shop
    customers: list[dict[str, Any]] = [
        *({"additionalProperties": {"affiliate_id": "ANNA"}, "additionalPropertiesShape": shape} for shape in SHAPES),
        {"customFields": {"affiliate": "ANNA"}},
        {"note": "Stammkunde\nPartner: ANNA"},
    ]
    contacts = [
        await shop.hook("POST", "contacts", {"name": "Kunde AG", "email": f"k{number}@kunde.example"} | members)
        for number, members in enumerate(customers)
    ]
    events = await all_at_once(*(paid(shop, contact=contact["id"]) for contact in contacts))
    for number, event in enumerate(events):
        sale = await the_sale_of(shop, event["resource_id"])
        assert (sale["partner_code"], sale["customer_contact_id"], sale["customer_email"]) == (
            "ANNA",
            contacts[number]["id"],
            f"k{number}@kunde.example",
        )
    assert await number_of_calls(shop) == 3 * len(events)


async def test_the_partner_is_the_one_assigned_to_the_customer_by_contact_or_mail(silent_shop: Shop) -> None:
    shop = silent_shop
    first = await shop.hook("POST", "contacts", {"name": "Kunde AG", "email": "k@kunde.example"})
    await shop.api("POST", "/customers", {"assigned_partner_code": "BERND", "lexoffice_contact_id": first["id"]})
    second = await shop.hook("POST", "contacts", {"name": "Zweite AG", "email": "z@kunde.example"})
    await shop.api("POST", "/customers", {"assigned_partner_code": "BERND", "email": "Z@kunde.example"})
    events = await all_at_once(paid(shop, contact=first["id"]), paid(shop, contact=second["id"]))
    for event in events:
        assert earned(await the_sale_of(shop, event["resource_id"])) == {"BERND": 10_000, "CLARA": 5_000}
    assert await number_of_calls(shop) == 6


async def test_the_document_comes_before_the_customer_and_its_fields_before_its_assignment(
    silent_chapter_shop: Shop,
) -> None:
    shop = silent_chapter_shop
    contact = await shop.hook("POST", "contacts", {"name": "Kunde AG", "note": "Partner: BERND"})
    await shop.api("POST", "/customers", {"assigned_partner_code": "CLARA", "lexoffice_contact_id": contact["id"]})
    first = await paid(shop, contact=contact["id"], remark="Partner: ANNA")
    assert (await the_sale_of(shop, first["resource_id"]))["partner_code"] == "ANNA"
    assert await number_of_calls(shop) == 2
    second = await paid(shop, contact=contact["id"])
    assert (await the_sale_of(shop, second["resource_id"]))["partner_code"] == "BERND"


async def test_a_sale_that_knows_its_partner_spares_the_call_for_the_customer(silent_shop: Shop) -> None:
    shop = silent_shop
    contact = await shop.hook("POST", "contacts", {"name": "Kunde AG", "note": "Partner: BERND"})
    payment_intent = await shop.sale()
    event = await paid(shop, contact=contact["id"], remark=f"Bestellung: {payment_intent}")
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
    event = await paid(silent_shop, contact=contact["id"])
    sale = await the_sale_of(silent_shop, event["resource_id"])
    assert (event["state"], sale["partner_code"], sale["commissions"]) == ("processed", None, [])
    assert await silent_shop.tasks() == []


async def test_the_campaign_is_the_documents_else_the_partners_else_the_default(silent_chapter_shop: Shop) -> None:
    shop = silent_chapter_shop
    await shop.api("POST", "/campaigns", {"slug": "messe", "name": "Messe"})
    levels = [{"level": 1, "percent": "25", "fixed_cents": 50}]
    await shop.api("POST", "/campaigns/messe/plans", {"levels": levels, "valid_from": "2026-01-01T00:00:00+01:00"})
    line, field, default = await all_at_once(
        paid(shop, remark="Partner: ANNA\nKampagne: messe"),
        paid(shop, remark="Partner: ANNA", additionalProperties={"campaign": "messe"}),
        paid(shop, remark="Partner: ANNA"),
    )
    await shop.api("PATCH", "/partners/ANNA", {"campaign_slug": "messe"})
    of_partner = await paid(shop, remark="Partner: ANNA")
    for event in (line, field, of_partner):
        sale = await the_sale_of(shop, event["resource_id"])
        assert (sale["campaign_slug"], earned(sale)) == ("messe", {"ANNA": 25_050})
    assert (await the_sale_of(shop, default["resource_id"]))["campaign_slug"] == "herbst"


async def test_an_invoice_finds_its_sale_by_any_order_reference(silent_chapter_shop: Shop) -> None:
    shop = silent_chapter_shop
    by_field, by_bestellung, by_order, by_session, by_id = [await shop.sale() for _ in range(5)]
    session = (await shop.transaction(by_session))["checkout_session"]
    events = await all_at_once(
        paid(shop, additionalProperties={"order_reference": by_field}),
        paid(shop, introduction=f"Hallo\nBestellung: {by_bestellung}"),
        paid(shop, remark=f"Order: {by_order}\r\nDanke"),
        paid(shop, remark=f"Order: {session}"),
        paid(shop, remark=f"Bestellung: {(await shop.transaction(by_id))['id']}"),
    )
    for event, payment_intent in zip(events, (by_field, by_bestellung, by_order, by_session, by_id), strict=True):
        assert event["changes"]["state"] == ["pending", "approved"]
        assert (await shop.transaction(payment_intent))["invoice_id"] == event["resource_id"]


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
    assert event["changes"]["difference"] == "Vorläufig 203,30\xa0€, nach der Rechnung 171,00\xa0€ Provision."
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
        members = {"net": "10.00", "contact": contact["id"]}
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


async def test_two_different_partners_are_a_question(silent_chapter_shop: Shop) -> None:
    shop = silent_chapter_shop
    contact = await shop.hook("POST", "contacts", {"name": "Kunde AG", "note": "Partner: ANNA\nPartner: BERND"})
    events = await all_at_once(
        paid(shop, remark="Partner: ANNA", introduction="Partner: BERND"),
        paid(shop, remark="Partner: ANNA", additionalProperties={"partner": "BERND"}),
        paid(shop, contact=contact["id"]),
    )
    assert {event["reason"] for event in events} == {"Der Beleg nennt zwei verschiedene Partner."}
    assert [task["kind"] for task in await shop.tasks()] == ["two_partner_codes"] * 3
    assert await no_sale(shop)


async def test_the_same_partner_named_twice_is_one(silent_chapter_shop: Shop) -> None:
    event = await paid(
        silent_chapter_shop, remark="Partner: anna", additionalProperties={"partner": "ANNA", "Bestellung": "x y/z"}
    )
    sale = await the_sale_of(silent_chapter_shop, event["resource_id"])
    assert (sale["partner_code"], sale["order_reference"]) == ("ANNA", None)


async def test_a_field_for_the_partner_that_holds_no_code_is_asked_about(silent_chapter_shop: Shop) -> None:
    shop = silent_chapter_shop
    held = ("Müller & Söhne", "x" * 2000, "ANNA;BERND")
    events = await all_at_once(*(paid(shop, additionalProperties={"partner": text}) for text in held))
    assert [event["state"] for event in events] == ["failed"] * 3
    assert [task["kind"] for task in await shop.tasks()] == ["unknown_partner_code"] * 3


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
    invoice = await written(shop, contact["id"])
    await shop.click(invoice["id"], "pay")
    await shop.hook("POST", "faults", {"kind": "unavailable_503", "path": "contacts", "times": 1})
    assert (await tell(shop, "invoice.status.paid", invoice["id"]))["state"] == "processed"
    assert (await the_sale_of(shop, invoice["id"]))["customer_contact_id"] == contact["id"]
