"""The commissions that a payout holds: taken out, given back, paid, and owed anew."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from ledger import tasks
from ledger.commissions import commissions
from ledger.database import TenantTransaction
from ledger.money import share, vat_cents
from ledger.payouts import payout_content, payouts, set_offs
from ledger.payouts.payouts import Payout
from ledger.reasons import Reason
from ledger.types import (
    CommissionId,
    CommissionState,
    Frozen,
    PayoutId,
    PayoutNumber,
    PayoutState,
    TransactionId,
)


class PayoutLine(Frozen):
    """One commission in a payout. Cents; `released` ones count no more."""

    position: int
    commission_id: CommissionId
    transaction_id: str | None
    campaign: str | None
    month: date | None
    """Of a month's close, which has no sale."""
    level: int
    kind: str
    service_date: date
    net_cents: int
    tax_rate: Decimal
    tax_cents: int
    gross_cents: int
    released: bool


async def of_payout(tx: TenantTransaction, payout: PayoutId) -> list[PayoutLine]:
    """All lines of the payout in their order, released ones too."""
    rows = await tx.fetch(
        """
        SELECT l.position, l.commission_id, c.transaction_id::text, k.slug AS campaign, c.month, c.level, c.kind,
               c.service_date, l.net_cents, l.tax_rate, l.tax_cents, l.gross_cents,
               l.released_at IS NOT NULL AS released
          FROM payout_lines l
          JOIN commissions c ON c.tenant_id = l.tenant_id AND c.id = l.commission_id
          LEFT JOIN transactions t ON t.tenant_id = c.tenant_id AND t.id = c.transaction_id
          LEFT JOIN campaigns k ON k.tenant_id = c.tenant_id AND k.id = COALESCE(t.campaign_id, c.campaign_id)
         WHERE l.tenant_id = $1 AND l.payout_id = $2
         ORDER BY l.position
        """,
        tx.tenant.id,
        payout,
    )
    return [PayoutLine.from_row(row) for row in rows]


async def open_payouts_of(tx: TenantTransaction, sales: Sequence[TransactionId]) -> list[PayoutNumber]:
    """Payouts that a commission of these sales may still be taken out of, in the order in which payouts are locked."""
    rows = await tx.fetch(
        """
        SELECT p.number FROM payouts p
         WHERE p.tenant_id = $1 AND p.state IN ('awaiting_approval', 'approved')
           AND p.id IN (SELECT l.payout_id FROM commissions c
                          JOIN payout_lines l ON l.tenant_id = c.tenant_id AND l.commission_id = c.id
                         WHERE c.tenant_id = $1 AND c.transaction_id = ANY ($2) AND c.state = 'in_payout'
                           AND l.released_at IS NULL)
         ORDER BY p.seq
        """,
        tx.tenant.id,
        sales,
    )
    return [PayoutNumber(row["number"]) for row in rows]


async def find_released_sales(
    tx: TenantTransaction, payout: PayoutId, *, without: Sequence[TransactionId]
) -> set[TransactionId]:
    """The other sales of a payout that has nothing left to pay without the lines of these; else none."""
    rows = await tx.fetch(
        """
        SELECT c.transaction_id, sum(l.net_cents) AS cents FROM payout_lines l
          JOIN commissions c ON c.tenant_id = l.tenant_id AND c.id = l.commission_id
         WHERE l.tenant_id = $1 AND l.payout_id = $2 AND l.released_at IS NULL
           AND NOT (COALESCE(c.transaction_id = ANY ($3), false) AND l.net_cents > 0)
         GROUP BY c.transaction_id
        """,
        tx.tenant.id,
        payout,
        without,
    )
    if sum(row["cents"] for row in rows) > 0:
        return set()
    return {TransactionId(row["transaction_id"]) for row in rows if row["transaction_id"] is not None}


