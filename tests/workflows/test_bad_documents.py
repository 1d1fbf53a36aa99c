"""Documents that cannot be booked, and events that lexoffice does not bear out, or not yet."""

from typing import Any
from uuid import uuid4

import pytest

from tests.fixtures.house import House, Shop, until
from tests.fixtures.notifications import (
    accepted,
    all_at_once,
    ended,
    four_members,
    no_sale,
    open_payout,
    paid_sale,
    replay,
    sale_of,
    states,
    tell,
    tell_as_lexoffice,
    the_sale_of,
)

CONTRADICTED = "Die Buchhaltung zeigt den Beleg in einem anderen Zustand als gemeldet; der Beleg gilt."
NOT_READABLE = "Die Buchhaltung zeigt den Beleg so, dass er nicht zu verstehen ist, etwa mit einem unmöglichen Datum."
UNKNOWN = "Die Buchhaltung kennt diesen Beleg nicht."


async def stale(shop: Shop, path: str, times: int = 1) -> None:
    """lexoffice shows the state before the last change, for so many reads."""
    await shop.hook("POST", "faults", {"kind": "stale_read", "path": path, "times": times})


async def fetches(shop: Shop, of: str = "invoices") -> int:
    return (await shop.calls()).get(f"GET /v1/{of}/{{id}}", 0)


async def test_what_cannot_be_booked_says_why_and_books_nothing(silent_shop: Shop) -> None:
    shop = silent_shop
    wanted: dict[str, dict[str, Any]] = {"Die Rechnungssumme ist null oder negativ.": {"net": "0.00"}}

    async def refused(reason: str, members: dict[str, Any]) -> None:
        invoice = await shop.write_invoice(**{"remark": "Partner: ANNA"} | members)
        await shop.click(invoice["id"], "pay")
        event = await tell(shop, "invoice.status.paid", invoice["id"])
        assert (event["state"], event["reason"]) == ("failed", reason)
        assert event["snapshot"]["id"] == invoice["id"]

    negative = refused("Die Rechnungssumme ist null oder negativ.", {"net": "-100.00"})
    await all_at_once(negative, *(refused(*case) for case in wanted.items()))
    assert await no_sale(shop)
    assert await shop.rows("SELECT 1 FROM commissions") == []


async def test_what_cannot_be_understood_is_asked_for_a_few_times_and_says_so(silent_shop: Shop) -> None:
    shop = silent_shop
    invoice = await shop.write_invoice(remark="Partner: ANNA", voucherDate="2206-11-28")
    await shop.click(invoice["id"], "pay")
    await shop.forget_calls()
    event = await tell(shop, "invoice.status.changed", invoice["id"])
    assert (event["state"], event["reason"]) == ("failed", NOT_READABLE)
    assert await fetches(shop) == 4
    await shop.click(invoice["id"], "edit", voucherDate="2026-03-02", force=True)
    assert (await replay(shop, event["id"]))["state"] == "processed"


async def test_a_paid_invoice_in_another_currency_asks_and_is_booked_at_the_rate_that_is_given(
    silent_shop: Shop,
) -> None:
    shop = silent_shop
    invoice = await shop.write_invoice(net="119.00", remark="Partner: ANNA", currency="USD")
    await shop.click(invoice["id"], "pay")
    assert (await tell(shop, "invoice.status.paid", invoice["id"]))["state"] == "waiting"
    (task,) = await shop.tasks()
    assert (task["kind"], task["detail"]["currency"]) == ("foreign_currency", "USD")
    rate = {"rate": "1.19", "rate_day": "2026-03-02", "rate_source": "EZB"}
    await shop.api("POST", f"/tasks/{task['id']}/resolve", {"action": "convert", "detail": rate})
    sale = await the_sale_of(shop, invoice["id"])
    assert (sale["base_cents"], sale["original_currency"], sale["rate_source"]) == (10_000, "USD", "EZB")
    assert await shop.tasks() == []


async def test_an_open_invoice_in_another_currency_leaves_its_sale_as_it_was(silent_shop: Shop) -> None:
    shop = silent_shop
    payment_intent = await shop.sale()
    before = await shop.transaction(payment_intent)
    invoice = await shop.write_invoice(remark=f"Bestellung: {payment_intent}", currency="CHF")
    assert (await tell(shop, "invoice.changed", invoice["id"]))["state"] == "waiting"
    assert await shop.transaction(payment_intent) == before


