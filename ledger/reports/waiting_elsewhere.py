"""What waits for a person on pages of its own, beside approvals and tasks."""

from ledger.database import TenantTransaction
from ledger.types import Frozen


class WaitingElsewhere(Frozen):
    """How many of each kind nobody has decided yet."""

    partner_accounts: int
    own_accounts: int
    bank_runs: int
    """Drafts with payments."""
    cancellations: int
    """Of bank runs whose file was made."""
    bookings: int
    """Of the bank, that may be about payouts and are assigned by nobody."""
    bookings_cents: int


async def count(tx: TenantTransaction) -> WaitingElsewhere:
    """Of the whole tenant, whoever may decide it."""
    row = await tx.fetchrow(
        """
        SELECT (SELECT count(*) FROM partner_bank_details
                 WHERE tenant_id = $1 AND state = 'pending' AND confirmed_at IS NULL) AS partner_accounts,
               (SELECT count(*) FROM tenant_bank_accounts WHERE tenant_id = $1 AND state = 'pending') AS own_accounts,
               (SELECT count(*) FROM bank_entries
                 WHERE tenant_id = $1 AND state = 'unresolved' AND concerns_us) AS bookings,
               (SELECT COALESCE(sum(amount_cents), 0)::bigint FROM bank_entries
                 WHERE tenant_id = $1 AND state = 'unresolved' AND concerns_us) AS bookings_cents,
               count(*) FILTER (WHERE state = 'draft' AND payments > 0) AS bank_runs,
               count(*) FILTER (WHERE state = 'exported' AND cancel_requested_by IS NOT NULL) AS cancellations
          FROM bank_runs WHERE tenant_id = $1 AND state IN ('draft', 'exported')
        """,
        tx.tenant.id,
    )
    assert row is not None
    return WaitingElsewhere.from_row(row)
