"""Every row of the event table (design.md, Events), under the chapter's name and under lexoffice's."""

from typing import Any
from uuid import uuid4

import pytest

from tests.fixtures.house import Shop, until
from tests.fixtures.notifications import (
    accepted,
    all_at_once,
    earned,
    ended,
    four_members,
    no_sale,
    one_sale,
    open_payout,
    open_payouts,
    paid_sale,
    sale_of,
    states,
    tell,
    tell_as_lexoffice,
    the_sale_of,
)

PAID = ["invoice.status.paid", "invoice.status.changed", "invoice.changed", "payment.changed"]
VOIDED = ["invoice.status.voided", "invoice.status.cancelled", "invoice.status.changed", "invoice.changed"]
CREDIT_NOTE_PAID = ["credit-note.status.paid", "credit-note.status.changed", "credit-note.changed"]
CREDIT_NOTE_VOIDED = ["credit-note.status.voided", "credit-note.status.changed", "credit-note.changed"]


def paths_in(calls: dict[str, int]) -> list[str]:
    return sorted(route.removeprefix("GET /v1/") for route, count in calls.items() for _ in range(count))


async def test_a_paid_invoice_approves_its_sale(silent_shop: Shop) -> None:
    shop = silent_shop

    async def approved_by(event_type: str) -> None:
        payment_intent = await shop.sale()
        invoice = await shop.write_invoice(remark=f"Bestellung: {payment_intent}")
        await shop.click(invoice["id"], "pay")
        event = await tell(shop, event_type, invoice["id"])
        assert (event["state"], event["changes"]["state"]) == ("processed", ["pending", "approved"])
        sale = await shop.transaction(payment_intent)
        assert (sale["state"], sale["invoice_id"], sale["invoice_number"]) == (
            "approved",
            invoice["id"],
            invoice["voucherNumber"],
        )
        assert states(sale) == {"approved"}
        assert earned(sale) == {"ANNA": 10_000, "BERND": 5_000, "CLARA": 2_100}

    await all_at_once(*(approved_by(event_type) for event_type in PAID))
    assert sum((await shop.calls()).values()) == 2 * len(PAID)


async def test_a_paid_invoice_that_nobody_knew_makes_its_sale(silent_shop: Shop) -> None:
    shop = silent_shop

    async def made_by(event_type: str) -> None:
        invoice = await shop.write_invoice(net="200.00", remark="Partner: BERND")
        await shop.click(invoice["id"], "pay")
        assert (await tell_as_lexoffice(shop, event_type, invoice["id"]))["state"] == "processed"
        sale = await the_sale_of(shop, invoice["id"])
        assert (sale["source"], sale["gross_cents"], states(sale)) == ("lexoffice", 23_800, {"approved"})
        assert earned(sale) == {"BERND": 2_000, "CLARA": 1_000}

    await all_at_once(*(made_by(event_type) for event_type in PAID))


async def test_a_voided_invoice_refunds_its_sale(silent_shop: Shop) -> None:
    shop = silent_shop

    async def refunded_by(event_type: str) -> None:
        _, invoice = await paid_sale(shop)
        await shop.click(invoice, "void")
        event = await tell(shop, event_type, invoice)
        assert (event["state"], event["changes"]["state"]) == ("processed", ["approved", "refunded"])
        sale = await the_sale_of(shop, invoice, "refunded")
        assert (sale["state_reason"], states(sale)) == ("Die Rechnung wurde storniert.", {"reversed"})

    await all_at_once(*(refunded_by(event_type) for event_type in VOIDED))


async def test_a_deleted_draft_is_detached(silent_shop: Shop) -> None:
    shop = silent_shop
    payment_intent = await shop.sale()
    invoice = await shop.write_invoice(remark=f"Bestellung: {payment_intent}", finalize=False)
    await tell(shop, "invoice.changed", invoice["id"])
    assert (await one_sale(shop))["invoice_id"] == invoice["id"]
    await shop.click(invoice["id"], "delete")
    await shop.forget_calls()
    event = await tell(shop, "invoice.deleted", invoice["id"])
    assert (event["state"], event["changes"]["invoice_id"]) == ("processed", [invoice["id"], None])
    sale = await one_sale(shop)
    assert (sale["state"], sale["invoice_id"], states(sale)) == ("pending", None, {"pending"})
    assert paths_in(await shop.calls()) == ["invoices/{id}", "profile"]


