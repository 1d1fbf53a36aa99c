"""Notifications about documents that the ledger does not know: few fetches an hour, and none of them is lost."""

from datetime import timedelta
from uuid import UUID, uuid4

from ledger.inbox import unknown_documents
from tests.fixtures.house import Shop, until
from tests.fixtures.notifications import all_at_once, ended, four_members, paid_sale, tell, the_sale_of
from tests.fixtures.sweeps import sweep


async def leave_room_for(shop: Shop, more: int) -> None:
    """So many unknown documents are still fetched in this hour, and in the next one, should it begin meanwhile."""
    await shop.rows(
        "UPDATE api_budgets SET unproven = $1, unproven_hour = date_trunc('hour', now()) + interval '1 hour'",
        shop.house.settings.unproven_an_hour - more,
    )


async def waiting(shop: Shop) -> list[str]:
    rows = await shop.rows("SELECT reason_code FROM events WHERE state = 'waiting'")
    return [row["reason_code"] for row in rows]


async def fetched_with_priority(shop: Shop, document: str) -> list[int]:
    history = await shop.document_workflow(document).fetch_history()
    scheduled = [event.activity_task_scheduled_event_attributes for event in history.events]
    return [one.priority.priority_key for one in scheduled if one.activity_type.name == "fetch_document"]


async def test_foreign_ids_cost_few_calls_and_the_rest_waits_for_the_sweep(silent_shop: Shop) -> None:
    shop = silent_shop
    await leave_room_for(shop, 5)
    foreign = [four_members(shop, "invoice.status.changed", str(uuid4())) for _ in range(40)]
    answers = [answer.json() for answer in await all_at_once(*(shop.notify(event) for event in foreign))]
    assert {answer["status"] for answer in answers} == {"accepted"}
    assert sorted(answer.get("reason_code", "") for answer in answers) == [
        "",
        *[""] * 4,
        *[unknown_documents.WAITS] * 35,
    ]
    await until(
        lambda: shop.rows("SELECT 1 FROM events WHERE state = 'received'"), lambda rows: not rows, "the end of five"
    )
    assert (await shop.calls()) == {"GET /v1/invoices/{id}": 5}
    assert await waiting(shop) == [unknown_documents.WAITS] * 35

    assert await sweep(shop) == 0
    assert len(await waiting(shop)) == 35, "lexoffice's list lags: they may be in it a little later"
    await shop.rows("UPDATE events SET received_at = received_at - $1::interval", timedelta(minutes=11))
    await shop.forget_calls()
    assert await sweep(shop) == 0
    assert (await shop.calls()) == {"GET /v1/voucherlist": 1}
    assert await waiting(shop) == []
    left = await shop.rows(
        "SELECT DISTINCT state, reason_code FROM events WHERE reason_code = $1", unknown_documents.NOT_LISTED
    )
    assert [row["state"] for row in left] == ["ignored"]


async def test_a_paid_invoice_beyond_the_bound_is_booked_by_the_next_sweep(silent_shop: Shop) -> None:
    shop = silent_shop
    await leave_room_for(shop, 0)
    invoice = await shop.write_invoice(remark="Partner: ANNA")
    open_one = await shop.write_invoice()
    await shop.click(invoice["id"], "pay")
    events = [
        (await shop.notify(four_members(shop, "invoice.status.changed", one["id"]))).json()["event"]
        for one in (invoice, open_one)
    ]
    assert len(await waiting(shop)) == 2
    assert await shop.calls() == {}
    assert await sweep(shop) == 2
    assert (await the_sale_of(shop, invoice["id"]))["state"] == "approved"
    assert [(await ended(shop, event))["state"] for event in events] == ["processed", "unchanged"]
    assert await waiting(shop) == []


async def test_what_is_known_is_never_put_off_by_what_is_not(silent_shop: Shop) -> None:
    shop = silent_shop
    _, invoice = await paid_sale(shop)
    assert await fetched_with_priority(shop, invoice) == [5], "unknown so far: after everything else"
    await leave_room_for(shop, 0)
    assert (await tell(shop, "invoice.status.changed", invoice))["state"] == "unchanged"
    assert await fetched_with_priority(shop, invoice) == [3] * 3, "with the further looks at what shows nothing new"


async def test_a_foreign_credit_note_beyond_the_bound_costs_no_call_at_all(silent_shop: Shop) -> None:
    shop = silent_shop
    note = await shop.hook("POST", "credit-notes", {"customer": "Kunde AG", "net": "10.00"})
    await leave_room_for(shop, 0)
    answer = await shop.notify(four_members(shop, "credit-note.status.changed", note["id"]))
    assert answer.json()["reason_code"] == unknown_documents.WAITS
    assert await sweep(shop) == 0
    assert (await shop.api("GET", f"/events/{answer.json()['event']}"))["reason_code"] == unknown_documents.NOTHING_NEW
    assert await shop.calls() == {"GET /v1/voucherlist": 1}


async def test_a_correction_beyond_the_bound_is_booked_by_the_next_sweep(silent_shop: Shop) -> None:
    shop = silent_shop
    sale, invoice = await paid_sale(shop)
    await leave_room_for(shop, 0)
    correction = {"customer": "Kunde AG", "net": "1000.00", "precedingSalesVoucherId": invoice}
    note = await shop.hook("POST", "credit-notes", correction)
    answer = (await shop.notify(four_members(shop, "credit-note.status.changed", note["id"]))).json()
    assert answer["reason_code"] == unknown_documents.WAITS
    assert await sweep(shop) == 1
    assert (await ended(shop, answer["event"]))["state"] == "processed"
    assert (await shop.api("GET", f"/transactions/{sale['id']}"))["state"] == "refunded"


async def test_a_burst_about_one_unknown_document_counts_once(silent_shop: Shop) -> None:
    shop = silent_shop
    await leave_room_for(shop, 1)
    foreign = str(uuid4())
    first = await shop.notify(four_members(shop, "invoice.status.changed", foreign))
    second = await shop.notify(four_members(shop, "payment.changed", foreign, later=1))
    assert "reason" not in first.json() | second.json()
    assert await waiting(shop) == []
    other = await shop.notify(four_members(shop, "invoice.status.changed", str(uuid4())))
    assert other.json()["reason_code"] == unknown_documents.WAITS
    revoked = await shop.notify(four_members(shop, "token.revoked", str(UUID(int=7))))
    assert "reason" not in revoked.json(), "it names no document"
