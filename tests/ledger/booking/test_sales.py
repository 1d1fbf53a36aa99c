"""What the payment provider reports becomes one sale, in whatever order it is told."""

import asyncio
from datetime import date
from decimal import Decimal

import pytest
from pydantic import ValidationError

from api.http.language import in_words
from ledger.booking import sale_decisions
from ledger.booking.provider_reports import SaleReport
from ledger.commissions import commission_list
from ledger.commissions.commission_list import CommissionFilter
from ledger.commissions.explanations import explained
from ledger.payouts import partner_balance
from ledger.programme import campaigns, coupons, partners
from ledger.programme.calculation import Rate
from ledger.programme.campaigns import NewCampaign, NewPlan
from ledger.programme.partners import PartnerChange
from ledger.refusals import NotAcceptable, NotAllowedNow
from ledger.sales import customers, sale_list
from ledger.sales.customers import NewCustomer
from ledger.sales.sale_list import SaleFilter
from ledger.types import EventState, TransactionId
from tests.fixtures.ledger_shop import Shop, at
from tests.ledger.booking.told_sales import SOLD_AT, booked, only_sale, report, sale


async def test_a_sale_earns_on_each_level_provisionally(shop: Shop) -> None:
    outcome = await report(shop, sale(partner_code="anna", tax_cents=1900))
    assert outcome.state is EventState.PROCESSED
    row = await shop.transaction(booked(outcome))
    assert (row["state"], row["base_cents"], row["tax_cents"], row["provisional"]) == ("pending", 10000, 1900, True)
    assert await shop.commissions(row["id"]) == [
        (1, "ANNA", 1000, "pending", "sale"),
        (2, "BERT", 500, "pending", "sale"),
        (3, "CARL", 200, "pending", "sale"),
    ]
    [first] = await shop.rows("SELECT * FROM commissions WHERE level = 1")
    assert (first["provisional"], str(first["service_date"]), first["percent"]) == (True, "2026-03-05", Decimal(10))


async def test_without_tax_data_the_base_is_the_gross(shop: Shop) -> None:
    row = await shop.transaction(booked(await report(shop, sale(partner_code="ANNA"))))
    assert (row["base_cents"], row["provisional"]) == (11900, True)


@pytest.mark.parametrize("session_first", [True, False])
async def test_checkout_and_payment_make_one_sale_in_either_order(shop: Shop, session_first: bool) -> None:
    checkout = sale(
        checkout_session="cs_1",
        partner_code="ANNA",
        tax_cents=1900,
        customer_email="k@example.org",
        order_reference="A-7",
    )
    payment = sale()
    for what in (checkout, payment) if session_first else (payment, checkout):
        await report(shop, what)
    row = await only_sale(shop)
    assert (row["payment_intent"], row["checkout_session"], row["order_reference"]) == ("pi_1", "cs_1", "A-7")
    assert (row["base_cents"], row["tax_cents"], row["customer_email"]) == (10000, 1900, "k@example.org")
    assert [entry[:3] for entry in await shop.commissions(row["id"])] == [
        (1, "ANNA", 1000),
        (2, "BERT", 500),
        (3, "CARL", 200),
    ]


async def test_the_same_event_ten_times_in_parallel_is_one_sale(shop: Shop) -> None:
    events = [sale(checkout_session="cs_1", partner_code="ANNA"), sale()] * 5
    outcomes = await asyncio.gather(*(report(shop, event) for event in events))
    assert len({outcome.transaction_id for outcome in outcomes}) == 1
    assert len(await shop.commissions((await only_sale(shop))["id"])) == 3


async def test_a_repeated_event_changes_nothing(shop: Shop) -> None:
    await report(shop, sale(partner_code="ANNA"))
    again = await report(shop, sale(partner_code="ANNA"))
    assert (again.state, again.changes) == (EventState.UNCHANGED, {})


async def test_two_payments_for_one_order_are_two_sales(shop: Shop) -> None:
    await report(shop, sale("pi_1", order_reference="A-7"))
    await report(shop, sale("pi_2", order_reference="A-7"))
    rows = await shop.rows("SELECT payment_intent, order_reference FROM transactions ORDER BY seq")
    assert [tuple(row) for row in rows] == [("pi_1", "A-7"), ("pi_2", None)]


async def test_without_a_code_the_customers_partner_earns(shop: Shop) -> None:
    async with shop.ledger.transaction(shop.tenant) as tx:
        new = NewCustomer(email="k@example.org", assigned_partner_code="CARL")
        await customers.create(tx, new, by="test")
    outcome = await report(shop, sale(customer_email="K@example.org"))
    assert [entry[:2] for entry in await shop.commissions(booked(outcome))] == [(1, "CARL")]


