"""Scenes of payouts with a document of our own."""

from tests.fixtures.own_desk import approved_own
from tests.record_histories.recorder import Recorder
from tests.record_histories.waiting import wait_until_seen


async def own_document_without_books(to: Recorder) -> None:
    shop = await to.shop()
    payout = await approved_own(shop)
    await shop.payout_when(payout["number"], "credit_note_open")
    await wait_until_seen(shop, payout, "credit_note_open")
    await to.payout("credit_note_open-own_without_books", shop, payout)
    seen = {"paid_on": payout["created_at"][:10], "reference": "SEPA-17"}
    await shop.api("POST", f"/payouts/{payout['number']}/paid", seen, key="approve")
    await shop.payout_workflow(payout["number"]).result()
    await to.payout("paid-own_without_books", shop, payout)
