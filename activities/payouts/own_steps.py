"""What the ledger lets a payout with a document of our own do next (rules.md, strategy B; engine.md, Own documents).

issue (number, files), book (voucher, file, read back), deliver; without books: issue, deliver
"""

from datetime import timedelta

from activities.models import PayoutView, Step
from activities.payouts.payout_blocks import (
    approved_content,
    block_for,
    unblock,
    view_payout,
    why_not_connected,
    why_not_documented,
)
from activities.payouts.voucher_again import open_booking_again
from activities.payouts.voucher_document import VoucherFor, open_booking
from activities.payouts.voucher_steps import voucher_step
from ledger.booking import voucher_ends
from ledger.books import NO_BOOKS, books_named
from ledger.connections import connections
from ledger.database import TenantTransaction
from ledger.documents import intents
from ledger.documents.intents import Intent
from ledger.documents.own import issuing
from ledger.documents.own.issuing import OwnDocumentRow
from ledger.payouts import own_reversal_rows, own_stages, payouts
from ledger.payouts.payouts import Payout
from ledger.reasons import Reason
from ledger.refusals import NotAllowedNow
from ledger.types import DocumentStage, PayoutState

_ON_THE_WAY = (PayoutState.APPROVED, PayoutState.OUTCOME_UNKNOWN)


async def plan_own_step(
    tx: TenantTransaction, payout: Payout, *, unclear_wait: timedelta, retry: bool = False
) -> PayoutView:
    """The payout's state and the one step it may take. The payout is locked. `retry`: as of plan_next_step."""
    if payout.state in _ON_THE_WAY and await own_stages.undo_cancelled(tx, payout):
        payout = await payouts.get(tx, payout.number)
    # Whatever the stage: a voucher that is booked once more has an intent of its own.
    intent = await intents.open_of_payout(tx, payout.id)
    if intent is None and payout.state is PayoutState.OUTCOME_UNKNOWN:
        # lexoffice refused the second attempt, or the voucher is gone: nothing is unclear, and a person may answer.
        await payouts.change_state(tx, payout, PayoutState.APPROVED)
        payout = await payouts.get(tx, payout.number)
    step, search_in = Step.WAIT, 0.0
    if retry or payout.blocked is None:
        undone = intent is None and await voucher_ends.is_undone(tx, payout.id)
        if undone:
            intent = await _book_once_more(tx, payout)
        if intent is not None:
            await unblock(tx, payout)
            step, search_in = await voucher_step(tx, intent, unclear_wait)
        elif payout.state is PayoutState.APPROVED and not undone:
            step, intent = await _next_stage(tx, payout)
        payout = await payouts.get(tx, payout.number)
    looked = await view_payout(tx, payout)
    return looked.model_copy(
        update={"step": step, "intent": intent.id if intent else None, "search_in_seconds": search_in}
    )


async def _next_stage(tx: TenantTransaction, payout: Payout) -> tuple[Step, Intent | None]:
    document = await issuing.find_of_payout(tx, payout.id)
    if document is not None and await own_reversal_rows.find_live(tx, document.id) is not None:
        return Step.WAIT, None  # taken back, or about to be: it is not delivered any more
    if payout.cancel_wanted_at is not None:
        await own_stages.ask_to_undo(tx, payout)
        return Step.WAIT, None
    match payout.document_stage:
        case None:
            return await _may_issue(tx, payout), None
        case DocumentStage.ISSUED if document is not None and books_named(payout.books).takes_vouchers:
            return await _book_again(tx, payout, document)
        case _:
            return await _may_deliver(tx, payout), None


async def _book_once_more(tx: TenantTransaction, payout: Payout) -> Intent | None:
    try:
        async with tx.savepoint():
            return await open_booking_again(tx, payout)
    except NotAllowedNow as refused:
        await block_for(tx, payout, refused.reason, kind="voucher_refused")
        return None


async def _book_again(tx: TenantTransaction, payout: Payout, document: OwnDocumentRow) -> tuple[Step, Intent | None]:
    """What lexoffice refused is tried again once it is mended; a voucher that was there is booked anew at a person's
    word only (voucher_again)."""
    if not await intents.was_refused(tx, document.id):
        return Step.WAIT, None
    try:
        async with tx.savepoint():
            day = await voucher_ends.find_day(tx, payout.id)
            intent = await open_booking(tx, document, voucher_of(payout), booked_on=day)
    except NotAllowedNow as refused:
        await block_for(tx, payout, refused.reason, kind="voucher_refused", actions=("retry", "not_issued"))
        return Step.WAIT, None
    await unblock(tx, payout)
    return Step.BOOK, intent


def voucher_of(payout: Payout) -> VoucherFor:
    """What the payout's document is booked as."""
    return VoucherFor(partner=payout.partner_id, tax_case=payout.tax_case, payout=payout)


async def why_not_issued(tx: TenantTransaction, payout: Payout) -> Reason | None:
    """What keeps the document from being issued now, the books included."""
    if why := await why_not_documented(tx, payout):
        return why
    if payout.books == NO_BOOKS:
        return None
    return why_not_connected(await connections.find(tx, payout.books))


async def _may_issue(tx: TenantTransaction, payout: Payout) -> Step:
    if await approved_content(tx, payout) is None:
        return Step.WAIT
    if why := await why_not_issued(tx, payout):
        await block_for(tx, payout, why, kind="own_document_blocked")
        return Step.WAIT
    await unblock(tx, payout)
    return Step.ISSUE


async def _may_deliver(tx: TenantTransaction, payout: Payout) -> Step:
    if payout.holds:
        await block_for(tx, payout, Reason.of("payout_held"), kind="own_document_blocked")
        return Step.WAIT
    await unblock(tx, payout)
    return Step.DELIVER
