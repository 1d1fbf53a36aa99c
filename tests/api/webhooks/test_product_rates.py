"""A plan's rates for products and categories, as the sources of sales name what was sold."""

from typing import Any

import pytest

from tests.fixtures.door import Door
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
from tests.fixtures.stripe_shop import an_event, sales, send

__all__ = ["sources_shop", "stripe_shop"]
_RATES = [
    {"level": 1, "kind": "product", "name": "kurs-1", "percent": "50"},
    {"level": 1, "kind": "category", "name": "Bücher", "percent": "10"},
    {"level": 2, "kind": "product", "name": "kurs-1"},
]
_LEVELS = [{"level": 1, "percent": "20"}, {"level": 2, "percent": "5"}]


@pytest.fixture
async def product_shop(sources_shop: Door) -> Door:
    """As sources_shop, with a plan that names a product and a category."""
    plan = {"levels": _LEVELS, "product_rates": _RATES, "valid_from": "2026-01-01T00:00:00+01:00"}
    answer = await sources_shop.api("POST", "campaigns/sommer/plans", plan)
    assert answer.status_code == 201, answer.text
    assert [one["name"] for one in answer.json()["product_rates"]] == ["kurs-1", "kurs-1", "Bücher"]
    return sources_shop


async def paid(door: Door) -> list[int]:
    [sale] = await sales(door)
    return [cents for _, _, cents, _ in await earned(door, sale)]


def _lines(*told: tuple[str | None, str | None, str]) -> list[dict[str, Any]]:
    return [{"productId": product, "category": category, "grossAmount": gross} for product, category, gross in told]


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"productName": "Kurs-1"}, [5000, 0]),
        ({"lineItems": _lines(("kurs-1", None, "59.50"), ("b-2", "bücher", "59.50"))}, [3000, 250]),
        ({"lineItems": _lines(("kurs-1", None, "59.50"))}, [3500, 250]),
        ({"lineItems": "?", "productId": "kurs-1"}, [2000, 500]),
        ({"lineItems": _lines(*[("kurs-1", None, "0.01")] * 1_001)}, [2252, 458]),
    ],
)
async def test_the_custom_webhook_names_products_or_lines(
    product_shop: Door, members: dict[str, Any], expected: list[int]
) -> None:
    assert (await tell(product_shop, created(**members))).json()["state"] == "processed"
    assert await paid(product_shop) == expected


async def test_items_of_one_order_are_paid_each_by_its_rate(product_shop: Door) -> None:
    await tell_digistore(product_shop, an_item("O1", "T1", "59.50", "9.50", product_id="kurs-1"))
    assert await paid(product_shop) == [2500, 0]
    await tell_digistore(product_shop, an_item("O1", "T2", "59.50", "9.50", product_id="4711"))
    assert await paid(product_shop) == [3500, 250]


async def test_copecart_names_its_product(product_shop: Door) -> None:
    await tell_copecart(product_shop, a_payment("c-1", "t-1", product_id="kurs-1"))
    assert await paid(product_shop) == [5000, 0]


async def test_a_caller_names_lines_that_are_no_more_than_the_sale(product_shop: Door) -> None:
    told = {
        "external_id": "a-1",
        "gross_cents": 11_900,
        "tax_cents": 1_900,
        "sold_at": "2026-10-05T10:00:00Z",
        "partner_code": "ANNA",
        "campaign_slug": "sommer",
    }
    wrong = await product_shop.api("POST", "transactions", told | {"lines": [{"gross_cents": 11_901}]})
    assert wrong.status_code == 422
    lines = [{"product": "kurs-1", "gross_cents": 5_950}, {"category": "Bücher", "gross_cents": 5_950}]
    answer = await product_shop.api("POST", "transactions", told | {"lines": lines})
    assert [one["net_cents"] for one in answer.json()["transaction"]["commissions"]] == [3000, 250]


async def test_stripe_s_invoice_says_later_what_its_payment_was_for(product_shop: Door) -> None:
    """Lines are without tax, the payment is with it; both are the same share."""
    named = {"partner": "ANNA", "campaign": "sommer"}
    told = {"id": "pi_p", "object": "payment_intent", "amount_received": 11_900, "currency": "eur", "metadata": named}
    await send(product_shop, an_event("payment_intent.succeeded", told))
    assert await paid(product_shop) == [2380, 595]
    invoice = {
        "id": "in_1",
        "payment_intent": "pi_p",
        "amount_paid": 11_900,
        "total": 11_900,
        "tax": 1_900,
        "currency": "eur",
        "lines": {
            "data": [
                {"amount": 5_000, "pricing": {"price_details": {"price": "price_1", "product": "kurs-1"}}},
                {"amount": 5_000, "price": {"id": "price_2", "product": "prod_2"}, "metadata": {"category": "Bücher"}},
            ]
        },
    }
    await send(product_shop, an_event("invoice.paid", invoice))
    assert await paid(product_shop) == [3000, 250]


async def test_a_plan_with_tiers_takes_no_rates_of_products(product_shop: Door) -> None:
    tiered = [_LEVELS[0] | {"tiers": [{"from_cents": 100_000, "percent": "25"}]}]
    plan = {"levels": tiered, "tier_mode": "flat", "product_rates": _RATES[:1], "valid_from": "2027-01-01T00:00:00Z"}
    answer = await product_shop.api("POST", "campaigns/sommer/plans", plan)
    assert (answer.status_code, answer.json()["reason"]) == (422, "product_rates_with_tiers")
