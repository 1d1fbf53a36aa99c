"""An invoice that we write outlives a refused key and a person's wrong word, and is never written twice."""

from typing import Any

import pytest

from tests.fixtures.desk import fault, mended, save_key, task
from tests.fixtures.house import Shop, until
from tests.fixtures.notifications import tell

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


async def test_above_the_limit_a_person_says_that_it_may_be_written_again(hasty_shop: Shop) -> None:
    shop = hasty_shop
    await shop.rows("UPDATE tenants SET four_eyes_limit_cents = 118999")
    await fault(shop, "timeout_504_before", path="/v1/invoices", times=1)
    sale = await wanted(shop)
    asked = await task(shop, "invoice_outcome_unknown")
    assert (asked["detail"]["candidates"], await posts(shop)) == ([], 1)
    await resolve(shop, asked, "create_again")
    (made,) = await until(lambda: invoices(shop), bool, "the invoice")
    assert (await number_of(shop, sale), await posts(shop)) == (made["voucherNumber"], 2)


async def test_a_lost_invoice_that_was_changed_is_left_to_a_person(hasty_shop: Shop) -> None:
    shop = hasty_shop
    asked, lost = await changed_while_lost(shop)
    assert asked["detail"] == asked["detail"] | {"candidates": [lost], "differences": []}
    await adopt(shop, asked, lost)
    asked = await task(shop, "invoice_outcome_unknown")
    assert asked["detail"]["differences"] == ["recipient"]
    await resolve(shop, asked, "cancel")
    await closed(shop)
    assert (len(await invoices(shop)), await posts(shop)) == (1, 1)


async def test_one_that_was_changed_and_is_told_of_is_not_written_again(hasty_shop: Shop) -> None:
    """By its order reference it is the sale's, so the search that is under way leaves it out and finds nothing."""
    shop = hasty_shop
    await fault(shop, "unavailable_503", method="GET", path="/v1/voucherlist")
    await shop.rows("UPDATE tenants SET four_eyes_limit_cents = 119000")
    asked, lost = await changed_while_lost(shop, told=True)
    assert (asked["detail"]["candidates"], asked["detail"]["differences"]) == ([lost], ["recipient"])
    await mended(shop)
    workflow = shop.house.engine.get_workflow_handle(f"invoice/{shop.tenant.slug}/{asked['detail']['intent']}")

    async def steps() -> list[str]:
        history = await workflow.fetch_history()
        return [event.activity_task_scheduled_event_attributes.activity_type.name for event in history.events]

    await until(steps, lambda found: "judge_invoice_search" in found, "the end of the search")
    await resolve(shop, asked, "cancel")
    await closed(shop)
    assert (len(await invoices(shop)), await posts(shop)) == (1, 1)


async def test_a_foreign_credit_note_does_not_wait_for_a_lost_invoice(hasty_shop: Shop) -> None:
    shop = hasty_shop
    await fault(shop, "unavailable_503", method="GET", path="/v1/voucherlist")
    await fault(shop, "timeout_504_before", path="/v1/invoices", times=1)
    await wanted(shop)

    async def sent() -> Any:
        return await shop.rows("SELECT 1 FROM creation_intents WHERE sent_at IS NOT NULL AND resource_id IS NULL")

    await until(sent, bool, "an invoice that is lost")
    foreign = await shop.hook("POST", "credit-notes", {"customer": "Jemand", "net": "100.00"})
    (event,) = await shop.events_ended(foreign["id"])
    assert event["state"] == "ignored"


