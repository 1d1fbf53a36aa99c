"""Set-offs („Verrechnung"): what of a payout is not transferred, as the same partner owes it by a claim.

Only where the agreement allows it (a setting of the tenant), and under a document of our own, which prints them below
its total (BT-113). They are proposed when the payout is made, and part of what is approved. What is transferred is its
gross less the set-offs, never below zero; PostgreSQL sums them up on payout and claim, and releases them with a payout
that is cancelled or rejected.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from ledger.audit import audit, hands
from ledger.database import TenantTransaction
from ledger.documents.own.content import SetOff
from ledger.payouts import payout_content, payouts
from ledger.payouts.payouts import Payout
from ledger.refusals import NotAllowedNow, require_reason
from ledger.types import DocumentStrategy, Frozen, PayoutId, PayoutNumber, PayoutState

FORMULA = 3
"""Of what an approval stands for (payouts.hash_version): older ones hold no set-offs. A later one may be that of a
credit note in the books, which prints none."""


class SetOffRow(Frozen):
    """A claim set off against a payout. `number`: of the document or payout that the claim came of. Cents, gross."""

    id: UUID
    payout_number: PayoutNumber
    claim_id: UUID
    number: str
    amount_cents: int
    made_at: datetime
    released_at: datetime | None


_ROWS = """
    SELECT s.*, p.number AS payout_number, COALESCE(o.number, q.number) AS number
      FROM set_offs s
      JOIN payouts p ON p.tenant_id = s.tenant_id AND p.id = s.payout_id
      JOIN claims c ON c.tenant_id = s.tenant_id AND c.id = s.claim_id
      LEFT JOIN own_reversals r ON r.tenant_id = c.tenant_id AND r.id = c.reversal_id
      LEFT JOIN own_documents o ON o.tenant_id = r.tenant_id AND o.id = r.document_id
      LEFT JOIN payouts q ON q.tenant_id = c.tenant_id AND q.id = c.payout_id
     WHERE s.tenant_id = $1
"""


async def of_payout(tx: TenantTransaction, payout: PayoutId) -> list[SetOffRow]:
    """What is set off against it, in the order in which it was made."""
    rows = await tx.fetch(
        _ROWS + " AND s.payout_id = $2 AND s.released_at IS NULL ORDER BY s.seq", tx.tenant.id, payout
    )
    return [SetOffRow.from_row(row) for row in rows]


async def of_claim(tx: TenantTransaction, claim: UUID) -> list[SetOffRow]:
    """The payouts that it is, or was to be, set off against."""
    rows = await tx.fetch(_ROWS + " AND s.claim_id = $2 ORDER BY s.seq", tx.tenant.id, claim)
    return [SetOffRow.from_row(row) for row in rows]


async def printed(tx: TenantTransaction, payout: PayoutId) -> tuple[SetOff, ...]:
    """As the payout's document names them."""
    return tuple(SetOff(number=one.number, cents=one.amount_cents) for one in await of_payout(tx, payout))


async def propose(tx: TenantTransaction, wanted: Sequence[PayoutId]) -> None:
    """Set the open claims of their partners off against these payouts, the oldest first, as far as each payout goes.

    Nothing, where the tenant has not said that the agreement allows it, and under a credit note of the books, which
    prints none. The payouts are locked, or made by this transaction; their hashes are to be renewed.
    """
    rows = await tx.fetch(
        """
        SELECT p.id, p.partner_id, p.gross_cents - p.set_off_cents AS left_cents
          FROM payouts p JOIN tenants t ON t.id = p.tenant_id
         WHERE p.tenant_id = $1 AND p.id = ANY ($2) AND p.hash_version >= $3 AND t.set_off_claims
           AND p.strategy = 'own_document'
           AND EXISTS (SELECT FROM claims c WHERE c.tenant_id = $1 AND c.partner_id = p.partner_id AND c.state = 'open')
         ORDER BY p.seq
        """,
        tx.tenant.id,
        list(wanted),
        FORMULA,
    )
    for row in rows:
        await tx.execute(
            """
            INSERT INTO set_offs (tenant_id, payout_id, claim_id, amount_cents)
            SELECT $1, $2, id, least(rest, $4 - before)
              FROM (SELECT id, seq, rest, (sum(rest) OVER (ORDER BY seq) - rest)::bigint AS before
                      FROM (SELECT id, seq, amount_cents - settled_cents AS rest FROM claims
                             WHERE tenant_id = $1 AND partner_id = $3 AND state = 'open'
                             ORDER BY seq FOR NO KEY UPDATE) open) owed
             WHERE before < $4 ORDER BY seq
            ON CONFLICT (tenant_id, payout_id, claim_id) WHERE released_at IS NULL DO NOTHING
            """,
            tx.tenant.id,
            row["id"],
            row["partner_id"],
            row["left_cents"],
        )


