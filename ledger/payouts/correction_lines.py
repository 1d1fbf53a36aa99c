"""The commissions that a correcting document takes up: held from the question on, settled once it is effective.

A commission is in a payout or in a correction, never in both: each takes what is `approved`, under the partner's locks.
"""

from collections.abc import Sequence
from uuid import UUID

from ledger.commissions import commissions
from ledger.database import TenantTransaction
from ledger.payouts import clawbacks, payout_lines
from ledger.payouts.due_documents import DueLine
from ledger.types import CommissionId, TransactionId


async def hold(tx: TenantTransaction, reversal: UUID, lines: Sequence[DueLine]) -> None:
    """Take these lines whole: no payout nets them any more. Their commissions are locked."""
    ids, cents = [line.commission_id for line in lines], [line.whole_cents for line in lines]
    await tx.execute(
        """
        INSERT INTO correction_lines (tenant_id, reversal_id, position, commission_id, net_cents)
        SELECT $1, $2, position, id, cents
          FROM unnest($3::uuid[], $4::bigint[]) WITH ORDINALITY AS l (id, cents, position)
        """,
        tx.tenant.id,
        reversal,
        ids,
        cents,
    )
    await tx.execute(
        "UPDATE commissions SET state = 'in_payout' WHERE tenant_id = $1 AND id = ANY ($2)", tx.tenant.id, ids
    )


async def release(tx: TenantTransaction, reversal: UUID) -> None:
    """The document does not come: its lines are open again, and netted with what was restored meanwhile.

    Holds all commissions of their sales.
    """
    rows = await tx.fetch(
        """
        SELECT DISTINCT c.transaction_id FROM correction_lines l
          JOIN commissions c ON c.tenant_id = l.tenant_id AND c.id = l.commission_id
         WHERE l.tenant_id = $1 AND l.reversal_id = $2 AND l.released_at IS NULL AND c.transaction_id IS NOT NULL
        """,
        tx.tenant.id,
        reversal,
    )
    sales = [TransactionId(row["transaction_id"]) for row in rows]
    await commissions.hold_commissions(tx, sales)
    released = await tx.fetch(
        """
        UPDATE correction_lines SET released_at = now()
         WHERE tenant_id = $1 AND reversal_id = $2 AND released_at IS NULL RETURNING commission_id
        """,
        tx.tenant.id,
        reversal,
    )
    await payout_lines.back_to_approved(tx, [CommissionId(row["commission_id"]) for row in released])
    await clawbacks.net_again(tx, sales)


async def settle(tx: TenantTransaction, reversal: UUID) -> None:
    """The document is effective: its lines are settled by it, which is final."""
    await tx.execute(
        """
        UPDATE commissions SET state = 'paid'
         WHERE tenant_id = $1 AND id IN (
               SELECT c.id FROM correction_lines l
                 JOIN commissions c ON c.tenant_id = l.tenant_id AND c.id = l.commission_id
                WHERE l.tenant_id = $1 AND l.reversal_id = $2 AND l.released_at IS NULL AND c.state = 'in_payout'
                ORDER BY c.partner_id, c.seq FOR NO KEY UPDATE OF c)
        """,
        tx.tenant.id,
        reversal,
    )


async def list_makers(tx: TenantTransaction, reversal: UUID) -> list[str]:
    """Who had a hand in what the document says: in its partner, its lines, or their sales. Nobody, for a Storno."""
    rows = await tx.fetch(
        """
        WITH lines AS (
            SELECT c.id, c.transaction_id, c.partner_id
              FROM correction_lines l JOIN commissions c ON c.tenant_id = l.tenant_id AND c.id = l.commission_id
             WHERE l.tenant_id = $1 AND l.reversal_id = $2)
        SELECT DISTINCT h.actor FROM hands h
         WHERE h.tenant_id = $1 AND h.ended_at IS NULL
           AND (h.subject, h.subject_id) IN (SELECT 'partner', partner_id::text FROM lines
                                              UNION SELECT 'commission', id::text FROM lines
                                              UNION SELECT 'transaction', transaction_id::text FROM lines)
         ORDER BY 1
        """,
        tx.tenant.id,
        reversal,
    )
    return [row["actor"] for row in rows]
