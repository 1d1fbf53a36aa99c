"""A payout with a document of our own and no books: issued once, delivered, and paid by a person."""

import asyncio
from typing import Any

from ledger.documents.own import circle
from tests.fixtures.house import Shop
from tests.fixtures.own_desk import activities_of, approved_own, documents_of, requested_own


async def gaps(shop: Shop) -> list[str]:
    async with shop.house.ledger.transaction(shop.tenant) as tx:
        return await circle.find_gaps(tx)


async def paid(shop: Shop, payout: dict[str, Any], **seen: Any) -> Any:
    body = {"paid_on": payout["created_at"][:10], "reference": "Überweisung 17"} | seen
    return await shop.call("POST", f"/payouts/{payout['number']}/paid", body, key="approve")


async def test_an_approved_payout_is_issued_delivered_and_paid_by_a_person(hasty_shop: Shop) -> None:
    payout = await approved_own(hasty_shop, 10_000, 2_345)
    shown = await hasty_shop.payout_when(payout["number"], "credit_note_open")
    [document] = await documents_of(hasty_shop)
    assert shown["credit_note_number"] == document["number"] == "GU-2026-00001"
    assert (shown["document_stage"], shown["credit_note_id"]) == ("delivered", None)
    assert (document["gross_cents"], document["handed_out"]) == (shown["gross_cents"], True)
    assert (await paid(hasty_shop, payout)).status_code == 202
    assert await hasty_shop.payout_workflow(payout["number"]).result() == "paid"
    done = await hasty_shop.payout_when(payout["number"], "paid")
    assert (done["payment_reference"], done["paid_on"]) == ("Überweisung 17", payout["created_at"][:10])
    states = {row["state"] for row in await hasty_shop.rows("SELECT state FROM commissions")}
    assert states == {"paid"}
    scheduled = await activities_of(hasty_shop, payout["number"])
    assert scheduled == ["advance", "issue_own_document", "deliver_own_document", "advance"]
    assert await hasty_shop.calls() == {}, "without books lexoffice is not asked"


async def test_only_what_is_delivered_and_booked_nowhere_is_paid_at_a_persons_word(hasty_shop: Shop) -> None:
    waiting = await requested_own(hasty_shop)
    assert (await paid(hasty_shop, waiting)).json()["code"] == "payout_awaits_no_payment"
    await hasty_shop.approve(waiting)
    await hasty_shop.payout_when(waiting["number"], "credit_note_open")
    for seen in ({"paid_on": "2020-01-01"}, {"paid_on": "2099-01-01"}, {"reference": " "}, {"reference": "x" * 141}):
        assert (await paid(hasty_shop, waiting, **seen)).status_code == 422, seen
    await hasty_shop.rows("UPDATE payouts SET books = 'lexoffice'")
    assert (await paid(hasty_shop, waiting)).json()["code"] == "paid_is_told_by_the_books"


async def test_two_payouts_at_once_get_two_numbers_in_a_row(hasty_shop: Shop) -> None:
    payouts = [await requested_own(hasty_shop, 1_000 + number) for number in range(6)]
    await asyncio.gather(*map(hasty_shop.approve, payouts))
    for payout in payouts:
        await hasty_shop.payout_when(payout["number"], "credit_note_open")
    assert [document["place"] for document in await documents_of(hasty_shop)] == [1, 2, 3, 4, 5, 6]
    assert await gaps(hasty_shop) == []
