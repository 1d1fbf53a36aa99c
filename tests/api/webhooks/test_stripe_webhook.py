"""Sales from Stripe: verified, kept and booked in one transaction, once."""

import asyncio
import json
import time
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.actions.sources import stripe_events
from tests.fixtures.door import Door, new_door
from tests.fixtures.stripe_shop import SECRET, a_session, an_event, an_intent, sales, send


async def test_a_paid_checkout_is_a_sale_with_commissions_on_each_level(stripe_shop: Door, intent: str) -> None:
    answer = await send(stripe_shop, an_event("checkout.session.completed", a_session(intent)))
    assert (answer.status_code, answer.json()["status"], answer.json()["state"]) == (200, "accepted", "processed")
    (sale,) = await sales(stripe_shop)
    assert (sale["state"], sale["base_cents"], sale["partner_code"], sale["payment_intent"]) == (
        "pending",
        10000,
        "ANNA",
        intent,
    )
    commissions = (await stripe_shop.api("GET", f"transactions/{sale['id']}")).json()["commissions"]
    earned = [(one["level"], one["partner_code"], one["net_cents"], one["state"]) for one in commissions]
    assert earned == [(1, "ANNA", 2000, "pending"), (2, "BERTA", 500, "pending")]


@pytest.mark.parametrize("first", ["session", "intent"])
async def test_session_and_payment_intent_are_one_sale_in_either_order(
    stripe_shop: Door, intent: str, first: str
) -> None:
    reports = [
        an_event("checkout.session.completed", a_session(intent)),
        an_event("payment_intent.succeeded", an_intent(intent)),
    ]
    for event in reports if first == "session" else reversed(reports):
        assert (await send(stripe_shop, event)).status_code == 200
    (sale,) = await sales(stripe_shop)
    assert (sale["partner_code"], sale["base_cents"], sale["checkout_session"]) == ("ANNA", 10000, f"cs_{intent}")


@pytest.mark.parametrize("kind", stripe_events.EVENTS)
def test_an_endpoint_is_set_up_for_nothing_that_is_not_read(kind: str) -> None:
    told = stripe_events.read_event(an_event(kind, {"status": "failed"}))
    assert stripe_events.report_of(told) != stripe_events.NOT_HANDLED


async def test_the_same_event_ten_times_at_once_books_once(stripe_shop: Door, intent: str) -> None:
    event = an_event("checkout.session.completed", a_session(intent))
    answers = await asyncio.gather(*(send(stripe_shop, event) for _ in range(10)))
    assert sorted(answer.json()["status"] for answer in answers) == ["accepted"] + ["duplicate"] * 9
    assert len(await sales(stripe_shop)) == 1


async def test_a_checkout_counts_when_it_is_paid(stripe_shop: Door, intent: str) -> None:
    waiting = a_session(intent, payment_status="unpaid")
    assert (await send(stripe_shop, an_event("checkout.session.completed", waiting))).json()["status"] == "ignored"
    failed = an_event("checkout.session.async_payment_failed", waiting)
    assert (await send(stripe_shop, failed)).json()["status"] == "ignored"
    assert await sales(stripe_shop) == []
    paid = an_event("checkout.session.async_payment_succeeded", a_session(intent))
    assert (await send(stripe_shop, paid)).json()["state"] == "processed"
    assert len(await sales(stripe_shop)) == 1


async def test_without_tax_data_the_base_is_gross_and_provisional(stripe_shop: Door, intent: str) -> None:
    session = a_session(intent, total_details={"amount_tax": 0}, automatic_tax={"enabled": False, "status": None})
    await send(stripe_shop, an_event("checkout.session.completed", session))
    (sale,) = await sales(stripe_shop)
    assert (sale["base_cents"], sale["provisional"]) == (11900, True)


async def test_the_partner_may_stand_in_the_metadata(stripe_shop: Door, intent: str) -> None:
    session = a_session(intent, client_reference_id="order 4711", metadata={"partner": "BERTA", "campaign": "sommer"})
    await send(stripe_shop, an_event("checkout.session.completed", session))
    (sale,) = await sales(stripe_shop)
    assert (sale["partner_code"], sale["campaign_slug"]) == ("BERTA", "sommer")


