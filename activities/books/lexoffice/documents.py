"""lexoffice's invoices and credit notes in the words of all books (BooksDocuments)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from activities.books.documents import BookedDocument, BookedPayments, NotWritable, Recipient
from activities.books.lexoffice import credit_note_writing
from httpcalls.json_bodies import without_none
from ledger.database import TenantTransaction
from ledger.documents.intents import Intent
from ledger.payouts.payouts import Payout
from ledger.types import DocumentKind
from lexoffice.documents import CreditNote, DocumentAddress, Invoice, SalesDocument
from lexoffice.new_documents import NewCreditNote, NewInvoice
from lexoffice.new_documents import Recipient as NewRecipient
from lexoffice.payments import Payments


async def write_credit_note(
    tx: TenantTransaction, payout: Payout, *, marker: str, voucher_date: datetime
) -> dict[str, Any]:
    """The finalized credit note of this payout. Raises NotWritable."""
    try:
        note = await credit_note_writing.write_credit_note(tx, payout, marker=marker, voucher_date=voucher_date)
    except ValidationError as error:
        raise NotWritable.of(error) from None
    return note.model_dump(mode="json")


def content_of(intent: Intent) -> NewCreditNote | NewInvoice:
    """What is sent, or was."""
    # Older versions stored null for members that the client has no longer (language, layout, terms of payment).
    content = without_none(**intent.content)
    if intent.kind is DocumentKind.CREDIT_NOTE:
        return NewCreditNote.model_validate(content)
    return NewInvoice.model_validate(content)


def recipient_of(intent: Intent) -> Recipient:
    """Whom the document of this intent names."""
    return _named(content_of(intent).recipient)


def read(
    kind: DocumentKind, body: bytes, *, payments: bytes | None = None, organization: UUID | None = None
) -> BookedDocument:
    """An invoice or a credit note. It names its organisation itself. Raises ValueError."""
    document = CreditNote.from_body(body) if kind is DocumentKind.CREDIT_NOTE else Invoice.from_body(body)
    return shown(document, None if payments is None else Payments.from_body(payments))


def shown(document: SalesDocument, payments: Payments | None = None) -> BookedDocument:
    """The same of what is at hand."""
    return BookedDocument(
        id=document.id,
        kind=DocumentKind.CREDIT_NOTE if isinstance(document, CreditNote) else DocumentKind.INVOICE,
        organization_id=document.organization_id,
        voucher_status=document.voucher_status,
        voucher_number=document.voucher_number,
        version=document.version,
        updated_date=document.updated_date,
        currency=document.currency,
        total_net_cents=document.total_net_cents,
        total_tax_cents=document.total_tax_cents,
        total_gross_cents=document.total_gross_cents,
        recipient=_named(document.address),
        text=f"{document.introduction or ''}\n{document.remark or ''}",
        related_ids=tuple(related.id for related in document.related_vouchers),
        payments=None if payments is None else payments_shown(payments),
        raw=document.raw,
    )


def payments_shown(payments: Payments) -> BookedPayments:
    """What was paid, by lexoffice. It keeps no reference."""
    return BookedPayments(
        open_cents=payments.open_cents, voucher_status=payments.voucher_status, paid_date=payments.paid_date
    )


def _named(address: NewRecipient | DocumentAddress) -> Recipient:
    """By its contact; a one-time address by all that is written of it."""
    if address.contact_id is not None:
        return (str(address.contact_id),)
    parts = (
        address.name,
        address.supplement,
        address.street,
        address.zip,
        address.city,
        address.country_code,
    )
    return tuple(" ".join((part or "").split()).casefold() for part in parts)
