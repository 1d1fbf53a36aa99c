"""After the credit note: paid, changed, reopened, voided, deleted, taken back; and payouts that came back."""

import asyncio
from typing import Any

import pytest
from temporalio.client import WorkflowExecutionStatus

from ledger import clock
from tests.fixtures.desk import answer, decide, earned, requested, task, with_open_credit_note
from tests.fixtures.house import Shop, until


async def states_of_commissions(shop: Shop) -> set[str]:
    return {row["state"] for row in await shop.rows("SELECT state FROM commissions")}


async def is_running(shop: Shop, payout: dict[str, Any]) -> bool:
    description = await shop.payout_workflow(payout["number"]).describe()
    return description.status is WorkflowExecutionStatus.RUNNING


# Paid


async def test_paid_takes_the_voucher_number_as_reference_and_locks_the_commissions(connected_shop: Shop) -> None:
    payout = await with_open_credit_note(connected_shop)
    await connected_shop.click(payout["credit_note_id"], "mark-paid")
    paid = await connected_shop.payout_when(payout["number"], "paid")
    assert paid["payment_reference"] == payout["credit_note_number"]
    assert paid["paid_on"] is not None
    assert await states_of_commissions(connected_shop) == {"paid"}
    assert await connected_shop.payout_workflow(payout["number"]).result() == "paid"


async def test_the_events_own_reference_comes_before_the_voucher_number(chapter_shop: Shop) -> None:
    payout = await with_open_credit_note(chapter_shop)
    await chapter_shop.click(payout["credit_note_id"], "mark-paid", paymentReference="E2E-4711")
    paid = await chapter_shop.payout_when(payout["number"], "paid")
    assert paid["payment_reference"] == "E2E-4711"


async def test_partly_paid_stays_open_and_shows_what_is_open(connected_shop: Shop) -> None:
    payout = await with_open_credit_note(connected_shop)
    await connected_shop.click(payout["credit_note_id"], "pay", amount="19.00")
    shown = await until(
        lambda: connected_shop.api("GET", f"/payouts/{payout['number']}"),
        lambda found: found["credit_note_open_cents"] == 10_000,
        "the part payment",
    )
    assert (shown["state"], await is_running(connected_shop, payout)) == ("credit_note_open", True)
    await connected_shop.click(payout["credit_note_id"], "pay")
    await connected_shop.payout_when(payout["number"], "paid")


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        ({"lines": [{"name": "Provision", "net": "90.00"}]}, "net"),
        ({"address": {"name": "Jemand anders", "countryCode": "DE"}}, "recipient"),
        ({"currency": "CHF"}, "currency"),
        ({"remark": "ohne Kennzeichen"}, "marker"),
        ({"net": "100.00", "taxRate": "7"}, "tax"),
    ],
)
async def test_what_was_changed_in_lexoffice_is_not_paid_but_asked_about(
    connected_shop: Shop, change: dict[str, Any], difference: str
) -> None:
    payout = await with_open_credit_note(connected_shop)
    await connected_shop.click(payout["credit_note_id"], "edit", force=True, **change)
    await connected_shop.click(payout["credit_note_id"], "mark-paid")
    asked = await task(connected_shop, "document_deviates")
    assert asked["reason"] == "Beleg weicht von der Freigabe ab."
    assert difference in asked["detail"]["differences"]
    assert asked["detail"]["approved"]["net_cents"] == payout["net_cents"]
    assert asked["detail"]["fetched"]["status"] in ("open", "paidoff")
    events = await connected_shop.events_ended(payout["credit_note_id"])
    assert "failed" in {event["state"] for event in events}
    assert (await connected_shop.api("GET", f"/payouts/{payout['number']}"))["state"] == "credit_note_open"
    assert await is_running(connected_shop, payout)
    assert await states_of_commissions(connected_shop) == {"in_payout"}


async def test_a_change_that_is_taken_back_lets_the_payout_be_paid(connected_shop: Shop) -> None:
    payout = await with_open_credit_note(connected_shop)
    (note,) = [
        d for d in (await connected_shop.hook("GET", "documents"))["content"] if d["id"] == payout["credit_note_id"]
    ]
    await connected_shop.click(payout["credit_note_id"], "edit", force=True, remark="ohne Kennzeichen")
    await task(connected_shop, "document_deviates")
    await connected_shop.click(payout["credit_note_id"], "edit", force=True, remark=note["remark"])
    await connected_shop.click(payout["credit_note_id"], "mark-paid")
    await connected_shop.payout_when(payout["number"], "paid")
    assert await connected_shop.tasks("document_deviates") == []


# Reopened, voided, deleted