async def test_a_code_that_does_not_exist_asks_a_person(stripe_shop: Door, intent: str) -> None:
    await send(stripe_shop, an_event("checkout.session.completed", a_session(intent, client_reference_id="NOBODY")))
    (sale,) = await sales(stripe_shop)
    assert sale["partner_code"] is None
    (task,) = (await stripe_shop.api("GET", "tasks")).json()["items"]
    assert task["kind"] == "unknown_partner_code"
    assigned = await stripe_shop.api("POST", f"transactions/{sale['id']}/partner", {"partner_code": "ANNA"})
    assert [one["partner_code"] for one in assigned.json()["commissions"]] == ["ANNA", "BERTA"]
    assert (await stripe_shop.api("GET", "tasks")).json()["items"] == []


async def test_a_refund_in_part_lowers_and_a_full_one_reverses(stripe_shop: Door, intent: str) -> None:
    await send(stripe_shop, an_event("checkout.session.completed", a_session(intent)))
    charge = {"id": "ch_1", "payment_intent": intent, "amount": 11900, "currency": "eur", "created": int(time.time())}
    await send(stripe_shop, an_event("charge.refunded", charge | {"amount_refunded": 1000}))
    (sale,) = await sales(stripe_shop)
    assert (sale["state"], sale["refunded_cents"]) == ("pending", 1000)
    assert (await stripe_shop.api("GET", "tasks")).json()["items"] == []
    lowered = (await stripe_shop.api("GET", f"commissions?transaction={sale['id']}")).json()["items"]
    assert all(0 < one["net_cents"] < one["earned_cents"] for one in lowered)
    await send(stripe_shop, an_event("charge.refunded", charge | {"amount_refunded": 11900}))
    (sale,) = await sales(stripe_shop)
    assert sale["state"] == "refunded"
    commissions = (await stripe_shop.api("GET", f"commissions?transaction={sale['id']}")).json()["items"]
    assert {one["state"] for one in commissions} == {"reversed"}


@pytest.mark.parametrize("created", [2**32, 10**30, -1, True, 1e300, "now"])
async def test_a_charge_with_an_impossible_time_is_refunded_all_the_same(
    stripe_shop: Door, intent: str, created: object
) -> None:
    await send(stripe_shop, an_event("checkout.session.completed", a_session(intent)))
    charge = {"id": "ch_1", "payment_intent": intent, "amount": 11900, "currency": "eur", "created": created}
    answer = await send(stripe_shop, an_event("charge.refunded", charge | {"amount_refunded": 11900}))
    assert (answer.status_code, answer.json()["state"]) == (200, "processed")
    assert (await sales(stripe_shop))[0]["state"] == "refunded"


async def test_a_refund_that_fails_restores(stripe_shop: Door, intent: str) -> None:
    await send(stripe_shop, an_event("checkout.session.completed", a_session(intent)))
    charge = {"id": "ch_1", "payment_intent": intent, "amount": 11900, "currency": "eur", "created": int(time.time())}
    await send(stripe_shop, an_event("charge.refunded", charge | {"amount_refunded": 11900}))
    assert (await sales(stripe_shop))[0]["state"] == "refunded"
    refund = {"id": "re_1", "payment_intent": intent, "charge": "ch_1", "amount": 11900, "currency": "eur"}
    told = await send(stripe_shop, an_event("refund.updated", refund | {"status": "succeeded"}))
    assert told.json()["status"] == "ignored"
    await send(stripe_shop, an_event("refund.failed", refund | {"status": "failed"}))
    (sale,) = await sales(stripe_shop)
    assert (sale["state"], sale["refunded_cents"]) == ("pending", 0)
    commissions = (await stripe_shop.api("GET", f"commissions?transaction={sale['id']}")).json()["items"]
    assert {one["state"] for one in commissions} == {"pending"}


