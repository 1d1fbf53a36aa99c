"""The invoice of a sale that we write in lexoffice (POST /transactions/{id}/invoice): once, whatever is lost."""

from typing import Any
from uuid import uuid4

import pytest

from tests.fixtures.house import House, Shop, until
from tests.fixtures.notifications import all_at_once, one_sale, paid_sale, tell

LOST_AFTER_IT_WAS_MADE = ["timeout_504_after", "reset_after"]
CUSTOMER = {"name": "Kunde AG", "street": "Weg 2", "zip": "53111", "city": "Bonn"}


async def wanted(shop: Shop, **members: Any) -> dict[str, Any]:
    """A sale whose invoice is asked for. Returns the transaction as it was."""
    await shop.sale()
    sale = await one_sale(shop)
    under_way = await shop.api("POST", f"/transactions/{sale['id']}/invoice", CUSTOMER | members)
    assert (under_way["gross_cents"], under_way["net_cents"]) == (119_000, 100_000)
    return sale


async def numbered(shop: Shop, sale: dict[str, Any]) -> dict[str, Any]:
    """The transaction, once its invoice has a number."""
    seen: dict[str, Any] = await until(
        lambda: shop.api("GET", f"/transactions/{sale['id']}"),
        lambda row: row["invoice_number"] is not None,
        "the invoice's number",
    )
    return seen


async def invoices(shop: Shop) -> list[dict[str, Any]]:
    rows = (await shop.hook("GET", "documents"))["content"]
    return [row for row in rows if row["kind"] == "invoice"]


async def intents_closed(shop: Shop) -> None:
    await until(
        lambda: shop.rows("SELECT 1 FROM creation_intents WHERE closed_at IS NULL"), lambda rows: not rows, "no intent"
    )


async def test_an_invoice_is_written_and_its_payment_approves_the_sale(connected_shop: Shop) -> None:
    sale = await wanted(connected_shop)
    (made,) = await until(lambda: invoices(connected_shop), bool, "the invoice")
    written = await numbered(connected_shop, sale)
    assert (written["invoice_id"], written["invoice_number"]) == (made["id"], made["voucherNumber"])
    assert (made["voucherStatus"], made["totalPrice"]["totalGrossAmount"]) == ("open", 1190.0)
    assert (made["address"]["name"], made["address"]["city"]) == ("Kunde AG", "Bonn")
    assert f"Bestellung: {sale['payment_intent']}\n" in made["remark"]
    await intents_closed(connected_shop)
    await connected_shop.events_ended(made["id"])
    assert await connected_shop.calls() == {"POST /v1/invoices": 1, "GET /v1/invoices/{id}": 2}
    again = await connected_shop.call("POST", f"/transactions/{sale['id']}/invoice", CUSTOMER)
    assert (again.status_code, again.json()["code"]) == (409, "invoice_exists")
    await connected_shop.click(made["id"], "pay")
    assert sale["payment_intent"] is not None
    await connected_shop.transaction(sale["payment_intent"], lambda row: row["state"] == "approved")
    assert len(await invoices(connected_shop)) == 1


async def test_one_that_is_shown_as_another_organisations_is_asked_about(connected_shop: Shop) -> None:
    await connected_shop.hook("POST", "faults", {"kind": "late_number", "method": "GET", "delayMs": 3_000})
    await wanted(connected_shop)
    (made,) = await until(lambda: invoices(connected_shop), bool, "the invoice")
    await connected_shop.click(made["id"], "misreport", organizationId=str(uuid4()))
    (task,) = await until(
        lambda: connected_shop.tasks("invoice_outcome_unknown"), bool, "the question about the invoice"
    )
    assert task["detail"]["differences"] == ["organization"]
    assert (await one_sale(connected_shop))["invoice_number"] is None
    assert len(await invoices(connected_shop)) == 1


