"""Which sale an invoice belongs to, and what of the invoice is kept with the sale."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from ledger.booking.invoice_facts import InvoiceFacts
from ledger.database import TenantTransaction
from ledger.provider_ids import provider_of
from ledger.sales import customers, refunds, transactions
from ledger.sales.references import sales_with_reference
from ledger.sales.transactions import Transaction
from ledger.types import BERLIN, Frozen, TransactionId, midnight

LOOK_BACK = timedelta(days=60)
REWRITTEN_WITHIN = timedelta(days=7)


class StoredReference(Frozen):
    """Whose invoice the ledger takes a document for."""

    transaction_id: TransactionId | None
    was_detached: bool


async def document_of(tx: TenantTransaction, facts: InvoiceFacts) -> StoredReference:
    """The row of this document, made where nobody stored it before."""
    await tx.execute(
        """
        INSERT INTO external_documents (tenant_id, provider, organization_id, kind, resource_id, voucher_number, status,
                                        net_cents, tax_cents, gross_cents, open_cents)
        VALUES ($1, $2, $3, 'invoice', $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING
        """,
        tx.tenant.id,
        provider_of(facts.resource_id),
        facts.organization_id,
        facts.resource_id,
        facts.voucher_number,
        facts.status,
        facts.net_cents,
        facts.tax_cents,
        facts.gross_cents,
        facts.open_cents,
    )
    row = await tx.fetchrow(
        """
        SELECT CASE WHEN detached_at IS NULL THEN transaction_id END AS transaction_id,
               transaction_id IS NOT NULL AND detached_at IS NOT NULL AS was_detached
          FROM external_documents WHERE tenant_id = $1 AND provider = $2 AND resource_id = $3
        """,
        tx.tenant.id,
        provider_of(facts.resource_id),
        facts.resource_id,
    )
    assert row is not None
    return StoredReference.from_row(row)


async def sales_named_by(tx: TenantTransaction, facts: InvoiceFacts) -> list[TransactionId]:
    """By order reference: payment intent, checkout session, the shop's own order number, or our transaction id."""
    return await sales_with_reference(tx, facts.order_references)


async def live_invoice_of(tx: TenantTransaction, sale: Transaction) -> UUID | None:
    """The valid invoice that the sale has already; one that is voided or deleted gives way to a new one."""
    found: UUID | None = await tx.fetchval(
        """
        SELECT resource_id FROM external_documents
         WHERE tenant_id = $1 AND transaction_id = $2 AND detached_at IS NULL
           AND COALESCE(status, 'open') NOT IN ('voided', 'deleted')
        """,
        tx.tenant.id,
        sale.id,
    )
    return found


async def attach(tx: TenantTransaction, facts: InvoiceFacts, sale: Transaction) -> None:
    """Makes the invoice the sale's own, unless it is already."""
    if sale.invoice_id != facts.resource_id:
        await store_reference(tx, facts.resource_id, sale)


async def store_reference(tx: TenantTransaction, resource_id: UUID, sale: Transaction) -> None:
    """This document is the sale's invoice from now on; what it had before keeps its row, detached."""
    await tx.execute(
        """
        UPDATE external_documents SET detached_at = now()
         WHERE tenant_id = $1 AND transaction_id = $2 AND resource_id <> $3 AND detached_at IS NULL
        """,
        tx.tenant.id,
        sale.id,
        resource_id,
    )
    await tx.execute(
        """
        UPDATE external_documents SET transaction_id = $3, detached_at = NULL
         WHERE tenant_id = $1 AND provider = $2 AND resource_id = $4
        """,
        tx.tenant.id,
        provider_of(resource_id),
        sale.id,
        resource_id,
    )


async def detach(tx: TenantTransaction, facts: InvoiceFacts) -> None:
    """Parts the invoice from its sale and marks it as deleted; done before, nothing happens."""
    await tx.execute(
        """
        UPDATE external_documents SET detached_at = now(), status = 'deleted'
         WHERE tenant_id = $1 AND provider = $2 AND resource_id = $3 AND detached_at IS NULL
        """,
        tx.tenant.id,
        provider_of(facts.resource_id),
        facts.resource_id,
    )


async def candidates(tx: TenantTransaction, facts: InvoiceFacts) -> list[dict[str, Any]]:
    """Pending sales of the 60 days before the invoice that it might belong to: same customer, or gross ± 1 cent. Of
    those that their source called paid, and that never had an invoice: same customer and gross ± 1 cent.

    Where both name an order they are different orders, or the reference would have found the sale.
    """
    written = midnight(facts.voucher_date) if facts.voucher_date else datetime.now(UTC)
    rows = await tx.fetch(
        """
        SELECT t.id, t.sold_at, t.gross_cents, t.payment_intent,
               COALESCE(t.customer_contact_id = $3 OR c.lexoffice_contact_id = $3
                        OR lower(t.customer_email) = lower($4) OR lower(c.email) = lower($4), false) AS same_customer
          FROM transactions t
          LEFT JOIN customers c ON c.tenant_id = t.tenant_id AND c.id = t.customer_id
         WHERE t.tenant_id = $1 AND t.sold_at >= $2
           AND (t.state = 'pending'
                OR (t.state = 'approved' AND t.gross_cents BETWEEN $5::bigint - 1 AND $5::bigint + 1
                    AND (t.customer_contact_id = $3 OR c.lexoffice_contact_id = $3
                         OR lower(t.customer_email) = lower($4) OR lower(c.email) = lower($4))
                    AND NOT EXISTS (SELECT 1 FROM external_documents d
                                     WHERE d.tenant_id = t.tenant_id AND d.transaction_id = t.id)))
           AND (t.order_reference IS NULL OR $6)
           AND (t.customer_contact_id = $3 OR c.lexoffice_contact_id = $3
                OR lower(t.customer_email) = lower($4) OR lower(c.email) = lower($4)
                OR t.gross_cents BETWEEN $5::bigint - 1 AND $5::bigint + 1)
           AND NOT EXISTS (SELECT 1 FROM external_documents d
                            WHERE d.tenant_id = t.tenant_id AND d.transaction_id = t.id AND d.detached_at IS NULL
                              AND COALESCE(d.status, 'open') NOT IN ('voided', 'deleted'))
         ORDER BY same_customer DESC, abs(t.gross_cents - $5::bigint), t.seq DESC LIMIT 20
        """,
        tx.tenant.id,
        written - LOOK_BACK,
        facts.contact_id,
        facts.customer_email,
        facts.gross_cents,
        not facts.order_references,
    )
    return [
        {
            "transaction_id": str(row["id"]),
            "sold_at": row["sold_at"].isoformat(),
            "gross_cents": row["gross_cents"],
            "same_customer": row["same_customer"],
        }
        for row in rows
    ]


async def lately_voided(tx: TenantTransaction, facts: InvoiceFacts) -> list[dict[str, Any]]:
    """Sales whose invoice was voided in the last 7 days, of the same contact and gross, which have no other yet."""
    rows = await tx.fetch(
        """
        SELECT t.id, t.sold_at, t.gross_cents, d.voucher_number
          FROM transactions t
          JOIN external_documents d ON d.tenant_id = t.tenant_id AND d.transaction_id = t.id AND d.detached_at IS NULL
          LEFT JOIN customers c ON c.tenant_id = t.tenant_id AND c.id = t.customer_id
         WHERE t.tenant_id = $1 AND d.kind = 'invoice' AND d.status = 'voided' AND d.resource_id <> $2
           AND d.fetched_at > now() - $3::interval
           AND (t.customer_contact_id = $4 OR c.lexoffice_contact_id = $4) AND d.gross_cents = $5
         ORDER BY t.seq DESC LIMIT 20
        """,
        tx.tenant.id,
        facts.resource_id,
        REWRITTEN_WITHIN,
        facts.contact_id,
        facts.gross_cents,
    )
    return [
        {
            "transaction_id": str(row["id"]),
            "sold_at": row["sold_at"].isoformat(),
            "gross_cents": row["gross_cents"],
            "voided": row["voucher_number"],
        }
        for row in rows
    ]


def sold_at(day: date | None) -> datetime:
    """An invoice has a day, not an instant: the end of that day, or now where that is earlier."""
    now = datetime.now(UTC)
    return min(datetime.combine(day, time.max, BERLIN).astimezone(UTC), now) if day else now


async def create(tx: TenantTransaction, facts: InvoiceFacts) -> Transaction:
    """A sale that only its invoice tells of; partner, amounts and state follow.

    It counts as of the end of the invoice's day, so that a partner or plan of the same day is seen.
    """
    inserted = await tx.fetchval(
        """
        INSERT INTO transactions (tenant_id, source, order_reference, base_cents, tax_cents, gross_cents, provisional,
                                  sold_at)
        VALUES ($1, $7, $2, $3, $4, $5, true, $6) RETURNING id
        """,
        tx.tenant.id,
        next(iter(facts.order_references), None),
        facts.base_cents,
        facts.tax_cents,
        facts.gross_cents,
        sold_at(facts.voucher_date),
        provider_of(facts.resource_id),
    )
    return await transactions.get(tx, TransactionId(inserted))


async def write_amounts(tx: TenantTransaction, facts: InvoiceFacts, sale: Transaction) -> None:
    """Final base, what was paid, address and lines; the customer's names where the sale lacked them."""
    customer = await customers.remember(tx, facts.customer)
    await tx.execute(
        """
        UPDATE transactions SET base_cents = $3, tax_cents = $4, gross_cents = $5, provisional = false,
               paid_cents = $6, paid_at = $7, refunded_cents = least(refunded_cents, $5), address = $8, line_items = $9,
               credited_cents = least($13, $5), written_off_cents = least($14, $5),
               customer_id = COALESCE(customer_id, $10), customer_contact_id = COALESCE(customer_contact_id, $11),
               customer_email = COALESCE(customer_email, $12)
         WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        sale.id,
        facts.base_cents,
        facts.tax_cents,
        facts.gross_cents,
        max(facts.paid_cents, 0),
        facts.paid_at if facts.status == "paid" else None,
        facts.address,
        facts.line_items,
        customer and customer.id,
        facts.contact_id,
        facts.customer_email,
        facts.credited_cents,
        facts.written_off_cents,
    )
    await refunds.recompute(tx, sale.id)