async def test_a_dispute_holds_and_a_lost_one_refunds(stripe_shop: Door, intent: str) -> None:
    await send(stripe_shop, an_event("checkout.session.completed", a_session(intent)))
    dispute = {"id": "dp_1", "payment_intent": intent, "charge": "ch_1", "amount": 11900, "currency": "eur"}
    await send(stripe_shop, an_event("charge.dispute.created", dispute | {"status": "needs_response"}))
    [held] = await sales(stripe_shop)
    assert (held["held_reason"], held["blocked_reason"]) == ("Zahlungsstreit", None)
    assert [(hold["code"], hold["sentence"]) for hold in held["holds"]] == [("dispute", "Zahlungsstreit")]
    await send(stripe_shop, an_event("charge.dispute.closed", dispute | {"status": "lost"}))
    assert (await sales(stripe_shop))[0]["state"] == "refunded"


@pytest.mark.parametrize(("currency", "state"), [("", "failed"), ("usd", "waiting")])
async def test_an_event_that_failed_is_booked_when_stripe_is_asked_to_send_it_again(
    stripe_shop: Door, intent: str, currency: str, state: str
) -> None:
    event = an_event("checkout.session.completed", a_session(intent))
    failed = await send(stripe_shop, event | {"data": {"object": a_session(intent, currency=currency)}})
    assert failed.json()["state"] == state
    again = (await send(stripe_shop, event)).json()
    assert (again["event"], again["state"]) == (failed.json()["event"], "processed")
    assert len(await sales(stripe_shop)) == 1
    assert (await send(stripe_shop, event)).json() == {"status": "duplicate"}, "it did not fail this time"
    [row] = await stripe_shop.rows("SELECT state, reason, delivery FROM events WHERE resource_id = $1", event["id"])
    assert tuple(row) == ("processed", None, 2)
    replayed = await stripe_shop.api("POST", f"events/{again['event']}/replay")
    assert replayed.json()["state"] == "unchanged", "what was booked is what is kept"


async def test_an_event_is_booked_anew_from_what_it_said_once(stripe_shop: Door, intent: str) -> None:
    """Replaying changes nothing twice, however often; and nothing at all for another tenant."""
    event = an_event("checkout.session.completed", a_session(intent))
    number = (await send(stripe_shop, event)).json()["event"]
    before = [(await sales(stripe_shop)), (await stripe_shop.api("GET", "commissions")).json()]
    for _ in range(2):
        replayed = await stripe_shop.api("POST", f"events/{number}/replay")
        assert (replayed.status_code, replayed.json()["state"]) == (202, "unchanged")
    assert before == [(await sales(stripe_shop)), (await stripe_shop.api("GET", "commissions")).json()]
    [row] = await stripe_shop.rows("SELECT count(*) AS times FROM audit_entries WHERE action = 'event.replayed'")
    assert row["times"] == 2


async def test_what_did_not_count_counts_when_it_is_booked_anew_after_the_reason_is_gone(
    stripe_shop: Door, intent: str
) -> None:
    number = (await send(stripe_shop, an_event("payment_intent.succeeded", an_intent(intent), livemode=False))).json()[
        "event"
    ]
    assert (await stripe_shop.api("POST", f"events/{number}/replay")).json()["state"] == "ignored"
    await stripe_shop.rows("UPDATE tenants SET is_demo = true WHERE id = $1", stripe_shop.tenant.id)
    assert (await stripe_shop.api("POST", f"events/{number}/replay")).json()["state"] == "processed"
    assert [sale["payment_intent"] for sale in await sales(stripe_shop)] == [intent]


async def test_nobody_books_the_event_of_another_tenant(
    stripe_shop: Door, intent: str, application: tuple[FastAPI, httpx.AsyncClient]
) -> None:
    stranger = await new_door(application)
    number = (await send(stripe_shop, an_event("checkout.session.completed", a_session(intent)))).json()["event"]
    assert (await stranger.api("POST", f"events/{number}/replay")).status_code == 404
    [row] = await stripe_shop.rows("SELECT delivery FROM events WHERE id = $1", number)
    assert row["delivery"] == 1


