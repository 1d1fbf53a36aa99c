"""What follows from the answer to a task: events that are handled once more, and what the engine must be told."""

from collections.abc import Sequence

from api.actions import replaying
from api.actions.rechecks import announce_rechecks
from api.actions.replaying import Replayed
from api.http.parts import Parts
from ledger.booking.resolutions import Resolved
from ledger.database import TenantTransaction
from ledger.payouts import payouts
from ledger.types import Tenant


async def replay_answered(tx: TenantTransaction, resolved: Resolved, *, actor: str) -> list[Replayed]:
    """Handle once more what waited for the answer, in its transaction. Raises NotAllowedNow, NotConnected."""
    return [await replaying.replay(tx, event, actor=actor) for event in resolved.replay]


async def announce_answer(doors: Parts, tenant: Tenant, resolved: Resolved, replayed: Sequence[Replayed] = ()) -> None:
    """After the transaction of the answer is committed. What cannot be told now is left to the hand-over."""
    async with doors.ledger.transaction(tenant) as tx:
        payout = None if resolved.payout is None else await payouts.get(tx, resolved.payout)
    if payout is not None and resolved.decision is not None:
        await doors.announcer.decision(tenant, payout, resolved.decision)
    if resolved.invoice_intent is not None:
        await doors.announcer.invoice(tenant, resolved.invoice_intent, resolved.transaction)
    await replaying.announce(doors, tenant, replayed)
    await announce_rechecks(doors, tenant, resolved.rechecks)
