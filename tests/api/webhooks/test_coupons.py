"""A coupon names the partner of a sale where nothing else does."""

from datetime import UTC, datetime
from typing import Any

import pytest

from api.actions.sources.stripe_payments import of_session
from api.actions.sources.stripe_reading import read_event
from tests.fixtures.door import Door
from tests.fixtures.sources_shop import an_item, created, sources_shop, stripe_shop, tell, tell_digistore
from tests.fixtures.stripe_shop import a_session, an_event, sales, send

__all__ = ["sources_shop", "stripe_shop"]


async def give(door: Door, partner: str, code: str) -> Any:
    answer = await door.api("POST", f"partners/{partner}/coupons", {"code": code})
    return answer.json() | {"status": answer.status_code}


async def whose(door: Door) -> list[str | None]:
    """Partners of all sales."""
    return [sale["partner_code"] for sale in await sales(door)]


async def tell_stripe(door: Door, coupon: str) -> None:
    session = a_session("pi_c", discounts=[{"coupon": "other", "promotion_code": {"id": "promo_1", "code": coupon}}])
    session.pop("metadata", None)
    session.pop("client_reference_id", None)
    await send(door, an_event("checkout.session.completed", session))


async def tell_custom(door: Door, coupon: str) -> None:
    await tell(door, created(partnerId=None, couponCode=coupon))


async def tell_item(door: Door, coupon: str) -> None:
    await tell_digistore(door, an_item("O1", "T1", custom="", voucher_code=coupon))


async def tell_api(door: Door, coupon: str) -> None:
    told = {"external_id": "a-1", "gross_cents": 11_900, "tax_cents": 1_900, "sold_at": "2026-10-05T10:00:00Z"}
    assert (await door.api("POST", "transactions", told | {"coupon_code": coupon})).status_code == 201


@pytest.mark.parametrize("tells", [tell_stripe, tell_custom, tell_item, tell_api])
async def test_a_sale_with_a_partner_s_coupon_is_the_partner_s(sources_shop: Door, tells: Any) -> None:
    assert (await give(sources_shop, "BERTA", "Sommer10"))["code"] == "SOMMER10"
    await tells(sources_shop, " sommer10 ")
    assert await whose(sources_shop) == ["BERTA"]
    assert (await sources_shop.api("GET", "tasks")).json()["items"] == []


async def test_who_is_named_comes_before_a_coupon_and_a_coupon_before_a_name_of_nobody(sources_shop: Door) -> None:
    await give(sources_shop, "BERTA", "SOMMER10")
    await tell(sources_shop, created(partnerId="ANNA", couponCode="SOMMER10", customer={}))
    assert await whose(sources_shop) == ["ANNA"]
    await tell(sources_shop, created(partnerId="NIEMAND", couponCodes=["FREMD", "SOMMER10"], customer={}))
    assert sorted(str(one) for one in await whose(sources_shop)) == ["ANNA", "BERTA"]


async def test_a_coupon_of_nobody_s_names_nobody_and_asks_nobody(sources_shop: Door) -> None:
    await tell(sources_shop, created(partnerId=None, couponCode="FREMD"))
    assert await whose(sources_shop) == [None]
    assert (await sources_shop.api("GET", "tasks")).json()["items"] == []


async def test_a_coupon_is_one_partner_s_at_a_time_and_may_pass_on(sources_shop: Door) -> None:
    await give(sources_shop, "ANNA", "SOMMER10")
    taken = await give(sources_shop, "BERTA", "sommer10")
    assert (taken["status"], taken["code"]) == (409, "coupon_taken")
    ended = await sources_shop.api("DELETE", "partners/ANNA/coupons/sommer10")
    assert [one["ended_at"] is None for one in ended.json()["items"]] == [False]
    assert (await sources_shop.api("DELETE", "partners/ANNA/coupons/SOMMER10")).status_code == 404
    await give(sources_shop, "BERTA", "SOMMER10")
    sold_at = datetime.now(UTC).isoformat()
    await tell(sources_shop, created(partnerId=None, couponCode="SOMMER10", transactionDate=sold_at))
    assert await whose(sources_shop) == ["BERTA"]


def test_stripe_s_names_of_a_discount_are_read_whatever_is_expanded() -> None:
    def coupons(**session: Any) -> tuple[str, ...]:
        told = {"id": "evt_1", "type": "checkout.session.completed", "created": 1, "data": {"object": session}}
        base = {"id": "cs_1", "payment_intent": "pi_1", "payment_status": "paid", "amount_total": 1, "currency": "eur"}
        told["data"] = {"object": base | session}
        report = of_session(read_event(told))
        return report.coupons  # type: ignore[union-attr]

    assert coupons(discounts=[{"coupon": "ANNA10", "promotion_code": None}]) == ("ANNA10",)
    assert coupons(discounts=[{"coupon": None, "promotion_code": "promo_9"}]) == ("promo_9",)
    breakdown = {"discounts": [{"discount": {"coupon": {"id": "c1", "name": "Anna"}, "promotion_code": "promo_9"}}]}
    assert coupons(total_details={"breakdown": breakdown}) == ("promo_9", "c1", "Anna")
    assert coupons(discounts="?", total_details=[]) == ()