async def test_test_events_count_for_demo_tenants_only(
    stripe_shop: Door, intent: str, application: tuple[FastAPI, httpx.AsyncClient]
) -> None:
    event = an_event("checkout.session.completed", a_session(intent), livemode=False)
    assert (await send(stripe_shop, event)).json()["status"] == "ignored"
    demo = await new_door(application, is_demo=True)
    await demo.api("PUT", "providers/stripe", {"signing_secret": SECRET})
    assert (await send(demo, event)).json()["status"] == "accepted"
    assert (len(await sales(stripe_shop)), len(await sales(demo))) == (0, 1)


async def test_whoever_cannot_sign_gets_the_answer_of_an_unknown_tenant(
    stripe_shop: Door, door: Door, intent: str
) -> None:
    event = an_event("checkout.session.completed", a_session(intent))
    body = json.dumps(event).encode()
    unknown = await door.http.post(
        "/api/webhooks/nobody/stripe", content=body, headers={"Stripe-Signature": "t=1,v1=a"}
    )
    refused = [
        unknown,
        await send(stripe_shop, event, secret="whsec_wrong"),
        await send(stripe_shop, event, at=int(time.time()) - 3600),
        await send(door, event),  # this tenant has no secret
        await stripe_shop.http.post(f"/api/webhooks/{stripe_shop.tenant.slug}/stripe", content=body),
        await stripe_shop.http.post(
            f"/api/webhooks/{stripe_shop.tenant.slug}/stripe",
            content=body,
            headers={b"Stripe-Signature": b"t=1,v1=\xe9"},
        ),
        await stripe_shop.http.post(
            f"/api/webhooks/{stripe_shop.tenant.slug}/stripe", content=b"\xff", headers={"Stripe-Signature": ""}
        ),
    ]
    assert {answer.status_code for answer in refused} == {401}
    assert len({answer.content for answer in refused}) == 1
    await stripe_shop.api("PUT", "providers/stripe", {"signing_secret": ""})
    assert (await send(stripe_shop, event)).status_code == 401
    assert (await send(stripe_shop, event, secret="")).status_code == 401


@pytest.mark.parametrize(
    "body",
    [b"[]", b"no json", b'{"id": "evt_1"}', b'{"id": "evt_1", "type": "x", "created": "now", "data": {"object": {}}}'],
    ids=["list", "no json", "no object", "no time"],
)
async def test_a_signed_body_that_is_no_event_is_400(stripe_shop: Door, body: bytes) -> None:
    assert (await send(stripe_shop, body)).status_code == 400


@pytest.mark.parametrize(
    "thing",
    [
        {},
        {"payment_status": "paid"},
        {"payment_status": "paid", "amount_total": "11900", "currency": "eur"},
        {"payment_status": "paid", "amount_total": 11900, "currency": 7, "metadata": ["x"], "customer_details": "x"},
        {"payment_status": "paid", "amount_total": -5, "id": "cs_1", "currency": "eur"},
    ],
)
async def test_a_signed_event_with_odd_members_is_kept_and_books_nothing(
    stripe_shop: Door, thing: dict[str, Any]
) -> None:
    answer = await send(stripe_shop, an_event("checkout.session.completed", thing))
    assert answer.status_code == 200
    assert answer.json()["event"]
    assert await sales(stripe_shop) == []


@pytest.mark.parametrize("known_by", [{"payment_intent": None}, {"payment_intent": "pi_1"}])
async def test_a_dispute_and_a_refund_find_their_sale_by_any_reference(
    stripe_shop: Door, known_by: dict[str, Any]
) -> None:
    await send(stripe_shop, an_event("payment_intent.succeeded", an_intent("pi_1", latest_charge="ch_1")))
    dispute = {"id": "dp_1", "charge": "ch_1", "amount": 11900, "currency": "eur", "status": "lost"} | known_by
    await send(stripe_shop, an_event("charge.dispute.closed", dispute))
    (sale,) = await sales(stripe_shop)
    assert sale["state"] == "refunded"


