"""What must be true of a tenant's money at any time, asked of the rows."""

from datetime import timedelta

from ledger.database import Ledger
from ledger.payouts import partner_balance
from ledger.reports import invariants
from ledger.types import Tenant

_BROKEN = {
    "a commission's rows do not add up to what its sale is worth": """
        SELECT r.id::text FROM commissions r JOIN transactions t ON t.id = r.transaction_id
         WHERE r.kind = 'sale' AND (
               SELECT COALESCE(sum(c.net_cents), 0) FROM commissions c
                WHERE (c.id = r.id OR c.origin_id = r.id) AND c.state <> 'reversed'
                  AND NOT EXISTS (SELECT 1 FROM commissions o WHERE o.reissued_of = c.id))
               <> CASE WHEN t.state = 'refunded' THEN 0
                       ELSE r.earned_cents - round(r.earned_cents::numeric
                            * greatest(t.refunded_cents - t.credited_cents, 0)
                            / nullif(t.gross_cents - t.credited_cents - t.written_off_cents, 0)) END
    """,
    "a commission is paid twice": """
        SELECT c.id::text FROM commissions c JOIN payout_lines l ON l.commission_id = c.id
          JOIN payouts p ON p.id = l.payout_id WHERE p.state = 'paid' AND l.released_at IS NULL
         GROUP BY c.id HAVING count(*) > 1
    """,
    "a payout is not the sum of its lines": """
        SELECT p.number FROM payouts p LEFT JOIN payout_lines l ON l.payout_id = p.id AND l.released_at IS NULL
         WHERE p.state NOT IN ('cancelled', 'rejected')
         GROUP BY p.id, p.number, p.net_cents, p.tax_cents, p.gross_cents
        HAVING (p.net_cents, p.tax_cents, p.gross_cents)
               IS DISTINCT FROM (sum(l.net_cents), sum(l.tax_cents), sum(l.gross_cents))
    """,
    "a payout was changed after it was paid": """
        SELECT p.number FROM payouts p
          JOIN state_changes s ON s.subject_id = p.id AND s.to_state = 'paid'
          JOIN payout_lines l ON l.payout_id = p.id
         WHERE p.state = 'paid' AND l.released_at > s.changed_at
    """,
    "what was paid is not what lines were paid": """
        SELECT p.id::text FROM partners p
         WHERE (SELECT COALESCE(sum(net_cents), 0) FROM commissions c WHERE c.partner_id = p.id AND c.state = 'paid'
                   AND NOT EXISTS (SELECT 1 FROM commissions o WHERE o.reissued_of = c.id))
            <> (SELECT COALESCE(sum(net_cents), 0) FROM payouts o
                 WHERE o.partner_id = p.id AND o.state <> 'cancelled'
                   AND (o.paid_on IS NOT NULL OR o.state = 'settled_manually'))
             + (SELECT COALESCE(sum(l.net_cents), 0)
                  FROM own_reversals r JOIN correction_lines l ON l.reversal_id = r.id
                 WHERE r.partner_id = p.id AND r.stage = 'delivered' AND l.released_at IS NULL)
    """,
    "the lines of a month are not what was settled": """
        SELECT s.partner_id::text FROM month_settlements s
         GROUP BY s.partner_id, s.campaign_id, s.month
        HAVING sum(s.difference_cents) <> (
               SELECT COALESCE(sum(c.net_cents), 0) FROM commissions c
                WHERE (c.partner_id, c.campaign_id, c.month) = (s.partner_id, s.campaign_id, s.month)
                  AND NOT EXISTS (SELECT 1 FROM commissions o WHERE o.reissued_of = c.id))
    """,
    "a commission is not in the state that its history ends with": """
        SELECT c.id::text FROM commissions c
         WHERE c.state <> (SELECT s.to_state FROM state_changes s WHERE s.subject_id = c.id ORDER BY s.seq DESC LIMIT 1)
    """,
    "a payout is in two bank runs": """
        SELECT payout_id::text FROM bank_run_lines WHERE released_at IS NULL GROUP BY payout_id HAVING count(*) > 1
    """,
    "a bank run is not the sum of its payments": """
        SELECT r.number FROM bank_runs r LEFT JOIN bank_run_lines l ON l.run_id = r.id AND l.released_at IS NULL
         WHERE r.state <> 'cancelled' GROUP BY r.id, r.number, r.payments, r.total_cents
        HAVING (r.payments, r.total_cents) IS DISTINCT FROM (count(l.id), COALESCE(sum(l.amount_cents), 0))
    """,
    "an exported payment is not its payout's": """
        SELECT p.number FROM bank_run_lines l JOIN bank_runs r ON r.id = l.run_id JOIN payouts p ON p.id = l.payout_id
         WHERE l.released_at IS NULL AND r.state IN ('exported', 'confirmed') AND p.state <> 'cancelled'
           AND (p.gross_cents - p.set_off_cents <> l.amount_cents OR l.end_to_end_id <> p.number
                OR p.payment_reference IS DISTINCT FROM CASE WHEN p.paid_on IS NOT NULL THEN l.end_to_end_id END)
    """,
    "an exported payout lost a line": """
        SELECT p.number FROM bank_run_lines b JOIN bank_runs r ON r.id = b.run_id JOIN payouts p ON p.id = b.payout_id
          JOIN payout_lines l ON l.payout_id = p.id
         WHERE b.released_at IS NULL AND r.state IN ('exported', 'confirmed') AND p.state <> 'cancelled'
           AND l.released_at > r.exported_at
    """,
    "a run made a payout that it has no row of": """
        SELECT p.number FROM payouts p WHERE p.run_id IS NOT NULL AND NOT EXISTS (
               SELECT 1 FROM payout_run_rows w WHERE w.run_id = p.run_id AND w.payout_id = p.id)
    """,
    "a commission is in a payout and in a correcting document": """
        SELECT c.commission_id::text FROM correction_lines c JOIN payout_lines l ON l.commission_id = c.commission_id
         WHERE c.released_at IS NULL AND l.released_at IS NULL
    """,
    "a correcting document is not the sum of its lines, or not what is claimed": """
        SELECT r.id::text FROM own_reversals r
          LEFT JOIN correction_lines l ON l.reversal_id = r.id AND l.released_at IS NULL
          LEFT JOIN own_documents d ON d.id = r.document_id
          LEFT JOIN claims c ON c.reversal_id = r.id
         WHERE r.kind = 'correction' AND r.withdrawn_at IS NULL AND r.confirmed IS NOT FALSE
         GROUP BY r.id, r.stage, r.draft, d.net_cents, d.gross_cents, c.id, c.amount_cents
        HAVING sum(l.net_cents) <> (SELECT sum((line->>'net_cents')::bigint)
                                      FROM jsonb_array_elements(r.draft->'lines') line)
            OR sum(l.net_cents) <> d.net_cents
            OR (r.stage = 'delivered') IS DISTINCT FROM (c.id IS NOT NULL) AND r.stage IS NOT NULL
            OR c.amount_cents <> -d.gross_cents
    """,
    "a claim is not worth its parts": """
        SELECT c.id::text FROM claims c
         WHERE c.settled_cents <> (SELECT COALESCE(sum(amount_cents), 0) FROM claim_parts WHERE claim_id = c.id)
                                + (SELECT COALESCE(sum(amount_cents), 0) FROM set_offs
                                    WHERE claim_id = c.id AND released_at IS NULL)
            OR (c.state = 'open') IS DISTINCT FROM (c.settled_cents < c.amount_cents AND c.voided_at IS NULL)
    """,
    "what is set off is not what a payout, or its document, says": """
        SELECT p.number FROM payouts p
          LEFT JOIN own_documents d ON d.payout_id = p.id AND d.closed_at IS NULL AND d.kind <> 'reversal'
         WHERE p.set_off_cents <> (SELECT COALESCE(sum(amount_cents), 0) FROM set_offs
                                    WHERE payout_id = p.id AND released_at IS NULL)
            OR p.set_off_cents > p.gross_cents
            OR p.state <> 'cancelled' AND d.gross_cents - d.transfer_cents <> p.set_off_cents
    """,
    "a claim is set off against a payout that is gone": """
        SELECT s.id::text FROM set_offs s JOIN payouts p ON p.id = s.payout_id
         WHERE s.released_at IS NULL AND p.state IN ('cancelled', 'rejected')
    """,
    "a claw-back names no cause": """
        SELECT id::text FROM commissions WHERE kind = 'clawback' AND (cause IS NULL OR cause_document IS NULL)
    """,
}

