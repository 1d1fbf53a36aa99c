"""An invoice that may belong to a sale which waits for one, and what a person answers."""

from typing import Any
from uuid import uuid4

import pytest

from ledger.booking.invoice_questions import resolve_invoice_question
from ledger.refusals import NotAllowedNow, NotFound
from ledger.types import EventState, TransactionId
from tests.fixtures.invoices import apply, booked, paid, sell, unpaid
from tests.fixtures.ledger_shop import Shop, at
from tests.ledger.booking.test_invoices import count, earned


@pytest.mark.parametrize(
    ("sale", "invoice"),
    [
        ({"customer_email": "k@example.org", "gross_cents": 5000}, {"customer_email": "K@EXAMPLE.org"}),
        ({}, {"gross_cents": 11901}),
        ({}, {"gross_cents": 11899}),
        ({}, {"order_references": ("4711",)}),
    ],
)
async def test_an_invoice_that_may_belong_to_a_pending_sale_books_nothing_and_asks(
    shop: Shop, sale: dict[str, Any], invoice: dict[str, Any]
) -> None:
    pending = await sell(shop, **sale)
    facts = paid(partner_code="ANNA", **invoice)
    outcome = await apply(shop, facts, events=(17, 18))
    assert (outcome.state, outcome.transaction_id) == (EventState.WAITING, None)
    assert await count(shop, "transactions") == 1
    [task] = await shop.rows("SELECT * FROM tasks")
    assert (task["kind"], task["actions"]) == ("invoice_without_reference", ["assign", "book_new"])
    assert [candidate["transaction_id"] for candidate in task["detail"]["candidates"]] == [str(pending)]
    assert task["links"]["event_ids"] == [17, 18]


@pytest.mark.parametrize(
    ("sale", "invoice"),
    [
        ({"gross_cents": 5000}, {"customer_email": "k@example.org"}),
        ({"sold_at": at("2026-01-04T23:59+01:00")}, {}),
        ({"gross_cents": 11902}, {}),
        ({"order_reference": "4712"}, {"order_references": ("4711",)}),
    ],
)
async def test_an_invoice_that_resembles_no_pending_sale_is_booked(
    shop: Shop, sale: dict[str, Any], invoice: dict[str, Any]
) -> None:
    await sell(shop, **sale)
    assert (await apply(shop, paid(**invoice))).state is EventState.PROCESSED
    assert await count(shop, "transactions") == 2


async def test_an_invoice_of_who_bought_what_a_source_called_paid_books_nothing_and_asks(shop: Shop) -> None:
    told: dict[str, Any] = {"source": "custom", "told_by": "custom", "is_final": True, "tax_cents": 1900}
    final = await sell(shop, customer_email="k@example.org", **told)
    assert (await shop.transaction(final))["state"] == "approved"
    outcome = await apply(shop, paid(partner_code="ANNA", customer_email="K@EXAMPLE.org"))
    assert (outcome.state, outcome.transaction_id) == (EventState.WAITING, None)
    assert (await apply(shop, paid(customer_email="other@example.org"))).state is EventState.PROCESSED


async def test_a_sale_that_has_its_invoice_is_no_candidate(shop: Shop) -> None:
    await sell(shop)
    await apply(shop, unpaid(paid(order_references=("pi_1",))))
    assert (await apply(shop, paid())).state is EventState.PROCESSED


async def test_a_person_assigns_the_invoice_and_the_replay_books_it(shop: Shop) -> None:
    pending = await sell(shop)
    invoice = paid()
    await apply(shop, invoice, events=(17,))
    async with shop.ledger.transaction(shop.tenant) as tx:
        replay = await resolve_invoice_question(
            tx, invoice.resource_id, action="assign", transaction_id=pending, by="key:x"
        )
    assert replay == (17,)
    outcome = await apply(shop, invoice)
    assert outcome.transaction_id == pending
    assert (await shop.transaction(pending))["state"] == "approved"
    assert await shop.tasks() == []


async def test_a_person_books_the_invoice_as_a_sale_of_its_own(shop: Shop) -> None:
    pending = await sell(shop)
    invoice = paid(partner_code="CARL")
    await apply(shop, invoice)
    async with shop.ledger.transaction(shop.tenant) as tx:
        await resolve_invoice_question(tx, invoice.resource_id, action="book_new", by="key:x")
    outcome = await apply(shop, invoice)
    assert outcome.transaction_id != pending
    assert await earned(shop, booked(outcome)) == [(1, "CARL", 1000)]
    assert (await apply(shop, invoice)).state is EventState.UNCHANGED


async def test_a_question_is_answered_once_and_only_as_it_may_be(shop: Shop) -> None:
    taken = await sell(shop, "pi_1")
    await apply(shop, paid(order_references=("pi_1",)))
    await sell(shop, "pi_2")
    invoice = paid()
    await apply(shop, invoice)

    async def answer(action: str, transaction_id: TransactionId | None = None) -> None:
        async with shop.ledger.transaction(shop.tenant) as tx:
            await resolve_invoice_question(
                tx, invoice.resource_id, action=action, transaction_id=transaction_id, by="key:x"
            )

    for action, transaction_id, refusal in (
        ("done", None, NotAllowedNow),
        ("assign", None, NotAllowedNow),
        ("assign", taken, NotAllowedNow),
        ("assign", TransactionId(uuid4()), NotFound),
    ):
        with pytest.raises(refusal):
            await answer(action, transaction_id)
    await answer("book_new")
    with pytest.raises(NotAllowedNow):
        await answer("book_new")