async def release(tx: TenantTransaction, payout: PayoutId) -> None:
    """Give every commission of a payout back: a rejected or cancelled payout holds nothing.

    All commissions of its sales are held, for whoever nets them next (clawbacks.give_back).
    """
    rows = await tx.fetch(
        """
        SELECT DISTINCT c.transaction_id FROM payout_lines l
          JOIN commissions c ON c.tenant_id = l.tenant_id AND c.id = l.commission_id
         WHERE l.tenant_id = $1 AND l.payout_id = $2 AND c.transaction_id IS NOT NULL
        """,
        tx.tenant.id,
        payout,
    )
    await commissions.hold_commissions(tx, [TransactionId(row["transaction_id"]) for row in rows])
    released = await tx.fetch(
        """
        UPDATE payout_lines SET released_at = now()
         WHERE tenant_id = $1 AND payout_id = $2 AND released_at IS NULL RETURNING commission_id
        """,
        tx.tenant.id,
        payout,
    )
    await back_to_approved(tx, [row["commission_id"] for row in released])


async def reissue_paid(tx: TenantTransaction, payout: PayoutId) -> None:
    """A payout that was paid came back and is cancelled: its commissions stay paid, equal new ones are owed.

    What stands in for the line of a month's close is no close of its own: the month was settled once. A debt is as old
    as it was.
    """
    await tx.execute(
        """
        INSERT INTO commissions (tenant_id, kind, transaction_id, partner_id, level, plan_id, percent, fixed_cents,
                                 base_cents, net_cents, state, provisional, service_date, origin_id, reissued_of,
                                 cause, cause_document, tax_case, campaign_id, month, month_part, free_from,
                                 calculation, recorded_by, created_at)
        SELECT c.tenant_id, k.kind, c.transaction_id, c.partner_id, c.level, c.plan_id, c.percent, c.fixed_cents,
               c.base_cents, c.net_cents,
               CASE WHEN k.kind = 'reissue' AND ((t.state = 'pending' AND t.invoice_state = 'pending')
                                                 OR t.open_holds IS NOT NULL)
                    THEN 'pending' ELSE 'approved' END,
               false, c.service_date,
               CASE WHEN k.kind IN ('clawback', 'reissue') THEN COALESCE(c.origin_id, c.id) END, c.id,
               c.cause, c.cause_document, c.tax_case, c.campaign_id, c.month, c.month_part, c.free_from, c.calculation,
               c.recorded_by, CASE WHEN c.net_cents < 0 THEN c.created_at ELSE now() END
          FROM payout_lines l
          JOIN commissions c ON c.tenant_id = l.tenant_id AND c.id = l.commission_id
          LEFT JOIN transactions t ON t.tenant_id = c.tenant_id AND t.id = c.transaction_id
         CROSS JOIN LATERAL (SELECT CASE WHEN c.kind = 'month_close' AND c.net_cents < 0 THEN 'correction'
                                         WHEN c.kind IN ('sale', 'month_close') THEN 'reissue'
                                         ELSE c.kind END AS kind) k
         WHERE l.tenant_id = $1 AND l.payout_id = $2 AND c.state = 'paid'
           AND NOT EXISTS (SELECT 1 FROM commissions r WHERE r.tenant_id = c.tenant_id AND r.reissued_of = c.id)
        """,
        tx.tenant.id,
        payout,
    )


async def pay(tx: TenantTransaction, payout: PayoutId) -> None:
    """Every commission of this payout is paid, which is final."""
    await tx.execute(
        """
        UPDATE commissions SET state = 'paid'
         WHERE tenant_id = $1 AND id IN (
               SELECT c.id FROM payout_lines l
                 JOIN commissions c ON c.tenant_id = l.tenant_id AND c.id = l.commission_id
                WHERE l.tenant_id = $1 AND l.payout_id = $2 AND l.released_at IS NULL AND c.state = 'in_payout'
                ORDER BY c.partner_id, c.seq FOR NO KEY UPDATE OF c)
        """,
        tx.tenant.id,
        payout,
    )