@pytest.mark.parametrize("named_first", [True, False])
async def test_a_named_partner_comes_before_the_customers_in_either_order(shop: Shop, named_first: bool) -> None:
    async with shop.ledger.transaction(shop.tenant) as tx:
        new = NewCustomer(email="k@example.org", assigned_partner_code="CARL")
        await customers.create(tx, new, by="test")
    events = [sale(customer_email="k@example.org", partner_code="ANNA"), sale(customer_email="k@example.org")]
    for event in events if named_first else reversed(events):
        await report(shop, event)
    commissions = await shop.commissions((await only_sale(shop))["id"])
    assert [entry[:3] for entry in commissions] == [(1, "ANNA", 1190), (2, "BERT", 595), (3, "CARL", 238)]
    assert await shop.tasks() == []


async def test_an_unknown_code_books_the_sale_without_commissions_and_asks(shop: Shop) -> None:
    async with shop.ledger.transaction(shop.tenant) as tx:
        new = NewCustomer(email="k@example.org", assigned_partner_code="CARL")
        await customers.create(tx, new, by="test")
    outcome = await report(shop, sale(partner_code="NIEMAND", customer_email="k@example.org"))
    await report(shop, sale(customer_email="k@example.org"))
    assert await shop.commissions(booked(outcome)) == []
    assert await shop.tasks() == [("unknown_partner_code", str(booked(outcome)))]


async def test_a_person_may_say_who_brought_a_sale(shop: Shop) -> None:
    transaction_id = TransactionId(booked(await report(shop, sale(partner_code="NIEMAND"))))
    async with shop.ledger.transaction(shop.tenant) as tx:
        await sale_decisions.assign_partner(tx, transaction_id, "BERT", by="key:x")
        with pytest.raises(NotAllowedNow):
            await sale_decisions.assign_partner(tx, transaction_id, "ANNA", by="key:x")
        with pytest.raises(NotAcceptable):
            await sale_decisions.assign_partner(tx, transaction_id, "NIEMAND", by="key:x")
    assert [entry[:2] for entry in await shop.commissions(transaction_id)] == [(1, "BERT"), (2, "CARL")]
    assert await shop.tasks() == []


async def test_a_later_event_with_another_partner_asks_a_person(shop: Shop) -> None:
    await report(shop, sale(partner_code="ANNA"))
    outcome = await report(shop, sale(partner_code="CARL"))
    assert [entry[1] for entry in await shop.commissions(booked(outcome))] == ["ANNA", "BERT", "CARL"]
    assert await shop.tasks() == [("partner_differs", str(booked(outcome)))]


async def test_a_coupon_in_a_later_event_contradicts_nobody_whom_an_earlier_one_named(shop: Shop) -> None:
    async with shop.ledger.transaction(shop.tenant) as tx:
        await coupons.add(tx, shop.partner["BERT"].id, "B10", by="key:x")
    outcome = await report(shop, sale(partner_code="ANNA"))
    await report(shop, sale(coupons=("b10",)))
    assert (await shop.transaction(booked(outcome)))["partner_id"] == shop.partner["ANNA"].id
    assert await shop.tasks() == []


async def test_the_campaign_is_the_sales_then_the_partners_then_the_tenants(shop: Shop) -> None:
    async with shop.ledger.transaction(shop.tenant) as tx:
        for slug, percent in (("partner", 20), ("metadata", 30)):
            campaign = await campaigns.create(tx, NewCampaign(slug=slug, name=slug), by="test")
            plan = NewPlan(levels=(Rate(level=1, percent=Decimal(percent)),))
            await campaigns.add_plan(tx, campaign.id, plan, by="test")
    async with shop.ledger.transaction(shop.tenant) as tx:
        change = PartnerChange(campaign_slug="partner")
        await partners.change(tx, shop.partner["CARL"].id, change, by="test")
    since = (await shop.rows("SELECT clock_timestamp() AS now"))[0]["now"]
    earned = [
        (await shop.commissions(booked(await report(shop, what))))[0][2]
        for what in (
            sale("pi_1", partner_code="BERT", gross_cents=10000, sold_at=since),
            sale("pi_2", partner_code="CARL", gross_cents=10000, sold_at=since),
            sale("pi_3", partner_code="CARL", gross_cents=10000, campaign_slug="metadata", sold_at=since),
        )
    ]
    assert earned == [1000, 2000, 3000]


async def test_a_campaign_named_by_the_later_event_counts(shop: Shop) -> None:
    async with shop.ledger.transaction(shop.tenant) as tx:
        campaign = await campaigns.create(tx, NewCampaign(slug="sommer", name="Sommer"), by="test")
        plan = NewPlan(levels=(Rate(level=1, fixed_cents=2500),))
        await campaigns.add_plan(tx, campaign.id, plan, by="test")
    await report(shop, sale(partner_code="ANNA"))
    outcome = await report(shop, sale(checkout_session="cs_1", campaign_slug="sommer"))
    assert [entry[:3] for entry in await shop.commissions(booked(outcome))] == [
        (1, "ANNA", 2500),
        (2, "BERT", 0),
        (3, "CARL", 0),
    ]


