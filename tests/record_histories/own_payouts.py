"""Scenes of payouts with a document of our own."""

from tests.fixtures.desk import answer, decide, fault, mended, task
from tests.fixtures.own_desk import approved_own, choose_categories
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


async def own_document_booked(to: Recorder) -> None:
    shop = await to.shop()
    await choose_categories(shop)
    await fault(shop, "forbidden_403", path="^/v1/vouchers$")
    payout = await approved_own(shop, books="lexoffice")
    asked = await task(shop, "voucher_refused")
    await wait_until_seen(shop, payout, "approved", tasks=["voucher_refused"])
    await to.payout("approved-own_voucher_refused", shop, payout)
    await mended(shop)
    await answer(shop, asked, "retry")
    opened = await shop.payout_when(payout["number"], "credit_note_open")
    await wait_until_seen(shop, payout, "credit_note_open")
    await to.payout("credit_note_open-own_booked", shop, payout)
    await shop.office("POST", f"/sandbox/vouchers/{opened['credit_note_id']}/pay", {})
    await shop.payout_workflow(payout["number"]).result()
    await to.payout("paid-own_booked", shop, payout)


async def own_document_lost_and_found(to: Recorder) -> None:
    shop = await to.shop()
    await choose_categories(shop)
    await fault(shop, "timeout_504_after", path="^/v1/vouchers$", times=1)
    payout = await approved_own(shop, books="lexoffice")
    await shop.payout_when(payout["number"], "outcome_unknown")
    await fault(shop, "unavailable_503", method="GET", path="voucherlist")
    await decide(shop, payout, "cancel")
    await wait_until_seen(shop, payout, "outcome_unknown")
    await to.payout("outcome_unknown-own_searching", shop, payout)
    await mended(shop)
    await task(shop, "own_document_undo")
    await wait_until_seen(shop, payout, "approved", tasks=["own_document_undo"])
    await to.payout("approved-own_cancelled_and_booked", shop, payout)
