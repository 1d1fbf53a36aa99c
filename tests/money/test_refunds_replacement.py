"""A voided invoice may be rewritten: its commissions are blocked at once, and reversed when no other one has come."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from ledger.booking import invoice_questions, replacement
from ledger.booking.replacement import Window
from ledger.types import EventState, TransactionId
from tests.fixtures.house import Shop as HouseShop
from tests.fixtures.house import until
from tests.fixtures.invoices import apply, booked, paid, sell, still, unpaid
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.notifications import earned, paid_sale, states, tell, the_sale_of


async def with_window(shop: Shop, days: float = 3) -> None:
    await shop.rows("UPDATE tenants SET replacement_window = $1", timedelta(days=days))


async def voided_sale(shop: Shop, **more: Any) -> tuple[UUID, Any]:
    await with_window(shop)
    sale = await sell(shop)
    invoice = paid(order_references=("pi_1",), **more)
    await apply(shop, invoice)
    await apply(shop, still(invoice, status="voided"))
    return sale, invoice


async def time_passes(shop: Shop, sale: UUID) -> None:
    await shop.rows("UPDATE transactions SET replacement_until = now() - interval '2 hours' WHERE id = $1", sale)


async def end(shop: Shop, invoice: UUID) -> Window:
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        return await replacement.judge_window(tx, invoice)


async def state_of(shop: Shop, sale: UUID) -> tuple[str, bool, set[str]]:
    """State of the sale, whether it is blocked, and the states of its commissions."""
    row = await shop.transaction(sale)
    return row["state"], row["open_holds"] == ["invoice_voided"], {one[3] for one in await shop.commissions(sale)}


async def test_a_voided_invoice_blocks_at_once_and_leaves_an_open_payout(shop: Shop) -> None:
    await with_window(shop)
    sale = await sell(shop)
    invoice = paid(order_references=("pi_1",))
    await apply(shop, invoice)
    number = await shop.payout("ANNA")
    outcome = await apply(shop, still(invoice, status="voided"))
    assert (outcome.payouts, outcome.replacement_until is not None) == ((number,), True)
    assert await state_of(shop, sale) == ("approved", True, {"pending"})
    # A repeat neither shortens nor lengthens the window.
    again = await apply(shop, still(invoice, status="voided"))
    assert (again.state, again.replacement_until) == (EventState.UNCHANGED, outcome.replacement_until)


async def test_what_a_document_promises_is_clawed_back_only_after_the_window(shop: Shop) -> None:
    await with_window(shop)
    sale = await sell(shop)
    invoice = paid(order_references=("pi_1",))
    await apply(shop, invoice)
    await shop.document_under_way(await shop.payout("ANNA"))
    await apply(shop, still(invoice, status="voided"))
    assert [one[4] for one in await shop.commissions(sale)] == ["sale"] * 3
    await time_passes(shop, sale)
    await end(shop, invoice.resource_id)
    assert [one[2:] for one in await shop.commissions(sale) if one[0] == 1] == [
        (1000, "in_payout", "sale"),
        (-1000, "approved", "clawback"),
    ]


async def test_nothing_happens_before_the_end_and_once_at_the_end(shop: Shop) -> None:
    sale, invoice = await voided_sale(shop)
    early = await end(shop, invoice.resource_id)
    assert (early.outcome, 2 * 86400 < early.wait_seconds <= 3 * 86400) == (None, True)
    await time_passes(shop, sale)
    over = await end(shop, invoice.resource_id)
    assert over.outcome is not None
    assert await state_of(shop, sale) == ("refunded", False, {"reversed"})
    assert await end(shop, invoice.resource_id) == Window()


async def test_an_invoice_with_the_same_order_takes_the_place_in_the_window(shop: Shop) -> None:
    sale, first = await voided_sale(shop)
    second = paid(order_references=("pi_1",), voucher_number="RE-2", net_cents=9000, base_cents=9000, gross_cents=10710)
    await apply(shop, unpaid(second))
    assert await state_of(shop, sale) == ("pending", False, {"pending"})
    await apply(shop, second)
    assert [one[2:4] for one in await shop.commissions(sale)] == [
        (900, "approved"),
        (450, "approved"),
        (180, "approved"),
    ]
    await time_passes(shop, sale)  # touches nothing: there is no window any more
    await shop.rows("UPDATE transactions SET replacement_until = NULL WHERE id = $1", sale)
    assert await end(shop, first.resource_id) == Window()
    assert (await shop.history(sale))[-1] == ("pending", "approved")


async def test_an_invoice_that_comes_after_the_window_restores(shop: Shop) -> None:
    sale, first = await voided_sale(shop)
    await time_passes(shop, sale)
    await end(shop, first.resource_id)
    await apply(shop, paid(order_references=("pi_1",), voucher_number="RE-2"))
    assert await state_of(shop, sale) == ("approved", False, {"approved"})


async def test_a_draft_does_not_end_the_window(shop: Shop) -> None:
    sale, first = await voided_sale(shop)
    draft = paid(order_references=("pi_1",), voucher_number="RE-2", status="draft", paid_cents=0, paid_at=None)
    await apply(shop, draft)
    assert (await state_of(shop, sale))[1] is True
    await time_passes(shop, sale)
    await end(shop, first.resource_id)
    assert (await state_of(shop, sale))[0] == "refunded"
    await apply(shop, still(draft, status="paid", paid_cents=11900))
    assert await state_of(shop, sale) == ("approved", False, {"approved"})


async def test_the_same_customer_and_amount_within_a_week_is_offered_to_a_person(shop: Shop) -> None:
    contact = uuid4()
    sale, _ = await voided_sale(shop, contact_id=contact)
    second = paid(voucher_number="RE-2", contact_id=contact)
    outcome = await apply(shop, unpaid(second))
    assert outcome.state is EventState.WAITING
    [task] = await shop.rows("SELECT * FROM tasks WHERE state = 'open'")
    assert (task["kind"], task["actions"]) == ("replaces_voided", ["assign", "book_new"])
    assert [one["transaction_id"] for one in task["detail"]["candidates"]] == [str(sale)]
    async with shop.ledger.transaction(shop.tenant) as tx:
        await invoice_questions.resolve_invoice_question(
            tx, second.resource_id, action="assign", transaction_id=TransactionId(sale), by="key:x"
        )
    await apply(shop, second)
    assert await state_of(shop, sale) == ("approved", False, {"approved"})


async def test_a_person_may_say_that_it_is_another_sale(shop: Shop) -> None:
    contact = uuid4()
    sale, _ = await voided_sale(shop, contact_id=contact)
    second = paid(voucher_number="RE-2", contact_id=contact, partner_code="ANNA")
    await apply(shop, second)
    async with shop.ledger.transaction(shop.tenant) as tx:
        await invoice_questions.resolve_invoice_question(tx, second.resource_id, action="book_new", by="key:x")
    assert booked(await apply(shop, second)) != sale
    assert (await state_of(shop, sale))[1] is True


async def test_another_amount_another_customer_or_a_later_week_is_not_offered(shop: Shop) -> None:
    contact = uuid4()
    _, first = await voided_sale(shop, contact_id=contact)
    others = [paid(contact_id=contact, gross_cents=11901), paid(contact_id=uuid4())]
    for other in others:
        assert (await apply(shop, unpaid(other))).state is EventState.UNCHANGED
    await shop.rows(
        "UPDATE external_documents SET fetched_at = now() - interval '8 days' WHERE resource_id = $1",
        first.resource_id,
    )
    assert (await apply(shop, unpaid(paid(contact_id=contact)))).state is EventState.UNCHANGED


async def test_a_window_that_nobody_ended_is_found_by_the_sweep(shop: Shop) -> None:
    sale, invoice = await voided_sale(shop)

    async def forgotten() -> list[UUID]:
        async with shop.ledger.transaction(shop.tenant) as tx:
            return await replacement.forgotten(tx)

    assert await forgotten() == []
    await time_passes(shop, sale)
    assert await forgotten() == [invoice.resource_id]


# In the loop: the document's workflow waits.


async def house_window(shop: HouseShop, seconds: float) -> None:
    await shop.rows(
        "UPDATE tenants SET replacement_window = $2 WHERE id = $1", shop.tenant.id, timedelta(seconds=seconds)
    )


async def test_the_documents_workflow_waits_and_then_refunds(silent_shop: HouseShop) -> None:
    shop = silent_shop
    await house_window(shop, 1.5)
    _, invoice = await paid_sale(shop)
    await shop.click(invoice, "void")
    event = await tell(shop, "invoice.status.voided", invoice)
    assert event["changes"]["holds"] == [[], ["invoice_voided"]]
    sale = await the_sale_of(shop, invoice, "refunded")
    assert (sale["blocked_reason"], states(sale)) == (None, {"reversed"})
    assert await shop.document_workflow(invoice).result() == "processed"


async def test_a_rewritten_invoice_leaves_the_waiting_workflow_nothing_to_do(silent_shop: HouseShop) -> None:
    shop = silent_shop
    await house_window(shop, 3)
    before, first = await paid_sale(shop)
    await shop.click(first, "void")
    await tell(shop, "invoice.status.voided", first)
    second = await shop.write_invoice(net="900.00", remark=f"Bestellung: {before['id']}")
    await shop.click(second["id"], "pay")
    await tell(shop, "invoice.status.paid", second["id"])
    assert await shop.document_workflow(first).result() == "replaced"
    sale = await the_sale_of(shop, second["id"])
    assert (sale["state"], sale["blocked_reason"], earned(sale)["ANNA"]) == ("approved", None, 9_000)


async def test_a_new_event_ends_the_wait_early_and_the_wait_goes_on(silent_shop: HouseShop) -> None:
    shop = silent_shop
    await house_window(shop, 600)
    _, invoice = await paid_sale(shop)
    await shop.click(invoice, "void")
    await tell(shop, "invoice.status.voided", invoice)
    run = (await shop.document_workflow(invoice).describe()).run_id
    again = await tell(shop, "invoice.changed", invoice)
    assert again["state"] == "unchanged"

    async def waits() -> Any:
        return await shop.document_workflow(invoice).describe()

    seen = await until(waits, lambda found: found.close_time is None, "the workflow waits on")
    assert seen.run_id == run
