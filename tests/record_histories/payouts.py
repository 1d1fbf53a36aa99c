"""Scenes of payouts, one per state and per way into it."""

from tests.fixtures.desk import (
    answer,
    approved,
    decide,
    fault,
    handed_over,
    mended,
    requested,
    save_key,
    task,
    with_open_credit_note,
)
from tests.fixtures.house import until
from tests.record_histories.recorder import Recorder
from tests.record_histories.waiting import count_events, wait_until_seen


async def awaiting_approval(to: Recorder) -> None:
    shop = await to.shop()
    payout = await requested(shop)
    await until(lambda: count_events(shop.payout_workflow(payout["number"])), lambda found: found >= 4, "a first task")
    await to.payout("awaiting_approval", shop, payout)
    await shop.payout_workflow(payout["number"]).signal("approve", "nobody")
    await task(shop, "signal_refused")
    await until(lambda: count_events(shop.payout_workflow(payout["number"])), lambda found: found >= 14, "the refusal")
    await to.payout("awaiting_approval-signal_refused", shop, payout)
    await decide(shop, payout, "reject")
    await shop.payout_workflow(payout["number"]).result()
    await to.payout("rejected", shop, payout)


async def cancelled(to: Recorder) -> None:
    shop = await to.shop()
    payout = await requested(shop)
    await decide(shop, payout, "cancel")
    await shop.payout_workflow(payout["number"]).result()
    await to.payout("cancelled", shop, payout)


async def blocked_and_voided_approval(to: Recorder) -> None:
    shop = await to.shop()
    await shop.api("DELETE", "/providers/lexoffice/key")
    payout = await approved(shop)
    await task(shop, "connection_broken")
    await wait_until_seen(shop, payout, "approved")
    await to.payout("approved-blocked", shop, payout)
    await shop.api("PATCH", "/partners/ANNA", {"city": "Potsdam"})
    await shop.payout_when(payout["number"], "awaiting_approval")
    await wait_until_seen(shop, payout, "awaiting_approval")
    await to.payout("awaiting_approval-void", shop, payout)


async def refused_then_retried(to: Recorder) -> None:
    shop = await to.shop()
    await fault(shop, "forbidden_403")
    payout = await approved(shop)
    asked = await task(shop, "credit_note_refused")
    await wait_until_seen(shop, payout, "approved")
    await to.payout("approved-refused", shop, payout)
    await mended(shop)
    await answer(shop, asked, "retry")
    await shop.payout_when(payout["number"], "credit_note_open")
    await wait_until_seen(shop, payout, "credit_note_open")
    await to.payout("credit_note_open-retried", shop, payout)


async def open_then_paid(to: Recorder) -> None:
    shop = await to.shop()
    payout = await with_open_credit_note(shop)
    note = payout["credit_note_id"]
    await shop.events_ended(note)
    await to.document("credit_note-unchanged", shop, note)
    await wait_until_seen(shop, payout, "credit_note_open")
    await to.payout("credit_note_open", shop, payout)
    await shop.click(note, "pay", amount="19.00")
    await until(
        lambda: shop.api("GET", f"/payouts/{payout['number']}"),
        lambda found: found["credit_note_open_cents"] == 10_000,
        "the part payment",
    )
    await shop.click(note, "pay")
    await shop.payout_workflow(payout["number"]).result()
    await to.payout("paid", shop, payout)
    await to.document("credit_note-paid", shop, note)
    await shop.events_ended(note)
    await shop.click(note, "unpay")
    await shop.payout_when(payout["number"], "returned")
    await to.document("credit_note-taken_back", shop, note)


async def reopened_deviating_deleted(to: Recorder) -> None:
    shop = await to.shop()
    payout = await with_open_credit_note(shop)
    note = payout["credit_note_id"]
    await shop.click(note, "edit", force=True, remark="ohne Kennzeichen")
    await task(shop, "document_deviates")
    await wait_until_seen(shop, payout, "credit_note_open", tasks=["document_deviates"])
    await to.payout("credit_note_open-deviates", shop, payout)
    await shop.click(note, "reopen")
    await shop.click(note, "delete")
    await shop.payout_workflow(payout["number"]).result()
    await to.payout("cancelled-deleted", shop, payout)
    await to.document("credit_note-deleted", shop, note)


async def voided(to: Recorder) -> None:
    shop = await to.shop()
    payout = await with_open_credit_note(shop)
    await shop.click(payout["credit_note_id"], "void")
    await shop.payout_workflow(payout["number"]).result()
    await to.payout("cancelled-voided", shop, payout)
    payout = await with_open_credit_note(shop)
    await shop.click(payout["credit_note_id"], "pay", amount="19.00")
    await until(
        lambda: shop.api("GET", f"/payouts/{payout['number']}"),
        lambda found: found["credit_note_open_cents"] != found["gross_cents"],
        "the part payment",
    )
    await shop.click(payout["credit_note_id"], "void", force=True)
    await shop.payout_workflow(payout["number"]).result()
    await to.payout("returned", shop, payout)


async def lost_and_adopted(to: Recorder) -> None:
    shop = await to.shop()
    await fault(shop, "timeout_504_after", times=1)
    payout = await approved(shop)
    await shop.payout_when(payout["number"], "outcome_unknown")
    await wait_until_seen(shop, payout, "outcome_unknown")
    await to.payout("outcome_unknown-searching", shop, payout)
    await shop.payout_when(payout["number"], "credit_note_open")
    await wait_until_seen(shop, payout, "credit_note_open")
    await to.payout("credit_note_open-adopted", shop, payout)


async def lost_and_asked(to: Recorder) -> None:
    shop = await to.shop()
    await shop.rows("UPDATE tenants SET four_eyes_limit_cents = 1")
    await fault(shop, "timeout_504_before", times=1)
    payout = await approved(shop)
    asked = await task(shop, "outcome_unknown")
    await wait_until_seen(shop, payout, "outcome_unknown", tasks=["outcome_unknown"])
    await to.payout("outcome_unknown-asked", shop, payout)
    await answer(shop, asked, "create_again")
    await shop.payout_when(payout["number"], "credit_note_open")
    await wait_until_seen(shop, payout, "credit_note_open")
    await to.payout("credit_note_open-created_again", shop, payout)


async def created_again_by_the_machine(to: Recorder) -> None:
    shop = await to.shop()
    await fault(shop, "unavailable_503", times=1)
    payout = await approved(shop)
    await shop.payout_when(payout["number"], "credit_note_open")
    await wait_until_seen(shop, payout, "credit_note_open")
    await to.payout("credit_note_open-not_found", shop, payout)


async def key_refused_after_the_post(to: Recorder) -> None:
    shop = await to.shop()
    await fault(shop, "unauthorized_401", method="GET")
    payout = await approved(shop)
    await task(shop, "connection_broken")
    await wait_until_seen(shop, payout, "approved")
    await to.payout("approved-unread", shop, payout)
    await mended(shop)
    await save_key(shop)
    await handed_over(to.product.house)
    await shop.payout_when(payout["number"], "credit_note_open")
    await wait_until_seen(shop, payout, "credit_note_open")
    await to.payout("credit_note_open-unblocked", shop, payout)