async def test_a_contact_keeps_what_the_caller_does_not_say_otherwise(connected_shop: Shop) -> None:
    address = {"street": "Ring 1", "zip": "1010", "city": "Wien", "countryCode": "AT"}
    contact = await connected_shop.hook("POST", "contacts", {"name": "Wiener AG", **address})
    await connected_shop.sale()
    sale = await one_sale(connected_shop)
    await connected_shop.api(
        "POST", f"/transactions/{sale['id']}/invoice", {"contact_id": contact["id"], "street": "Ring 2"}
    )
    (made,) = await until(lambda: invoices(connected_shop), bool, "the invoice")
    shown = made["address"]
    assert (shown["contactId"], shown["name"], shown["countryCode"]) == (contact["id"], "Wiener AG", "AT")
    assert (shown["street"], shown["city"]) == ("Ring 2", "Wien")
    await numbered(connected_shop, sale)


async def test_without_a_contact_the_customer_is_in_germany(connected_shop: Shop) -> None:
    await wanted(connected_shop)
    (made,) = await until(lambda: invoices(connected_shop), bool, "the invoice")
    assert made["address"]["countryCode"] == "DE"


@pytest.mark.parametrize(
    "profile", [{"taxType": "vatfree", "smallBusiness": False}, {"taxType": "vatfree", "smallBusiness": True}]
)
async def test_an_organisation_without_vat_writes_invoices_without_it(product: House, profile: dict[str, Any]) -> None:
    shop = await product.shop(**profile)
    await shop.partners("ANNA")
    await shop.sale()
    sale = await one_sale(shop)
    under_way = await shop.api("POST", f"/transactions/{sale['id']}/invoice", CUSTOMER)
    assert (under_way["net_cents"], under_way["gross_cents"]) == (119_000, 119_000)
    await numbered(shop, sale)
    (made,) = await invoices(shop)
    assert (made["taxConditions"]["taxType"], made["totalPrice"]["totalGrossAmount"]) == ("vatfree", 1190.0)
    assert await shop.tasks() == []


@pytest.mark.parametrize(
    ("odd", "code"),
    [
        ({"item": "Beratung\u0007"}, "text_not_printable"),
        ({"name": "Kunde\x01AG"}, "text_not_printable"),
        ({"name": "\U0001f600" * 200}, "name_without_letter"),
        ({"zip": "531\r11"}, "text_not_printable"),
    ],
)
async def test_what_lexoffice_could_not_store_is_refused_with_words(
    connected_shop: Shop, odd: dict[str, Any], code: str
) -> None:
    await connected_shop.sale()
    sale = await one_sale(connected_shop)
    answer = await connected_shop.call("POST", f"/transactions/{sale['id']}/invoice", CUSTOMER | odd)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    said = {
        "name_without_letter": "Ein Name braucht mindestens einen Buchstaben.",
        "text_not_printable": "Namen und Anschriften sind eine sichtbare Zeile: ohne Umbruch, Tabulator, "
        "Richtungszeichen und andere unsichtbare Zeichen.",
    }
    assert answer.json()["detail"] == said[code]
    assert await connected_shop.rows("SELECT 1 FROM creation_intents") == []


@pytest.mark.parametrize("day", ["0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59-12:00"])
async def test_a_day_at_the_ends_of_the_calendar_is_refused(connected_shop: Shop, day: str) -> None:
    await connected_shop.sale()
    sale = await one_sale(connected_shop)
    answer = await connected_shop.call("POST", f"/transactions/{sale['id']}/invoice", CUSTOMER | {"service_date": day})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert await connected_shop.rows("SELECT 1 FROM creation_intents") == []


async def test_asked_for_ten_times_at_once_it_is_written_once(silent_shop: Shop) -> None:
    shop = silent_shop
    await shop.sale()
    sale = await one_sale(shop)
    path = f"/transactions/{sale['id']}/invoice"
    answers = [each.status_code for each in await all_at_once(*(shop.call("POST", path, CUSTOMER) for _ in range(10)))]
    # They wait for each other; on a busy machine some are told to come back (503).
    assert (answers.count(202), set(answers) <= {202, 409, 503}) == (1, True)
    await numbered(shop, sale)
    assert len(await invoices(shop)) == 1


