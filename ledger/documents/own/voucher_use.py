"""Whether a tenant books documents of its own in lexoffice: then its vouchers are listened to and swept."""

from ledger.database import TenantTransaction


async def is_used(tx: TenantTransaction) -> bool:
    """The strategy is on for some tax case and lexoffice keeps the books, or a voucher of ours is there from before."""
    found: bool = await tx.fetchval(
        """
        SELECT EXISTS (SELECT FROM document_strategies s JOIN tenants t ON t.id = s.tenant_id
                        WHERE s.tenant_id = $1 AND s.strategy = 'own_document' AND t.books = 'lexoffice')
            OR EXISTS (SELECT FROM external_documents WHERE tenant_id = $1 AND own_document_id IS NOT NULL)
        """,
        tx.tenant.id,
    )
    return found