async def test_a_refund_is_a_share_of_its_charge(stripe_shop: Door, intent: str) -> None:
    """Charged 119,00 €, invoiced 107,10 €: half of the charge is half of the commission."""
    await send(stripe_shop, an_event("checkout.session.completed", a_session(intent)))
    await stripe_shop.rows(
        "UPDATE transactions SET gross_cents = 10710, tax_cents = 1710, base_cents = 9000, provisional = false"
    )
    charge = {"id": "ch_1", "payment_intent": intent, "amount": 11900, "currency": "eur", "amount_refunded": 5950}
    await send(stripe_shop, an_event("charge.refunded", charge))
    assert (await sales(stripe_shop))[0]["refunded_cents"] == 5355


async def test_a_failed_refund_told_again_is_not_taken_off_twice(stripe_shop: Door, intent: str) -> None:
    await send(stripe_shop, an_event("checkout.session.completed", a_session(intent)))
    now = int(time.time())
    charge = {"id": "ch_1", "payment_intent": intent, "amount": 11900, "currency": "eur"}
    refund = {"id": "re_1", "payment_intent": intent, "charge": "ch_1", "amount": 5000, "currency": "eur"}
    await send(stripe_shop, an_event("charge.refunded", charge | {"amount_refunded": 5000}, created=now - 50))
    await send(stripe_shop, an_event("refund.failed", refund | {"status": "failed"}, created=now - 40))
    await send(stripe_shop, an_event("charge.refunded", charge | {"amount_refunded": 2000}, created=now - 30))
    assert (await sales(stripe_shop))[0]["refunded_cents"] == 2000
    await send(stripe_shop, an_event("refund.updated", refund | {"status": "failed"}, created=now - 20))
    assert (await sales(stripe_shop))[0]["refunded_cents"] == 2000


async def test_a_thin_event_is_kept_and_ignored(stripe_shop: Door) -> None:
    thin = {
        "id": "evt_thin", "object": "v2.core.event", "type": "v1.billing.meter.error_report_triggered",
        "livemode": True, "created": "2026-09-17T06:20:52.246Z", "related_object": {"id": "mtr_1"},
    }  # fmt: skip
    answer = await send(stripe_shop, thin)
    assert (answer.status_code, answer.json()["status"]) == (200, "ignored")
    assert (await send(stripe_shop, thin)).json() == {"status": "duplicate"}


@pytest.mark.parametrize("odd", ["ANNA\u00a0", "\u200bANNA", "AN\u00adNA", "anna\n"], ids=ascii)
async def test_a_code_with_what_nobody_sees_is_its_partners(stripe_shop: Door, intent: str, odd: str) -> None:
    await send(stripe_shop, an_event("checkout.session.completed", a_session(intent, client_reference_id=odd)))
    assert (await sales(stripe_shop))[0]["partner_code"] == "ANNA"


async def test_an_order_number_does_not_hide_the_partner(stripe_shop: Door, intent: str) -> None:
    session = a_session(intent, client_reference_id="order-4711", metadata={"partner": "ANNA"})
    await send(stripe_shop, an_event("checkout.session.completed", session))
    assert (await sales(stripe_shop))[0]["partner_code"] == "ANNA"
    assert (await stripe_shop.api("GET", "tasks")).json()["items"] == []


async def test_a_name_with_odd_characters_is_kept_cleaned(stripe_shop: Door, intent: str) -> None:
    details = {"email": "kunde@example.com\u200b", "name": "Kunde\nAG " + "x" * 400}
    await send(stripe_shop, an_event("checkout.session.completed", a_session(intent, customer_details=details)))
    [row] = await stripe_shop.rows("SELECT name, email FROM customers")
    assert (row["name"], row["email"]) == (("Kunde AG " + "x" * 400)[:300], "kunde@example.com")
