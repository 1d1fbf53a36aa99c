"""Orders of WooCommerce and Shopify, made into messages by the tables of docs/guides/shops.md, are booked as they say.

The orders have the members that the vendors' public documentation names (WooCommerce REST API v3, Shopify Admin REST
API); all values are our own, no text of theirs is taken over.
"""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.door import Door
from tests.fixtures.sources_shop import earned, sources_shop, stripe_shop, tell
from tests.fixtures.stripe_shop import sales

__all__ = ["sources_shop", "stripe_shop"]
_GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "shops.md"
_ROW = re.compile(r"^\| `(?P<to>[^`]+)` \| (?P<of>.+) \|$", re.MULTILINE)
_STEP = re.compile(r"(\w+)|\[(\d+|\*)\]")

WOOCOMMERCE: dict[str, Any] = {
    "id": 727,
    "number": "727",
    "status": "processing",
    "currency": "EUR",
    "date_created_gmt": "2026-10-05T09:58:00",
    "date_paid_gmt": "2026-10-05T10:00:00",
    "total": "119.00",
    "total_tax": "19.00",
    "customer_id": 26,
    "billing": {"first_name": "Kim", "last_name": "Kunde", "email": "kim@example.org"},
    "line_items": [
        {"id": 315, "name": "Kurs", "product_id": 93, "sku": "kurs-1", "total": "50.00", "total_tax": "9.50"},
        {"id": 316, "name": "Buch", "product_id": 22, "sku": "", "total": "50.00", "total_tax": "9.50"},
    ],
    "coupon_lines": [{"id": 1, "code": "sommer10", "discount": "10.00", "discount_tax": "1.90"}],
    "refunds": [],
}
SHOPIFY: dict[str, Any] = {
    "id": 450789469,
    "order_number": 1001,
    "name": "#1001",
    "email": "kim@example.org",
    "processed_at": "2026-10-05T12:00:00+02:00",
    "financial_status": "paid",
    "currency": "EUR",
    "total_price": "119.00",
    "total_tax": "19.00",
    "taxes_included": True,
    "test": False,
    "customer": {"id": 207119551, "first_name": "Kim", "last_name": "Kunde"},
    "discount_codes": [{"code": "SOMMER10", "amount": "11.90", "type": "percentage"}],
    "line_items": [
        {"id": 466157049, "title": "Kurs", "sku": "kurs-1", "price": "29.75", "quantity": 2},
        {"id": 518995019, "title": "Buch", "sku": None, "price": "59.50", "quantity": 1},
    ],
}


def table_of(shop: str) -> dict[str, str]:
    """The rows of the guide's table for this shop."""
    text = _GUIDE.read_text(encoding="utf-8").split(f"## {shop}\n")[1].split("\n## ")[0]
    return {row["to"]: row["of"] for row in _ROW.finditer(text)}


def message(shop: str, order: dict[str, Any]) -> dict[str, Any]:
    """As a relay builds it by the table."""
    made: dict[str, Any] = {}
    for to, of in table_of(shop).items():
        if "[*]" in to:
            whole, member = to.split("[*].")
            lines = made.setdefault(whole, [{} for _ in order["line_items"]])
            for at, line in enumerate(lines):
                line[member] = _value(of.replace("[*]", f"[{at}]"), order)
        elif "." in to:
            within, member = to.split(".")
            made.setdefault(within, {})[member] = _value(of, order)
        else:
            made[to] = _value(of, order)
    return made


def _value(of: str, order: dict[str, Any]) -> Any:
    if of.startswith("= "):
        return of.removeprefix("= ").strip("`")
    for sign, reckon in ((" + ", Decimal.__add__), (" × ", Decimal.__mul__)):
        if sign in of:
            one, other = (Decimal(str(_member(part.strip("`"), order))) for part in of.split(sign))
            return str(reckon(one, other))
    found = _member(of.strip("`"), order)
    return str(found) if isinstance(found, int) else found


def _member(path: str, order: Any) -> Any:
    for step in _STEP.finditer(path):
        try:
            order = order[step[1]] if step[1] else order[int(step[2])]
        except (KeyError, IndexError):
            return None
    return order


@pytest.fixture
async def shop_with_coupons(sources_shop: Door) -> Door:
    """Where BERTA has a coupon, and a course pays more than the rest."""
    assert (await sources_shop.api("POST", "partners/BERTA/coupons", {"code": "SOMMER10"})).status_code == 201
    rates = [{"level": 1, "kind": "product", "name": "kurs-1", "percent": "50"}]
    plan = {"levels": [{"level": 1, "percent": "20"}], "product_rates": rates, "valid_from": "2026-01-01T00:00:00Z"}
    assert (await sources_shop.api("POST", "campaigns/sommer/plans", plan)).status_code == 201
    assert (await sources_shop.api("POST", "campaigns/sommer/default")).status_code < 300
    return sources_shop


@pytest.mark.parametrize(("shop", "order"), [("WooCommerce", WOOCOMMERCE), ("Shopify", SHOPIFY)])
async def test_an_order_told_by_the_guide_is_booked_and_taken_back(
    shop_with_coupons: Door, shop: str, order: dict[str, Any]
) -> None:
    told = message(shop, order)
    assert (await tell(shop_with_coupons, told)).json()["state"] == "processed"
    again = await tell(shop_with_coupons, told)
    assert again.json()["status"] == "duplicate"
    [sale] = await sales(shop_with_coupons)
    assert (sale["base_cents"], sale["tax_cents"], sale["state"]) == (10_000, 1_900, "approved")
    assert sale["sold_at"].startswith("2026-10-05T10:00:00")
    assert (sale["partner_code"], sale["order_reference"]) == ("BERTA", str(order.get("order_number", 727)))
    assert sale["customer_email"] == "kim@example.org"
    assert [cents for _, _, cents, _ in await earned(shop_with_coupons, sale)] == [3500]
    refund = told | {"event": "transaction.refunded", "transactionDate": "2026-10-09T10:00:00Z"}
    assert (await tell(shop_with_coupons, refund)).json()["state"] == "processed"
    [sale] = await sales(shop_with_coupons)
    assert sale["state"] == "refunded"


def test_a_guest_without_a_coupon_is_told_without_them() -> None:
    told = message("WooCommerce", WOOCOMMERCE | {"coupon_lines": []})
    assert (told["couponCode"], told["grossAmount"]) == (None, "119.00")
