"""Sales that other systems tell: signed as their vendors say, each once, and nothing that is not proved."""

import asyncio
import base64
import hashlib
import hmac
import time
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from api.actions.sources.signatures import by_custom, digistore24_signature
from tests.fixtures.door import Door, new_door
from tests.fixtures.sources_shop import (
    a_payment,
    an_item,
    created,
    earned,
    sources_shop,
    stripe_shop,
    tell,
    tell_copecart,
    tell_digistore,
)
from tests.fixtures.stripe_shop import a_session, an_event, sales, send

__all__ = ["sources_shop", "stripe_shop"]


@pytest.mark.parametrize("form", ["hex", "base64", "standard"])
async def test_a_sale_of_the_custom_webhook_is_paid_as_told(sources_shop: Door, form: str) -> None:
    answer = await tell(sources_shop, created(), form=form)
    assert (answer.status_code, answer.json().get("state")) == (200, "processed"), answer.text
    (sale,) = await sales(sources_shop)
    assert (sale["source"], sale["state"], sale["base_cents"], sale["tax_cents"], sale["provisional"]) == (
        "custom",
        "approved",
        10000,
        1900,
        False,
    )
    assert await earned(sources_shop, sale) == [(1, "ANNA", 2000, "approved"), (2, "BERTA", 500, "approved")]


async def test_a_sale_waits_for_its_invoice_where_the_tenant_says_so(sources_shop: Door) -> None:
    await sources_shop.api("PUT", "providers/custom", {"awaits_invoice": True})
    await tell(sources_shop, created())
    (sale,) = await sales(sources_shop)
    assert (sale["state"], sale["provisional"]) == ("pending", True)


async def test_the_same_message_ten_times_books_once_and_a_later_repeat_changes_nothing(sources_shop: Door) -> None:
    told = created()
    first = await tell(sources_shop, told)
    assert [(await tell(sources_shop, told)).json()["status"] for _ in range(3)] == ["duplicate"] * 3
    again = await tell(sources_shop, told | {"transactionDate": "2026-10-06T10:00:00Z"})
    assert (first.json()["state"], again.json()["state"]) == ("processed", "unchanged")
    assert len(await sales(sources_shop)) == 1


async def test_another_amount_of_the_same_sale_is_a_question(sources_shop: Door) -> None:
    told = created()
    await tell(sources_shop, told)
    other = await tell(sources_shop, told | {"grossAmount": "238.00", "netAmount": "200.00", "taxAmount": "38.00"})
    assert (other.json()["state"], other.json()["reason_code"]) == ("failed", "sale_amount_differs")
    (sale,) = await sales(sources_shop)
    assert sale["gross_cents"] == 11900
    tasks = (await sources_shop.api("GET", "tasks")).json()["items"]
    assert [one["kind"] for one in tasks] == ["sale_amount_differs"]


async def test_stripe_and_the_custom_webhook_with_one_order_are_one_sale(sources_shop: Door) -> None:
    session = a_session("pi_two", metadata={"order_reference": "B-4711"})
    await send(sources_shop, an_event("checkout.session.completed", session))
    told = await tell(sources_shop, created(orderReference="B-4711"))
    assert told.json()["state"] == "processed"
    (sale,) = await sales(sources_shop)
    assert (sale["state"], sale["gross_cents"], sale["payment_intent"]) == ("approved", 11900, "pi_two")
    assert [one[2] for one in await earned(sources_shop, sale)] == [2000, 500]


async def test_a_refund_takes_the_commissions_back(sources_shop: Door) -> None:
    told = created()
    await tell(sources_shop, told)
    await tell(sources_shop, {**told, "event": "transaction.refunded", "transactionDate": "2026-10-07T10:00:00Z"})
    (sale,) = await sales(sources_shop)
    assert (sale["state"], sale["refunded_cents"]) == ("refunded", 11900)
    assert {one[3] for one in await earned(sources_shop, sale)} == {"reversed"}


async def test_a_refund_before_its_sale_waits_for_it(sources_shop: Door) -> None:
    told = created()
    refund = {"event": "transaction.refunded", "externalId": told["externalId"], "transactionDate": "2026-10-07"}
    early = await tell(sources_shop, refund)
    assert (early.json()["state"], early.json()["reason_code"]) == ("waiting", "refund_of_unknown_sale")
    assert await sales(sources_shop) == []
    await tell(sources_shop, told)
    (sale,) = await sales(sources_shop)
    assert sale["state"] == "refunded"
    assert (await sources_shop.api("GET", "tasks")).json()["items"] == []