async def test_a_reopened_credit_note_is_flagged_and_goes_on_when_it_is_finalized_again(connected_shop: Shop) -> None:
    payout = await with_open_credit_note(connected_shop)
    await connected_shop.click(payout["credit_note_id"], "reopen")
    await task(connected_shop, "document_reopened")
    assert (await connected_shop.api("GET", f"/payouts/{payout['number']}"))["reopened"] is True
    await connected_shop.click(payout["credit_note_id"], "finalize")
    await until(lambda: connected_shop.tasks("document_reopened"), lambda found: not found, "the question's end")
    assert (await connected_shop.api("GET", f"/payouts/{payout['number']}"))["reopened"] is False
    await connected_shop.click(payout["credit_note_id"], "mark-paid")
    await connected_shop.payout_when(payout["number"], "paid")


async def test_a_voided_credit_note_cancels_its_payout_and_frees_the_commissions(connected_shop: Shop) -> None:
    payout = await with_open_credit_note(connected_shop)
    await connected_shop.click(payout["credit_note_id"], "void")
    await connected_shop.payout_when(payout["number"], "cancelled")
    assert await connected_shop.payout_workflow(payout["number"]).result() == "cancelled"
    again = await connected_shop.api("POST", "/payouts", {"partner": "ANNA"})
    assert again["net_cents"] == payout["net_cents"]


async def test_a_credit_note_that_is_voided_in_the_chapters_words_cancels_too(chapter_shop: Shop) -> None:
    payout = await with_open_credit_note(chapter_shop)
    await chapter_shop.click(payout["credit_note_id"], "void")
    await chapter_shop.payout_when(payout["number"], "cancelled")


async def test_a_deleted_credit_note_cancels_its_payout(connected_shop: Shop) -> None:
    payout = await with_open_credit_note(connected_shop)
    await connected_shop.click(payout["credit_note_id"], "reopen")
    await task(connected_shop, "document_reopened")
    await connected_shop.click(payout["credit_note_id"], "delete")
    cancelled = await connected_shop.payout_when(payout["number"], "cancelled")
    assert cancelled["state_reason"] == "Gutschrift in der Buchhaltung gelöscht."
    assert await states_of_commissions(connected_shop) == {"approved"}
    assert await connected_shop.tasks() == []


async def returned(shop: Shop) -> tuple[dict[str, Any], dict[str, Any]]:
    """A payout that was partly paid and then voided, and the question about it."""
    payout = await with_open_credit_note(shop)
    await shop.click(payout["credit_note_id"], "pay", amount="19.00")
    await until(
        lambda: shop.api("GET", f"/payouts/{payout['number']}"),
        lambda found: found["credit_note_open_cents"] == 10_000,
        "the part payment",
    )
    await shop.click(payout["credit_note_id"], "void", force=True)
    back = await shop.payout_when(payout["number"], "returned")
    return back, await task(shop, "returned")


async def test_voided_after_a_part_payment_money_may_have_left_and_nothing_is_freed(connected_shop: Shop) -> None:
    payout, asked = await returned(connected_shop)
    assert asked["reason"].endswith("Wurde Geld überwiesen?")
    assert await states_of_commissions(connected_shop) == {"in_payout"}
    assert await connected_shop.payout_workflow(payout["number"]).result() == "returned"
    nothing = await connected_shop.call("POST", "/payouts", {"partner": "ANNA"})
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing_due")


# After the end


async def paid_one(shop: Shop) -> dict[str, Any]:
    payout = await with_open_credit_note(shop)
    await shop.click(payout["credit_note_id"], "mark-paid")
    paid = await shop.payout_when(payout["number"], "paid")
    await shop.payout_workflow(payout["number"]).result()
    return paid


@pytest.mark.parametrize("click", ["unpay", "void"])
async def test_a_paid_payout_that_lexoffice_takes_back_is_returned_with_a_question(
    connected_shop: Shop, click: str
) -> None:
    payout = await paid_one(connected_shop)
    await connected_shop.events_ended(payout["credit_note_id"])
    await connected_shop.click(payout["credit_note_id"], click, force=True)
    await connected_shop.payout_when(payout["number"], "returned")
    await task(connected_shop, "returned")
    assert await states_of_commissions(connected_shop) == {"paid"}
    assert not await is_running(connected_shop, payout)


@pytest.mark.parametrize("to", ["paid", "settled_manually"])
async def test_a_person_ends_a_returned_payout_with_a_reason(connected_shop: Shop, to: str) -> None:
    payout, asked = await returned(connected_shop)
    without = await answer(connected_shop, asked, to, reason=None)
    assert (without.status_code, without.json()["code"]) == (422, "reason_missing")
    said: dict[str, Any] = {}
    if to == "paid":
        without_a_day = await answer(connected_shop, asked, to)
        assert (without_a_day.status_code, without_a_day.json()["code"]) == (422, "paid_on_missing")
        said["detail"] = {"paid_on": clock.today().isoformat()}
    assert (await answer(connected_shop, asked, to, **said)).status_code == 202
    ended = await connected_shop.api("GET", f"/payouts/{payout['number']}")
    assert ended["paid_on"] == said.get("detail", {}).get("paid_on")
    assert (ended["state"], ended["state_reason"]) == (to, "Geprüft.")
    assert [decision["kind"] for decision in ended["decisions"]] == ["approve", "resolve"]
    assert await states_of_commissions(connected_shop) == {"paid"}
    assert await connected_shop.tasks() == []


