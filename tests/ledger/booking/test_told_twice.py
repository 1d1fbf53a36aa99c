"""One purchase told by two sources that have no name for it in common: never two commissions, silently."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from ledger.booking import resolutions
from ledger.booking.outcome import Outcome
from ledger.booking.provider_reports import SaleReport
from ledger.booking.resolutions import Answer
from ledger.refusals import NotAcceptable
from ledger.sales.references import Reference
from ledger.types import TaskId, TransactionId
from tests.fixtures.invoices import apply, paid, sell
from tests.fixtures.ledger_shop import Shop
from tests.ledger.booking.test_money_told_twice import by_caller
from tests.ledger.booking.told_sales import SOLD_AT, booked, report

BUYER = "kim@example.org"


def told(source: str, name: str, **more: Any) -> SaleReport:
    """A sale that its source calls paid."""
    members: dict[str, Any] = {
        "source": source,
        "told_by": source,
        "is_final": True,
        "more_references": (Reference(kind=source, reference=name),),
        "gross_cents": 11900,
        "tax_cents": 1900,
        "currency": "EUR",
        "partner_code": "ANNA",
        "customer_email": BUYER,
        "sold_at": SOLD_AT,
    }
    return SaleReport(**members | more)


async def due_cents(shop: Shop) -> int:
    """What partners may be paid now."""
    rows = await shop.rows(
        "SELECT COALESCE(sum(net_cents), 0)::bigint AS cents FROM commissions WHERE state = 'approved'"
    )
    return int(rows[0]["cents"])


async def answer(shop: Shop, action: str, **detail: Any) -> None:
    [task] = await shop.rows("SELECT id FROM tasks WHERE state = 'open'")
    async with shop.ledger.transaction(shop.tenant, cause="user:editor") as tx:
        said = Answer(action=action, reason="Angesehen", detail=detail)
        await resolutions.resolve(tx, TaskId(task["id"]), said, actor="user:editor")


async def a_sale_before(shop: Shop, how: str) -> UUID:
    """Of the same customer over the same gross: by a paid invoice, or as another source told it."""
    outcome: Outcome
    if how == "invoice":
        outcome = await apply(shop, paid(partner_code="ANNA", customer_email=BUYER.upper()))
    else:
        outcome = await report(shop, told(how, "first"))
    return booked(outcome)


@pytest.mark.parametrize("how", ["invoice", "digistore24", "api"])
async def test_a_paid_sale_like_one_that_is_there_earns_nothing_until_a_person_says_which_it_is(
    shop: Shop, how: str
) -> None:
    first = await a_sale_before(shop, how)
    once = await due_cents(shop)
    second = booked(await report(shop, told("custom", "second")))
    assert second != first
    assert await due_cents(shop) == once > 0
    assert (await shop.transaction(second))["open_holds"] == ["told_twice"]
    [task] = await shop.rows("SELECT kind, actions, detail FROM tasks WHERE state = 'open'")
    assert (task["kind"], task["actions"]) == ("sale_told_twice", ["same_sale", "release"])
    assert [one["transaction_id"] for one in task["detail"]["candidates"]] == [str(first)]


@pytest.mark.parametrize("how", ["invoice", "digistore24"])
async def test_what_a_person_calls_the_same_purchase_becomes_one_sale(shop: Shop, how: str) -> None:
    first = await a_sale_before(shop, how)
    once = await due_cents(shop)
    await report(shop, told("custom", "second"))
    await answer(shop, "same_sale", transaction_id=str(first))
    [sale] = await shop.rows("SELECT id, state, provisional, gross_cents, open_holds FROM transactions")
    assert dict(sale) == {
        "id": first,
        "state": "approved",
        "provisional": False,
        "gross_cents": 11900,
        "open_holds": None,
    }
    assert await due_cents(shop) == once
    again = await report(shop, told("custom", "second"))
    assert (booked(again), again.changes) == (first, {})
    assert await shop.tasks() == []


async def test_what_a_person_calls_two_purchases_earns_twice_and_is_not_asked_again(shop: Shop) -> None:
    await a_sale_before(shop, "invoice")
    once = await due_cents(shop)
    await report(shop, told("custom", "second"))
    await answer(shop, "release")
    assert await due_cents(shop) == 2 * once
    await report(shop, told("custom", "second"))
    assert await shop.tasks() == []


async def test_the_final_sale_makes_one_with_stripe_s_that_still_waited(shop: Shop) -> None:
    await report(shop, told("custom", "first"))
    waiting = await sell(shop, "pi_9", customer_email=BUYER)
    assert (await shop.transaction(waiting))["open_holds"] == ["told_twice"]
    [first] = await shop.rows("SELECT id FROM transactions WHERE id <> $1", waiting)
    await answer(shop, "same_sale", transaction_id=str(first["id"]))
    [sale] = await shop.rows("SELECT state, provisional, base_cents, payment_intent FROM transactions")
    assert tuple(sale) == ("approved", False, 10000, "pi_9")


async def test_only_a_sale_that_was_asked_about_can_be_called_the_same(shop: Shop) -> None:
    await a_sale_before(shop, "invoice")
    other = booked(await report(shop, told("custom", "other", customer_email="lou@example.org")))
    await report(shop, told("custom", "second"))
    with pytest.raises(NotAcceptable) as refused:
        await answer(shop, "same_sale", transaction_id=str(other))
    assert refused.value.code == "not_a_candidate"
    assert len(await shop.rows("SELECT 1 FROM transactions")) == 3


@pytest.mark.parametrize(
    "second",
    [
        told("custom", "second", customer_email="lou@example.org"),
        told("custom", "second", gross_cents=12000),
        told("digistore24", "second"),
        told("custom", "second", sold_at=SOLD_AT + timedelta(days=3)),
    ],
    ids=["another customer", "another amount", "the same source", "another week"],
)
async def test_two_purchases_that_are_unlike_are_two_sales(shop: Shop, second: SaleReport) -> None:
    await a_sale_before(shop, "digistore24")
    await report(shop, second)
    assert await shop.tasks() == []
    assert len(await shop.rows("SELECT 1 FROM transactions WHERE open_holds IS NULL")) == 2


async def test_two_orders_are_two_sales(shop: Shop) -> None:
    await report(shop, told("digistore24", "first", order_reference="B-1"))
    await report(shop, told("custom", "second", order_reference="B-2"))
    assert await shop.tasks() == []


async def test_the_answer_to_one_question_releases_nothing_that_another_one_holds(shop: Shop) -> None:
    await report(shop, told("digistore24", "first"))
    await shop.rows("UPDATE partners SET email = $1 WHERE code = 'ANNA'", BUYER)
    second = booked(await report(shop, told("custom", "second")))
    assert sorted((await shop.transaction(second))["open_holds"]) == ["own_purchase", "told_twice"]
    [task] = await shop.rows("SELECT id FROM tasks WHERE kind = 'own_purchase' AND state = 'open'")
    async with shop.ledger.transaction(shop.tenant, cause="user:editor") as tx:
        said = Answer(action="release", reason="Kein Eigenkauf")
        await resolutions.resolve(tx, TaskId(task["id"]), said, actor="user:editor")
    assert (await shop.transaction(second))["open_holds"] == ["told_twice"]
    assert await shop.tasks() == [("sale_told_twice", str(second))]


async def test_a_sale_whose_money_went_back_by_its_id_can_be_called_the_same(shop: Shop) -> None:
    first = booked(await report(shop, told("digistore24", "first")))
    second = booked(await report(shop, told("custom", "second")))
    await report(shop, by_caller(TransactionId(second), 2_000))
    await answer(shop, "same_sale", transaction_id=str(first))
    [sale] = await shop.rows("SELECT id, refunded_cents FROM transactions")
    assert tuple(sale) == (first, 2_000)