async def test_a_document_that_lexoffice_does_not_know_costs_one_call(silent_shop: Shop) -> None:
    shop = silent_shop
    note = await shop.hook("POST", "credit-notes", {"customer": "Wer AG", "net": "10.00"})
    event, of_other_kind = await all_at_once(
        tell(shop, "invoice.status.paid", str(uuid4())), tell(shop, "invoice.status.paid", note["id"])
    )
    assert [(each["state"], each["reason"]) for each in (event, of_other_kind)] == [("failed", UNKNOWN)] * 2
    deleted = await tell(shop, "invoice.deleted", str(uuid4()))
    assert (deleted["state"], deleted["reason"]) == ("unchanged", "Der gelöschte Beleg war nicht bekannt.")
    assert await fetches(shop) == sum((await shop.calls()).values()) == 3


async def test_a_document_of_another_organisation_or_tenant_is_not_there(product: House, silent_shop: Shop) -> None:
    shop, other = silent_shop, await product.shop()
    await other.partners("ANNA")
    payout = await other.open_payout()
    await other.click(payout["credit_note_id"], "mark-paid")
    await other.payout_when(payout["number"], "paid")
    event = await tell(shop, "credit-note.status.paid", payout["credit_note_id"])
    assert (event["state"], event["reason"]) == ("failed", UNKNOWN)
    refused = await shop.notify(four_members(other, "credit-note.status.changed", payout["credit_note_id"]))
    assert refused.status_code == 401
    assert len(await shop.events()) == 1


async def test_a_known_document_that_is_gone_without_a_word_is_looked_for_again(silent_shop: Shop) -> None:
    shop = silent_shop
    payment_intent = await shop.sale()
    invoice = await shop.write_invoice(remark=f"Bestellung: {payment_intent}", finalize=False)
    await tell(shop, "invoice.changed", invoice["id"])
    await shop.click(invoice["id"], "delete")
    await shop.forget_calls()
    event = await tell(shop, "invoice.changed", invoice["id"])
    assert (event["state"], event["reason"], await fetches(shop)) == ("failed", UNKNOWN, 3)
    assert (await shop.transaction(payment_intent))["invoice_id"] == invoice["id"]


async def test_a_deletion_that_lexoffice_does_not_bear_out_deletes_nothing(silent_shop: Shop) -> None:
    shop = silent_shop
    sale, invoice = await paid_sale(shop)
    event = await tell(shop, "invoice.deleted", invoice)
    assert (event["state"], event["reason"]) == ("failed", CONTRADICTED)
    assert await sale_of(shop, invoice) == sale


@pytest.mark.parametrize(
    ("event_type", "click", "state"),
    [("invoice.status.paid", None, "pending"), ("invoice.status.voided", "pay", "approved")],
)
async def test_the_document_wins_over_the_events_name(
    silent_shop: Shop, event_type: str, click: str | None, state: str
) -> None:
    shop = silent_shop
    payment_intent = await shop.sale()
    invoice = await shop.write_invoice(remark=f"Bestellung: {payment_intent}")
    if click:
        await shop.click(invoice["id"], click)
    event = await tell(shop, event_type, invoice["id"])
    assert (event["state"], event["reason"]) == ("failed", CONTRADICTED)
    sale = await shop.transaction(payment_intent)
    assert (sale["state"], sale["invoice_id"]) == (state, invoice["id"])
    assert await fetches(shop) == 3


async def test_paid_told_after_voided_pays_nothing(silent_shop: Shop) -> None:
    shop = silent_shop
    payment_intent = await shop.sale()
    invoice = await shop.write_invoice(remark=f"Bestellung: {payment_intent}")
    await shop.click(invoice["id"], "pay")
    await shop.click(invoice["id"], "void")
    assert (await tell(shop, "invoice.status.voided", invoice["id"]))["state"] == "processed"
    late = await tell(shop, "invoice.status.paid", invoice["id"])
    assert (late["state"], late["reason"]) == ("failed", CONTRADICTED)
    sale = await shop.transaction(payment_intent)
    assert (sale["state"], states(sale)) == ("refunded", {"reversed"})


@pytest.mark.parametrize("order", [("voided", "paid"), ("paid", "voided")])
async def test_of_two_events_at_once_the_one_that_the_document_confirms_explains_the_other(
    silent_shop: Shop, order: tuple[str, str]
) -> None:
    shop = silent_shop
    invoice = await shop.write_invoice(remark="Partner: ANNA")
    await shop.click(invoice["id"], "pay")
    await tell(shop, "invoice.status.paid", invoice["id"])
    await shop.click(invoice["id"], "void")
    told = [
        await accepted(shop, {"eventType": f"invoice.status.{each}", "resourceId": invoice["id"]}) for each in order
    ]
    assert {(await ended(shop, event))["state"] for event in told} == {"processed"}
    assert (await the_sale_of(shop, invoice["id"], "refunded"))["state"] == "refunded"


