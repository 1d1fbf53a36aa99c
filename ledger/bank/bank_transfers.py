"""What the rest of the ledger asks about bank files: whether money may have left by one, and under which reference."""

from datetime import date

from ledger.database import TenantTransaction
from ledger.payouts.payouts import Payout
from ledger.types import Frozen, PayoutId


class Transfer(Frozen):
    """What is known of a payout's money: when it was sent, or is to be, and under which reference."""

    reference: str | None = None
    day: date | None = None


async def exported_as(tx: TenantTransaction, payout: PayoutId) -> str | None:
    """The EndToEndId under which a payout stands in an exported bank file; None where it stands in none.

    A run that two persons cancelled counts no more: they have answered that its file was not carried out. The payout
    must be locked, then no file can be exported with it meanwhile (bank_runs.export locks it too).
    """
    found: str | None = await tx.fetchval(
        """
        SELECT l.end_to_end_id FROM bank_run_lines l
          JOIN bank_runs r ON r.tenant_id = l.tenant_id AND r.id = l.run_id
         WHERE l.tenant_id = $1 AND l.payout_id = $2 AND l.released_at IS NULL
           AND r.state IN ('exported', 'confirmed')
        """,
        tx.tenant.id,
        payout,
    )
    return found


async def awaited_in(tx: TenantTransaction, payout: PayoutId) -> str | None:
    """The run whose file holds the payout, or held what is transferred again since, and is neither confirmed nor
    cancelled. The payout must be locked."""
    found: str | None = await tx.fetchval(
        """
        SELECT r.number FROM bank_run_lines l JOIN bank_runs r ON r.tenant_id = l.tenant_id AND r.id = l.run_id
         WHERE l.tenant_id = $1 AND l.payout_id = $2 AND r.state = 'exported'
           AND (l.released_at IS NULL OR l.released_code = 'transferred_again')
         ORDER BY r.seq LIMIT 1
        """,
        tx.tenant.id,
        payout,
    )
    return found


async def transfer_of(tx: TenantTransaction, payout: Payout) -> Transfer:
    """What its first payment left on the payout, else the bank file that it stands in. The payout must be locked."""
    row = await tx.fetchrow(
        """
        SELECT l.end_to_end_id, r.execution_date FROM bank_run_lines l
          JOIN bank_runs r ON r.tenant_id = l.tenant_id AND r.id = l.run_id
         WHERE l.tenant_id = $1 AND l.payout_id = $2 AND l.released_at IS NULL
           AND r.state IN ('exported', 'confirmed')
        """,
        tx.tenant.id,
        payout.id,
    )
    reference, day = (row["end_to_end_id"], row["execution_date"]) if row else (None, None)
    return Transfer(reference=payout.payment_reference or reference, day=payout.paid_on or day)
