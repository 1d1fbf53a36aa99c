"""Invoices that we wrote and whose answer was lost: known again by the marker in their text (rules.md, The marker)."""

from uuid import UUID

from ledger import intents, invoice_sales, tasks, transactions
from ledger.database import Connection
from ledger.types import IntentId, Tenant


async def adopt(
    db: Connection, tenant: Tenant, *, resource_id: UUID, organization_id: UUID, gross_cents: int, text: str
) -> IntentId | None:
    """The intent that this fetched invoice answers, if one waits for an answer; its id is stored.

    Marker, organisation and gross (± 1 cent) must agree. Where the sale has got another invoice meanwhile, nothing is
    adopted and a person is asked: then there are two.
    """
    row = await db.fetchrow(
        """
        SELECT id, transaction_id FROM creation_intents
         WHERE tenant_id = $1 AND kind = 'invoice' AND resource_id IS NULL AND closed_at IS NULL
           AND sent_at IS NOT NULL AND organization_id = $2 AND gross_cents BETWEEN $3::bigint - 1 AND $3::bigint + 1
           AND strpos($4, marker) > 0
           FOR UPDATE
        """,
        tenant.id,
        organization_id,
        gross_cents,
        text,
    )
    if row is None:
        return None
    sale = await transactions.lock(db, tenant, row["transaction_id"])
    if await invoice_sales.live_invoice_of(db, tenant, sale) not in (None, resource_id):
        await tasks.ask(
            db,
            tenant,
            kind="order_reference_taken",
            subject="document",
            subject_id=str(resource_id),
            reason="Die von uns geschriebene Rechnung ist da, der Verkauf hat inzwischen aber eine andere.",
            links={"invoice_id": str(resource_id), "transaction_id": str(sale.id)},
        )
        return None
    intent = IntentId(row["id"])
    await intents.made(db, tenant, intent, resource_id)
    return intent
