"""Which payouts must look again after something they stand on has changed."""

from ledger.database import TenantTransaction
from ledger.payouts import payout_hands, tax_questions
from ledger.sales.transactions import Transaction
from ledger.types import CustomerId, PartnerId, PayoutNumber, TransactionId


async def want_for_partner(tx: TenantTransaction, partner: PartnerId) -> list[PayoutNumber]:
    """Address, tax status or account of a partner was changed: an approval may be void, a block may be lifted, and
    documents of then may be of another tax case now."""
    await tax_questions.ask_about_documents(tx, partner)
    await tax_questions.reexamine(tx, partner)
    rows = await tx.fetch(
        """
        UPDATE payouts SET recheck_wanted_at = clock_timestamp()
         WHERE tenant_id = $1 AND id IN (
               SELECT id FROM payouts
                WHERE tenant_id = $1 AND partner_id = $2 AND state IN ('awaiting_approval', 'approved')
                ORDER BY seq FOR NO KEY UPDATE)
        RETURNING number
        """,
        tx.tenant.id,
        partner,
    )
    return sorted(PayoutNumber(row["number"]) for row in rows)


async def want_for_tenant(tx: TenantTransaction) -> None:
    """How the tenant is taxed was changed in lexoffice: that decides with each partner's status what a document is."""
    await tx.execute(
        """
        UPDATE payouts SET recheck_wanted_at = clock_timestamp()
         WHERE tenant_id = $1 AND id IN (
               SELECT id FROM payouts WHERE tenant_id = $1 AND state IN ('awaiting_approval', 'approved')
                ORDER BY seq FOR NO KEY UPDATE)
        """,
        tx.tenant.id,
    )


async def want_for_sale(tx: TenantTransaction, sale: Transaction) -> None:
    """A person decides about this sale, which leaves a hand in each awaiting payout that holds a commission of it, or
    of one whose partner is known from the same payer: perhaps the last approver's (payout_hands.ask_for_confirmation).

    The sale is locked. Locks those payouts, so it comes before its commissions are held.
    """
    await _want_for_payer(tx, sale.subscription, sale.customer_id, sale.id)


async def want_for_payer(tx: TenantTransaction, subscription: str | None, customer: CustomerId | None) -> None:
    """The same, where a person says whose this subscription or customer is, of which no sale is named."""
    await _want_for_payer(tx, subscription, customer, None)


async def want_for_hands(tx: TenantTransaction) -> None:
    """A person has changed what counts in payouts of many partners (a plan, the default campaign).

    Every awaiting payout looks, and only where each approver has some open hand by now: else none of them bars all.
    """
    if not await payout_hands.has_every_approver_one(tx):
        return
    await tx.execute(
        """
        UPDATE payouts SET recheck_wanted_at = clock_timestamp()
         WHERE tenant_id = $1 AND id IN (
               SELECT id FROM payouts WHERE tenant_id = $1 AND state = 'awaiting_approval'
                ORDER BY seq FOR NO KEY UPDATE)
        """,
        tx.tenant.id,
    )


async def _want_for_payer(
    tx: TenantTransaction, subscription: str | None, customer: CustomerId | None, sale: TransactionId | None
) -> None:
    await tx.execute(
        """
        UPDATE payouts SET recheck_wanted_at = clock_timestamp()
         WHERE tenant_id = $1 AND id IN (
               SELECT id FROM payouts
                WHERE tenant_id = $1 AND state = 'awaiting_approval' AND id IN (
                      SELECT l.payout_id
                        FROM (SELECT id FROM transactions WHERE tenant_id = $1 AND id = $2
                              UNION SELECT id FROM transactions WHERE tenant_id = $1 AND customer_id = $3
                              UNION SELECT id FROM transactions WHERE tenant_id = $1 AND subscription = $4) t
                        JOIN commissions c ON c.tenant_id = $1 AND c.transaction_id = t.id AND c.state = 'in_payout'
                        JOIN payout_lines l ON l.tenant_id = $1 AND l.commission_id = c.id AND l.released_at IS NULL)
                ORDER BY seq FOR NO KEY UPDATE)
        """,
        tx.tenant.id,
        sale,
        customer,
        subscription,
    )