async def test_a_paid_credit_note_pays_its_payout(silent_shop: Shop) -> None:
    shop = silent_shop
    payouts = await open_payouts(shop)
    await shop.forget_calls()

    async def paid_by(event_type: str, payout: dict[str, Any]) -> None:
        await shop.click(payout["credit_note_id"], "mark-paid")
        event = await tell(shop, event_type, payout["credit_note_id"], paymentReference="E2E-4711")
        paid = await shop.payout_when(payout["number"], "paid")
        assert (event["state"], event["changes"]["state"]) == ("processed", ["credit_note_open", "paid"])
        assert (paid["payment_reference"], paid["credit_note_number"]) == ("E2E-4711", payout["credit_note_number"])
        assert await shop.payout_workflow(payout["number"]).result() == "paid"

    await all_at_once(*map(paid_by, CREDIT_NOTE_PAID, payouts))
    assert paths_in(await shop.calls()) == ["credit-notes/{id}"] * 3 + ["payments/{id}"] * 3


async def test_a_payment_of_a_credit_note_pays_its_payout_with_the_voucher_number(silent_shop: Shop) -> None:
    shop = silent_shop
    payout = await open_payout(shop)
    await shop.click(payout["credit_note_id"], "mark-paid")
    await tell_as_lexoffice(shop, "payment.changed", payout["credit_note_id"])
    paid = await shop.payout_when(payout["number"], "paid")
    assert paid["payment_reference"] == payout["credit_note_number"]


async def test_the_word_paid_on_a_credit_note_means_the_same(silent_shop: Shop) -> None:
    shop = silent_shop
    await shop.office("PATCH", f"/sandbox/organizations/{shop.organization}", {"creditNotePaidWord": "paid"})
    payout = await open_payout(shop)
    await shop.click(payout["credit_note_id"], "mark-paid")
    assert (await tell(shop, "credit-note.status.paid", payout["credit_note_id"]))["state"] == "processed"
    await shop.payout_when(payout["number"], "paid")


async def test_a_voided_credit_note_cancels_its_payout(silent_shop: Shop) -> None:
    shop = silent_shop

    async def cancelled_by(event_type: str, payout: dict[str, Any]) -> None:
        await shop.click(payout["credit_note_id"], "void")
        assert (await tell(shop, event_type, payout["credit_note_id"]))["state"] == "processed"
        await shop.payout_when(payout["number"], "cancelled")

    await all_at_once(*map(cancelled_by, CREDIT_NOTE_VOIDED, await open_payouts(shop)))
    assert states(await one_sale(shop)) == {"approved"}


async def test_a_deleted_credit_note_cancels_its_payout(silent_shop: Shop) -> None:
    shop = silent_shop
    payout = await open_payout(shop)
    await shop.click(payout["credit_note_id"], "reopen")
    await shop.click(payout["credit_note_id"], "delete")
    assert (await tell(shop, "credit-note.deleted", payout["credit_note_id"]))["state"] == "processed"
    await shop.payout_when(payout["number"], "cancelled")


async def test_a_credit_note_voided_after_money_may_have_left_returns_its_payout(silent_shop: Shop) -> None:
    shop = silent_shop
    payout = await open_payout(shop)
    await shop.click(payout["credit_note_id"], "pay", amount="50.00")
    assert (await tell(shop, "payment.changed", payout["credit_note_id"]))["state"] == "processed"
    await shop.click(payout["credit_note_id"], "void")
    await tell(shop, "credit-note.status.voided", payout["credit_note_id"])
    await shop.payout_when(payout["number"], "returned")
    (task,) = await shop.tasks("returned")
    assert "Wurde Geld überwiesen?" in task["reason"]