async def test_a_document_that_lags_is_fetched_again_until_it_shows_what_was_told(silent_shop: Shop) -> None:
    shop = silent_shop
    payment_intent = await shop.sale()
    invoice = await shop.write_invoice(remark=f"Bestellung: {payment_intent}")
    await shop.click(invoice["id"], "pay")
    await stale(shop, "invoices")
    event = await tell(shop, "invoice.status.paid", invoice["id"])
    assert (event["state"], await fetches(shop)) == ("processed", 2)
    assert (await shop.transaction(payment_intent))["state"] == "approved"


async def test_lexoffices_own_name_is_waited_for_too_while_nothing_new_is_shown(silent_shop: Shop) -> None:
    shop = silent_shop
    payment_intent = await shop.sale()
    invoice = await shop.write_invoice(remark=f"Bestellung: {payment_intent}")
    await tell_as_lexoffice(shop, "invoice.status.changed", invoice["id"])
    await shop.click(invoice["id"], "pay")
    await stale(shop, "invoices", times=2)
    await shop.forget_calls()
    # lexoffice's clock and ours are one here: an event that is surely younger than what is shown.
    number = await accepted(shop, four_members(shop, "invoice.status.changed", invoice["id"], later=5))
    assert ((await ended(shop, number))["state"], await fetches(shop)) == ("processed", 3)
    assert (await shop.transaction(payment_intent))["state"] == "approved"


async def test_an_event_that_nothing_new_follows_from_ends_unchanged(silent_shop: Shop) -> None:
    shop = silent_shop
    _, invoice = await paid_sale(shop)
    await shop.forget_calls()
    number = await accepted(shop, four_members(shop, "invoice.status.changed", invoice, later=5))
    event = await ended(shop, number)
    assert (event["state"], event["changes"], await fetches(shop)) == ("unchanged", None, 3)


@pytest.mark.parametrize("lagging", ["invoices", "payments"])
async def test_a_document_and_payments_of_different_states_are_not_judged_together(
    silent_shop: Shop, lagging: str
) -> None:
    shop = silent_shop
    payment_intent = await shop.sale()
    invoice = await shop.write_invoice(remark=f"Bestellung: {payment_intent}")
    await tell(shop, "invoice.changed", invoice["id"])
    await shop.click(invoice["id"], "pay")
    await stale(shop, lagging)
    assert (await tell(shop, "payment.changed", invoice["id"]))["state"] == "processed"
    sale = await shop.transaction(payment_intent)
    assert (sale["state"], sale["state_reason"]) == ("approved", None)
    assert await shop.tasks() == []


async def test_a_document_that_stays_at_odds_with_its_payments_is_said_to_be(silent_shop: Shop) -> None:
    shop = silent_shop
    invoice = await shop.write_invoice(remark="Partner: ANNA")
    await shop.click(invoice["id"], "pay")
    await stale(shop, "payments", times=3)
    event = await tell(shop, "invoice.status.paid", invoice["id"])
    assert (event["state"], event["reason"]) == (
        "failed",
        "Die Buchhaltung zeigt Beleg und Zahlungen in verschiedenen Ständen.",
    )
    assert await no_sale(shop)
    assert (await replay(shop, event["id"]))["state"] == "processed"


async def test_payments_that_lag_behind_a_document_that_the_ledger_holds_ask_nobody(silent_shop: Shop) -> None:
    """Told of once more, the last look at it may be the one whose payments come from a part of lexoffice that lags."""
    shop = silent_shop
    payment_intent = await shop.sale()
    invoice = await shop.write_invoice(remark=f"Bestellung: {payment_intent}")
    await shop.click(invoice["id"], "pay")
    assert (await tell(shop, "payment.changed", invoice["id"]))["state"] == "processed"
    await stale(shop, "payments", times=3)
    event = await tell(shop, "invoice.changed", invoice["id"])
    assert (event["state"], event["reason"]) == (
        "unchanged",
        "Die Buchhaltung zeigt Beleg und Zahlungen in verschiedenen Ständen.",
    )
    assert (await shop.transaction(payment_intent))["state"] == "approved"
    assert await shop.tasks() == []


