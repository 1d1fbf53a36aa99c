"""A fetched invoice finds its sale, makes it final, and is booked once."""

import asyncio
import itertools
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from ledger.booking.invoice_questions import resolve_invoice_question
from ledger.programme import campaigns, partners
from ledger.programme.calculation import Rate
from ledger.programme.campaigns import NewCampaign, NewPlan
from ledger.programme.partners import PartnerChange
from ledger.reasons import Reason
from ledger.sales import customers
from ledger.sales.customers import NewCustomer
from ledger.types import EventState
from tests.fixtures.invoices import apply, booked, give_back, paid, sell, still, unpaid
from tests.fixtures.ledger_shop import Shop, at

FINAL = [(1, "ANNA", 1000), (2, "BERT", 500), (3, "CARL", 200)]


async def earned(shop: Shop, transaction_id: Any) -> list[tuple[int, str, int]]:
    return [entry[:3] for entry in await shop.commissions(transaction_id)]


async def states(shop: Shop, transaction_id: Any) -> set[str]:
    return {entry[3] for entry in await shop.commissions(transaction_id)}


async def count(shop: Shop, table: str) -> int:
    return len(await shop.rows(f"SELECT 1 FROM {table}"))


async def test_a_paid_invoice_approves_its_sale_with_the_final_base(shop: Shop) -> None:
    sale = await sell(shop)
    assert await earned(shop, sale) == [(1, "ANNA", 1190), (2, "BERT", 595), (3, "CARL", 238)]
    invoice = paid(order_references=("pi_1",), address={"name": "Kunde"}, line_items=[{"name": "Kurs"}])
    outcome = await apply(shop, invoice)
    row = await shop.transaction(sale)
    assert (outcome.state, outcome.transaction_id) == (EventState.PROCESSED, sale)
    assert (row["state"], row["base_cents"], row["tax_cents"], row["provisional"]) == ("approved", 10000, 1900, False)
    assert (row["paid_cents"], row["paid_at"], row["address"]) == (11900, invoice.paid_at, {"name": "Kunde"})
    assert await earned(shop, sale) == FINAL
    assert await states(shop, sale) == {"approved"}
    assert not [row for row in await shop.rows("SELECT provisional FROM commissions") if row["provisional"]]


async def test_what_changed_is_said_on_the_event(shop: Shop) -> None:
    await sell(shop)
    changes = (await apply(shop, paid(order_references=("pi_1",)))).changes
    assert changes["state"] == ["pending", "approved"]
    assert changes["base_cents"] == [11900, 10000]
    assert changes["commissions"][0] == {
        "level": 1,
        "partner": "ANNA",
        "kind": "sale",
        "state": ["pending", "approved"],
        "net_cents": [1190, 1000],
        "provisional": [True, False],
    }
    assert changes["difference"] == {"code": "commission_differs", "params": {"was": 2023, "now": 1700}}


@pytest.mark.parametrize(
    ("percent", "tax_cents", "said"),
    # 100,00 € provisional base: 10 % of it is 10,00 €
    [(10, 1900, False), (10, 1910, False), (10, 2010, True), (90, 2000, False), (90, 2030, True)],
)
async def test_a_difference_is_said_above_one_euro_or_one_percent(
    shop: Shop, percent: int, tax_cents: int, said: bool
) -> None:
    async with shop.ledger.transaction(shop.tenant) as tx:
        campaign = await campaigns.create(tx, NewCampaign(slug="neu", name="Neu"), by="test")
        plan = NewPlan(levels=(Rate(level=1, percent=Decimal(percent)),))
        await campaigns.add_plan(tx, campaign.id, plan, by="test")
    await sell(shop, tax_cents=1900, campaign_slug="neu")
    outcome = await apply(
        shop,
        paid(
            order_references=("pi_1",), tax_cents=tax_cents, net_cents=11900 - tax_cents, base_cents=11900 - tax_cents
        ),
    )
    assert ("difference" in outcome.changes) is said


async def test_applying_the_same_invoice_twice_changes_nothing(shop: Shop) -> None:
    sale = await sell(shop)
    invoice = paid(order_references=("pi_1",))
    await apply(shop, invoice)
    before = await shop.transaction(sale)
    again = await apply(shop, invoice)
    assert (again.state, again.changes) == (EventState.UNCHANGED, {})
    assert await shop.transaction(sale) == before
    assert await shop.history(sale) == [("", "pending"), ("pending", "approved")]


@pytest.mark.parametrize("named_by", ["pi_1", "cs_1", "A-7", "our own id"])
async def test_an_invoice_finds_its_sale_by_any_of_its_references(shop: Shop, named_by: str) -> None:
    sale = await sell(shop, checkout_session="cs_1", order_reference="A-7")
    reference = str(sale) if named_by == "our own id" else named_by
    assert (await apply(shop, paid(order_references=(reference,)))).transaction_id == sale


