"""What both doors do with files of the bank and with bookings: take them in, assign them, and tell the engine."""

from collections.abc import Sequence
from uuid import UUID

from api.actions.after import After
from api.http.parts import Parts
from ledger.bank import statement_files, unassigned
from ledger.bank.bank_entries import BankEntry
from ledger.bank.statement_files import Handed, Outcome
from ledger.booking import settlement_by_bank
from ledger.database import TenantTransaction
from ledger.payouts import payouts
from ledger.types import Tenant


async def bring(doors: Parts, tenant: Tenant, handed: Sequence[Handed]) -> list[Outcome]:
    """What became of each file; what is new is compared with the payouts from now on."""
    outcomes = await statement_files.bring(doors.files, doors.vault, tenant, handed)
    for one in outcomes:
        if one.taken and not one.taken.again:
            await doors.announcer.statement(tenant, one.taken.file)
    return outcomes


async def assign(tx: TenantTransaction, after: After, entry: UUID, number: str, *, by: str) -> BankEntry:
    """A person says what a booking is; the payout looks at it, or changes here where its workflow has ended.

    Raises what `unassigned.assign` raises.
    """
    assigned, payout = await unassigned.assign(tx, entry, number, by=by)
    if payout.state.ends_the_workflow:
        await settlement_by_bank.apply(tx, payout)
    else:
        await payouts.want_recheck(tx, payout.id)
        after.rechecks([payout.number])
    return assigned
