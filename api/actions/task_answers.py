"""What the answer to a task must tell the engine."""

from api.actions.rechecks import announce_rechecks
from api.http.parts import Parts
from ledger.booking.resolutions import Resolved
from ledger.inbox import events
from ledger.payouts import payouts
from ledger.types import Tenant


async def announce_answer(doors: Parts, tenant: Tenant, resolved: Resolved) -> None:
    """After the transaction of the answer is committed. What cannot be told now is left to the hand-over."""
    async with doors.ledger.transaction(tenant) as tx:
        to_replay = await events.load(tx, resolved.replay)
        payout = None if resolved.payout is None else await payouts.get(tx, resolved.payout)
    if payout is not None and resolved.decision is not None:
        await doors.announcer.decision(tenant, payout, resolved.decision)
    if resolved.invoice_intent is not None:
        await doors.announcer.invoice(tenant, resolved.invoice_intent, resolved.transaction)
    await doors.announcer.events(tenant, to_replay)
    await announce_rechecks(doors, tenant, resolved.rechecks)
