"""After something a payout stands on has changed: tell its workflow to look again."""

from collections.abc import Sequence

from api.http.parts import Parts
from engine.announcer import leave_to_handover
from ledger.payouts import payouts
from ledger.payouts.payouts import Payout
from ledger.types import PayoutNumber, Tenant


async def announce_rechecks(doors: Parts, tenant: Tenant, numbers: Sequence[PayoutNumber]) -> None:
    """What fails here is told by the hand-over: the wish stands in the payout's row."""
    if not numbers:
        return
    touched: list[Payout] = []
    with leave_to_handover("recheck"):
        async with doors.ledger.transaction(tenant) as tx:
            touched = await payouts.get_each(tx, numbers)
    for payout in touched:
        if not await doors.announcer.recheck(tenant, payout):
            return
