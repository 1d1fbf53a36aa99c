"""What keeps an approved payout from going on: the reason on its row, and a question to a person."""

from activities.models import PayoutView
from ledger import tasks
from ledger.connections import connection_health
from ledger.connections.connections import ProviderConnection
from ledger.database import TenantTransaction
from ledger.payouts import decisions, payout_content, payout_requests, payouts
from ledger.payouts.payouts import Payout
from ledger.reasons import Reason
from ledger.types import PayoutState

WAITS_FOR_CONNECTION = ("not_connected", "connection_broken", "credential_rejected")
"""Codes of what is over once the books can be called again."""


async def view_payout(tx: TenantTransaction, payout: Payout) -> PayoutView:
    """The payout as the ledger holds it, without taking or committing to any step."""
    return PayoutView(
        state=payout.state,
        blocked=payout.blocked is not None,
        reopened=payout.reopened,
        credit_note_number=payout.credit_note_number,
        open_tasks=tuple(await tasks.open_kinds(tx, subject="payout", subject_id=payout.number)),
        document_stage=payout.document_stage,
        cancel_wanted=payout.cancel_wanted_at is not None,
        books=payout.books,
    )


async def approved_content(tx: TenantTransaction, payout: Payout) -> str | None:
    """The hash that was approved, if it is that of the content as it is now; else the approval is void, and None."""
    now = await payout_content.renew_content_hash(tx, payout.id, held=payout.content_hash)
    if await decisions.approved_hash(tx, payout.id) == now:
        return now
    await payouts.change_state(
        tx, payout, PayoutState.AWAITING_APPROVAL, reason=Reason.of("content_changed_since_approval"), unblock=True
    )
    return None


async def why_not_documented(tx: TenantTransaction, payout: Payout) -> Reason | None:
    """What keeps its document from being made, but for the connection."""
    return Reason.of("payout_held") if payout.holds else await payout_requests.why_blocked(tx, payout)


def why_not_connected(connection: ProviderConnection | None) -> Reason | None:
    """What keeps the books from being called."""
    if connection is None or connection.organization_id is None or not connection.has_secret:
        return Reason.of("not_connected")
    return Reason.of("connection_broken") if connection.state == "broken" else None


async def block_for(
    tx: TenantTransaction,
    payout: Payout,
    why: Reason,
    *,
    kind: str = "payout_blocked",
    technical: str | None = None,
    actions: tuple[str, ...] = ("retry",),
) -> None:
    """Keep it where it is: until the connection works again, or until a person has answered."""
    if why.code in WAITS_FOR_CONNECTION:
        await wait_for_connection(tx, payout, why)
    else:
        await block_and_ask(tx, payout, why, kind=kind, technical=technical, actions=actions)


async def unblock(tx: TenantTransaction, payout: Payout) -> None:
    """What kept it back is over."""
    if payout.blocked is not None:
        await payouts.block(tx, payout.id, None)
    # An approval that became void may have left its question behind without the reason on the row.
    await tasks.close_questions(tx, subject="payout", subject_id=payout.number, kinds=tasks.BLOCKED_BY, by="engine")


async def wait_for_connection(tx: TenantTransaction, payout: Payout, why: Reason) -> None:
    """Keep a payout where it is until its books can be called again, which wakes it (ledger/booking/reconnection.py).

    However many wait, a person is asked once.
    """
    await payouts.block(tx, payout.id, why)
    await tasks.close_questions(tx, subject="payout", subject_id=payout.number, kinds=tasks.BLOCKED_BY, by="engine")
    await connection_health.ask_for_connection(tx, why, provider=payout.books)


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
