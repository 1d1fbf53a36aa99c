"""The loop as a whole, in both dialects."""

from tests.fixtures.house import Shop


async def test_the_loop_reaches_paid(connected_shop: Shop) -> None:
    payout = await connected_shop.open_payout()
    assert payout["credit_note_number"].startswith("GS-2026-")
    await connected_shop.click(payout["credit_note_id"], "mark-paid")
    paid = await connected_shop.payout_when(payout["number"], "paid")
    assert paid["payment_reference"] == payout["credit_note_number"]
    assert await connected_shop.payout_workflow(payout["number"]).result() == "paid"


async def test_the_loop_reaches_paid_in_the_chapters_dialect(chapter_shop: Shop) -> None:
    payout = await chapter_shop.open_payout()
    await chapter_shop.click(payout["credit_note_id"], "mark-paid", paymentReference="E2E-17")
    paid = await chapter_shop.payout_when(payout["number"], "paid")
    assert paid["payment_reference"] == "E2E-17"


async def test_the_calls_of_lexoffice_are_as_few_as_promised(connected_shop: Shop) -> None:
    payment_intent = await connected_shop.sale()
    invoice = await connected_shop.write_invoice(remark=f"Bestellung: {payment_intent}")
    await connected_shop.events_ended(invoice["id"])
    await connected_shop.forget_calls()
    await connected_shop.click(invoice["id"], "pay")
    await connected_shop.transaction(payment_intent, lambda sale: sale["state"] == "approved")
    await connected_shop.events_ended(invoice["id"])
    assert await connected_shop.calls() == {"GET /v1/invoices/{id}": 1, "GET /v1/payments/{id}": 1}

    await connected_shop.forget_calls()
    payout = await connected_shop.api("POST", "/payouts", {"partner": "ANNA"})
    await connected_shop.approve(payout)
    payout = await connected_shop.payout_when(payout["number"], "credit_note_open")
    await connected_shop.events_ended(payout["credit_note_id"])
    assert await connected_shop.calls() == {"POST /v1/credit-notes": 1, "GET /v1/credit-notes/{id}": 2}

    await connected_shop.forget_calls()
    await connected_shop.click(payout["credit_note_id"], "mark-paid")
    await connected_shop.payout_when(payout["number"], "paid")
    await connected_shop.events_ended(payout["credit_note_id"])
    assert await connected_shop.calls() == {"GET /v1/credit-notes/{id}": 1, "GET /v1/payments/{id}": 1}


async def test_from_approval_to_paid_it_takes_four_activities(connected_shop: Shop) -> None:
    payout = await connected_shop.open_payout()
    await connected_shop.click(payout["credit_note_id"], "mark-paid")
    await connected_shop.payout_when(payout["number"], "paid")
    history = await connected_shop.payout_workflow(payout["number"]).fetch_history()
    scheduled = [
        event.activity_task_scheduled_event_attributes.activity_type.name
        for event in history.events
        if event.HasField("activity_task_scheduled_event_attributes")
    ]
    assert scheduled == ["advance", "create_credit_note", "read_back_credit_note", "advance"]
