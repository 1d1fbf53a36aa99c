"""What the rest of the ledger asks about bank files: whether money may have left by one, and under which reference."""

from ledger.database import Connection
from ledger.types import PayoutId, Tenant


async def exported_as(db: Connection, tenant: Tenant, payout: PayoutId) -> str | None:
    """The EndToEndId under which a payout stands in an exported bank file; None where it stands in none.

    A run that two persons cancelled counts no more: they have answered that its file was not carried out. The payout
    must be locked, then no file can be exported with it meanwhile (bank_runs.export locks it too).
    """
    found: str | None = await db.fetchval(
        """
        SELECT l.end_to_end_id FROM bank_run_lines l
          JOIN bank_runs r ON r.tenant_id = l.tenant_id AND r.id = l.run_id
         WHERE l.tenant_id = $1 AND l.payout_id = $2 AND l.released_at IS NULL
           AND r.state IN ('exported', 'confirmed')
        """,
        tenant.id,
        payout,
    )
    return found
