"""An objection to a document of our own: effective when it arrives, and ended in one of three ways, never two."""

from typing import Any

import pytest

from ledger.booking import resolutions
from ledger.booking.resolutions import Answer
from ledger.documents.own import delivery, issuing
from ledger.payouts import objection_endings, objections, own_reversal_rows, own_reversals
from ledger.payouts.own_reversal_rows import Ground, OwnReversal
from ledger.payouts.own_reversals import Wanted
from ledger.payouts.payouts import Payout
from ledger.refusals import NotAcceptable, NotAllowedNow, NotFound
from ledger.types import TaskId
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.own_payouts import handed_out

OBJECTION = Wanted(ground=Ground.OBJECTION, reason="Widerspruch")


async def objected(shop: Shop) -> Payout:
    payout = await handed_out(shop, 10_000)
    async with shop.ledger.transaction(shop.tenant) as tx:
        await objections.object_to(tx, payout.partner_id, payout.number, reason="Der Satz stimmt nicht.")
    return payout


async def answer(shop: Shop, action: str, **detail: Any) -> None:
    [task] = await shop.rows("SELECT id FROM tasks WHERE subject IN ('objection', 'question') AND state = 'open'")
    said = Answer(action=action, reason="Geklärt.", detail=detail)
    async with shop.ledger.transaction(shop.tenant) as tx:
        await resolutions.resolve(tx, TaskId(task["id"]), said, actor="key:desk")


async def reverse(shop: Shop, payout: Payout) -> OwnReversal:
    async with shop.ledger.transaction(shop.tenant) as tx:
        return await own_reversals.ask(tx, payout.number, OBJECTION, by="key:chief")


async def hand_out(shop: Shop, asked: OwnReversal) -> None:
    async with shop.ledger.transaction(shop.tenant) as tx:
        issued = await own_reversal_rows.issue(tx, asked.id)
        assert issued.document_id is not None
        await delivery.hand_out(tx, await issuing.get(tx, issued.document_id))


async def test_the_task_names_the_month_whose_input_tax_is_lost_and_three_endings(shop: Shop) -> None:
    payout = await objected(shop)
    [task] = await shop.rows("SELECT reason_code, reason_params, actions FROM tasks WHERE subject = 'objection'")
    async with shop.ledger.transaction(shop.tenant) as tx:
        month = await objection_endings.month_of_lost_tax(tx, payout.id)
    assert (task["reason_code"], task["reason_params"]) == ("partner_objects_to_own_document", {"month": month})
    assert tuple(task["actions"]) == objection_endings.ACTIONS


async def test_it_ends_by_a_storno_that_the_partner_has(shop: Shop) -> None:
    """One that is only asked for may be refused or withdrawn, and then nothing would bar the payout."""
    payout = await objected(shop)
    with pytest.raises(NotAllowedNow, match="objection_needs_reversal"):
        await answer(shop, "reversed")
    asked = await reverse(shop, payout)
    with pytest.raises(NotAllowedNow, match="objection_waits_for_reversal"):
        await answer(shop, "reversed")
    await hand_out(shop, asked)
    await answer(shop, "reversed")
    async with shop.ledger.transaction(shop.tenant) as tx:
        ended = await objection_endings.of_payout(tx, payout.id)
    assert ended is not None
    assert ended.ending == "reversed"


async def test_the_partners_own_invoice_and_a_storno_never_stand_together(shop: Shop) -> None:
    payout = await objected(shop)
    with pytest.raises(NotAcceptable, match="own_invoice_missing"):
        await answer(shop, "own_invoice", invoice_number="R-17")
    await answer(shop, "own_invoice", invoice_number="R-17", objection_day="2026-11-20")
    with pytest.raises(NotAllowedNow, match="own_invoice_stands"):
        await reverse(shop, payout)


async def test_while_a_storno_is_asked_for_the_partners_own_invoice_is_refused(shop: Shop) -> None:
    payout = await objected(shop)
    await reverse(shop, payout)
    with pytest.raises(NotAllowedNow, match="objection_has_reversal"):
        await answer(shop, "own_invoice", invoice_number="R-17", objection_day="2026-11-20")


async def test_a_withdrawal_has_a_day_and_a_new_document(shop: Shop) -> None:
    payout = await objected(shop)
    with pytest.raises(NotAllowedNow, match="objection_needs_reversal"):
        await answer(shop, "withdrawn", objection_day="2026-11-20")
    await hand_out(shop, await reverse(shop, payout))
    with pytest.raises(NotAcceptable, match="withdrawal_day_missing"):
        await answer(shop, "withdrawn")
    await answer(shop, "withdrawn", objection_day="2026-11-20")


async def test_a_question_bars_nothing_and_waits_for_one_answer(shop: Shop) -> None:
    payout = await handed_out(shop, 10_000)
    async with shop.ledger.transaction(shop.tenant) as tx:
        await objections.ask_about(tx, payout.partner_id, payout.number, question="Welcher Monat ist das?")
        assert await objections.of_payout(tx, payout.number) is None
        with pytest.raises(NotAllowedNow, match="asked_before"):
            await objections.ask_about(tx, payout.partner_id, payout.number, question="Und der Mai?")
        with pytest.raises(NotFound):
            await objections.ask_about(tx, shop.partner["BERT"].id, payout.number, question="Fremd?")
    await answer(shop, "done")
    async with shop.ledger.transaction(shop.tenant) as tx:
        await objections.ask_about(tx, payout.partner_id, payout.number, question="Und der Mai?")
