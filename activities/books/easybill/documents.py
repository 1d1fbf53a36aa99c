"""easybill's documents in the words of all books (BooksDocuments)."""

from datetime import datetime, time
from typing import Any, Final
from uuid import UUID

from activities.books.documents import BookedDocument, BookedPayments, Recipient
from activities.books.easybill.credits import content_of, write_credit
from activities.books.easybill.invoice_reading import status_of
from easybill.answers import Page
from easybill.documents import CANCELLED_BY, Document
from easybill.payments import Payment
from ledger.database import TenantTransaction
from ledger.documents.intents import Intent
from ledger.payouts.payouts import Payout
from ledger.provider_ids import Thing, numbered_id
from ledger.types import BERLIN, EASYBILL, DocumentKind

_CANCELLING: Final = frozenset(CANCELLED_BY.values())
_STAGES: Final = {"draft": 0, "open": 1, "paid": 1, "voided": 2}
"""easybill counts no versions, and its times have whole seconds: but a draft is never newer than what is done."""


async def write_credit_note(
    tx: TenantTransaction, payout: Payout, *, marker: str, voucher_date: datetime
) -> dict[str, Any]:
    """The CREDIT of this payout, without its customer. Raises NotWritable."""
    content = await write_credit(tx, payout, marker=marker, on=voucher_date.astimezone(BERLIN).date())
    return content.model_dump(mode="json")


def recipient_of(intent: Intent) -> Recipient:
    """The customer of the CREDIT of this intent; nobody before one was named."""
    customer = content_of(intent).customer_id
    return () if customer is None else (str(customer),)


def read(
    kind: DocumentKind, body: bytes, *, payments: bytes | None = None, organization: UUID | None = None
) -> BookedDocument:
    """A document, with the payments on it where these were asked for. Raises ValueError."""
    told = () if payments is None else Page[Payment].from_body(payments).items
    return shown(Document.from_body(body), organization, told)


def shown(document: Document, account: UUID | None, payments: tuple[Payment, ...] = ()) -> BookedDocument:
    """The same of what is at hand. What it is about has no sign; `account`: whose it is, which it does not say."""
    status = status_of(document)
    updated_at = document.edited_at or document.created_at
    assert updated_at is not None, "a document was made at some time"
    named = document.ref_id if document.type in _CANCELLING and not document.is_draft else None
    return BookedDocument(
        id=numbered_id(EASYBILL, Thing.DOCUMENT, document.id),
        kind=DocumentKind.INVOICE if document.type == "INVOICE" else DocumentKind.CREDIT_NOTE,
        organization_id=account,
        voucher_status=status,
        voucher_number=document.number,
        version=_STAGES[status],
        updated_date=updated_at,
        currency=document.currency,
        total_net_cents=document.net_cents,
        total_tax_cents=document.gross_cents - document.net_cents,
        total_gross_cents=document.gross_cents,
        recipient=() if document.customer_id is None else (str(document.customer_id),),
        text=document.external_id or "",
        cancels=None if named is None else numbered_id(EASYBILL, Thing.DOCUMENT, named),
        payments=BookedPayments(
            open_cents=document.open_cents,
            voucher_status=status,
            paid_date=None if document.paid_at is None else datetime.combine(document.paid_at, time(), BERLIN),
            reference=_reference(payments),
        ),
        raw=document.raw,
    )


def _reference(payments: tuple[Payment, ...]) -> str | None:
    """Of the last payment that has one."""
    named = [one for one in payments if one.reference]
    return max(named, key=lambda one: one.id).reference if named else None