async def test_what_lexoffice_says_of_a_paid_payout_later_is_written_without_its_workflow(silent_shop: Shop) -> None:
    shop = silent_shop
    payout = await open_payout(shop)
    await shop.click(payout["credit_note_id"], "mark-paid")
    await tell(shop, "credit-note.status.paid", payout["credit_note_id"])
    await shop.payout_when(payout["number"], "paid")
    assert await shop.payout_workflow(payout["number"]).result() == "paid"
    await shop.click(payout["credit_note_id"], "void")
    assert (await tell(shop, "credit-note.status.voided", payout["credit_note_id"]))["state"] == "processed"
    await shop.payout_when(payout["number"], "returned")
    assert {row["state"] for row in (await shop.api("GET", "/commissions?partner=ANNA"))["items"]} == {"paid"}


@pytest.mark.parametrize(
    ("click", "event_type"),
    [("pay", "invoice.status.paid"), ("void", "invoice.status.voided"), ("cancel", "invoice.status.cancelled")],
)
async def test_a_click_is_told_under_the_chapters_name(chapter_shop: Shop, click: str, event_type: str) -> None:
    shop = chapter_shop
    await shop.office("PATCH", f"/sandbox/organizations/{shop.organization}", {"cancelEvent": True})
    payment_intent = await shop.sale()
    invoice = await shop.write_invoice(remark=f"Bestellung: {payment_intent}")
    await shop.click(invoice["id"], click)
    wanted = "approved" if click == "pay" else "refunded"
    await shop.transaction(payment_intent, lambda sale: sale["state"] == wanted)
    (event,) = await shop.events_ended(invoice["id"])
    assert (event["event_type"], event["state"]) == (event_type, "processed")


async def test_clicks_are_told_under_lexoffices_names(connected_shop: Shop) -> None:
    payment_intent = await connected_shop.sale()
    invoice = await connected_shop.write_invoice(remark=f"Bestellung: {payment_intent}")
    await connected_shop.click(invoice["id"], "pay")
    await connected_shop.transaction(payment_intent, lambda sale: sale["state"] == "approved")
    await connected_shop.click(invoice["id"], "unpay")
    await connected_shop.transaction(payment_intent, lambda sale: sale["state"] == "pending")
    await connected_shop.click(invoice["id"], "reopen")
    await until(
        lambda: connected_shop.rows("SELECT status FROM external_documents"),
        lambda rows: rows[0]["status"] == "draft",
        "draft",
    )
    await connected_shop.click(invoice["id"], "delete")
    sale = await connected_shop.transaction(payment_intent, lambda sale: sale["invoice_id"] is None)
    assert (sale["state"], states(sale)) == ("pending", {"pending"})
    events = await connected_shop.events_ended(invoice["id"])
    assert {event["event_type"] for event in events} == {
        "invoice.status.changed",
        "invoice.changed",
        "payment.changed",
        "invoice.deleted",
    }
    assert {event["state"] for event in events} == {"processed", "unchanged"} or {
        event["state"] for event in events
    } == {"processed"}


async def test_a_payment_of_an_unknown_document_tells_its_kind(silent_shop: Shop) -> None:
    shop = silent_shop
    invoice = await shop.write_invoice(remark="Partner: ANNA")
    await shop.click(invoice["id"], "pay")
    assert (await tell(shop, "payment.changed", invoice["id"]))["state"] == "processed"
    assert paths_in(await shop.calls()) == ["invoices/{id}", "payments/{id}"]


async def test_a_payment_of_what_is_not_ours_costs_one_call(silent_shop: Shop) -> None:
    shop = silent_shop
    down_payment = await shop.write_invoice(downPayment=True)
    await shop.click(down_payment["id"], "pay")
    draft = await shop.write_invoice(finalize=False)
    foreign = await shop.hook("POST", "credit-notes", {"customer": "Wer AG", "net": "10.00"})
    strangers = [down_payment["id"], draft["id"], foreign["id"], str(uuid4())]
    events = await all_at_once(*(tell(shop, "payment.changed", id) for id in strangers))
    assert [event["state"] for event in events] == ["ignored", "ignored", "ignored", "failed"]
    assert all(event["reason"] for event in events)
    assert paths_in(await shop.calls()) == ["payments/{id}"] * 4
    assert await no_sale(shop)


