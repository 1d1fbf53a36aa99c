"""What a fetched invoice of easybill means, applied; in the transaction of the caller."""

from collections.abc import Sequence
from uuid import UUID

from activities.books.easybill.invoice_reading import bare_codes_of_customer, read_cancellation, read_invoice
from activities.judging.event_endings import close_answered, end, end_booked
from activities.judging.evidence import body_of
from activities.models import Conclusion, FetchedDocument
from easybill.documents import Document
from ledger.booking import invoices
from ledger.booking.invoice_facts import InvoiceFacts
from ledger.connections import connections
from ledger.database import TenantTransaction
from ledger.documents import documents
from ledger.documents.documents import Observed
from ledger.inbox.events import Event
from ledger.programme import partners
from ledger.reasons import Reason
from ledger.types import EASYBILL, DocumentKind, EventState


async def conclude_easybill_invoice(
    tx: TenantTransaction, fetched: FetchedDocument, told: Sequence[Event]
) -> Conclusion:
    """Book an invoice, or take back what one had booked that is cancelled."""
    document = Document.from_body(await body_of(tx, fetched.document))
    account = (await connections.get(tx, EASYBILL)).organization_id
    facts = await _facts(tx, document, account) if account is not None else None
    if facts is None:
        return await end(tx, fetched, EventState.IGNORED, Reason.of("document_of_no_kind_of_ours"))
    known = await documents.find(tx, facts.resource_id)
    is_new = known is None or known.transaction_id is None
    day = facts.voucher_date
    if is_new and day is not None and await invoices.is_before_cut_over(tx, day, provider=EASYBILL):
        return await end(tx, fetched, EventState.IGNORED, invoices.BEFORE_CUT_OVER)
    await invoices.wait_for_turn(tx, facts)
    await documents.observe(tx, _observed(fetched, document, facts))
    outcome = await invoices.apply_invoice(tx, facts, event_ids=fetched.events)
    await close_answered(tx, fetched)
    return await end_booked(tx, fetched, told, facts.status, outcome)


async def _facts(tx: TenantTransaction, document: Document, account: UUID) -> InvoiceFacts | None:
    if document.type == "STORNO":
        return read_cancellation(document, account)
    facts = read_invoice(document, account)
    if facts.partner_code or facts.customer_partner_code:
        return facts
    # A word alone in a free field may mean anything: it names a partner where there is one of that code.
    for code in bare_codes_of_customer(document.customer_snapshot):
        if await partners.find_by_code(tx, code) is not None:
            return facts.model_copy(update={"customer_partner_code": code})
    return facts


def _observed(fetched: FetchedDocument, document: Document, facts: InvoiceFacts) -> Observed:
    assert fetched.document is not None
    assert document.edited_at is not None or document.created_at is not None, "a document was made at some time"
    return Observed(
        kind=DocumentKind.INVOICE,
        organization_id=facts.organization_id,
        resource_id=facts.resource_id,
        voucher_number=facts.voucher_number,
        status=facts.status,
        version=None,
        updated_at=document.edited_at or document.created_at,
        net_cents=facts.net_cents,
        tax_cents=facts.tax_cents,
        gross_cents=facts.gross_cents,
        open_cents=facts.open_cents,
        snapshot_id=fetched.document,
    )
