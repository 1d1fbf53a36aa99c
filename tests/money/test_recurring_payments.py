"""Payments of a subscription as Stripe tells of them: one sale each, counted, in whatever order events arrive."""

import itertools
from datetime import UTC, datetime
from typing import Any

import pytest

from api.actions.sources import stripe_events
from api.actions.sources.stripe_events import Ignored
from ledger.booking import provider_reports
from ledger.booking.provider_reports import DisputeReport, RefundReport
from ledger.programme.calculation import Rate
from ledger.programme.tiers import TierMode
from tests.fixtures.ledger_shop import Shop, at
from tests.money.selling import earned, plan_from_march, tiers

CREATED = int(at("2026-03-05T10:00+01:00").timestamp())


def report_of(kind: str, thing: dict[str, Any]) -> Any:
    read = {"id": "evt_1", "type": kind, "created": CREATED, "livemode": True, "data": {"object": thing}}
    return stripe_events.report_of(stripe_events.read_event(read))


def checkout(number: int = 1, **more: Any) -> Any:
    """Of a subscription: it names the invoice and no payment."""
    session = {
        "id": "cs_1", "payment_status": "paid", "payment_intent": None, "invoice": f"in_{number}",
        "subscription": "sub_1", "customer": "cus_1", "amount_total": 11900, "currency": "eur",
        "client_reference_id": "ANNA", "customer_details": {"email": "k@k.example"},
        "total_details": {"amount_tax": 1900},
    }  # fmt: skip
    return report_of("checkout.session.completed", session | more)


def payment(number: int, **more: Any) -> Any:
    intent = {"id": f"pi_{number}", "amount_received": 11900, "currency": "eur", "customer": "cus_1"}
    return report_of("payment_intent.succeeded", intent | {"invoice": f"in_{number}"} | more)


def invoice(number: int, **more: Any) -> Any:
    document = {
        "id": f"in_{number}", "payment_intent": f"pi_{number}", "subscription": "sub_1", "customer": "cus_1",
        "amount_paid": 11900, "tax": 1900, "currency": "eur", "subscription_details": {"metadata": {"partner": "ANNA"}},
    }  # fmt: skip
    return report_of("invoice.paid", document | more)


async def report(shop: Shop, *reports: Any) -> None:
    for one in reports:
        assert not isinstance(one, Ignored | RefundReport | DisputeReport), one
        async with shop.ledger.transaction(shop.tenant, cause="stripe:test") as tx:
            await provider_reports.record_sale(tx, one)


async def numbers(shop: Shop) -> list[tuple[str, str | None, int | None]]:
    rows = await shop.rows("SELECT payment_intent, subscription, payment_number FROM transactions ORDER BY 1")
    return [tuple(row) for row in rows]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_checkout_payment_and_invoice_of_a_subscription_are_one_sale(shop: Shop, order: tuple[int, ...]) -> None:
    await plan_from_march(shop, Rate(level=1, percent=10), max_payments=3)
    events = (checkout(), payment(1), invoice(1))
    await report(shop, *(events[at] for at in order))
    assert await numbers(shop) == [("pi_1", "sub_1", 1)]
    [row] = await shop.rows("SELECT checkout_session, base_cents FROM transactions")
    assert (row["checkout_session"], row["base_cents"]) == ("cs_1", 10_000)
    assert await earned(shop) == 1_000


@pytest.mark.parametrize("payment_first", [True, False])
async def test_of_a_plan_with_three_payments_the_fourth_earns_nothing(shop: Shop, payment_first: bool) -> None:
    await plan_from_march(shop, Rate(level=1, percent=10), max_payments=3)
    await report(shop, checkout(), invoice(1))
    for number in (2, 3, 4, 5):
        events = [payment(number), invoice(number)]
        await report(shop, *(events if payment_first else reversed(events)))
    assert await numbers(shop) == [(f"pi_{number}", "sub_1", number) for number in range(1, 6)]
    assert await earned(shop) == 3_000


async def test_another_subscription_of_the_same_customer_is_counted_for_itself(shop: Shop) -> None:
    await plan_from_march(shop, Rate(level=1, percent=10), max_payments=1)
    await report(shop, invoice(1), invoice(2, subscription="sub_2"), invoice(3))
    assert [number for _, _, number in await numbers(shop)] == [1, 1, 2]
    assert await earned(shop) == 2_000