async def test_long_names_of_a_customer_are_no_obstacle(sources_shop: Door) -> None:
    long = {"externalId": "k" * 250, "firstName": "K" * 300, "lastName": "L" * 300}
    assert (await tell(sources_shop, created(customer=long))).json()["state"] == "processed"
    assert (await tell_digistore(sources_shop, an_item("D" * 200, "1" * 200))).text == "OK"
    assert len(await sales(sources_shop)) == 2


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"grossAmount": "-1.00"}, "source_names_no_amount"),
        ({"grossAmount": "1.999"}, "source_names_no_amount"),
        ({"netAmount": "90.00"}, "event_contradicts_itself"),
        ({"netAmount": None, "taxAmount": None}, "sale_without_tax"),
    ],
)
async def test_what_is_not_proved_is_kept_and_not_booked(
    sources_shop: Door, wrong: dict[str, Any], reason: str
) -> None:
    answer = await tell(sources_shop, created(**wrong))
    assert (answer.status_code, answer.json()["reason_code"]) == (200, reason)
    assert await sales(sources_shop) == []


async def test_a_stranger_another_tenant_and_a_wrong_secret_are_refused_alike(
    sources_shop: Door, application: tuple[FastAPI, httpx.AsyncClient]
) -> None:
    other = await new_door(application)
    answers = [await tell(sources_shop, created(), secret="x" * 32), await tell(other, created())]
    answers += [
        await tell_digistore(sources_shop, an_item("A", "1"), secret="y" * 32),
        await tell_digistore(other, {"a": "b"}),
    ]
    answers += [await tell_copecart(sources_shop, a_payment("A", "1"), secret="z" * 32)]
    assert [one.status_code for one in answers] == [401] * 5
    assert await sales(sources_shop) == []


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b'{"event": 1}', b"[" * 9_000, b"[1e9999999999999999999]"])
async def test_what_is_no_message_is_said_to_be_none(sources_shop: Door, body: bytes) -> None:
    assert (await tell(sources_shop, body)).json()["code"] == "not_an_event"


async def test_the_items_of_a_digistore24_order_are_one_sale(sources_shop: Door) -> None:
    answers = [
        await tell_digistore(sources_shop, an_item("D1", "1")),
        await tell_digistore(sources_shop, an_item("D1", "2")),
    ]
    assert [one.text for one in answers] == ["OK", "OK"]
    (sale,) = await sales(sources_shop)
    assert (sale["gross_cents"], sale["base_cents"], sale["state"]) == (23800, 20000, "approved")
    assert [one[2] for one in await earned(sources_shop, sale)] == [4000, 1000]


async def test_what_digistore24_gives_back_is_a_share_of_the_order(sources_shop: Door) -> None:
    await tell_digistore(sources_shop, an_item("D2", "1"))
    await tell_digistore(sources_shop, an_item("D2", "2"))
    back = an_item("D2", "9", event="on_refund", parent_transaction_id="1", transaction_date="2026-10-09")
    assert [(await tell_digistore(sources_shop, back)).text for _ in range(2)] == ["OK", "OK"]
    (sale,) = await sales(sources_shop)
    assert (sale["refunded_cents"], sale["state"]) == (11900, "approved")


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"api_mode": "test"}, "source_test_message"),
        ({"affiliate_name": "hopper"}, "source_pays_own_affiliate"),
        ({"event": "on_affiliation"}, "event_type_not_handled"),
    ],
)
async def test_what_digistore24_tells_beside_is_answered_ok_and_not_booked(
    sources_shop: Door, members: dict[str, str], reason: str
) -> None:
    assert (await tell_digistore(sources_shop, an_item("D3", "1", **members))).text == "OK"
    (event,) = (await sources_shop.api("GET", "events")).json()["items"]
    assert (event["provider"], event["state"], event["reason_code"]) == ("digistore24", "ignored", reason)
    assert await sales(sources_shop) == []


async def test_a_signed_message_that_cannot_be_read_is_kept_and_not_repeated(sources_shop: Door) -> None:
    assert (await tell_digistore(sources_shop, {"event": "on_payment"})).text == "OK"
    (event,) = (await sources_shop.api("GET", "events")).json()["items"]
    assert event["reason_code"] == "source_message_unreadable"


async def test_copecart_pays_and_takes_back_by_order_and_product(sources_shop: Door) -> None:
    assert (await tell_copecart(sources_shop, a_payment("C1", "t1"))).text == "OK"
    (sale,) = await sales(sources_shop)
    assert (sale["source"], sale["base_cents"], sale["state"]) == ("copecart", 10000, "approved")
    back = a_payment("C1", "t9", event_type="payment.charged_back", payment_status="chargeback_succeeded")
    assert (await tell_copecart(sources_shop, back)).text == "OK"
    (sale,) = await sales(sources_shop)
    assert sale["state"] == "refunded"


