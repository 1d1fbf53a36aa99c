"""„Neu buchen", „nicht ausgegeben" and „stornieren": what people answer about a voucher, carried out for a payout."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from activities.creation.purchase_vouchers import PurchaseVoucherActivities
from activities.models import AdvanceInput, DocumentCreation, PayoutView, ReceivedSignal
from activities.payouts.next_step import plan_next_step
from activities.payouts.payouts import PayoutActivities
from ledger.booking import resolutions, voucher_ends
from ledger.booking.resolutions import Answer
from ledger.payouts import payouts
from ledger.payouts.payouts import Payout
from ledger.refusals import NotAcceptable
from ledger.types import PayoutNumber, PayoutState, TaskId
from tests.activities.creation.vouchers.desk import Desk, desk_of
from tests.activities.creation.vouchers.test_told import click, delivered, payout_of, told
from tests.fixtures.ledger_shop import approve_directly
from tests.fixtures.voucher_books import VoucherBooks, as_activity

NO_WAIT = timedelta(0)


async def issued(books: VoucherBooks) -> Desk:
    """A payout whose document is issued and about to be booked."""
    desk = await desk_of(books)
    async with books.shop.ledger.transaction(books.shop.tenant) as tx:
        await approve_directly(tx, books.payout.number)
        await tx.execute(
            "UPDATE payouts SET strategy = 'own_document', document_stage = 'issued'"
            " WHERE tenant_id = $1 AND number = $2",
            tx.tenant.id,
            books.payout.number,
        )
    return desk


def hands(books: VoucherBooks) -> PurchaseVoucherActivities:
    return PurchaseVoucherActivities(books.shop.ledger, books.door, books.creator, unclear_wait=NO_WAIT)


async def answer(books: VoucherBooks, action: str, reason: str | None = None, **detail: object) -> None:
    [asked] = await books.shop.rows("SELECT id FROM tasks WHERE state = 'open'")
    said = Answer(action=action, reason=reason, detail=detail)
    async with books.shop.ledger.transaction(books.shop.tenant) as tx:
        await resolutions.resolve(tx, TaskId(asked["id"]), said, actor="user:somebody")


async def plan(books: VoucherBooks, *, retry: bool = True) -> PayoutView:
    """What its workflow asks once it has heard."""
    async with books.shop.ledger.transaction(books.shop.tenant) as tx:
        payout = await payouts.lock(tx, books.payout.number)
        return await plan_next_step(tx, payout, unclear_wait=NO_WAIT, retry=retry)


async def carry_out(books: VoucherBooks, view: PayoutView) -> Payout:
    """Book, attach, read back, as the workflow does."""
    steps = hands(books)
    for step in ("book", "attach", "read_voucher"):
        assert view.step == step
        assert view.intent is not None
        task = DocumentCreation(tenant=books.shop.tenant, intent=view.intent, number=PayoutNumber(books.payout.number))
        act = {"book": steps.book_voucher, "attach": steps.attach_voucher_file, "read_voucher": steps.read_back_voucher}
        view = await as_activity(lambda act=act[step], task=task: act(task))  # type: ignore[misc]
    return await payout_of(books)


@pytest.mark.parametrize(("what", "event"), [("void", "voucher.status.changed"), ("delete", "voucher.deleted")])
async def test_what_was_undone_is_booked_anew_by_an_intent_with_a_decision_of_its_own(
    voucher_books: VoucherBooks, what: str, event: str
) -> None:
    desk = await delivered(voucher_books)
    await told(voucher_books, await click(voucher_books, desk, what), event)
    assert (await plan(voucher_books)).step == "wait", "nothing but a person's word books it again"
    with pytest.raises(NotAcceptable):
        await answer(voucher_books, "book_again", booked_on="2999-01-01")
    await answer(voucher_books, "book_again", booked_on="2026-11-02")
    payout = await carry_out(voucher_books, await plan(voucher_books))
    assert (payout.state, payout.blocked) == (PayoutState.CREDIT_NOTE_OPEN, None)
    assert await voucher_books.shop.tasks() == []
    live = [one for one in await voucher_books.vouchers() if one["voucherStatus"] == "open"]
    assert len(live) == 1
    assert payout.credit_note_id == live[0]["id"]
    assert date.fromisoformat(live[0]["voucherDate"][:10]) == date(2026, 11, 2)
    [anew] = await voucher_books.shop.rows("SELECT resource_id FROM creation_intents WHERE decision_id IS NOT NULL")
    assert anew["resource_id"] == UUID(live[0]["id"])
    assert (await plan(voucher_books)).step == "wait", "one word books once"


async def test_what_lexoffice_refuses_is_mended_or_not_issued_which_alone_voids_the_approval(
    voucher_books: VoucherBooks,
) -> None:
    desk = await issued(voucher_books)
    await voucher_books.changes(smallBusiness=True)
    task = DocumentCreation(
        tenant=voucher_books.shop.tenant, intent=desk.intent.id, number=PayoutNumber(voucher_books.payout.number)
    )
    view = await as_activity(lambda: hands(voucher_books).book_voucher(task))
    assert (view.step, view.blocked) == ("wait", True)
    [asked] = await voucher_books.shop.rows("SELECT kind, reason_code, actions FROM tasks WHERE state = 'open'")
    assert (asked["kind"], asked["reason_code"]) == ("voucher_refused", "voucher_rate_refused")
    assert asked["actions"] == ["retry", "not_issued"]
    with pytest.raises(NotAcceptable):
        await answer(voucher_books, "not_issued")
    await answer(voucher_books, "not_issued", reason="Falsches Konto")
    payout = await payout_of(voucher_books)
    assert (payout.state, payout.document_stage) == (PayoutState.AWAITING_APPROVAL, None)
    [row] = await voucher_books.shop.rows("SELECT number, closed_reason FROM own_documents")
    assert row["closed_reason"] == "Falsches Konto"


@pytest.mark.parametrize("mended", [True, False])
async def test_a_booking_refused_after_an_unclear_one_can_be_mended_or_not_issued(
    voucher_books: VoucherBooks, mended: bool
) -> None:
    desk = await issued(voucher_books)
    async with voucher_books.shop.ledger.transaction(voucher_books.shop.tenant) as tx:
        payout = await payouts.lock(tx, voucher_books.payout.number)
        await payouts.change_state(tx, payout, PayoutState.OUTCOME_UNKNOWN)
    await voucher_books.changes(smallBusiness=True)
    task = DocumentCreation(
        tenant=voucher_books.shop.tenant, intent=desk.intent.id, number=PayoutNumber(voucher_books.payout.number)
    )
    view = await as_activity(lambda: hands(voucher_books).book_voucher(task))
    assert (view.state, view.step, view.blocked) == (PayoutState.APPROVED, "wait", True)
    await voucher_books.changes(smallBusiness=False)
    await answer(voucher_books, "retry" if mended else "not_issued", reason="Falsches Konto")
    if mended:
        assert (await carry_out(voucher_books, await plan(voucher_books))).document_stage == "booked"
    else:
        payout = await payout_of(voucher_books)
        assert (payout.state, payout.document_stage) == (PayoutState.AWAITING_APPROVAL, None)


async def test_a_refused_booking_is_opened_anew_once_the_account_is_mended(voucher_books: VoucherBooks) -> None:
    desk = await issued(voucher_books)
    await voucher_books.changes(smallBusiness=True)
    task = DocumentCreation(
        tenant=voucher_books.shop.tenant, intent=desk.intent.id, number=PayoutNumber(voucher_books.payout.number)
    )
    await as_activity(lambda: hands(voucher_books).book_voucher(task))
    await voucher_books.changes(smallBusiness=False)
    await answer(voucher_books, "retry")
    payout = await carry_out(voucher_books, await plan(voucher_books))
    assert payout.document_stage == "booked"
    assert len(await voucher_books.vouchers()) == 1


async def test_in_a_closed_period_a_person_chooses_the_day_of_the_booking_and_the_document_keeps_its_own(
    voucher_books: VoucherBooks,
) -> None:
    desk = await issued(voucher_books)
    day = desk.row.issued_on
    await voucher_books.changes(closedUntil=day.isoformat())
    task = DocumentCreation(
        tenant=voucher_books.shop.tenant, intent=desk.intent.id, number=PayoutNumber(voucher_books.payout.number)
    )
    await as_activity(lambda: hands(voucher_books).book_voucher(task))
    [asked] = await voucher_books.shop.rows("SELECT reason_code, actions FROM tasks WHERE state = 'open'")
    assert (asked["reason_code"], asked["actions"]) == ("voucher_date_refused", ["book_on", "retry", "not_issued"])
    await voucher_books.changes(closedUntil=(day - timedelta(days=10)).isoformat())
    with pytest.raises(NotAcceptable):
        await answer(voucher_books, "book_on")
    await answer(voucher_books, "book_on", booked_on=(day - timedelta(days=3)).isoformat())
    payout = await carry_out(voucher_books, await plan(voucher_books))
    assert payout.document_stage == "booked"
    [voucher] = await voucher_books.vouchers()
    assert date.fromisoformat(voucher["voucherDate"][:10]) == day - timedelta(days=3)
    assert (await voucher_books.shop.rows("SELECT issued_on FROM own_documents"))[0]["issued_on"] == day


async def test_what_was_not_issued_leaves_neither_its_dead_voucher_nor_a_word_about_it_behind(
    voucher_books: VoucherBooks,
) -> None:
    desk = await issued(voucher_books)
    steps = hands(voucher_books)
    task = DocumentCreation(
        tenant=voucher_books.shop.tenant, intent=desk.intent.id, number=PayoutNumber(voucher_books.payout.number)
    )
    await as_activity(lambda: steps.book_voucher(task))
    await as_activity(lambda: steps.attach_voucher_file(task))
    await click(voucher_books, desk, "void")
    await as_activity(lambda: steps.read_back_voucher(task))
    await answer(voucher_books, "book_again", booked_on="2026-11-02")
    await voucher_books.changes(smallBusiness=True)
    view = await plan(voucher_books)
    assert view.intent is not None
    again = task.model_copy(update={"intent": view.intent})
    await as_activity(lambda: steps.book_voucher(again))
    await answer(voucher_books, "not_issued", reason="Falsches Konto")
    payout = await payout_of(voucher_books)
    assert (payout.state, payout.credit_note_id) == (PayoutState.AWAITING_APPROVAL, None)
    assert not await voucher_books.within(lambda tx: voucher_ends.is_undone(tx, payout.id))
    await voucher_books.issue()
    assert await voucher_books.within(lambda tx: voucher_ends.find_order(tx, payout.id)) is None


async def test_a_mended_connection_wakes_a_delivered_payout_that_is_booked_anew(voucher_books: VoucherBooks) -> None:
    desk = await delivered(voucher_books)
    await told(voucher_books, await click(voucher_books, desk, "void"), "voucher.status.changed")
    payout = await payout_of(voucher_books)
    await voucher_books.shop.rows("UPDATE payouts SET recheck_wanted_at = NULL")
    await voucher_books.within(payouts.want_recheck_of_blocked)
    assert await voucher_books.within(lambda tx: payouts.recheck_wanted(tx, payout.id)) is not None


async def test_a_look_again_does_not_deliver_what_is_booked_otherwise_than_approved(
    voucher_books: VoucherBooks,
) -> None:
    desk = await desk_of(voucher_books)
    await desk.through()
    async with voucher_books.shop.ledger.transaction(voucher_books.shop.tenant) as tx:
        await approve_directly(tx, voucher_books.payout.number)
        await tx.execute(
            "UPDATE payouts SET strategy = 'own_document', document_stage = 'booked'"
            " WHERE tenant_id = $1 AND number = $2",
            tx.tenant.id,
            voucher_books.payout.number,
        )
    await told(voucher_books, await click(voucher_books, desk, "edit", amount=1), "voucher.changed")
    for _ in range(2):
        view = await look_again(voucher_books)
        assert (view.step, view.blocked) == ("wait", True)
    assert (await plan(voucher_books)).step == "deliver", "a person's word lifts it"


async def look_again(books: VoucherBooks) -> PayoutView:
    payout = PayoutActivities(books.shop.ledger, unclear_wait=NO_WAIT)
    signal = ReceivedSignal(signal="recheck")
    task = AdvanceInput(tenant=books.shop.tenant, number=PayoutNumber(books.payout.number), notes=(signal,))
    return await as_activity(lambda: payout.advance(task))
