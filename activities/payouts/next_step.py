"""What the ledger lets a payout do next. Called in the transaction that holds the payout's row."""

from datetime import timedelta

from activities.books.documents import NotWritable
from activities.books.registry import documents_of
from activities.models import PayoutView, Step
from activities.payouts import own_steps
from activities.payouts.payout_blocks import (
    approved_content,
    block_and_ask,
    block_for,
    unblock,
    view_payout,
    why_not_connected,
    why_not_documented,
)
from ledger import clock
from ledger.connections import connections
from ledger.database import TenantTransaction
from ledger.documents import intents, unclear_outcomes
from ledger.documents.intents import Intent
from ledger.payouts import payouts
from ledger.payouts.payouts import Payout
from ledger.reasons import Reason
from ledger.types import DocumentKind, DocumentStrategy, PayoutState, midnight

_ON_THE_WAY = (PayoutState.APPROVED, PayoutState.OUTCOME_UNKNOWN)


async def plan_next_step(
    tx: TenantTransaction, payout: Payout, *, unclear_wait: timedelta, retry: bool = False
) -> PayoutView:
    """The payout's state and the one step it may take; commits to creating its credit note where that is due.

    `retry`: a person, or a mended connection, says that what blocked the payout may be tried again.
    """
    if payout.strategy is DocumentStrategy.OWN_DOCUMENT:
        return await own_steps.plan_own_step(tx, payout, unclear_wait=unclear_wait, retry=retry)
    intent = await intents.open_of_payout(tx, payout.id) if payout.state in _ON_THE_WAY else None
    step, search_in = Step.WAIT, 0.0
    if payout.state in _ON_THE_WAY and (retry or payout.blocked is None):
        if intent is None and payout.state is PayoutState.APPROVED:
            intent = await _commit_to_creating(tx, payout)
        elif payout.blocked is not None:
            await unblock(tx, payout)
        if intent is None or payout.blocked is not None:
            payout = await payouts.get(tx, payout.number)
        step, search_in = await _next_step(tx, payout, intent, unclear_wait)
    looked = await view_payout(tx, payout)
    return looked.model_copy(
        update={"step": step, "intent": intent.id if intent else None, "search_in_seconds": search_in}
    )


async def _next_step(
    tx: TenantTransaction, payout: Payout, intent: Intent | None, unclear_wait: timedelta
) -> tuple[Step, float]:
    if intent is None:
        return Step.WAIT, 0.0
    if payout.state is PayoutState.APPROVED and intent.resource_id is None:
        return Step.CREATE, 0.0  # Whatever became of it: the attempt finds the row as it is, and says so on the payout.
    return await next_step(tx, intent, unclear_wait)


async def next_step(tx: TenantTransaction, intent: Intent, unclear_wait: timedelta) -> tuple[Step, float]:
    """What the row of an open intent permits, and in how many seconds a search is due."""
    if intent.resource_id is not None:
        return Step.READ_BACK, 0.0
    if not intent.is_unclear:
        return Step.CREATE, 0.0
    if intent.empty_searches < unclear_outcomes.ENOUGH_SEARCHES:
        return Step.SEARCH, await unclear_outcomes.seconds_to_search(tx, intent, unclear_wait)
    return Step.WAIT, 0.0


async def _commit_to_creating(tx: TenantTransaction, payout: Payout) -> Intent | None:
    """Insert the creation intent, or say on the row why not.

    The approval must stand for the content as it is now: whatever changed it since has voided it (rules.md, Approval).
    """
    if (approved := await approved_content(tx, payout)) is None:
        return None
    connection = await connections.find(tx, payout.books)
    if why := await why_not_documented(tx, payout) or why_not_connected(connection):
        await block_for(tx, payout, why)
        return None
    assert connection is not None
    assert connection.organization_id is not None
    marker = intents.new_marker(payout.number)
    voucher_date = midnight(clock.today())
    try:
        content = await documents_of(payout.books).write_credit_note(
            tx, payout, marker=marker, voucher_date=voucher_date
        )
    except NotWritable as error:
        why = Reason.of("document_not_writable")
        await block_and_ask(tx, payout, why, kind="payout_blocked", technical=error.fields)
        return None
    intent = await intents.open_intent(
        tx,
        intents.NewIntent(
            kind=DocumentKind.CREDIT_NOTE,
            marker=marker,
            organization_id=connection.organization_id,
            content=content,
            content_hash=approved,
            net_cents=payout.net_cents,
            gross_cents=payout.gross_cents,
            payout_id=payout.id,
            provider=payout.books,
        ),
    )
    await unblock(tx, payout)
    return intent