async def test_an_invoice_is_found_again_by_its_stored_reference(shop: Shop) -> None:
    sale = await sell(shop)
    invoice = paid(order_references=("pi_1",))
    await apply(shop, unpaid(invoice))
    assert (await apply(shop, still(invoice, order_references=()))).transaction_id == sale
    assert (await shop.transaction(sale))["state"] == "approved"


async def test_a_paid_invoice_that_nobody_knew_is_booked(shop: Shop) -> None:
    sale = booked(await apply(shop, paid(partner_code="anna", order_references=("X-1",), customer_email="k@x.example")))
    row = await shop.transaction(sale)
    assert (row["source"], row["state"], row["order_reference"]) == ("lexoffice", "approved", "X-1")
    assert row["sold_at"] == at("2026-03-06T23:59:59.999999+01:00")
    assert await earned(shop, sale) == FINAL
    assert await states(shop, sale) == {"approved"}
    assert await count(shop, "customers") == 1


async def test_an_invoice_without_any_partner_is_a_sale_without_commissions(shop: Shop) -> None:
    outcome = await apply(shop, paid())
    assert outcome.state is EventState.PROCESSED
    assert (await shop.transaction(booked(outcome)))["state"] == "approved"
    assert await earned(shop, booked(outcome)) == []


async def test_an_open_invoice_that_nobody_knew_books_nothing_yet(shop: Shop) -> None:
    invoice = paid(partner_code="ANNA")
    assert (await apply(shop, unpaid(invoice))).state is EventState.UNCHANGED
    assert await count(shop, "transactions") == 0
    assert (await apply(shop, invoice)).state is EventState.PROCESSED


@pytest.mark.parametrize(
    ("members", "earns"),
    [
        ({"partner_code": "CARL", "customer_partner_code": "BERT"}, "CARL"),
        ({"customer_partner_code": "BERT"}, "BERT"),
        ({}, "ANNA"),
    ],
)
async def test_the_partner_is_the_documents_then_the_customers_then_the_assigned_one(
    shop: Shop, members: dict[str, str], earns: str
) -> None:
    async with shop.ledger.transaction(shop.tenant) as tx:
        new = NewCustomer(email="k@example.org", assigned_partner_code="ANNA")
        await customers.create(tx, new, by="test")
    outcome = await apply(shop, paid(customer_email="K@example.org", **members))
    assert (await earned(shop, booked(outcome)))[0][1] == earns


async def test_the_assigned_partner_is_found_by_contact_before_mail(shop: Shop) -> None:
    contact = uuid4()
    async with shop.ledger.transaction(shop.tenant) as tx:
        by_mail = NewCustomer(email="k@example.org", assigned_partner_code="ANNA")
        by_contact = NewCustomer(lexoffice_contact_id=contact, assigned_partner_code="CARL")
        await customers.create(tx, by_mail, by="test")
        await customers.create(tx, by_contact, by="test")
    outcome = await apply(shop, paid(customer_email="k@example.org", contact_id=contact))
    assert (await earned(shop, booked(outcome)))[0][1] == "CARL"


async def test_a_sale_without_partner_gets_the_one_its_invoice_names(shop: Shop) -> None:
    sale = await sell(shop, partner_code=None)
    await apply(shop, paid(order_references=("pi_1",), partner_code="ANNA"))
    assert await earned(shop, sale) == FINAL
    assert await states(shop, sale) == {"approved"}


async def test_tree_and_plan_are_those_of_the_instant_of_the_sale(shop: Shop) -> None:
    """Partner named only by the invoice, after the tree was changed and the plan raised."""
    sold_at = (await shop.rows("SELECT clock_timestamp() AS now"))[0]["now"]
    sale = await sell(shop, partner_code=None, sold_at=sold_at)
    async with shop.ledger.transaction(shop.tenant) as tx:
        change = PartnerChange(sponsor_code=None)
        await partners.change(tx, shop.partner["ANNA"].id, change, by="test")
        campaign = await campaigns.find_by_slug(tx, "standard")
        assert campaign is not None
        raised = NewPlan(levels=(Rate(level=1, percent=Decimal(50)),), valid_from=sold_at + timedelta(milliseconds=1))
        await campaigns.add_plan(tx, campaign.id, raised, by="test")
    await apply(shop, paid(order_references=("pi_1",), partner_code="ANNA"))
    assert await earned(shop, sale) == FINAL


async def test_rates_and_chain_stored_with_the_sale_are_used_again(shop: Shop) -> None:
    sale = await sell(shop)
    async with shop.ledger.transaction(shop.tenant) as tx:
        for code in ("ANNA", "BERT"):
            change = PartnerChange(status="inactive", sponsor_code=None)
            await partners.change(tx, shop.partner[code].id, change, by="test")
    await apply(shop, paid(order_references=("pi_1",)))
    assert await earned(shop, sale) == FINAL


