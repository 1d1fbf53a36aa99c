"""Which payouts must look again after something they stand on has changed."""

from ledger.database import TenantTransaction
from ledger.payouts import tax_questions
from ledger.types import PartnerId, PayoutNumber


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