async def test_an_unknown_campaign_asks_a_person(shop: Shop) -> None:
    outcome = await report(shop, sale(partner_code="ANNA", campaign_slug="nirgends"))
    assert await shop.commissions(booked(outcome)) == []
    assert await shop.tasks() == [("unknown_campaign", str(booked(outcome)))]


async def test_an_own_purchase_is_held_until_a_person_releases_it(shop: Shop) -> None:
    outcome = await report(shop, sale(partner_code="ANNA", customer_email=" Anna@P.example "))
    transaction_id = TransactionId(booked(outcome))
    assert (await shop.transaction(transaction_id))["open_holds"] == ["own_purchase"]
    assert await shop.tasks() == [("own_purchase", str(transaction_id))]
    async with shop.ledger.transaction(shop.tenant) as tx:
        await sale_decisions.release_hold(tx, transaction_id, by="key:x", reason="geprüft")
        with pytest.raises(NotAllowedNow):
            await sale_decisions.release_hold(tx, transaction_id, by="key:x", reason="geprüft")
    await report(shop, sale(partner_code="ANNA", customer_email="anna@p.example"))
    assert (await shop.transaction(transaction_id))["open_holds"] is None
    assert await shop.tasks() == []


async def test_an_own_purchase_is_seen_when_the_mail_comes_later(shop: Shop) -> None:
    await report(shop, sale(partner_code="ANNA"))
    await report(shop, sale(customer_email="anna@p.example"))
    assert (await only_sale(shop))["open_holds"] == ["own_purchase"]


@pytest.mark.parametrize(("currency", "state"), [("usd", "waiting"), ("CHF", "waiting"), ("", "failed")])
async def test_foreign_currency_books_nothing_and_asks(shop: Shop, currency: str, state: str) -> None:
    outcome = await report(shop, sale(currency=currency))
    assert outcome.state == state
    assert bool(await shop.tasks()) == (state == "waiting")
    assert outcome.transaction_id is None
    assert outcome.reason is not None
    assert outcome.reason.code == ("exchange_rate_awaited" if state == "waiting" else "currency_not_named")
    assert await shop.rows("SELECT 1 FROM transactions") == []


async def test_a_free_order_books_nothing(shop: Shop) -> None:
    assert (await report(shop, sale(gross_cents=0))).state is EventState.IGNORED
    assert await shop.rows("SELECT 1 FROM transactions") == []


def test_a_sale_names_its_payment() -> None:
    with pytest.raises(ValidationError, match="payment intent"):
        SaleReport(gross_cents=1, currency="eur", sold_at=SOLD_AT)


async def test_sales_and_commissions_are_listed_by_what_one_asks_for(shop: Shop) -> None:
    await report(shop, sale("pi_1", partner_code="ANNA", sold_at=at("2026-02-28T23:59+01:00")))
    second = booked(await report(shop, sale("pi_2", partner_code="ANNA", sold_at=at("2026-03-01T00:00+01:00"))))
    third = booked(await report(shop, sale("pi_3", partner_code="CARL", sold_at=at("2026-03-31T23:59+02:00"))))
    await report(shop, sale("pi_4", sold_at=at("2026-04-01T00:00+02:00")))
    async with shop.ledger.transaction(shop.tenant) as tx:
        in_march, _ = await sale_list.list_sales(
            tx, SaleFilter(sold_from=date(2026, 3, 1), sold_before=date(2026, 4, 1))
        )
        assert [found.id for found in in_march] == [third, second]
        anna = shop.partner["ANNA"].id
        of_anna, cursor = await sale_list.list_sales(tx, SaleFilter(partner_id=anna), limit=1)
        assert [found.id for found in of_anna] == [second]
        older, end = await sale_list.list_sales(tx, SaleFilter(partner_id=anna), after=cursor, limit=1)
        assert ([found.payment_intent for found in older], end) == (["pi_1"], None)
        carls, _ = await commission_list.list_commissions(tx, CommissionFilter(partner_id=shop.partner["CARL"].id))
        assert [(found.level, in_words(explained(found))) for found in carls] == [
            (1, "10 % von 119,00\xa0€"),
            (3, "2 % von 119,00\xa0€"),
            (3, "2 % von 119,00\xa0€"),
        ]
        balance = await partner_balance.of_partner(tx, shop.partner["CARL"].id)
        assert (balance.pending_cents, balance.paid_cents) == (1190 + 238 + 238, 0)