def test_digistore24s_signature_is_that_of_its_documentation() -> None:
    """By hand: sorted, empty values left out, the passphrase after each pair, SHA-512 in capital letters."""
    by_hand = hashlib.sha512(b"a=1geheimb=zweigeheim").hexdigest().upper()
    assert digistore24_signature({"b": "zwei", "a": "1", "leer": "", "sha_sign": "X"}, "geheim") == by_hand


async def test_all_that_went_back_before_the_sale_waits_for_it(sources_shop: Door) -> None:
    for back in (
        an_item("D4", "9", "50.00", event="on_refund", parent_transaction_id="1"),
        an_item("D4", "10", "30.00", event="on_chargeback", parent_transaction_id="1"),
    ):
        assert (await tell_digistore(sources_shop, back)).text == "OK"
    (task,) = (await sources_shop.api("GET", "tasks")).json()["items"]
    done = await sources_shop.api("POST", f"tasks/{task['id']}/resolve", {"action": "done"})
    assert done.status_code == 202, done.text
    await tell_digistore(sources_shop, an_item("D4", "1"))
    (sale,) = await sales(sources_shop)
    assert (sale["gross_cents"], sale["refunded_cents"]) == (11900, 8000)


async def test_a_sale_and_its_chargeback_told_at_once_are_both_booked(sources_shop: Door) -> None:
    orders = [f"P{number}" for number in range(6)]
    await asyncio.gather(
        *(tell_copecart(sources_shop, a_payment(order, f"t-{order}")) for order in orders),
        *(
            tell_copecart(sources_shop, a_payment(order, f"b-{order}", event_type="payment.charged_back"))
            for order in orders
        ),
    )
    assert [sale["state"] for sale in await sales(sources_shop)] == ["refunded"] * 6


async def test_what_went_back_is_told_with_or_without_a_minus(sources_shop: Door) -> None:
    await tell_digistore(sources_shop, an_item("D5", "1"))
    await tell_copecart(sources_shop, a_payment("C5", "t1"))
    await tell_digistore(
        sources_shop, an_item("D5", "9", "-119.00", "-19.00", event="on_refund", parent_transaction_id="1")
    )
    await tell_copecart(sources_shop, a_payment("C5", "t9", event_type="payment.refunded", transaction_amount="-119.0"))
    assert [sale["state"] for sale in await sales(sources_shop)] == ["refunded"] * 2


async def test_money_back_without_a_readable_amount_is_not_passed_over(sources_shop: Door) -> None:
    await tell_digistore(sources_shop, an_item("D6", "9", "viel", event="on_refund"))
    (event,) = (await sources_shop.api("GET", "events")).json()["items"]
    assert (event["state"], event["reason_code"]) == ("failed", "event_contradicts_itself")


async def test_a_refund_of_a_later_payment_leaves_the_first_one_alone(sources_shop: Door) -> None:
    await tell_digistore(sources_shop, an_item("D7", "1", pay_sequence_no="1", billing_type="subscription"))
    await tell_digistore(sources_shop, an_item("D7", "2", pay_sequence_no="2", billing_type="subscription"))
    back = an_item("D7", "9", event="on_refund", parent_transaction_id="2", pay_sequence_no="")
    await tell_digistore(sources_shop, back)
    assert sorted((sale["state"], sale["gross_cents"]) for sale in await sales(sources_shop)) == [
        ("approved", 11900),
        ("refunded", 11900),
    ]


async def test_refunds_of_two_sources_with_one_number_are_two(sources_shop: Door) -> None:
    told = created(externalId="x77")
    await tell(sources_shop, told)
    await tell_digistore(sources_shop, an_item("D8", "1"))
    await tell(sources_shop, {**told, "event": "transaction.refunded"})
    await tell_digistore(
        sources_shop, an_item("D8", "x77", event="on_refund", parent_transaction_id="1", transaction_date="2026-10-09")
    )
    assert [sale["state"] for sale in await sales(sources_shop)] == ["refunded"] * 2


async def test_a_refund_of_what_earned_nothing_here_asks_nobody(sources_shop: Door) -> None:
    await tell_digistore(sources_shop, an_item("D9", "1", affiliate_name="hopper"))
    await tell_digistore(sources_shop, an_item("D9", "9", affiliate_name="hopper", event="on_refund"))
    events = (await sources_shop.api("GET", "events")).json()["items"]
    assert {one["reason_code"] for one in events} == {"source_pays_own_affiliate"}
    assert (await sources_shop.api("GET", "tasks")).json()["items"] == []


def test_a_secret_that_is_no_base64_signs_nothing() -> None:
    now = str(int(time.time()))
    digest = hmac.new(b"", f"m.{now}.{{}}".encode(), hashlib.sha256).digest()
    headers = {
        "webhook-id": "m",
        "webhook-timestamp": now,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
    assert not by_custom(b"{}", headers, SecretStr("!" * 20))
