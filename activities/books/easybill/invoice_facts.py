"""What an invoice of easybill, or what cancels one, says about a sale: with the partners that there are."""

from uuid import UUID

from activities.books.documents import InvoiceSaid
from activities.books.easybill.invoice_reading import bare_codes_of_customer, read_cancellation, read_invoice
from easybill.documents import Document
from ledger.booking.invoice_facts import InvoiceFacts
from ledger.database import TenantTransaction
from ledger.programme import partners


async def invoice_said(tx: TenantTransaction, body: bytes, account: UUID) -> InvoiceSaid | None:
    """None where it says nothing: a STORNO that names no invoice, or is a draft."""
    document = Document.from_body(body)
    facts = read_cancellation(document, account) if document.type == "STORNO" else await _facts(tx, document, account)
    updated_at = document.edited_at or document.created_at
    assert updated_at is not None, "a document was made at some time"
    return None if facts is None else InvoiceSaid(facts, updated_at)


async def _facts(tx: TenantTransaction, document: Document, account: UUID) -> InvoiceFacts:
    facts = read_invoice(document, account)
    if facts.partner_code or facts.customer_partner_code:
        return facts
    # A word alone in a free field may mean anything: it names a partner where there is one of that code.
    for code in bare_codes_of_customer(document.customer_snapshot):
        if await partners.find_by_code(tx, code) is not None:
            return facts.model_copy(update={"customer_partner_code": code})
    return facts