async def test_a_returned_payout_that_never_left_is_cancelled_and_can_be_paid_again(connected_shop: Shop) -> None:
    payout, asked = await returned(connected_shop)
    assert (await answer(connected_shop, asked, "cancelled")).status_code == 202
    again = await connected_shop.api("POST", "/payouts", {"partner": "ANNA"})
    assert again["net_cents"] == payout["net_cents"]


async def test_what_was_paid_and_came_back_is_owed_anew_and_stays_paid(connected_shop: Shop) -> None:
    payout = await paid_one(connected_shop)
    await connected_shop.events_ended(payout["credit_note_id"])
    await connected_shop.click(payout["credit_note_id"], "void", force=True)
    asked = await task(connected_shop, "returned")
    assert (await answer(connected_shop, asked, "cancelled")).status_code == 202
    rows = await connected_shop.rows("SELECT kind, state, net_cents FROM commissions ORDER BY seq")
    assert [tuple(row) for row in rows] == [("sale", "paid", 10_000), ("reissue", "approved", 10_000)]
    again = await connected_shop.api("POST", "/payouts", {"partner": "ANNA"})
    assert (again["number"], again["net_cents"]) == ("PO-2026-0002", payout["net_cents"])


# Races


async def test_paid_and_voided_in_one_breath_never_lose_a_word(connected_shop: Shop) -> None:
    """Two clicks, one after the other, while the workflow ends: the last one is what the payout shows."""
    payouts = []
    for _ in range(6):
        await earned(connected_shop, 1_000)
        payout = await connected_shop.api("POST", "/payouts", {"partner": "ANNA"})
        await connected_shop.approve(payout)
        payouts.append(payout)
    opened = [await connected_shop.payout_when(payout["number"], "credit_note_open") for payout in payouts]

    async def race(payout: dict[str, Any], pause: float) -> str:
        await connected_shop.click(payout["credit_note_id"], "mark-paid")
        await asyncio.sleep(pause)
        await connected_shop.click(payout["credit_note_id"], "void", force=True)
        seen = await until(
            lambda: connected_shop.api("GET", f"/payouts/{payout['number']}"),
            lambda found: found["state"] in ("returned", "cancelled"),
            f"{payout['number']} after its end",
        )
        state: str = seen["state"]
        return state

    pauses = (0.0, 0.2, 0.3, 0.4, 0.5, 0.7)
    ended = await asyncio.gather(*(race(payout, pause) for payout, pause in zip(opened, pauses, strict=True)))
    assert set(ended) <= {"returned", "cancelled"}
    # The last word may have been said while the workflow ended as paid: then its sender wrote it.
    over = [await connected_shop.payout_workflow(payout["number"]).result() for payout in opened]
    assert set(over) <= {"paid", "returned", "cancelled"}


async def test_a_message_that_was_accepted_while_the_workflow_ended_is_never_lost(connected_shop: Shop) -> None:
    """50 payouts are rejected while others signal them: every signal that was accepted was heard."""
    accepted = {}

    async def race(payout: dict[str, Any]) -> None:
        handle = connected_shop.payout_workflow(payout["number"])
        heard = 0

        async def pester() -> None:
            nonlocal heard
            for _ in range(4):
                try:
                    await handle.signal("approve", "nobody")
                    heard += 1
                except Exception:  # it has ended: the sender knows
                    return

        await asyncio.gather(decide(connected_shop, payout, "reject"), pester())
        await handle.result()
        accepted[payout["number"]] = heard

    for _ in range(5):
        batch = [await requested(connected_shop, 1_000) for _ in range(10)]
        await asyncio.gather(*(race(payout) for payout in batch))
    rows = await connected_shop.rows(
        "SELECT subject_id, count(*) FROM audit_entries WHERE action = 'payout.signal_refused' GROUP BY subject_id"
    )
    refused = {row["subject_id"]: row["count"] for row in rows}
    assert {number: refused.get(number, 0) for number in accepted} == accepted
    assert len(accepted) == 50


async def test_a_cancel_and_the_creation_at_once_end_in_one_of_the_two_truths(connected_shop: Shop) -> None:
    results = []
    for _ in range(8):
        payout = await requested(connected_shop, 1_000)
        approval, cancel = await asyncio.gather(
            decide(connected_shop, payout, "approve"), decide(connected_shop, payout, "cancel", content_hash=None)
        )
        seen = await until(
            lambda payout=payout: connected_shop.api("GET", f"/payouts/{payout['number']}"),  # type: ignore[misc]
            lambda found: found["state"] in ("cancelled", "credit_note_open"),
            "an end",
        )
        assert (cancel.status_code == 202) == (seen["state"] == "cancelled"), (approval.text, cancel.text)
        results.append(seen["credit_note_id"])
    documents = [
        d["id"] for d in (await connected_shop.hook("GET", "documents"))["content"] if d["kind"] == "credit-note"
    ]
    assert sorted(documents) == sorted(found for found in results if found)