async def take_out(tx: TenantTransaction, commission: CommissionId) -> bool:
    """Remove one commission from the payout that holds it, if no document can exist yet.

    True: the line is gone, the approval void, the commission `approved` again, and a payout whose net fell to 0 or
    below is cancelled. False: a creation intent or a document of ours exists, or the payout has gone on; the line stays
    (rules.md, States).
    """
    number = await tx.fetchval(
        """
        SELECT p.number FROM payout_lines l JOIN payouts p ON p.tenant_id = l.tenant_id AND p.id = l.payout_id
         WHERE l.tenant_id = $1 AND l.commission_id = $2 AND l.released_at IS NULL
        """,
        tx.tenant.id,
        commission,
    )
    if number is None:
        return False
    payout = await payouts.lock(tx, number)
    # The same lock is taken to insert the intent, so either it is visible here or it will see the new content.
    if payout.state not in (PayoutState.AWAITING_APPROVAL, PayoutState.APPROVED):
        return False
    if payout.document_stage is not None or await tx.fetchval(
        "SELECT 1 FROM creation_intents WHERE tenant_id = $1 AND payout_id = $2 AND closed_at IS NULL",
        tx.tenant.id,
        payout.id,
    ):
        return False
    if payout.state is PayoutState.APPROVED:
        await payouts.change_state(
            tx,
            payout,
            PayoutState.AWAITING_APPROVAL,
            reason=Reason.of("commission_dropped_out"),
            unblock=True,
        )
    await tx.execute(
        """
        UPDATE payout_lines SET released_at = now()
         WHERE tenant_id = $1 AND commission_id = $2 AND released_at IS NULL
        """,
        tx.tenant.id,
        commission,
    )
    await back_to_approved(tx, [commission])
    await _compute_anew(tx, payout)
    await payouts.want_recheck(tx, payout.id)
    return True


async def _compute_anew(tx: TenantTransaction, payout: Payout) -> None:
    """Amounts, shares of the tax, period and hash from the lines that are left."""
    rows = await tx.fetch(
        """
        SELECT l.id, l.net_cents, c.service_date FROM payout_lines l
          JOIN commissions c ON c.tenant_id = l.tenant_id AND c.id = l.commission_id
         WHERE l.tenant_id = $1 AND l.payout_id = $2 AND l.released_at IS NULL ORDER BY l.position
        """,
        tx.tenant.id,
        payout.id,
    )
    net = sum(row["net_cents"] for row in rows)
    if net <= 0:
        now = await payouts.get(tx, payout.number)
        await payouts.change_state(tx, now, PayoutState.CANCELLED, reason=Reason.of("nothing_left_to_pay"))
        await release(tx, payout.id)
        await tasks.close_questions(tx, subject="payout", subject_id=payout.number, kinds=tasks.BLOCKED_BY, by="engine")
        return
    await set_offs.release(tx, payout.id)
    tax = vat_cents(net, payout.tax_rate)
    shares = share(tax, [row["net_cents"] for row in rows])
    await tx.executemany(
        "UPDATE payout_lines SET tax_cents = $3, gross_cents = net_cents + $3 WHERE tenant_id = $1 AND id = $2",
        [(tx.tenant.id, row["id"], part) for row, part in zip(rows, shares, strict=True)],
    )
    await tx.execute(
        """
        UPDATE payouts SET net_cents = $3, tax_cents = $4, gross_cents = $3::bigint + $4::bigint,
                           period_from = $5, period_to = $6
         WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        payout.id,
        net,
        tax,
        min(row["service_date"] for row in rows),
        max(row["service_date"] for row in rows),
    )
    if payout.set_off_cents:  # anew, for what it is worth now; not where somebody wants all of it transferred
        await set_offs.propose(tx, [payout.id])
    await payout_content.renew_content_hash(tx, payout.id)


async def back_to_approved(tx: TenantTransaction, commissions: list[CommissionId]) -> None:
    """No payout, or no correcting document, holds these any more. A positive one waits where its sale does."""
    await tx.execute(
        "UPDATE commissions SET state = $3 WHERE tenant_id = $1 AND id = ANY ($2) AND state = 'in_payout'",
        tx.tenant.id,
        commissions,
        CommissionState.APPROVED,
    )
    # The sale may have been held, blocked or un-paid while a document kept its commission in the payout.
    await tx.execute(
        """
        UPDATE commissions c SET state = 'pending'
          FROM transactions t
         WHERE c.tenant_id = $1 AND c.id = ANY ($2) AND c.state = 'approved' AND c.kind IN ('sale', 'reissue')
           AND t.tenant_id = c.tenant_id AND t.id = c.transaction_id
           AND ((t.state = 'pending' AND t.invoice_state = 'pending')
                OR t.open_holds IS NOT NULL)
        """,
        tx.tenant.id,
        commissions,
    )
