"""Invoices that we wrote and whose answer was lost: known again by the marker in their text (rules.md, The marker)."""

from uuid import UUID

from ledger import tasks
from ledger.booking import invoice_sales
from ledger.database import TenantTransaction
from ledger.documents import intents
from ledger.documents.intents import Intent
from ledger.reasons import Reason
from ledger.sales import transactions
from ledger.types import IntentId, TransactionId


async def find(tx: TenantTransaction, text: str) -> Intent | None:
    """The intent whose marker stands in this text, if it waits for an answer. Its sale and it are held until the end
    of the transaction."""
    marked = await tx.fetchrow(
        """
        SELECT id, transaction_id FROM creation_intents
         WHERE tenant_id = $1 AND kind = 'invoice' AND resource_id IS NULL AND closed_at IS NULL
           AND sent_at IS NOT NULL AND strpos($2, marker) > 0
        """,
        tx.tenant.id,
        text,
    )
    if marked is None:
        return None
    await transactions.lock(tx, TransactionId(marked["transaction_id"]))
    held: UUID | None = await tx.fetchval(
        """
        SELECT id FROM creation_intents
         WHERE tenant_id = $1 AND id = $2 AND resource_id IS NULL AND closed_at IS NULL
           FOR UPDATE
        """,
        tx.tenant.id,
        marked["id"],
    )
    return None if held is None else await intents.get(tx, IntentId(held))


async def adopt(tx: TenantTransaction, intent: Intent, resource_id: UUID) -> bool:
    """This fetched invoice answers the intent: its id is stored.

    False where the sale has got another invoice meanwhile: then there are two, and a person is asked.
    """
    assert intent.transaction_id is not None, "an invoice is a sale's"
    sale = await transactions.lock(tx, intent.transaction_id)
    if await invoice_sales.live_invoice_of(tx, sale) not in (None, resource_id):
        await ask_about_second_invoice(tx, resource_id, sale.id)
        return False
    return await intents.made(tx, intent.id, resource_id, adopted=True)


async def ask_about_second_invoice(tx: TenantTransaction, resource_id: UUID, sale: TransactionId) -> None:
    """Ours exists, and the sale has got another invoice while it was on its way, which stays the sale's."""
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind="order_reference_taken",
            subject="document",
            subject_id=str(resource_id),
            reason=Reason.of("sale_has_other_invoice_than_ours"),
            links={"invoice_id": str(resource_id), "transaction_id": str(sale)},
        ),
    )