async def test_the_sales_partner_stays_when_the_invoice_names_another(shop: Shop) -> None:
    sale = await sell(shop)
    outcome = await apply(shop, paid(order_references=("pi_1",), partner_code="CARL"))
    assert outcome.state is EventState.PROCESSED
    assert await earned(shop, sale) == FINAL
    assert await shop.tasks() == [("invoice_names_other_partner", str(sale))]


async def test_the_documents_campaign_comes_before_the_sales(shop: Shop) -> None:
    async with shop.ledger.transaction(shop.tenant) as tx:
        campaign = await campaigns.create(tx, NewCampaign(slug="sommer", name="Sommer"), by="test")
        plan = NewPlan(levels=(Rate(level=1, percent=Decimal(40)),))
        await campaigns.add_plan(tx, campaign.id, plan, by="test")
    sale = await sell(shop)
    invoice = paid(order_references=("pi_1",), campaign_slug="sommer")
    await apply(shop, invoice)
    assert await earned(shop, sale) == [(1, "ANNA", 4000), (2, "BERT", 0), (3, "CARL", 0)]
    assert (await apply(shop, invoice)).state is EventState.UNCHANGED


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize(
    ("members", "task"),
    [
        ({"net_cents": 0, "tax_cents": 0, "gross_cents": 0, "base_cents": 0}, None),
        ({"net_cents": -100, "tax_cents": -19, "gross_cents": -119, "base_cents": -100}, None),
        ({"partner_code": "NIEMAND"}, "unknown_partner_code"),
        ({"campaign_slug": "nirgends"}, "unknown_campaign"),
        ({"partner_codes_differ": True}, "two_partner_codes"),
    ],
)
async def test_what_cannot_be_booked_fails_and_leaves_the_ledger_as_it_was(
    shop: Shop, known: bool, members: dict[str, Any], task: str | None
) -> None:
    sales = [await sell(shop)] if known else []
    before = [await shop.rows("SELECT * FROM transactions"), await shop.rows("SELECT * FROM commissions")]
    invoice = paid(order_references=("pi_1",) if known else (), **members)
    outcome = await apply(shop, invoice)
    assert (outcome.state, outcome.changes) == (EventState.FAILED, {})
    assert outcome.reason is not None
    after = [await shop.rows("SELECT * FROM transactions"), await shop.rows("SELECT * FROM commissions")]
    assert after == before
    assert len(after[0]) == len(sales)
    assert await shop.tasks() == ([(task, str(invoice.resource_id))] if task else [])


async def test_an_invoice_in_another_currency_waits_and_asks_with_the_amount(shop: Shop) -> None:
    await sell(shop)
    before = await shop.rows("SELECT * FROM transactions")
    outcome = await apply(shop, paid(order_references=("pi_1",), currency="CHF"))
    assert (outcome.state, outcome.changes) == (EventState.WAITING, {})
    assert outcome.reason == Reason.of("exchange_rate_awaited", currency="CHF", amount="119", day=date(2026, 3, 6))
    assert await shop.rows("SELECT * FROM transactions") == before
    assert [kind for kind, _ in await shop.tasks()] == ["foreign_currency"]


async def test_a_question_closes_itself_when_the_replay_can_be_booked(shop: Shop) -> None:
    invoice = paid(partner_code="NIEMAND")
    await apply(shop, invoice)
    await apply(shop, still(invoice, partner_code="ANNA"))
    assert await shop.tasks() == []


async def test_invoices_before_the_cut_over_are_ignored(shop: Shop) -> None:
    await shop.connect(date(2026, 3, 7))
    assert (await apply(shop, paid())).state is EventState.IGNORED
    assert (await apply(shop, paid(voucher_date=date(2026, 3, 7)))).state is EventState.PROCESSED
    assert await count(shop, "transactions") == 1


async def test_a_second_valid_invoice_for_one_order_asks_a_person(shop: Shop) -> None:
    sale = await sell(shop)
    await apply(shop, paid(order_references=("pi_1",)))
    second = paid(order_references=("pi_1",), voucher_number="RE-2")
    outcome = await apply(shop, second)
    assert outcome.state is EventState.FAILED
    assert await shop.tasks() == [("order_reference_taken", str(second.resource_id))]
    assert len(await shop.history(sale)) == 2


async def test_references_of_two_sales_in_one_invoice_ask_a_person(shop: Shop) -> None:
    await sell(shop, "pi_1")
    second = await sell(shop, "pi_2")
    invoice = paid(order_references=("pi_1", "pi_2"))
    assert (await apply(shop, invoice)).state is EventState.FAILED
    async with shop.ledger.transaction(shop.tenant) as tx:
        await resolve_invoice_question(tx, invoice.resource_id, action="assign", transaction_id=second, by="key:x")
    assert (await apply(shop, invoice)).transaction_id == second


