"""A Storno from the decision to its effect: issued, booked as purchase credit note, delivered; killed in between."""

import asyncio
from datetime import timedelta
from uuid import UUID

from temporalio.testing import ActivityEnvironment

from activities.models import OwnDocumentInput, Step
from activities.payouts.reversals import ReversalActivities
from ledger.documents.own import circle
from ledger.payouts import own_reversal_rows, own_reversals
from ledger.payouts.own_reversal_rows import Ground
from ledger.payouts.own_reversals import Wanted
from tests.fixtures.desk import earned
from tests.fixtures.house import Shop, until
from tests.fixtures.storno_desk import (
    choose_category,
    hand_over,
    reversal_when,
    reverse,
    storno_handed_out,
    with_own_document,
)
from workflows.messages import own_document_workflow_id


async def test_a_storno_is_issued_booked_and_delivered_and_then_the_payout_is_cancelled(connected_shop: Shop) -> None:
    await choose_category(connected_shop)
    payout = await with_own_document(connected_shop)
    await connected_shop.forget_calls()
    asked = await reverse(connected_shop, payout["number"])
    assert asked["confirmed"] is True
    await storno_handed_out(connected_shop, asked)
    booked = await connected_shop.api("GET", f"/reversals/{asked['id']}")
    assert booked["stage"] == "booked"
    vouchers = (await connected_shop.hook("GET", "vouchers"))["content"]
    assert [(one["type"], one["voucherNumber"], len(one["files"])) for one in vouchers] == [
        ("purchasecreditnote", booked["document_number"], 1)
    ]
    assert (await connected_shop.api("GET", f"/payouts/{payout['number']}"))["state"] == "credit_note_open"
    await hand_over(connected_shop, asked)
    await connected_shop.payout_when(payout["number"], "cancelled")
    done = await reversal_when(connected_shop, asked, "delivered")
    handle = connected_shop.house.engine.get_workflow_handle(
        own_document_workflow_id(OwnDocumentInput(tenant=connected_shop.tenant, reversal=UUID(done["id"])))
    )
    assert (await handle.result())["step"] == "end"
    again = await connected_shop.api("POST", "/payouts", {"partner": "ANNA"})
    assert again["net_cents"] == payout["net_cents"]


async def test_without_books_it_is_issued_and_delivered(connected_shop: Shop) -> None:
    payout = await with_own_document(connected_shop, books="none")
    asked = await reverse(connected_shop, payout["number"])
    await hand_over(connected_shop, asked)
    await connected_shop.payout_when(payout["number"], "cancelled")
    assert (await connected_shop.hook("GET", "vouchers"))["content"] == []


async def test_without_a_category_it_waits_for_a_person_and_goes_on(connected_shop: Shop) -> None:
    payout = await with_own_document(connected_shop)
    asked = await reverse(connected_shop, payout["number"])
    [task] = await until(lambda: connected_shop.tasks("own_reversal_blocked"), bool, "the question")
    shown = await connected_shop.api("GET", f"/reversals/{asked['id']}")
    assert shown["blocked"]["code"] == "category_missing"
    await choose_category(connected_shop)
    await connected_shop.api("POST", f"/tasks/{task['id']}/resolve", {"action": "retry"}, key="approve")
    await storno_handed_out(connected_shop, asked)


async def test_withdrawn_before_its_voucher_is_sent_nobody_hears_of_it(connected_shop: Shop) -> None:
    payout = await with_own_document(connected_shop)
    asked = await reverse(connected_shop, payout["number"])
    await until(lambda: connected_shop.tasks("own_reversal_blocked"), bool, "the question")
    over = await connected_shop.api(
        "POST", f"/reversals/{asked['id']}/withdraw", {"reason": "Doch richtig"}, key="approve"
    )
    assert over["withdrawn_at"] is not None
    handle = connected_shop.house.engine.get_workflow_handle(
        own_document_workflow_id(OwnDocumentInput(tenant=connected_shop.tenant, reversal=UUID(asked["id"])))
    )
    assert (await handle.result())["withdrawn"] is True
    assert (await connected_shop.api("GET", f"/payouts/{payout['number']}"))["state"] == "credit_note_open"


async def test_a_worker_that_dies_at_any_step_issues_and_books_once(connected_shop: Shop) -> None:
    """Each step is repeated, as the engine does when a worker is gone after its commit and before its answer."""
    payout = await with_own_document(connected_shop, books="none")
    ledger, tenant = connected_shop.house.ledger, connected_shop.tenant
    async with ledger.transaction(tenant) as tx:
        asked = await own_reversals.ask(tx, payout["number"], Wanted(ground=Ground.ERROR, reason="x"), by="key:x")
        # The engine is not told: the steps are taken here.
        await tx.execute("UPDATE own_reversals SET announcement_wanted_at = NULL WHERE id = $1", asked.id)
    about = OwnDocumentInput(tenant=tenant, reversal=asked.id)
    steps = ReversalActivities(ledger, unclear_wait=timedelta(0))
    views = await asyncio.gather(*(ActivityEnvironment().run(steps.issue_reversal, about) for _ in range(3)))
    assert {view.number for view in views} == {views[0].number}
    for _ in range(2):
        view = await ActivityEnvironment().run(steps.deliver_reversal, about)
        assert view.step is Step.WAIT
    mails = await connected_shop.rows("SELECT 1 FROM mails WHERE about = $1", views[0].number)
    assert len(mails) <= 1
    async with ledger.transaction(tenant) as tx:
        assert await circle.find_gaps(tx) == []
        assert (await own_reversal_rows.get(tx, asked.id)).document_number == views[0].number


async def test_an_answer_that_is_lost_books_no_second_voucher(connected_shop: Shop) -> None:
    await choose_category(connected_shop)
    payout = await with_own_document(connected_shop)
    await connected_shop.hook(
        "POST", "faults", {"kind": "timeout_504_after", "method": "POST", "path": "vouchers$", "times": 1}
    )
    asked = await reverse(connected_shop, payout["number"])
    await storno_handed_out(connected_shop, asked)
    assert len((await connected_shop.hook("GET", "vouchers"))["content"]) == 1


async def test_a_negative_balance_is_documented_booked_and_delivered_and_then_claimed(connected_shop: Shop) -> None:
    await choose_category(connected_shop)
    payout = await with_own_document(connected_shop)
    await connected_shop.rows("UPDATE payouts SET state = 'paid', paid_on = '2026-11-27', payment_reference = 'x'")
    await connected_shop.rows("UPDATE commissions SET state = 'paid'")
    await earned(connected_shop, -4_000)
    await connected_shop.api("POST", "/partners/ANNA/final-settlement")
    wanted = {"tax_case": payout["tax_case"], "reason": "ausgeschieden"}
    asked = await connected_shop.api("POST", "/partners/ANNA/corrections", wanted, key="approve")
    assert (asked["kind"], asked["confirmed"]) == ("correction", True)
    await hand_over(connected_shop, asked)
    vouchers = (await connected_shop.hook("GET", "vouchers"))["content"]
    assert [(one["type"], one["totalGrossAmount"]) for one in vouchers] == [("purchasecreditnote", 47.6)]
    [claim] = (await connected_shop.api("GET", "/claims?state=open"))["items"]
    assert (claim["partner_code"], claim["open_cents"]) == ("ANNA", 4_760)
    said = {"day": "2026-11-30", "reference": "Auszug 12"}
    done = await connected_shop.api("POST", f"/claims/{claim['id']}/settle", said, key="approve")
    assert (done["state"], [part["how"] for part in done["parts"]]) == ("settled", ["hand"])
