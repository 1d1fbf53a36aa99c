"""What the bank transferred too much for a payout: a claim for as long as it is out (claims.py)."""

from ledger import tasks
from ledger.database import TenantTransaction
from ledger.payouts.claims import ClaimCause
from ledger.payouts.payouts import Payout
from ledger.reasons import Reason

SETTLED_TWICE = "claim_settled_twice"
"""The task that asks about what came of a claim although the bank took the surplus back."""


async def follow(tx: TenantTransaction, payout: Payout, surplus_cents: int) -> None:
    """So much more than was due has left for this payout and is still out: the claim is of that amount.

    0: the bank took it back. What was paid back of it by then stays, and a person is asked about it; what is set off
    only against a payout that awaits approval does not, whose content changes by it. The payout is locked.
    """
    if not surplus_cents and not await _is_claimed(tx, payout):
        return
    # Whoever puts a set-off on a payout, or takes it off, holds the payout before the claim.
    await tx.execute(
        """
        SELECT 1 FROM payouts WHERE tenant_id = $1 AND state = 'awaiting_approval' AND id IN (
               SELECT s.payout_id FROM set_offs s JOIN claims c ON c.tenant_id = s.tenant_id AND c.id = s.claim_id
                WHERE s.tenant_id = $1 AND s.released_at IS NULL AND c.payout_id = $2)
         ORDER BY seq FOR NO KEY UPDATE
        """,
        tx.tenant.id,
        payout.id,
    )
    await tx.execute(
        """
        UPDATE claims SET out_cents = $3 WHERE tenant_id = $1 AND payout_id = $2 AND out_cents IS DISTINCT FROM $3
        """,
        tx.tenant.id,
        payout.id,
        surplus_cents,
    )
    await tx.execute(
        """
        UPDATE set_offs SET released_at = now()
         WHERE tenant_id = $1 AND released_at IS NULL
           AND claim_id IN (SELECT id FROM claims WHERE tenant_id = $1 AND payout_id = $2 AND settled_cents > $3)
           AND payout_id IN (SELECT id FROM payouts WHERE tenant_id = $1 AND state = 'awaiting_approval')
        """,
        tx.tenant.id,
        payout.id,
        surplus_cents,
    )
    if surplus_cents > 0:
        await tx.execute(
            """
            INSERT INTO claims (tenant_id, partner_id, cause, payout_id, amount_cents, out_cents)
            VALUES ($1, $2, $3, $4, $5, $5)
            ON CONFLICT (tenant_id, payout_id) DO UPDATE
               SET amount_cents = greatest(EXCLUDED.amount_cents, claims.settled_cents), voided_at = NULL
             WHERE (claims.amount_cents, claims.voided_at)
                   IS DISTINCT FROM (greatest(EXCLUDED.amount_cents, claims.settled_cents), NULL::timestamptz)
            """,
            tx.tenant.id,
            payout.partner_id,
            ClaimCause.OVERPAID,
            payout.id,
            surplus_cents,
        )
    else:
        await tx.execute(
            """
            UPDATE claims SET amount_cents = CASE WHEN settled_cents = 0 THEN amount_cents ELSE settled_cents END,
                              voided_at = CASE WHEN settled_cents = 0 THEN now() END
             WHERE tenant_id = $1 AND payout_id = $2 AND state = 'open'
            """,
            tx.tenant.id,
            payout.id,
        )
    await _ask_about_more_than_owed(tx, payout)


async def _is_claimed(tx: TenantTransaction, payout: Payout) -> bool:
    return bool(
        await tx.fetchval(
            "SELECT EXISTS (SELECT FROM claims WHERE tenant_id = $1 AND payout_id = $2)", tx.tenant.id, payout.id
        )
    )


async def _ask_about_more_than_owed(tx: TenantTransaction, payout: Payout) -> None:
    """The bank took back what was repaid or set off already: the partner is short of it. Asked once of each amount."""
    row = await tx.fetchrow(
        """
        SELECT settled_cents - out_cents AS cents,
               EXISTS (SELECT FROM tasks
                        WHERE tenant_id = $1 AND subject = 'payout' AND subject_id = $3 AND kind = $4
                          AND state = 'resolved' AND resolution ->> 'action' = 'done'
                          AND reason_params ->> 'more' = (settled_cents - out_cents)::text) AS answered
          FROM claims WHERE tenant_id = $1 AND payout_id = $2 AND settled_cents > out_cents
        """,
        tx.tenant.id,
        payout.id,
        payout.number,
        SETTLED_TWICE,
    )
    if row is None:
        await tasks.close_questions(tx, subject="payout", subject_id=payout.number, kinds=(SETTLED_TWICE,), by="engine")
    elif not row["answered"]:
        await tasks.ask(
            tx,
            tasks.NewTask(
                kind=SETTLED_TWICE,
                subject="payout",
                subject_id=payout.number,
                reason=Reason.of("claim_settled_twice", more=row["cents"]),
                links={"payout": f"/api/v1/payouts/{payout.number}"},
            ),
        )