async def test_an_own_purchase_by_invoice_is_approved_but_its_commissions_wait(shop: Shop) -> None:
    outcome = await apply(shop, paid(partner_code="ANNA", customer_email="anna@p.example"))
    row = await shop.transaction(booked(outcome))
    assert (row["state"], row["open_holds"]) == ("approved", ["own_purchase"])
    assert await states(shop, row["id"]) == {"pending"}


async def test_stripe_may_tell_of_a_sale_after_its_invoice(shop: Shop) -> None:
    outcome = await apply(shop, paid(order_references=("pi_1",), partner_code="ANNA"))
    sale = await sell(shop, checkout_session="cs_1")
    assert sale == outcome.transaction_id
    row = await shop.transaction(sale)
    assert (row["payment_intent"], row["state"], row["base_cents"]) == ("pi_1", "approved", 10000)


async def test_ten_deliveries_of_an_unknown_invoice_at_once_book_one_sale(shop: Shop) -> None:
    invoice = paid(partner_code="ANNA", customer_email="k@example.org")
    outcomes = await asyncio.gather(*(apply(shop, invoice) for _ in range(10)))
    assert len({outcome.transaction_id for outcome in outcomes}) == 1
    assert [outcome.state for outcome in outcomes].count(EventState.PROCESSED) == 1
    assert await count(shop, "transactions") == 1


async def test_sale_and_invoice_at_once_are_one_sale(shop: Shop) -> None:
    for number in range(6):
        reference = f"pi_{number}"
        await asyncio.gather(
            sell(shop, reference, gross_cents=100 * number + 500),
            apply(shop, paid(order_references=(reference,), partner_code="ANNA")),
        )
    rows = await shop.rows(
        "SELECT t.state, count(c.id) AS levels FROM transactions t JOIN commissions c"
        " ON c.transaction_id = t.id GROUP BY t.id, t.state"
    )
    assert [tuple(row) for row in rows] == [("approved", 3)] * 6


async def test_two_invoices_of_one_order_at_once_leave_one_to_a_person(shop: Shop) -> None:
    await sell(shop)
    outcomes = await asyncio.gather(*(apply(shop, paid(order_references=("pi_1",))) for _ in range(2)))
    assert sorted(outcome.state for outcome in outcomes) == [EventState.FAILED, EventState.PROCESSED]
    assert [kind for kind, _ in await shop.tasks()] == ["order_reference_taken"]


async def tell(shop: Shop, step: int, number: int) -> None:
    reference = f"pi_{number}"
    if step == 0:
        await sell(shop, reference, checkout_session=f"cs_{number}", customer_email="k@example.org")
    elif step == 1:
        await sell(shop, reference, partner_code=None)
    elif step == 2:
        await apply(shop, paid(order_references=(reference,), customer_email="k@example.org"))
    else:
        await give_back(shop, reference)


@pytest.mark.parametrize("refunded", [True, False])
async def test_checkout_payment_invoice_and_refund_end_alike_in_any_order(shop: Shop, refunded: bool) -> None:
    for round_, order in enumerate(itertools.permutations(range(4 if refunded else 3))):
        for step in order:
            await tell(shop, step, round_)
        [sale] = await shop.rows("SELECT id, state FROM transactions WHERE payment_intent = $1", f"pi_{round_}")
        assert (order, sale["state"]) == (order, "refunded" if refunded else "approved")
        assert await states(shop, sale["id"]) == ({"reversed"} if refunded else {"approved"})
        assert [entry[1] for entry in await earned(shop, sale["id"])] == ["ANNA", "BERT", "CARL"]
        assert refunded or await earned(shop, sale["id"]) == FINAL
    assert await shop.tasks() == []


@pytest.mark.parametrize("status", ["voided", "deleted", "open"])
async def test_a_question_is_closed_when_the_invoice_is_no_longer_paid(shop: Shop, status: str) -> None:
    await sell(shop)
    invoice = paid()
    await apply(shop, invoice)
    await apply(shop, still(invoice, status=status))
    assert await shop.tasks() == []


async def test_a_refund_by_stripe_is_not_undone_by_an_invoice_that_stays_paid(shop: Shop) -> None:
    sale = await sell(shop)
    invoice = paid(order_references=("pi_1",))
    await apply(shop, invoice)
    await give_back(shop)
    outcome = await apply(shop, still(invoice, voucher_number="RE-1"))
    assert outcome.state is EventState.UNCHANGED
    assert outcome.reason is not None
    assert (await shop.transaction(sale))["state"] == "refunded"
    assert await states(shop, sale) == {"reversed"}
