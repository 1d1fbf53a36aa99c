"""A document as its books show it, in the words of all books; and what each books' folder does, as one interface.

What differs between providers stops here: whoever judges, searches or adopts a document knows these words only.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, NamedTuple, Protocol, Self
from uuid import UUID

from pydantic import Field, ValidationError

from ledger.booking.invoice_facts import InvoiceFacts
from ledger.database import TenantTransaction
from ledger.documents.intents import Intent
from ledger.payouts.payouts import Payout
from ledger.types import DocumentKind, Frozen

Recipient = tuple[str, ...]
"""Whom a document names, so that two are equal where they name the same."""

SETTLED = frozenset({"paid", "paidoff"})
"""States of what is wholly paid. An invoice is paid, a credit note of lexoffice paidoff."""


class BookedPayments(Frozen):
    """What was paid on a document, as far as its books were asked. Cents."""

    open_cents: int
    voucher_status: str
    """Of the document, by these."""
    paid_date: datetime | None = None
    reference: str | None = None
    """Of the last payment, where the books keep one."""


class BookedDocument(Frozen):
    """One document. `voucher_status` is draft, open, paid, paidoff or voided; whatever else a provider says is kept.

    `version` and `updated_date` order what was fetched; not all books count versions.
    """

    id: UUID
    kind: DocumentKind
    organization_id: UUID | None
    voucher_status: str
    voucher_number: str | None
    version: int | None
    updated_date: datetime
    currency: str
    total_net_cents: int
    total_tax_cents: int
    total_gross_cents: int
    recipient: Recipient
    text: str = Field(repr=False)
    """Where the marker stands."""
    related_ids: tuple[UUID, ...] = ()
    """Documents that it follows or that follow it."""
    cancels: UUID | None = None
    """The document that this one takes back."""
    payments: BookedPayments | None = None
    raw: bytes = Field(default=b"", repr=False)
    """The body of the answer, unchanged: the evidence."""


class NotWritable(Exception):
    """The document cannot be written as the books take it. `fields` name what is wrong, without values."""

    def __init__(self, fields: str) -> None:
        super().__init__(fields)
        self.fields = fields

    @classmethod
    def of(cls, error: ValidationError) -> Self:
        """What a client's model complains of."""
        return cls(", ".join(sorted({".".join(map(str, fault["loc"])) for fault in error.errors()})))


class BooksDocuments(Protocol):
    """How one provider's documents are written and read. Nothing is asked outside."""

    async def write_credit_note(
        self, tx: TenantTransaction, payout: Payout, *, marker: str, voucher_date: datetime
    ) -> dict[str, Any]:
        """What is sent for this payout, as its intent keeps it. Raises NotWritable."""

    def recipient_of(self, intent: Intent) -> Recipient:
        """Whom the document of this intent names."""

    def read(
        self, kind: DocumentKind, body: bytes, *, payments: bytes | None = None, organization: UUID | None = None
    ) -> BookedDocument:
        """A document as it was fetched, with what was told of its payments. `organization`: whose account answered,
        where the document does not say. Raises ValueError."""


class InvoiceSaid(NamedTuple):
    """What an invoice, or what cancels one, says about a sale; and when the document was last changed."""

    facts: InvoiceFacts
    updated_at: datetime


InvoiceFactsOf = Callable[[TenantTransaction, bytes, UUID], Awaitable[InvoiceSaid | None]]
"""Of a body and the account that answered it; None where it says nothing about a sale."""
