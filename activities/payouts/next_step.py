"""What the ledger lets a payout do next. Called in the transaction that holds the payout's row."""

from datetime import timedelta

from pydantic import ValidationError

from activities.models import PayoutView, Step
from activities.payouts.credit_note_document import write_credit_note
from ledger import clock, tasks, types
from ledger.connections import connection_health, connections
from ledger.connections.connections import ProviderConnection
from ledger.database import TenantTransaction
from ledger.documents import intents, unclear_outcomes
from ledger.documents.intents import Intent
from ledger.payouts import decisions, payout_content, payout_requests, payouts
from ledger.payouts.payouts import Payout
from ledger.reasons import Reason
from ledger.types import DocumentKind, PayoutState, midnight

_ON_THE_WAY = (PayoutState.APPROVED, PayoutState.OUTCOME_UNKNOWN)


WAITS_FOR_CONNECTION = ("not_connected", "connection_broken", "credential_rejected")
"""Codes of what is over once lexoffice can be called again."""


async def plan_next_step(
    tx: TenantTransaction, payout: Payout, *, unclear_wait: timedelta, retry: bool = False
) -> PayoutView:
    """The payout's state and the one step it may take; commits to creating its credit note where that is due.

    `retry`: a person, or a mended connection, says that what blocked the payout may be tried again.
    """
    intent = await intents.open_of_payout(tx, payout.id) if payout.state in _ON_THE_WAY else None
    step, search_in = Step.WAIT, 0.0
    if payout.state in _ON_THE_WAY and (retry or payout.blocked is None):
        if intent is None and payout.state is PayoutState.APPROVED:
            intent = await _commit_to_creating(tx, payout)
        elif payout.blocked is not None:
            await _unblock(tx, payout)
        if intent is None or payout.blocked is not None:
            payout = await payouts.get(tx, payout.number)
        step, search_in = await _next_step(tx, payout, intent, unclear_wait)
    looked = await view_payout(tx, payout)
    return looked.model_copy(
        update={"step": step, "intent": intent.id if intent else None, "search_in_seconds": search_in}
    )


async def view_payout(tx: TenantTransaction, payout: Payout) -> PayoutView:
    """The payout as the ledger holds it, without taking or committing to any step."""
    return PayoutView(
        state=payout.state,
        blocked=payout.blocked is not None,
        reopened=payout.reopened,
        credit_note_number=payout.credit_note_number,
        open_tasks=tuple(await tasks.open_kinds(tx, subject="payout", subject_id=payout.number)),
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
    now = await payout_content.renew_content_hash(tx, payout.id, held=payout.content_hash)
    if await decisions.approved_hash(tx, payout.id) != now:
        await payouts.change_state(
            tx, payout, PayoutState.AWAITING_APPROVAL, reason=Reason.of("content_changed_since_approval"), unblock=True
        )
        return None
    connection = await connections.get(tx, types.LEXOFFICE)
    if why := await _why_not(tx, payout, connection):
        if why.code in WAITS_FOR_CONNECTION:
            await wait_for_connection(tx, payout, why)
        else:
            await block_and_ask(tx, payout, why, kind="payout_blocked")
        return None
    assert connection.organization_id is not None
    marker = intents.new_marker(payout.number)
    voucher_date = midnight(clock.today())
    try:
        content = await write_credit_note(tx, payout, marker=marker, voucher_date=voucher_date)
    except ValidationError as error:
        fields = ", ".join(sorted({".".join(map(str, fault["loc"])) for fault in error.errors()}))
        why = Reason.of("document_not_writable")
        await block_and_ask(tx, payout, why, kind="payout_blocked", technical=fields)
        return None
    intent = await intents.open_intent(
        tx,
        intents.NewIntent(
            kind=DocumentKind.CREDIT_NOTE,
            marker=marker,
            organization_id=connection.organization_id,
            content=content.model_dump(mode="json"),
            content_hash=now,
            net_cents=payout.net_cents,
            gross_cents=payout.gross_cents,
            payout_id=payout.id,
        ),
    )
    await _unblock(tx, payout)
    return intent


async def _unblock(tx: TenantTransaction, payout: Payout) -> None:
    if payout.blocked is not None:
        await payouts.block(tx, payout.id, None)
    # An approval that became void may have left its question behind without the reason on the row.
    await tasks.close_questions(tx, subject="payout", subject_id=payout.number, kinds=tasks.BLOCKED_BY, by="engine")


async def _why_not(tx: TenantTransaction, payout: Payout, connection: ProviderConnection) -> Reason | None:
    if payout.holds:
        return Reason.of("payout_held")
    if rule := await payout_requests.why_blocked(tx, payout):
        return rule
    if connection.organization_id is None or not connection.has_secret:
        return Reason.of("not_connected")
    if connection.state == "broken":
        return Reason.of("connection_broken")
    return None


async def wait_for_connection(tx: TenantTransaction, payout: Payout, why: Reason) -> None:
    """Keep a payout where it is until lexoffice can be called again, which wakes it (ledger/booking/reconnection.py).

    However many wait, a person is asked once.
    """
    await payouts.block(tx, payout.id, why)
    await tasks.close_questions(tx, subject="payout", subject_id=payout.number, kinds=tasks.BLOCKED_BY, by="engine")
    await connection_health.ask_for_connection(tx, why)


async def block_and_ask(
    tx: TenantTransaction,
    payout: Payout,
    why: Reason,
    *,
    kind: str,
    technical: str | None = None,
    actions: tuple[str, ...] = ("retry",),
) -> None:
    """Keep a payout where it is, with the reason on it and a question to a person."""
    await payouts.block(tx, payout.id, why)
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind=kind,
            subject="payout",
            subject_id=payout.number,
            reason=why,
            actions=actions,
            detail={"technical": technical} if technical else None,
            links={"payout": f"/api/v1/payouts/{payout.number}"},
        ),
    )