async def changed_while_lost(shop: Shop, *, told: bool = False) -> tuple[dict[str, Any], str]:
    """An invoice whose answer was lost has another recipient by now. The question about it, and its id."""
    await shop.hook("PUT", "notification-faults", {"dropRate": 1.0, "seed": 1})
    await fault(shop, "timeout_504_after", path="/v1/invoices", times=1)
    await wanted(shop)
    (lost,) = await until(lambda: invoices(shop), bool, "the invoice")
    await shop.click(lost["id"], "edit", customer="Jemand anders", force=True)
    if told:
        await until(shop.calls, lambda made: "GET /v1/voucherlist" in made, "a search that is under way")
        await tell(shop, "invoice.status.changed", lost["id"])
    return await task(shop, "invoice_outcome_unknown"), str(lost["id"])


async def posts(shop: Shop) -> int:
    return (await shop.calls()).get("POST /v1/invoices", 0)


async def closed(shop: Shop) -> None:
    await until(
        lambda: shop.rows("SELECT 1 FROM creation_intents WHERE closed_at IS NULL"), lambda rows: not rows, "no intent"
    )


async def resolve(shop: Shop, asked: dict[str, Any], action: str) -> None:
    answered = await shop.call("POST", f"/tasks/{asked['id']}/resolve", {"action": action, "reason": "Geprüft."})
    assert answered.status_code == 202, answered.text


async def adopt(shop: Shop, asked: dict[str, Any], resource: str) -> None:
    answered = await shop.call(
        "POST", f"/tasks/{asked['id']}/resolve", {"action": "adopt", "detail": {"resource_id": resource}}
    )
    assert answered.status_code == 202, answered.text


async def by_hand(shop: Shop, payment_intent: str) -> str:
    """The tenant writes the invoice in lexoffice, it is paid, and booked on the sale."""
    written = await shop.write_invoice(remark=f"Bestellung: {payment_intent}")
    await shop.click(written["id"], "pay")
    await shop.transaction(payment_intent, lambda sale: sale["invoice_id"] == written["id"])
    return str(written["id"])


async def ended(shop: Shop) -> None:
    [intent] = await shop.rows("SELECT id FROM creation_intents")
    await shop.house.engine.get_workflow_handle(f"invoice/{shop.tenant.slug}/{intent['id']}").result()


async def test_one_written_by_hand_while_lexoffice_was_busy_is_the_only_one(hasty_shop: Shop) -> None:
    shop = hasty_shop
    payment_intent = await shop.sale()
    sale = await shop.transaction(payment_intent)
    await fault(shop, "rate_limit_429", path="/v1/invoices")
    await shop.api("POST", f"/transactions/{sale['id']}/invoice", CUSTOMER)
    await until(lambda: shop.rows("SELECT 1 FROM creation_intents WHERE refused_at IS NOT NULL"), bool, "a try")
    await by_hand(shop, payment_intent)
    await mended(shop)
    await ended(shop)
    assert len(await invoices(shop)) == 1
    assert await shop.rows("SELECT 1 FROM creation_intents WHERE closed_at IS NULL") == []


async def test_one_written_by_hand_while_ours_was_on_its_way_is_asked_about(hasty_shop: Shop) -> None:
    """There are two then: the sale keeps the one it has, and the workflow comes to its end."""
    shop = hasty_shop
    payment_intent = await shop.sale()
    sale = await shop.transaction(payment_intent)
    await fault(shop, "timeout_504_after", path="/v1/invoices", times=1)
    await fault(shop, "unavailable_503", method="GET", path="/v1/voucherlist")
    await shop.hook("PUT", "notification-faults", {"dropRate": 1.0, "seed": 1})
    await shop.api("POST", f"/transactions/{sale['id']}/invoice", CUSTOMER)
    (ours,) = await until(lambda: invoices(shop), bool, "ours")
    await shop.hook("PUT", "notification-faults", {"dropRate": 0.0, "seed": 1})
    theirs = await by_hand(shop, payment_intent)
    await mended(shop)
    await ended(shop)
    asked = await task(shop, "order_reference_taken")
    assert (asked["subject_id"], asked["links"]["transaction_id"]) == (ours["id"], sale["id"])
    assert (await shop.api("GET", f"/transactions/{sale['id']}"))["invoice_id"] == theirs