async def test_a_payment_beyond_the_plans_number_is_no_revenue_of_graduated_tiers(shop: Shop) -> None:
    """Revenue is what a partner earns on: the third payment must not lift the next sale into the upper tier."""
    await plan_from_march(
        shop, Rate(level=1, percent=10, tiers=tiers((30_000, 20))), tier_mode=TierMode.GRADUATED, max_payments=2
    )
    await report(shop, *(invoice(number) for number in (1, 2, 3)))
    assert await earned(shop) == 2_000
    await report(shop, invoice(4, subscription="sub_2"))
    assert await earned(shop) == 3_000


async def test_without_a_subscription_payments_are_counted_by_customer(shop: Shop) -> None:
    await plan_from_march(shop, Rate(level=1, percent=10), max_payments=2)
    for number in (1, 2, 3):
        await report(shop, payment(number, invoice=None, metadata={"partner": "ANNA"}))
    assert [number for _, _, number in await numbers(shop)] == [1, 2, 3]
    assert await earned(shop) == 2 * 1_190  # without tax data the base is the gross


async def test_metadata_of_a_payment_may_name_the_subscription(shop: Shop) -> None:
    await plan_from_march(shop, Rate(level=1, percent=10), max_payments=1)
    for number in (1, 2):
        await report(shop, payment(number, metadata={"partner": "ANNA", "subscription": "abo-7"}))
    assert await numbers(shop) == [("pi_1", "abo-7", 1), ("pi_2", "abo-7", 2)]


def test_newer_versions_of_stripes_api_name_subscription_and_payment_elsewhere() -> None:
    read = invoice(
        1,
        payment_intent=None,
        subscription=None,
        tax=None,
        payments={"data": [{"payment": {"type": "payment_intent", "payment_intent": "pi_9"}}]},
        parent={"subscription_details": {"subscription": "sub_9", "metadata": {"partner": "bert"}}},
        total_taxes=[{"amount": 1_000}, {"amount": 900}],
    )
    assert (read.payment_intent, read.subscription, read.tax_cents, read.partner_code) == (
        "pi_9", "sub_9", 1_900, "bert",
    )  # fmt: skip
    assert read.sold_at == datetime.fromtimestamp(CREATED, UTC)


@pytest.mark.parametrize("payments", [None, {"data": []}, {"data": [{"payment": {}}, {"payment": {}}]}, "odd"])
def test_an_invoice_that_names_no_payment_is_known_by_its_own_id(payments: Any) -> None:
    read = invoice(1, payment_intent=None, payments=payments)
    assert [(one.kind, one.reference) for one in read.references] == [("provider_invoice", "in_1")]


def test_an_invoice_without_any_id_books_nothing() -> None:
    assert invoice(1, id=None, payment_intent=None) == stripe_events.NO_PAYMENT_INTENT


def test_what_was_paid_from_the_balance_carries_its_share_of_the_tax() -> None:
    read = invoice(1, amount_paid=5_900, total=11_900, tax=1_900)
    assert (read.gross_cents, read.tax_cents) == (5_900, 942)


@pytest.mark.parametrize(
    ("told", "back", "whole"),
    [
        ({"amount_captured": 5_950, "amount_refunded": 5_950}, 0, 5_950),
        ({"amount_captured": 5_950, "amount_refunded": 8_925}, 2_975, 5_950),
        ({"amount_captured": 5_950, "amount_refunded": 11_900}, 5_950, 5_950),
        ({"amount_captured": 11_900, "amount_refunded": 5_950}, 5_950, 11_900),
        ({"amount_refunded": 5_950}, 5_950, 11_900),
    ],
)
def test_the_released_part_of_an_authorisation_is_no_refund(told: Any, back: int, whole: int) -> None:
    charge = {"id": "ch_1", "payment_intent": "pi_1", "amount": 11_900, "currency": "eur", "created": CREATED}
    read = report_of("charge.refunded", charge | told)
    assert (read.refunded_cents, read.charge_cents) == (back, whole)
