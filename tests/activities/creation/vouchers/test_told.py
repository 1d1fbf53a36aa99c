"""What lexoffice tells of a voucher of ours, once its document is delivered: the path of credit notes."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from activities.judging.credit_note_settling import apply_credit_note
from activities.models import ConcludeInput, Conclusion, Delivery, FetchedDocument
from activities.notifications.conclusions import ConclusionActivities
from activities.notifications.fetching import FetchActivities
from ledger.inbox import events
from ledger.inbox.events import Arrival
from ledger.payouts import payouts
from ledger.payouts.payouts import Payout
from ledger.reasons import Reason
from ledger.types import LEXOFFICE, PayoutState
from tests.activities.creation.vouchers.desk import Desk, desk_of
from tests.fixtures.ledger_shop import approve_directly
from tests.fixtures.voucher_books import VoucherBooks, as_activity


async def delivered(books: VoucherBooks) -> Desk:
    """A payout whose document is booked and delivered."""
    desk = await desk_of(books)
    await desk.through()
    number = books.payout.number
    async with books.shop.ledger.transaction(books.shop.tenant) as tx:
        await approve_directly(tx, number)
        await tx.execute(
            "UPDATE payouts SET strategy = 'own_document', document_stage = 'delivered', state = 'credit_note_open'"
            " WHERE tenant_id = $1 AND number = $2",
            tx.tenant.id,
            number,
        )
    return desk


async def told(books: VoucherBooks, resource: UUID, event_type: str) -> tuple[Conclusion, FetchedDocument]:
    """One notification, fetched and concluded; a payout that is to be told is told at once."""
    shop = books.shop
    arrival = Arrival(
        provider=LEXOFFICE,
        organization_id=books.organization,
        event_type=event_type,
        resource_id=str(resource),
        event_date=None,
        body=b"{}",
        document=resource,
    )
    taken = await events.take_in(shop.ledger, shop.tenant, arrival)
    fetching, concluding = FetchActivities(shop.ledger, books.door), ConclusionActivities(shop.ledger)
    fetched = FetchedDocument(
        tenant=shop.tenant, resource_id=resource, deliveries=(Delivery(event=taken.id, number=taken.delivery),)
    )
    fetched = await as_activity(lambda: fetching.fetch_document(fetched))
    if fetched.missing == "payments":
        found = fetched
        fetched = await as_activity(lambda: fetching.fetch_payments(found))
    concluded = await concluding.conclude(ConcludeInput(gathered=fetched, last_look=True))
    for signal in concluded.tell:
        async with shop.ledger.transaction(shop.tenant) as tx:
            payout = await payouts.lock(tx, signal.number)
            await apply_credit_note(tx, payout, [signal.event] if signal.event is not None else [])
    return concluded, fetched


async def click(books: VoucherBooks, desk: Desk, what: str, **form: Any) -> UUID:
    voucher = await desk.voucher()
    await books.does(f"vouchers/{voucher['id']}/{what}", **form)
    return UUID(voucher["id"])


async def payout_of(books: VoucherBooks) -> Payout:
    return await books.within(lambda tx: payouts.get(tx, books.payout.number))


async def open_kinds(books: VoucherBooks) -> list[str]:
    return [kind for kind, _ in await books.shop.tasks()]


async def test_a_voucher_that_is_paid_pays_its_payout(voucher_books: VoucherBooks) -> None:
    desk = await delivered(voucher_books)
    voucher = await click(voucher_books, desk, "pay")
    await told(voucher_books, voucher, "payment.changed")
    payout = await payout_of(voucher_books)
    assert (payout.state, payout.payment_reference) == (PayoutState.PAID, desk.row.number)


async def test_a_part_leaves_it_open_and_says_how_much(voucher_books: VoucherBooks) -> None:
    desk = await delivered(voucher_books)
    voucher = await click(voucher_books, desk, "pay", amount=1)
    await told(voucher_books, voucher, "payment.changed")
    payout = await payout_of(voucher_books)
    assert payout.state is PayoutState.CREDIT_NOTE_OPEN
    assert payout.credit_note_open_cents == desk.row.gross_cents - 100


async def test_transferred_is_not_paid_and_bars_the_bank_file(voucher_books: VoucherBooks) -> None:
    desk = await delivered(voucher_books)
    voucher = await click(voucher_books, desk, "transfer")
    await told(voucher_books, voucher, "voucher.status.changed")
    assert (await payout_of(voucher_books)).state is PayoutState.CREDIT_NOTE_OPEN
    [known] = await voucher_books.shop.rows("SELECT status FROM external_documents")
    assert known["status"] == "transferred", "bank_candidates.py takes open ones only"
    await click(voucher_books, desk, "pay")
    await told(voucher_books, voucher, "payment.changed")
    assert (await payout_of(voucher_books)).state is PayoutState.PAID


async def test_another_amount_is_a_deviation_and_never_paid(voucher_books: VoucherBooks) -> None:
    desk = await delivered(voucher_books)
    await click(voucher_books, desk, "edit", amount=1)
    voucher = await click(voucher_books, desk, "pay")
    await told(voucher_books, voucher, "voucher.changed")
    assert (await payout_of(voucher_books)).state is PayoutState.CREDIT_NOTE_OPEN
    assert await open_kinds(voucher_books) == ["document_deviates"]


@pytest.mark.parametrize(("what", "event", "code"), [
    ("void", "voucher.status.changed", "voucher_voided"),
    ("delete", "voucher.deleted", "voucher_deleted"),
])  # fmt: skip
async def test_a_voucher_that_was_undone_leaves_the_gutschrift_and_asks_a_person(
    voucher_books: VoucherBooks, what: str, event: str, code: str
) -> None:
    desk = await delivered(voucher_books)
    voucher = await click(voucher_books, desk, what)
    await told(voucher_books, voucher, event)
    payout = await payout_of(voucher_books)
    assert payout.state is PayoutState.CREDIT_NOTE_OPEN
    assert payout.blocked is not None
    assert payout.blocked.code == code
    [asked] = await voucher_books.shop.rows("SELECT kind, actions FROM tasks WHERE state = 'open'")
    assert (asked["kind"], asked["actions"]) == ("voucher_gone", ["book_again", "reverse"])
    concluded, _ = await told(voucher_books, voucher, event)
    assert concluded.tell == (), "twice changes nothing"


async def test_a_voucher_that_is_none_of_ours_costs_no_call(voucher_books: VoucherBooks) -> None:
    before = len(await voucher_books.calls())
    resource = uuid4()
    concluded, _ = await told(voucher_books, resource, "voucher.changed")
    assert concluded.outcome == "ignored"
    assert len(await voucher_books.calls()) == before


async def test_while_a_booking_is_unclear_it_waits_and_is_looked_at_again_once_the_id_is_known(
    voucher_books: VoucherBooks,
) -> None:
    desk = await desk_of(voucher_books)
    await voucher_books.fault("timeout_504_after", method="POST", path="vouchers$", times=1)
    await desk.book()
    ours = UUID((await desk.voucher())["id"])
    concluded, _ = await told(voucher_books, ours, "voucher.created")
    assert concluded.outcome == "waiting"
    await desk.search()
    [event] = await voucher_books.shop.rows("SELECT state, delivery FROM events")
    assert (event["state"], event["delivery"]) == ("received", 2)


async def at_the_door(books: VoucherBooks, resource: UUID) -> str:
    """The state that the inbox gives a `voucher.changed`, as the webhook hands it in."""
    arrival = Arrival(
        provider=LEXOFFICE,
        organization_id=books.organization,
        event_type="voucher.changed",
        resource_id=str(resource),
        event_date=None,
        body=b"{}",
        ignored_because=Reason.of("bookkeeping_voucher"),
        document=resource,
    )
    taken = await events.take_in(books.shop.ledger, books.shop.tenant, arrival)
    return taken.state.value


async def test_at_the_door_ours_is_received_others_are_ignored_and_all_wait_while_a_booking_is_unclear(
    voucher_books: VoucherBooks,
) -> None:
    desk = await desk_of(voucher_books)
    assert await at_the_door(voucher_books, uuid4()) == "ignored"
    await voucher_books.fault("timeout_504_after", method="POST", path="vouchers$", times=1)
    await desk.book()
    ours = UUID((await desk.voucher())["id"])
    assert [await at_the_door(voucher_books, one) for one in (ours, uuid4())] == ["waiting", "waiting"]
    await desk.search()
    states = await voucher_books.shop.rows("SELECT resource_id, state FROM events WHERE delivery = 2")
    assert {row["state"] for row in states} == {"received"}, "both are looked at, the other one without a call"
    assert await at_the_door(voucher_books, ours) == "received"
    assert await at_the_door(voucher_books, uuid4()) == "ignored"