async def test_a_credit_note_that_is_not_ours_is_ignored_after_one_call(silent_shop: Shop) -> None:
    shop = silent_shop
    types = ["credit-note.status.changed", "credit-note.status.paid", "credit-note.deleted"]

    async def ignored(event_type: str) -> None:
        note = await shop.hook("POST", "credit-notes", {"customer": "Wer AG", "net": "10.00"})
        await shop.click(note["id"], "mark-paid")
        assert (await tell(shop, event_type, note["id"]))["state"] == "ignored"

    await all_at_once(*map(ignored, types))
    assert sum((await shop.calls()).values()) == len(types)


async def test_a_revoked_token_whose_key_still_works_changes_nothing(silent_shop: Shop) -> None:
    shop = silent_shop
    event = await tell(shop, "token.revoked", str(uuid4()))
    assert (event["state"], event["reason"]) == ("unchanged", "Der Zugang gilt weiterhin.")
    assert (await shop.api("GET", "/providers/lexoffice"))["state"] == "connected"
    assert paths_in(await shop.calls()) == ["profile"]
    assert await shop.tasks() == []


async def test_a_revoked_key_breaks_the_connection_and_events_wait_for_a_new_one(silent_shop: Shop) -> None:
    shop = silent_shop
    await shop.hook("DELETE", f"api-keys/{shop.api_key}")
    event = await tell(shop, "token.revoked", str(uuid4()))
    assert event["state"] == "skipped"
    assert (await shop.api("GET", "/providers/lexoffice"))["state"] == "broken"
    (task,) = await shop.tasks()
    assert (task["kind"], task["subject"]) == ("connection_broken", "connection")
    invoice = await shop.write_invoice(remark="Partner: ANNA")
    await shop.click(invoice["id"], "pay")
    waiting = await tell(shop, "invoice.status.paid", invoice["id"])
    assert (waiting["state"], waiting["reason"]) == ("skipped", "Die Verbindung zur Buchhaltung ist nicht nutzbar.")
    key = (await shop.hook("POST", "api-keys", {}))["apiKey"]
    await shop.api("PUT", "/providers/lexoffice", {"api_key": key})
    assert earned(await the_sale_of(shop, invoice["id"]))["ANNA"] == 10_000
    assert await shop.tasks() == []


async def test_lexoffice_itself_tells_that_the_token_was_revoked(connected_shop: Shop) -> None:
    await connected_shop.hook("POST", "revoke-connection")
    (event,) = await until(
        connected_shop.events, lambda rows: bool(rows) and rows[0]["state"] != "received", "the event's end"
    )
    assert event["event_type"] == "token.revoked"
    assert (event["state"] == "skipped") == (
        (await connected_shop.api("GET", "/providers/lexoffice"))["state"] == "broken"
    )


async def test_any_other_type_is_recorded_and_ignored(silent_shop: Shop) -> None:
    shop = silent_shop
    for event_type in ("contact.changed", "quotation.status.changed", "voucher.created", "no.such"):
        answer = await shop.notify({"eventType": event_type, "resourceId": str(uuid4())})
        assert (answer.status_code, answer.json()["status"]) == (200, "ignored")
        event = (await shop.events())[0]
        assert (event["event_type"], event["state"], bool(event["reason"])) == (event_type, "ignored", True)
    assert await shop.calls() == {}


async def test_an_event_in_flight_is_answered_at_once_and_handled_later(silent_shop: Shop) -> None:
    shop = silent_shop
    invoice = await shop.write_invoice(remark="Partner: ANNA")
    await shop.click(invoice["id"], "pay")
    number = await accepted(shop, four_members(shop, "invoice.status.changed", invoice["id"]))
    assert await sale_of(shop, invoice["id"]) is None
    event: dict[str, Any] = await ended(shop, number)
    assert (event["snapshot"]["id"], event["body"]["resourceId"]) == (invoice["id"], invoice["id"])
