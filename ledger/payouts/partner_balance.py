"""A partner's balance: what it has earned and not yet been paid, and what it was paid.

What is in payouts only grows. It is summed from the payouts, which are worth their lines (lines_add_up), and not from
the lines, of which a partner may have hundreds of thousands; the rest is read row by row.
"""

from datetime import date

from ledger.database import TenantTransaction
from ledger.types import BERLIN, Frozen, PartnerId


class Balance(Frozen):
    """A partner's commissions in cents, net, by state; clawbacks count negative.

    `held_cents` is what of `pending_cents` waits because its sale is held. `reversed_cents` holds what refunds took,
    whole or in part. `open_cents` is what the next payout may hold; below zero it is a debt, carried until later
    commissions cover it, since `owes_since` (the oldest debt that waits). Each `…_count` says of how many the sum is:
    commissions, and payouts where it is `in_payout` or `paid`.
    """

    pending_cents: int = 0
    held_cents: int = 0
    approved_cents: int = 0
    in_payout_cents: int = 0
    paid_cents: int = 0
    reversed_cents: int = 0
    open_cents: int = 0
    owes_since: date | None = None
    pending_count: int = 0
    approved_count: int = 0
    reversed_count: int = 0
    in_payout_count: int = 0
    paid_count: int = 0


async def of_partner(tx: TenantTransaction, partner_id: PartnerId) -> Balance:
    """What came back with its payout is left out: another commission stands in for it.

    Only payouts that were cancelled hold such lines, and they are not summed at all.
    """
    row = await tx.fetchrow(
        """
        WITH back AS MATERIALIZED (
            SELECT c.id FROM commissions r JOIN commissions c ON c.tenant_id = r.tenant_id AND c.id = r.reissued_of
             WHERE r.tenant_id = $1 AND r.reissued_of IS NOT NULL AND c.partner_id = $2),
        open AS (
            SELECT sum(net_cents) FILTER (WHERE state = 'pending') AS pending_cents,
                   sum(net_cents) FILTER (WHERE state = 'pending' AND transaction_id IN (
                       SELECT id FROM transactions WHERE tenant_id = $1 AND open_holds IS NOT NULL)) AS held_cents,
                   sum(net_cents) FILTER (WHERE state = 'approved') AS approved_cents,
                   sum(CASE WHEN state = 'reversed' THEN net_cents WHEN kind = 'sale' THEN earned_cents - net_cents
                       END) AS reversed_cents,
                   min(created_at) FILTER (WHERE state = 'approved' AND net_cents < 0) AS owes_since,
                   count(*) FILTER (WHERE state = 'pending') AS pending_count,
                   count(*) FILTER (WHERE state = 'approved') AS approved_count,
                   count(*) FILTER (WHERE state = 'reversed' OR kind = 'sale' AND earned_cents <> net_cents)
                       AS reversed_count
              FROM commissions c
             WHERE tenant_id = $1 AND partner_id = $2 AND state IN ('pending', 'approved', 'reversed')
               AND c.id NOT IN (SELECT id FROM back)),
        whole AS (
            SELECT sum(net_cents) FILTER (WHERE state = 'paid') AS paid_cents,
                   sum(net_cents) FILTER (WHERE state <> 'paid') AS in_payout_cents,
                   count(*) FILTER (WHERE state = 'paid') AS paid_count,
                   count(*) FILTER (WHERE state <> 'paid') AS in_payout_count
              FROM payouts
             WHERE tenant_id = $1 AND partner_id = $2
               AND state IN ('awaiting_approval', 'approved', 'outcome_unknown', 'credit_note_open', 'paid')),
        -- Those whose credit note was voided, before or after it was paid.
        came_back AS (
            SELECT sum(c.net_cents) FILTER (WHERE c.state = 'paid') AS paid_cents,
                   sum(c.net_cents) FILTER (WHERE c.state = 'in_payout') AS in_payout_cents,
                   count(DISTINCT p.id) FILTER (WHERE c.state = 'paid') AS paid_count,
                   count(DISTINCT p.id) FILTER (WHERE c.state = 'in_payout') AS in_payout_count
              FROM payouts p
              JOIN payout_lines l ON l.tenant_id = p.tenant_id AND l.payout_id = p.id AND l.released_at IS NULL
              JOIN commissions c ON c.tenant_id = l.tenant_id AND c.id = l.commission_id
             WHERE p.tenant_id = $1 AND p.partner_id = $2 AND p.state IN ('returned', 'settled_manually')),
        -- Below zero: what correcting documents take up, on their way and effective.
        corrected AS (
            SELECT sum(l.net_cents) FILTER (WHERE r.stage = 'delivered') AS paid_cents,
                   sum(l.net_cents) FILTER (WHERE r.stage IS DISTINCT FROM 'delivered') AS in_payout_cents
              FROM own_reversals r JOIN correction_lines l ON l.tenant_id = r.tenant_id AND l.reversal_id = r.id
             WHERE r.tenant_id = $1 AND r.partner_id = $2 AND r.kind = 'correction' AND l.released_at IS NULL)
        SELECT COALESCE(open.pending_cents, 0)::bigint AS pending_cents,
               COALESCE(open.held_cents, 0)::bigint AS held_cents,
               COALESCE(open.approved_cents, 0)::bigint AS approved_cents,
               COALESCE(open.approved_cents, 0)::bigint AS open_cents,
               COALESCE(open.reversed_cents, 0)::bigint AS reversed_cents,
               (COALESCE(whole.in_payout_cents, 0) + COALESCE(came_back.in_payout_cents, 0)
                + COALESCE(corrected.in_payout_cents, 0))::bigint AS in_payout_cents,
               (COALESCE(whole.paid_cents, 0) + COALESCE(came_back.paid_cents, 0)
                + COALESCE(corrected.paid_cents, 0))::bigint AS paid_cents,
               open.owes_since, open.pending_count, open.approved_count, open.reversed_count,
               whole.in_payout_count + came_back.in_payout_count AS in_payout_count,
               whole.paid_count + came_back.paid_count AS paid_count
          FROM open, whole, came_back, corrected
        """,
        tx.tenant.id,
        partner_id,
    )
    assert row is not None  # aggregates answer with one row
    owes = row["owes_since"] if row["open_cents"] < 0 else None
    return Balance.from_row(row, owes_since=owes and owes.astimezone(BERLIN).date())
