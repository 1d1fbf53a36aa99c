"""A payout whose own document is booked in lexoffice: few calls, paid there, and taken back before it is delivered."""

from collections.abc import Mapping
from typing import Any

import pytest

from lexoffice.webhook import SUBSCRIBED_FOR_VOUCHERS
from tests.fixtures.desk import answer, decide, fault, mended, task
from tests.fixtures.house import Shop, until
from tests.fixtures.own_desk import activities_of, approved_own, choose_categories, documents_of, vouchers_of
from tests.fixtures.products import OwnProduct

VOUCHERS = "/v1/vouchers"


@pytest.fixture
async def booking_shop(impatient: OwnProduct) -> Shop:
    """A tenant that books its own documents in lexoffice."""
    shop = await impatient.house.shop()
    await shop.partners("ANNA")
    await choose_categories(shop)
    for event_type in SUBSCRIBED_FOR_VOUCHERS:
        await shop.subscribe(
            event_type, f"{shop.house.api_url}/api/webhooks/{shop.tenant.slug}/lexoffice?token={shop.token}"
        )
    await shop.forget_calls()
    return shop


async def state_of(shop: Shop, payout: Mapping[str, Any]) -> dict[str, Any]:
    seen: dict[str, Any] = await shop.api("GET", f"/payouts/{payout['number']}")
    return seen


async def test_a_payout_takes_eight_activities_and_four_calls_at_most(booking_shop: Shop) -> None:
    shop = booking_shop
    first = await approved_own(shop, 10_000, books="lexoffice")
    await shop.payout_when(first["number"], "credit_note_open")
    await shop.forget_calls()
    payout = await approved_own(shop, 20_000, books="lexoffice")
    opened = await shop.payout_when(payout["number"], "credit_note_open")
    calls = await shop.calls()
    told = len(await shop.events(opened["credit_note_id"]))
    assert sum(calls.values()) <= 4 + told, (calls, "one more for each notification")
    assert {route: n for route, n in calls.items() if route != "GET /v1/vouchers/{id}"} == {
        "GET /v1/voucherlist": 1,
        "POST /v1/vouchers": 1,
        "POST /v1/vouchers/{id}/files": 1,
    }
    [_, voucher] = sorted(await vouchers_of(shop), key=lambda one: one["voucherNumber"])
    assert (voucher["voucherNumber"], voucher["id"]) == (opened["credit_note_number"], opened["credit_note_id"])
    assert (voucher["totalGrossAmount"], len(voucher["files"])) == (238.0, 1)
    assert opened["document_stage"] == "delivered"
    await shop.office("POST", f"/sandbox/vouchers/{voucher['id']}/pay", {})
    paid = await shop.payout_when(payout["number"], "paid")
    assert paid["paid_on"]
    scheduled = await activities_of(shop, payout["number"])
    assert scheduled == [
        "advance",
        "issue_own_document",
        "book_voucher",
        "attach_voucher_file",
        "read_back_voucher",
        "deliver_own_document",
        "advance",
    ]


async def test_a_refused_booking_is_tried_again_or_closed_as_not_issued(booking_shop: Shop) -> None:
    shop = booking_shop
    await fault(shop, "forbidden_403", path=VOUCHERS)
    payout = await approved_own(shop, books="lexoffice")
    asked = await task(shop, "voucher_refused")
    assert asked["actions"] == ["retry", "not_issued"]
    assert (await answer(shop, asked, "retry")).status_code == 202
    again = await until(
        lambda: shop.tasks("voucher_refused"), lambda found: bool(found) and found[0]["id"] != asked["id"], "a new task"
    )
    assert (await answer(shop, again[0], "not_issued")).status_code == 202
    waiting = await shop.payout_when(payout["number"], "awaiting_approval")
    assert (waiting["document_stage"], waiting["blocked"]) == (None, None)
    await mended(shop)
    await shop.approve(waiting)
    opened = await shop.payout_when(payout["number"], "credit_note_open")
    assert [(one["number"], one["closed_reason"]) for one in await documents_of(shop)] == [
        ("GU-2026-00001", "Geprüft."),
        ("GU-2026-00002", None),
    ]
    assert opened["credit_note_number"] == "GU-2026-00002"
    assert len(await vouchers_of(shop)) == 1


async def test_cancelled_after_a_refusal_the_number_is_closed_and_nothing_is_booked(booking_shop: Shop) -> None:
    shop = booking_shop
    await fault(shop, "forbidden_403", path=VOUCHERS)
    payout = await approved_own(shop, books="lexoffice")
    await task(shop, "voucher_refused")
    assert (await decide(shop, payout, "cancel")).status_code == 202
    assert await shop.payout_workflow(payout["number"]).result() == "cancelled"
    assert [one["closed_reason"] for one in await documents_of(shop)] == ["Darum."]
    assert (await vouchers_of(shop), await shop.tasks()) == ([], [])


async def unclear_and_cancelled(shop: Shop, kind: str) -> dict[str, Any]:
    """A payout whose voucher was sent and not answered, and that somebody cancels before it is found."""
    await fault(shop, kind, path=f"^{VOUCHERS}$", times=1)
    payout = await approved_own(shop, books="lexoffice")
    await shop.payout_when(payout["number"], "outcome_unknown")
    # The first search is due two seconds after the POST; it must not come before the decision.
    await fault(shop, "unavailable_503", method="GET", path="voucherlist")
    assert (await decide(shop, payout, "cancel")).status_code == 202
    waiting = await state_of(shop, payout)
    assert (waiting["state"], waiting["cancel_wanted_at"] is not None) == ("outcome_unknown", True)
    assert (await decide(shop, payout, "cancel")).json()["code"] == "cancelling_waits_for_the_books"
    return payout


async def test_cancelled_while_unclear_and_never_made_it_ends_without_a_voucher(booking_shop: Shop) -> None:
    payout = await unclear_and_cancelled(booking_shop, "timeout_504_before")
    await mended(booking_shop)
    assert await booking_shop.payout_workflow(payout["number"]).result() == "cancelled"
    [document] = await documents_of(booking_shop)
    assert (document["closed_reason"], document["handed_out"]) == ("Darum.", False)
    assert await vouchers_of(booking_shop) == []


async def test_cancelled_while_unclear_and_made_it_waits_until_a_person_deletes_the_voucher(booking_shop: Shop) -> None:
    shop = booking_shop
    payout = await unclear_and_cancelled(shop, "timeout_504_after")
    await mended(shop)
    await task(shop, "own_document_undo")
    [voucher] = await vouchers_of(shop)
    [document] = await documents_of(shop)
    assert (document["handed_out"], (await state_of(shop, payout))["document_stage"]) == (False, "booked")
    await shop.office("POST", f"/sandbox/vouchers/{voucher['id']}/delete", {})
    assert await shop.payout_workflow(payout["number"]).result() == "cancelled"
    [document] = await documents_of(shop)
    assert (document["closed_reason"], document["handed_out"]) == ("Darum.", False)
    assert await shop.tasks() == []