async def test_a_lagging_credit_note_pays_its_payout_once_it_is_seen_to_be_paid(silent_shop: Shop) -> None:
    shop = silent_shop
    payout = await open_payout(shop)
    await shop.click(payout["credit_note_id"], "mark-paid")
    await stale(shop, "credit-notes")
    assert (await tell(shop, "payment.changed", payout["credit_note_id"]))["state"] == "processed"
    assert (await shop.payout_when(payout["number"], "paid"))["state"] == "paid"


async def test_an_answer_older_than_what_is_known_takes_nothing_back(silent_shop: Shop) -> None:
    shop = silent_shop
    payout = await open_payout(shop)
    (row,) = (await shop.api("GET", "/transactions"))["items"]
    await shop.click(payout["credit_note_id"], "mark-paid")
    await tell(shop, "credit-note.status.paid", payout["credit_note_id"])
    await shop.payout_when(payout["number"], "paid")
    await stale(shop, "invoices|credit-notes|payments", times=20)
    outdated = "Die Buchhaltung zeigt einen älteren Stand des Belegs."
    events = await all_at_once(
        tell(shop, "invoice.changed", row["invoice_id"]),
        tell(shop, "credit-note.status.changed", payout["credit_note_id"]),
    )
    assert [(event["state"], event["reason"]) for event in events] == [("unchanged", outdated)] * 2
    assert (await shop.api("GET", f"/transactions/{row['id']}"))["state"] == "approved"
    assert (await shop.payout_when(payout["number"], "paid"))["state"] == "paid"
    assert await shop.tasks() == []


async def test_signals_that_are_no_notification_of_ours_are_passed_over(silent_shop: Shop) -> None:
    shop = silent_shop
    invoice = await shop.write_invoice(remark="Partner: ANNA")
    await shop.click(invoice["id"], "pay")
    await shop.hook("POST", "faults", {"kind": "slow", "path": "invoices", "times": 1, "delayMs": 800})
    number = await accepted(shop, four_members(shop, "invoice.status.changed", invoice["id"]))
    workflow = shop.document_workflow(invoice["id"])
    junk: list[Any] = [
        None,
        17,
        "x",
        {"event": "17"},
        {"event": 10**12, "delivery": 1},
        {"event": 1, "delivery": "x"},
        [],
    ]
    for note in junk:
        await workflow.signal("notify", note)
    assert (await ended(shop, number))["state"] == "processed"
    assert await until(workflow.result, bool, "the workflow's end") is not None
    assert (await the_sale_of(shop, invoice["id"]))["state"] == "approved"


async def test_a_part_payment_whose_payments_lag_behind_the_document_is_seen(silent_shop: Shop) -> None:
    """The document is new by its `updatedDate`, and its payments are still those of before."""
    shop = silent_shop
    payout = await open_payout(shop)
    note = payout["credit_note_id"]
    await shop.click(note, "pay", amount="19.00")
    await stale(shop, "payments")
    number = await accepted(shop, four_members(shop, "payment.changed", note, later=5))
    assert (await ended(shop, number))["state"] == "processed"
    shown = await shop.api("GET", f"/payouts/{payout['number']}")
    assert shown["credit_note_open_cents"] == payout["gross_cents"] - 1_900


async def test_a_part_payment_of_an_invoice_is_seen_though_its_payments_lag(silent_shop: Shop) -> None:
    shop = silent_shop
    payment_intent = await shop.sale()
    invoice = await shop.write_invoice(remark=f"Bestellung: {payment_intent}")
    await tell_as_lexoffice(shop, "invoice.status.changed", invoice["id"])
    await shop.click(invoice["id"], "pay", amount="400.00")
    await stale(shop, "payments")
    number = await accepted(shop, four_members(shop, "payment.changed", invoice["id"], later=5))
    assert (await ended(shop, number))["state"] == "processed"
    assert (await shop.transaction(payment_intent))["paid_cents"] == 40_000


async def test_what_is_told_late_of_a_document_that_is_known_to_be_deleted_is_no_failure(silent_shop: Shop) -> None:
    shop = silent_shop
    payout = await open_payout(shop)
    note = payout["credit_note_id"]
    await shop.click(note, "reopen")
    await shop.click(note, "delete")
    await tell(shop, "credit-note.deleted", note)
    await shop.payout_when(payout["number"], "cancelled")
    await shop.forget_calls()
    event = await tell_as_lexoffice(shop, "credit-note.status.changed", note)
    assert (event["state"], await fetches(shop, "credit-notes")) == ("unchanged", 1)
