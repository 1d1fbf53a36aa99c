"""Sales and refunds told by the JSON API: once each, in full or not at all."""

import asyncio
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests.fixtures.door import Door, new_door
from tests.fixtures.stripe_shop import stripe_shop

__all__ = ["stripe_shop"]


def a_sale(name: str, **members: Any) -> dict[str, Any]:
    return {
        "external_id": name,
        "gross_cents": 11_900,
        "tax_cents": 1_900,
        "sold_at": "2026-10-05T10:00:00Z",
        "partner_code": "ANNA",
        "campaign_slug": "sommer",
    } | members


async def test_a_sale_is_made_once_and_earns_at_once(stripe_shop: Door) -> None:
    told = await asyncio.gather(*(stripe_shop.api("POST", "transactions", a_sale("A1")) for _ in range(4)))
    assert sorted(one.status_code for one in told) == [200, 200, 200, 201]
    body = next(one for one in told if one.status_code == 201).json()
    sale = body["transaction"]
    assert (body["outcome"], sale["source"], sale["state"], sale["base_cents"]) == ("created", "api", "approved", 10000)
    assert [one["net_cents"] for one in sale["commissions"]] == [2000, 500]
    assert len((await stripe_shop.api("GET", "transactions")).json()["items"]) == 1


async def test_another_amount_is_asked_about_and_changes_nothing(stripe_shop: Door) -> None:
    await stripe_shop.api("POST", "transactions", a_sale("A2"))
    other = await stripe_shop.api("POST", "transactions", a_sale("A2", gross_cents=23_800, tax_cents=3_800))
    assert (other.status_code, other.json()["outcome"], other.json()["reason_code"]) == (
        202,
        "asks",
        "sale_amount_differs",
    )
    assert other.json()["transaction"]["gross_cents"] == 11_900


@pytest.mark.parametrize(
    ("members", "status", "reason"),
    [
        ({"partner_code": "NIEMAND"}, 422, "unknown_partner"),
        ({"campaign_slug": "nie"}, 422, "unknown_campaign"),
        ({"currency": "USD"}, 422, "exchange_rate_missing"),
        ({"tax_cents": 12_000}, 422, None),
        ({"gross_cents": -1}, 422, None),
        ({"gross_cents": 1.5}, 422, None),
        ({"sold_at": "gestern"}, 422, None),
        ({"another": 1}, 422, None),
    ],
)
async def test_what_the_caller_can_mend_is_refused(
    stripe_shop: Door, members: dict[str, Any], status: int, reason: str | None
) -> None:
    answer = await stripe_shop.api("POST", "transactions", a_sale("A3", **members))
    assert answer.status_code == status
    assert reason is None or answer.json()["reason"] == reason
    assert (await stripe_shop.api("GET", "transactions")).json()["items"] == []


async def test_another_currency_is_booked_by_the_callers_rate(stripe_shop: Door) -> None:
    rate = {"rate": "1.19", "day": "2026-10-05", "source": "EZB"}
    answer = await stripe_shop.api("POST", "transactions", a_sale("A4", currency="USD", exchange_rate=rate))
    sale = answer.json()["transaction"]
    assert (sale["gross_cents"], sale["original_currency"], sale["exchange_rate"]) == (10_000, "USD", "1.19000000")
    assert sale["base_cents"] == 8_403


async def test_a_sale_may_wait_for_its_invoice(stripe_shop: Door) -> None:
    sale = (await stripe_shop.api("POST", "transactions", a_sale("A5", awaits_invoice=True))).json()["transaction"]
    assert (sale["state"], sale["provisional"]) == ("pending", True)


async def test_refunds_add_up_and_each_counts_once(stripe_shop: Door) -> None:
    sale = (await stripe_shop.api("POST", "transactions", a_sale("A6"))).json()["transaction"]
    for reference in ("r1", "r1", "r2"):
        answer = await stripe_shop.api(
            "POST", f"transactions/{sale['id']}/refund", {"reference": reference, "cents": 2_975}
        )
        assert answer.status_code == 200, answer.text
    assert (answer.json()["refunded_cents"], answer.json()["state"]) == (5_950, "approved")
    more = await stripe_shop.api("POST", f"transactions/{sale['id']}/refund", {"reference": "r3", "cents": 6_000})
    assert (more.status_code, more.json()["reason"]) == (422, "refund_exceeds_sale")
    rest = await stripe_shop.api("POST", f"transactions/{sale['id']}/refund", {"reference": "r4", "cents": 5_950})
    assert (rest.json()["refunded_cents"], rest.json()["state"]) == (11_900, "refunded")
    again = await stripe_shop.api("POST", f"transactions/{sale['id']}/refund", {"reference": "r4", "cents": 5_950})
    assert (again.status_code, again.json()["refunded_cents"]) == (200, 11_900)


async def test_a_refund_is_named_in_the_currency_of_its_sale(stripe_shop: Door) -> None:
    rate = {"rate": "1.19", "day": "2026-10-05", "source": "EZB"}
    told = await stripe_shop.api("POST", "transactions", a_sale("A9", currency="USD", exchange_rate=rate))
    path = f"transactions/{told.json()['transaction']['id']}/refund"
    answer = await stripe_shop.api("POST", path, {"reference": "r1", "cents": 11_900})
    assert (answer.status_code, answer.json()["state"]) == (200, "refunded")
    more = await stripe_shop.api("POST", path, {"reference": "A9", "cents": 1})
    assert (more.status_code, more.json()["reason"]) == (422, "refund_exceeds_sale")


async def test_the_whole_sale_is_refunded_where_no_amount_is_named(stripe_shop: Door) -> None:
    sale = (await stripe_shop.api("POST", "transactions", a_sale("A7"))).json()["transaction"]
    answer = await stripe_shop.api("POST", f"transactions/{sale['id']}/refund", {"reference": "r1"})
    assert (answer.json()["state"], answer.json()["refunded_cents"]) == ("refunded", 11_900)
    assert {one["state"] for one in answer.json()["commissions"]} == {"reversed"}


async def test_of_many_sales_each_stands_for_itself(stripe_shop: Door) -> None:
    items = [a_sale("B1"), a_sale("B2", partner_code="NIEMAND"), a_sale("B1"), a_sale("B3")]
    answer = await stripe_shop.api("POST", "transactions/bulk", {"items": items})
    assert [(one["outcome"], one["reason_code"]) for one in answer.json()["items"]] == [
        ("created", None),
        ("refused", "unknown_partner"),
        ("unchanged", None),
        ("created", None),
    ]
    too_many = await stripe_shop.api("POST", "transactions/bulk", {"items": [a_sale(f"C{i}") for i in range(1_001)]})
    assert too_many.status_code == 422


async def test_a_sale_of_another_tenant_is_not_refunded(
    stripe_shop: Door, application: tuple[FastAPI, httpx.AsyncClient]
) -> None:
    sale = (await stripe_shop.api("POST", "transactions", a_sale("A8"))).json()["transaction"]
    other = await new_door(application)
    answer = await other.api("POST", f"transactions/{sale['id']}/refund", {"reference": "r1"})
    assert answer.status_code == 404
    assert (await stripe_shop.api("GET", f"transactions/{sale['id']}")).json()["refunded_cents"] == 0