_SUMS = """
    SELECT p.id, COALESCE(sum(net_cents) FILTER (WHERE state = 'pending'), 0)::bigint AS pending_cents,
           COALESCE(sum(net_cents) FILTER (WHERE state = 'approved'), 0)::bigint AS approved_cents,
           COALESCE(sum(net_cents) FILTER (WHERE state = 'approved'), 0)::bigint AS open_cents,
           COALESCE(sum(net_cents) FILTER (WHERE state = 'in_payout'), 0)::bigint AS in_payout_cents,
           COALESCE(sum(net_cents) FILTER (WHERE state = 'paid'), 0)::bigint AS paid_cents,
           COALESCE(sum(CASE WHEN state = 'reversed' THEN net_cents WHEN kind = 'sale' THEN earned_cents - net_cents
                        END) FILTER (WHERE state NOT IN ('in_payout', 'paid')), 0)::bigint AS reversed_cents
      FROM partners p
      LEFT JOIN (SELECT * FROM commissions c
                  WHERE NOT EXISTS (SELECT 1 FROM commissions r WHERE r.reissued_of = c.id)) c ON c.partner_id = p.id
     GROUP BY p.id
"""
"""Balances as they are defined, from the commissions alone."""


async def broken(ledger: Ledger, tenant: Tenant) -> list[str]:
    """Each promise that does not hold, with the rows that break it; and what `partnerdesk doctor` would say."""
    async with ledger.transaction(tenant) as tx:
        found = [
            f"{promise}: {[row[0] for row in rows][:3]}"
            for promise, sql in _BROKEN.items()
            if (rows := await tx.fetch(sql))
        ]
        sums = {row["id"]: dict(row) for row in await tx.fetch(_SUMS)}
        for partner, plain in sums.items():
            balance = (await partner_balance.of_partner(tx, partner)).model_dump(include=set(plain))
            if balance != {name: cents for name, cents in plain.items() if name != "id"}:
                found.append(f"the balance of {partner} is {balance}, its commissions are {plain}")
        differences = await invariants.check(tx, stuck_after=timedelta(hours=1))
    return found + [
        one.says
        for one in differences
        if one.check
        in (
            "lines_do_not_add_up",
            "commission_in_two_payouts",
            "commission_does_not_fit_its_payout",
            "commission_in_no_payout",
        )
    ]
