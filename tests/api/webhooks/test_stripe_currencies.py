"""Payments in another currency: a person is asked, and books them in euros at the rate of a day."""

from typing import Any

import httpx

from tests.fixtures.door import Door
from tests.fixtures.stripe_shop import a_session, an_event, an_intent, sales, send

A_RATE = {"rate": "1,19", "rate_day": "2026-11-02", "rate_source": "EZB"}


async def the_question(stripe_shop: Door) -> dict[str, Any]:
    (task,) = (await stripe_shop.api("GET", "tasks")).json()["items"]
    assert task["kind"] == "foreign_currency"
    found: dict[str, Any] = task
    return found


async def converted(stripe_shop: Door, **detail: str) -> httpx.Response:
    task = await the_question(stripe_shop)
    answer = {"action": "convert", "detail": A_RATE | detail}
    return await stripe_shop.api("POST", f"tasks/{task['id']}/resolve", answer)


async def test_another_currency_asks_and_is_booked_in_euros_at_the_rate_that_is_given(
    stripe_shop: Door, intent: str
) -> None:
    """Its refund waits with it, and is a share of it, whatever the rate."""
    charge = {"id": "ch_1", "payment_intent": intent, "amount": 11900, "currency": "usd", "amount_refunded": 5950}
    events = [
        an_event("checkout.session.completed", a_session(intent, currency="usd")),
        an_event("charge.refunded", charge),
    ]
    answers = [(await send(stripe_shop, event)).json() for event in events]
    assert [answer["state"] for answer in answers] == ["waiting", "waiting"]
    assert await sales(stripe_shop) == []
    task = await the_question(stripe_shop)
    assert (task["detail"]["currency"], task["detail"]["amount"]) == ("USD", "119.000")
    assert "119 USD" in task["reason"]
    assert (await converted(stripe_shop, rate="0")).json()["code"] == "exchange_rate_missing"
    assert (await converted(stripe_shop, rate_day="2199-01-01")).json()["code"] == "exchange_rate_of_the_future"
    done = await converted(stripe_shop)
    assert done.status_code == 202, done.text
    (sale,) = await sales(stripe_shop)
    assert (sale["gross_cents"], sale["tax_cents"], sale["refunded_cents"]) == (10000, 1597, 5000)
    assert (sale["original_currency"], sale["original_amount"]) == ("USD", "119.000")
    assert (sale["exchange_rate"], sale["rate_day"], sale["rate_source"]) == ("1.19000000", "2026-11-02", "EZB")
    assert sale["partner_code"] == "ANNA"
    rows = await stripe_shop.rows("SELECT state FROM events ORDER BY id")
    assert [row["state"] for row in rows] == ["processed", "processed"]
    # What comes later needs no further answer.
    await send(stripe_shop, an_event("charge.refunded", charge | {"amount_refunded": 11900}))
    assert (await sales(stripe_shop))[0]["state"] == "refunded"
    assert (await stripe_shop.api("GET", "tasks")).json()["items"] == []


async def test_a_currency_without_cents_is_counted_in_whole_units(stripe_shop: Door, intent: str) -> None:
    yen = an_intent(intent, currency="jpy", amount_received=16000)
    await send(stripe_shop, an_event("payment_intent.succeeded", yen))
    await converted(stripe_shop, rate="160")
    assert [sale["gross_cents"] for sale in await sales(stripe_shop)] == [10000]


async def test_a_payment_in_another_currency_may_be_left_unbooked(stripe_shop: Door, intent: str) -> None:
    told = an_event("payment_intent.succeeded", an_intent(intent, currency="chf"))
    event = (await send(stripe_shop, told)).json()["event"]
    task = await the_question(stripe_shop)
    await stripe_shop.api("POST", f"tasks/{task['id']}/resolve", {"action": "done"})
    assert await sales(stripe_shop) == []
    [row] = await stripe_shop.rows("SELECT state FROM events WHERE id = $1", event)
    assert row["state"] == "ignored"
    later = await send(stripe_shop, an_event("checkout.session.completed", a_session(intent, currency="chf")))
    assert later.json()["state"] == "ignored"


async def test_the_rate_that_was_given_last_is_proposed(stripe_shop: Door) -> None:
    proposed = []
    for number in (1, 2):
        await send(stripe_shop, an_event("payment_intent.succeeded", an_intent(f"pi_{number}", currency="usd")))
        proposed.append((await the_question(stripe_shop))["detail"]["proposed"])
        await converted(stripe_shop)
    assert proposed == [None, {"rate": "1.19000000", "rate_day": "2026-11-02", "rate_source": "EZB"}]
