"""What a fetched invoice means in books whose documents say all of it alone; in the transaction of the caller."""

from collections.abc import Sequence

from activities.books.documents import InvoiceFactsOf
from activities.judging.event_endings import close_answered, end, end_booked
from activities.judging.evidence import body_of, organization_of
from activities.models import Conclusion, FetchedDocument
from ledger.booking import invoices
from ledger.database import TenantTransaction
from ledger.documents import documents
from ledger.documents.documents import Observed
from ledger.inbox.events import Event
from ledger.provider_ids import provider_of
from ledger.reasons import Reason
from ledger.types import DocumentKind, EventState


async def conclude_invoice_alone(
    tx: TenantTransaction, fetched: FetchedDocument, told: Sequence[Event], facts_of: InvoiceFactsOf
) -> Conclusion:
    """Book an invoice, or take back what one had booked that is cancelled."""
    provider = provider_of(fetched.resource_id)
    account = await organization_of(tx, provider)
    said = None if account is None else await facts_of(tx, await body_of(tx, fetched.document), account)
    if said is None:
        return await end(tx, fetched, EventState.IGNORED, Reason.of("document_of_no_kind_of_ours"))
    facts = said.facts
    known = await documents.find(tx, facts.resource_id)
    is_new = known is None or known.transaction_id is None
    day = facts.voucher_date
    if is_new and day is not None and await invoices.is_before_cut_over(tx, day, provider=provider):
        return await end(tx, fetched, EventState.IGNORED, invoices.BEFORE_CUT_OVER)
    await invoices.wait_for_turn(tx, facts)
    await documents.observe(
        tx,
        Observed(
            kind=DocumentKind.INVOICE,
            organization_id=facts.organization_id,
            resource_id=facts.resource_id,
            voucher_number=facts.voucher_number,
            status=facts.status,
            version=None,
            updated_at=said.updated_at,
            net_cents=facts.net_cents,
            tax_cents=facts.tax_cents,
            gross_cents=facts.gross_cents,
            open_cents=facts.open_cents,
            snapshot_id=fetched.document,
        ),
    )
    outcome = await invoices.apply_invoice(tx, facts, event_ids=fetched.events)
    await close_answered(tx, fetched)
    return await end_booked(tx, fetched, told, facts.status, outcome)
