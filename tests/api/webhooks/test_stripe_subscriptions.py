"""Whose the payments of a subscription are: of the first one, or of the trial before it."""

import time
from typing import Any

import pytest

from tests.fixtures.door import Door
from tests.fixtures.stripe_shop import a_session, an_event, an_intent, sales, send


def a_renewal(number: int, **members: Any) -> dict[str, Any]:
    return {
        "id": f"in_r{number}", "customer": "cus_1", "amount_paid": 11900, "total": 11900, "currency": "eur",
        "total_taxes": [{"amount": 1900}], "parent": {"subscription_details": {"subscription": "sub_1"}},
    } | members  # fmt: skip


A_TRIAL = {
    "id": "cs_trial", "mode": "subscription", "payment_status": "no_payment_required", "amount_total": 0,
    "currency": "eur", "invoice": "in_0", "subscription": "sub_1", "customer": "cus_1", "payment_intent": None,
    "client_reference_id": "order-4711", "metadata": {"partner": "ANNA\u00a0"},
}  # fmt: skip


@pytest.mark.parametrize("trial_first", [True, False])
async def test_a_trials_session_tells_whose_the_payments_after_it_are(stripe_shop: Door, trial_first: bool) -> None:
    began = int(time.time()) - 14 * 86400
    events = [
        an_event("checkout.session.completed", A_TRIAL, created=began),
        an_event("invoice.paid", a_renewal(1)),
        an_event("invoice.paid", a_renewal(2)),
    ]
    for event in events if trial_first else reversed(events):
        assert (await send(stripe_shop, event)).status_code == 200
    assert [sale["partner_code"] for sale in await sales(stripe_shop)] == ["ANNA", "ANNA"]
    assert (await stripe_shop.api("GET", "tasks")).json()["items"] == []


async def test_renewals_belong_to_the_partner_of_the_first_payment(stripe_shop: Door, intent: str) -> None:
    first = a_session(intent, invoice="in_r1", subscription="sub_1", customer="cus_1", payment_intent=None)
    await send(stripe_shop, an_event("checkout.session.completed", first, created=int(time.time()) - 60))
    await send(stripe_shop, an_event("invoice.paid", a_renewal(2)))
    assert [sale["partner_code"] for sale in await sales(stripe_shop)] == ["ANNA", "ANNA"]


async def test_a_subscription_stays_its_partners_whoever_brought_the_customer_otherwise(
    stripe_shop: Door, intent: str
) -> None:
    told = int(time.time()) - 60
    first = a_session(intent, invoice="in_r1", subscription="sub_1", customer="cus_1", payment_intent=None)
    await send(stripe_shop, an_event("checkout.session.completed", first, created=told))
    other = a_session("pi_other", customer="cus_1", client_reference_id="BERTA")
    await send(stripe_shop, an_event("checkout.session.completed", other, created=told))
    await send(stripe_shop, an_event("invoice.paid", a_renewal(2)))
    assert (await sales(stripe_shop))[0]["partner_code"] == "ANNA"
    assert (await stripe_shop.api("GET", "tasks")).json()["items"] == []


async def test_a_trial_that_names_nobody_we_know_asks_and_the_answer_counts_for_its_payments(stripe_shop: Door) -> None:
    await send(stripe_shop, an_event("invoice.paid", a_renewal(1)))
    await send(stripe_shop, an_event("checkout.session.completed", A_TRIAL | {"metadata": {"partner": "NOBODY"}}))
    (task,) = (await stripe_shop.api("GET", "tasks")).json()["items"]
    assert (task["kind"], task["subject_id"]) == ("unknown_partner_code", "in_0")
    answer = {"action": "assign_partner", "detail": {"partner_code": "anna"}}
    assert (await stripe_shop.api("POST", f"tasks/{task['id']}/resolve", answer)).status_code == 202
    assert [sale["partner_code"] for sale in await sales(stripe_shop)] == ["ANNA"]


async def test_a_customer_of_several_partners_is_asked_about(stripe_shop: Door) -> None:
    told = int(time.time()) - 60
    for number, code in enumerate(("ANNA", "BERTA")):
        named = a_session(f"pi_{number}", customer="cus_7", client_reference_id=code)
        await send(stripe_shop, an_event("checkout.session.completed", named, created=told))
    await send(stripe_shop, an_event("payment_intent.succeeded", an_intent("pi_9", customer="cus_7")))
    (task,) = (await stripe_shop.api("GET", "tasks")).json()["items"]
    assert task["kind"] == "customer_of_several_partners"
    answer = {"action": "assign_partner", "detail": {"partner_code": "BERTA"}}
    await stripe_shop.api("POST", f"tasks/{task['id']}/resolve", answer)
    assert (await sales(stripe_shop))[0]["partner_code"] == "BERTA"
