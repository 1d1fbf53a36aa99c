"""A partner's balance as pages show it: the sums of transactions.balance_of, fast for a partner with 300,000 lines.

What is settled only grows, and is summed from an index alone (commissions_of_a_partner); the rest is read row by row.
"""

from ledger.database import Connection
from ledger.transactions import Balance
from ledger.types import PartnerId, Tenant


async def of_partner(db: Connection, tenant: Tenant, partner_id: PartnerId) -> Balance:
    """What came back with its payout is left out: another commission stands in for it."""
    row = await db.fetchrow(
        """
        WITH back AS MATERIALIZED (
            SELECT c.id, c.state, c.net_cents
              FROM commissions r JOIN commissions c ON c.tenant_id = r.tenant_id AND c.id = r.reissued_of
             WHERE r.tenant_id = $1 AND r.reissued_of IS NOT NULL AND c.partner_id = $2),
        settled AS (
            SELECT state, sum(net_cents) AS cents FROM commissions
             WHERE tenant_id = $1 AND partner_id = $2 AND state IN ('in_payout', 'paid') GROUP BY state),
        open AS (
            SELECT sum(net_cents) FILTER (WHERE state = 'pending') AS pending_cents,
                   sum(net_cents) FILTER (WHERE state = 'approved') AS approved_cents,
                   sum(CASE WHEN state = 'reversed' THEN net_cents WHEN kind = 'sale' THEN earned_cents - net_cents
                       END) AS reversed_cents
              FROM commissions c
             WHERE tenant_id = $1 AND partner_id = $2 AND state IN ('pending', 'approved', 'reversed')
               AND c.id NOT IN (SELECT id FROM back))
        SELECT COALESCE(open.pending_cents, 0)::bigint AS pending_cents,
               COALESCE(open.approved_cents, 0)::bigint AS approved_cents,
               COALESCE(open.reversed_cents, 0)::bigint AS reversed_cents,
               (COALESCE((SELECT cents FROM settled WHERE state = 'in_payout'), 0)
                - COALESCE((SELECT sum(net_cents) FROM back WHERE state = 'in_payout'), 0))::bigint AS in_payout_cents,
               (COALESCE((SELECT cents FROM settled WHERE state = 'paid'), 0)
                - COALESCE((SELECT sum(net_cents) FROM back WHERE state = 'paid'), 0))::bigint AS paid_cents
          FROM open
        """,
        tenant.id,
        partner_id,
    )
    assert row is not None  # an aggregate answers with one row
    return Balance.model_validate(dict(row))
