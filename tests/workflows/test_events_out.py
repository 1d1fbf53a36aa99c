"""What happens here is told to the tenants' endpoints: signed, in the order of each object, until it is taken."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from sandbox.webhook_receiver import Receiver, receiving
from tests.fixtures.desk import handed_over, requested
from tests.fixtures.house import House, Shop, until


@pytest.fixture
async def hearer() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


async def hearing(shop: Shop, receiver: Receiver, *types: str) -> dict[str, Any]:
    """An endpoint that is added at the door."""
    added: dict[str, Any] = await shop.api("POST", "/webhook-endpoints", {"url": receiver.url, "types": types})
    return added


async def deliveries(shop: Shop, endpoint: dict[str, Any]) -> list[dict[str, Any]]:
    """Oldest first."""
    found: list[dict[str, Any]] = (await shop.api("GET", f"/webhook-endpoints/{endpoint['id']}/deliveries"))["items"]
    return found[::-1]


async def told(house: House, hearer: Receiver, calls: int) -> None:
    """So many calls were taken, once the hand-over has passed."""

    async def taken() -> int:
        await handed_over(house)
        return len(hearer.taken)

    await until(taken, lambda seen: seen >= calls, f"{calls} calls")


async def test_what_happens_to_a_payout_is_told_in_its_order_and_signed(connected_shop: Shop, hearer: Receiver) -> None:
    shop = connected_shop
    endpoint = await hearing(shop, hearer, "payout.requested", "payout.approved", "payout.document_issued")
    payout = await requested(shop)
    await shop.approve(payout)
    await shop.payout_when(payout["number"], "credit_note_open")
    await told(shop.house, hearer, 3)
    assert [call.told["type"] for call in hearer.taken] == [
        "payout.requested",
        "payout.approved",
        "payout.document_issued",
    ]
    secret = (await shop.api("GET", f"/webhook-endpoints/{endpoint['id']}/secret"))["secret"]
    assert all(call.signed_with(secret) for call in hearer.taken)
    data = hearer.taken[0].told["data"]
    assert (data["id"], data["state"], data["partner"]) == (payout["number"], "awaiting_approval", "ANNA")
    assert data["gross_cents"] == payout["gross_cents"]
    assert data["links"]["self"].endswith(f"/api/v1/payouts/{payout['number']}")


async def test_an_object_whose_event_fails_waits_and_others_go_on(connected_shop: Shop, hearer: Receiver) -> None:
    shop, failing = connected_shop, True
    hearer.answering = lambda call: 500 if failing and call.told["data"]["id"] == "ANNA" else 204
    endpoint = await hearing(shop, hearer, "partner.updated")
    for city in ("Bremen", "Hamburg", "Kiel"):
        await shop.api("PATCH", "/partners/ANNA", {"city": city})
    await shop.api("PATCH", "/partners/BERND", {"city": "Bonn"})
    await told(shop.house, hearer, 1)
    assert {call.told["data"]["id"] for call in hearer.taken} == {"BERND"}
    assert [one["state"] for one in await deliveries(shop, endpoint) if one["subject_id"] == "ANNA"] == ["due"] * 3
    failing = False
    await told(shop.house, hearer, 4)
    heard = [call.id for call in hearer.taken if call.told["data"]["id"] == "ANNA"]
    assert heard == [
        f"evt_{one['event'].replace('-', '')}"
        for one in await deliveries(shop, endpoint)
        if one["subject_id"] == "ANNA"
    ]


async def test_an_endpoint_that_hangs_holds_up_no_other(connected_shop: Shop, hearer: Receiver) -> None:
    hearer.answering = lambda call: None if call.path.endswith("/hangs") else 204
    shop = connected_shop
    hangs = await shop.api("POST", "/webhook-endpoints", {"url": f"{hearer.url}/hangs"})
    await hearing(shop, hearer)
    await shop.api("PATCH", "/partners/ANNA", {"city": "Bremen"})
    await told(shop.house, hearer, 1)
    assert {call.path for call in hearer.taken} == {"/hooks"}
    assert [one["state"] for one in await deliveries(shop, hangs)] == ["due"]
