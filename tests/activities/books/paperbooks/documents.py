"""Its notes in the words of all books (BooksDocuments)."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from activities.books.documents import BookedDocument, BookedPayments, Recipient
from ledger.database import TenantTransaction
from ledger.documents.intents import Intent
from ledger.payouts.payouts import Payout
from ledger.provider_ids import Thing, numbered_id
from ledger.types import DocumentKind
from tests.activities.books.paperbooks.client import NewNote, Note

NAME = "paperbooks"
_WRITTEN_AT = datetime(2026, 1, 1, tzinfo=UTC)


async def write_credit_note(
    tx: TenantTransaction, payout: Payout, *, marker: str, voucher_date: datetime
) -> dict[str, Any]:
    note = NewNote(
        marker=marker, written_to=str(payout.partner_id), net_cents=payout.net_cents, gross_cents=payout.gross_cents
    )
    return note.model_dump()


def recipient_of(intent: Intent) -> Recipient:
    return (NewNote.model_validate(intent.content).written_to,)


def read(
    kind: DocumentKind, body: bytes, *, payments: bytes | None = None, organization: UUID | None = None
) -> BookedDocument:
    return shown(Note.model_validate_json(body), organization)


def shown(note: Note, account: UUID | None) -> BookedDocument:
    is_paid = note.paid_with is not None
    return BookedDocument(
        id=numbered_id(NAME, Thing.DOCUMENT, note.id),
        kind=DocumentKind.CREDIT_NOTE,
        organization_id=account,
        voucher_status="paid" if is_paid else "open",
        voucher_number=note.number,
        version=int(is_paid),
        updated_date=_WRITTEN_AT,
        currency="EUR",
        total_net_cents=note.net_cents,
        total_tax_cents=note.gross_cents - note.net_cents,
        total_gross_cents=note.gross_cents,
        recipient=(note.written_to,),
        text=note.marker,
        payments=BookedPayments(
            open_cents=0 if is_paid else note.gross_cents,
            voucher_status="paid" if is_paid else "open",
            reference=note.paid_with,
        ),
        raw=note.model_dump_json().encode(),
    )
