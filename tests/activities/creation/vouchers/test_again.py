"""„Neu buchen", „nicht ausgegeben" and „stornieren": what people answer about a voucher, carried out for a payout."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from activities.creation.purchase_vouchers import PurchaseVoucherActivities
from activities.models import DocumentCreation, PayoutView
from activities.payouts.next_step import plan_next_step
from ledger.booking import resolutions
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
