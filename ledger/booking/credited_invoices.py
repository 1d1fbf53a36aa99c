"""A credit note of the tenant that names an invoice: a Rechnungskorrektur. What it credits is given back of the sale.

One that corrects an open invoice also shows among the invoice's payments (partPaymentCreditNote) and lowers the base;
ledger/sales/refunds.py takes care that the same money counts once.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from ledger.booking.outcome import Outcome, read_state, settled
from ledger.database import TenantTransaction
from ledger.documents import seen_credit_notes
from ledger.reasons import Reason
from ledger.sales import refunds, transactions
from ledger.sales.references import hold_references
from ledger.types import Frozen, TransactionId

NAMED = "names_invoices"
NO_SALE_YET = Reason.of("credit_note_names_unknown_invoice")

_VALID = ("open", "paid", "paidoff")


class CreditFacts(Frozen):
    """A fetched credit note that belongs to no payout. Cents are gross; `status` is lexoffice's, or `deleted`."""

    resource_id: UUID
    voucher_number: str | None
    status: str
    gross_cents: int
    version: int | None = None
    updated_at: datetime
    invoice_ids: tuple[UUID, ...]


async def apply_credit(tx: TenantTransaction, facts: CreditFacts) -> Outcome | None:
    """Bring the sale of the invoice that it names to it; None where it names no invoice of a sale.

    A voided or deleted credit note gives back what it took.
    """
    await hold_references(tx, [str(facts.resource_id), *(str(id) for id in facts.invoice_ids)])
    sales = await _sales_of(tx, facts.invoice_ids) or await _sale_before(tx, facts.resource_id)
    if len(sales) != 1:
        return None
    sale = await transactions.lock(tx, sales[0])
    before = await read_state(tx, sale.id)
    last = (await seen_credit_notes.find(tx, [facts.resource_id])).get(facts.resource_id)
    is_another = last is not None and None not in (last.version, facts.version) and last.version != facts.version
    if is_another and last is not None and not last.is_before(facts.version, facts.updated_at):
        return await settled(tx, before, sale.id)
    await refunds.record(
        tx,
        sale,
        refunds.MoneyBack(
            kind="credit_note",
            reference=str(facts.resource_id),
            document=facts.voucher_number,
            cents=max(facts.gross_cents, 0),
            counts=facts.status in _VALID,
            as_of=facts.updated_at,
            is_newer=is_another,
        ),
    )
    return await settled(tx, before, sale.id)


async def take_up(tx: TenantTransaction, invoice: UUID) -> None:
    """The invoice has become a sale's: credit notes that named it before are looked at again, by the hand-over.

    Call it where the references of the invoice are held, so that a credit note that is judged meanwhile is seen.
    """
    await tx.execute(
        """
        UPDATE events SET state = 'received', reason_code = NULL, reason_params = NULL,
                          changes = NULL, delivery = delivery + 1,
                          handed_over_at = NULL
         WHERE tenant_id = $1 AND state = 'ignored' AND changes ? 'names_invoices'
           AND changes -> 'names_invoices' ? $2::text
           AND EXISTS (SELECT 1 FROM external_documents
                        WHERE tenant_id = $1 AND resource_id = $2::text::uuid AND transaction_id IS NOT NULL
                          AND detached_at IS NULL)
        """,
        tx.tenant.id,
        str(invoice),
    )


async def take_back(tx: TenantTransaction, resource_id: UUID) -> Outcome | None:
    """The credit note is deleted. None where the ledger never counted it."""
    row = await tx.fetchrow(
        "SELECT cents, document, now() AS now FROM refunds"
        " WHERE tenant_id = $1 AND kind = 'credit_note' AND reference = $2",
        tx.tenant.id,
        str(resource_id),
    )
    if row is None:
        return None
    return await apply_credit(
        tx,
        CreditFacts(
            resource_id=resource_id,
            voucher_number=row["document"],
            status="deleted",
            gross_cents=row["cents"],
            updated_at=row["now"],
            invoice_ids=(),
        ),
    )


async def _sales_of(tx: TenantTransaction, invoices: Sequence[UUID]) -> list[TransactionId]:
    rows = await tx.fetch(
        """
        SELECT DISTINCT transaction_id FROM external_documents
         WHERE tenant_id = $1 AND kind = 'invoice' AND resource_id = ANY ($2) AND transaction_id IS NOT NULL
           AND detached_at IS NULL
        """,
        tx.tenant.id,
        list(invoices),
    )
    return [TransactionId(row["transaction_id"]) for row in rows]


async def _sale_before(tx: TenantTransaction, resource_id: UUID) -> list[TransactionId]:
    """Whose it was when it was counted: a voided one may name its invoice no longer."""
    rows = await tx.fetch(
        "SELECT transaction_id FROM refunds WHERE tenant_id = $1 AND kind = 'credit_note' AND reference = $2",
        tx.tenant.id,
        str(resource_id),
    )
    return [TransactionId(row["transaction_id"]) for row in rows]