async def release(tx: TenantTransaction, payout: PayoutId) -> None:
    """Nothing is set off against it any more. The payout is locked."""
    await tx.execute(
        "UPDATE set_offs SET released_at = now() WHERE tenant_id = $1 AND payout_id = $2 AND released_at IS NULL",
        tx.tenant.id,
        payout,
    )


async def take_off(tx: TenantTransaction, number: str, *, by: str, reason: str) -> Payout:
    """A person does not want claims set off against a payout that awaits approval: all of it is transferred.

    A hand in the payout. Raises NotFound, NotAcceptable (no reason), NotAllowedNow (decided, nothing is set off).
    """
    require_reason(reason)
    payout = await _lock_awaiting(tx, number)
    if not await of_payout(tx, payout.id):
        raise NotAllowedNow("nothing_is_set_off")
    await release(tx, payout.id)
    return await _changed(tx, payout, "payout.set_off_taken_off", by=by, reason=reason)


async def put_on(tx: TenantTransaction, number: str, *, by: str) -> Payout:
    """A person wants the open claims of its partner set off against a payout that awaits approval.

    A hand in the payout. Raises NotFound, NotAllowedNow (decided, or there is nothing that may be set off).
    """
    payout = await _lock_awaiting(tx, number)
    before = len(await of_payout(tx, payout.id))
    await propose(tx, [payout.id])
    if len(await of_payout(tx, payout.id)) == before:
        raise NotAllowedNow("nothing_to_set_off")
    return await _changed(tx, payout, "payout.set_off_put_on", by=by)


async def may_be_set_off(tx: TenantTransaction, payout: Payout) -> int:
    """Cents of its partner's claims that are open and may be set off against it; 0 where nothing may be."""
    prints_them = payout.strategy is DocumentStrategy.OWN_DOCUMENT and payout.hash_version >= FORMULA
    if payout.state is not PayoutState.AWAITING_APPROVAL or not prints_them or not payout.transfer_cents:
        return 0
    found: int = await tx.fetchval(
        """
        SELECT COALESCE(sum(c.amount_cents - c.settled_cents), 0)::bigint
          FROM claims c JOIN tenants t ON t.id = c.tenant_id
         WHERE c.tenant_id = $1 AND c.partner_id = $2 AND c.state = 'open' AND t.set_off_claims
        """,
        tx.tenant.id,
        payout.partner_id,
    )
    return found


async def _lock_awaiting(tx: TenantTransaction, number: str) -> Payout:
    await hands.hold_partner(tx, (await payouts.get(tx, number)).partner_id)
    payout = await payouts.lock(tx, number)
    if payout.state is not PayoutState.AWAITING_APPROVAL:
        raise NotAllowedNow("payout_is_decided")
    return payout


async def _changed(tx: TenantTransaction, payout: Payout, action: str, *, by: str, reason: str | None = None) -> Payout:
    await payout_content.renew_content_hash(tx, payout.id)
    await audit.record(
        tx, actor=by, action=action, subject="payout", subject_id=payout.number, detail={"reason": reason}
    )
    return await payouts.get(tx, payout.number)