@pytest.mark.parametrize("kind", LOST_AFTER_IT_WAS_MADE)
async def test_a_lost_answer_is_made_good_by_the_notification(connected_shop: Shop, kind: str) -> None:
    await connected_shop.hook("POST", "faults", {"kind": kind, "method": "POST", "path": "invoices", "times": 1})
    sale = await wanted(connected_shop)
    written = await numbered(connected_shop, sale)
    await intents_closed(connected_shop)
    (made,) = await invoices(connected_shop)
    assert (written["invoice_id"], written["invoice_number"]) == (made["id"], made["voucherNumber"])
    assert (await connected_shop.calls())["POST /v1/invoices"] == 1
    await connected_shop.click(made["id"], "pay")
    await connected_shop.transaction(sale["payment_intent"], lambda row: row["state"] == "approved")


@pytest.mark.parametrize("kind", LOST_AFTER_IT_WAS_MADE)
async def test_a_lost_answer_without_notification_is_found_by_its_marker(hasty_shop: Shop, kind: str) -> None:
    shop = hasty_shop
    await shop.hook("PUT", "notification-faults", {"dropRate": 1})
    await shop.hook("POST", "faults", {"kind": kind, "method": "POST", "path": "invoices", "times": 1})
    written = await numbered(shop, await wanted(shop))
    await intents_closed(shop)
    (made,) = await invoices(shop)
    assert (written["invoice_id"], (await shop.calls())["POST /v1/invoices"]) == (made["id"], 1)


async def test_an_invoice_that_was_never_made_is_made_again_after_the_waiting_time(hasty_shop: Shop) -> None:
    shop = hasty_shop
    await shop.rows("UPDATE tenants SET four_eyes_limit_cents = 119000")
    await shop.hook("POST", "faults", {"kind": "timeout_504_before", "method": "POST", "path": "invoices", "times": 1})
    written = await numbered(shop, await wanted(shop))
    (made,) = await invoices(shop)
    assert (written["invoice_id"], (await shop.calls())["POST /v1/invoices"]) == (made["id"], 2)


async def test_what_lexoffice_refuses_is_a_task_and_may_be_asked_for_again(silent_shop: Shop) -> None:
    shop = silent_shop
    await shop.hook(
        "POST", "faults", {"kind": "payment_required_402", "method": "POST", "path": "invoices", "times": 1}
    )
    sale = await wanted(shop)
    (task,) = await until(shop.tasks, bool, "a task")
    assert (task["kind"], task["subject_id"]) == ("invoice_refused", sale["id"])
    assert await invoices(shop) == []
    await intents_closed(shop)
    await shop.api("POST", f"/transactions/{sale['id']}/invoice", CUSTOMER)
    await numbered(shop, sale)
    await intents_closed(shop)
    assert await shop.tasks() == []


async def test_what_cannot_be_written_is_refused_at_once(silent_shop: Shop, product: House) -> None:
    shop = silent_shop
    sale, invoice = await paid_sale(shop)
    path = f"/transactions/{sale['id']}/invoice"
    assert (await shop.call("POST", path, CUSTOMER)).json()["code"] == "invoice_exists"
    await shop.click(invoice, "void")
    await tell(shop, "invoice.status.voided", invoice)
    refunded = await shop.call("POST", path, CUSTOMER)
    assert refunded.status_code == 409
    nothing = await shop.call("POST", "/transactions/00000000-0000-0000-0000-000000000000/invoice", CUSTOMER)
    assert nothing.status_code == 404
    unconnected = await product.shop(connected=False)
    await unconnected.partners("ANNA")
    await unconnected.sale()
    other = await one_sale(unconnected)
    refused = await unconnected.call("POST", f"/transactions/{other['id']}/invoice", CUSTOMER)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_connected")
    assert (await shop.calls()).get("POST /v1/invoices") is None
