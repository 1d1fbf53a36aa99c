"""What each folder of books brings: one row for each provider of ledger/books.py that documents may be in."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from activities.books.documents import BooksDocuments, InvoiceFactsOf
from activities.books.easybill import documents as easybill_documents
from activities.books.easybill.hands import open_hands as open_easybill
from activities.books.easybill.invoice_facts import invoice_said
from activities.books.hands import OpenHands
from activities.books.lexoffice import documents as lexoffice_documents
from ledger.types import EASYBILL, LEXOFFICE


class Provider(NamedTuple):
    """One folder."""

    documents: BooksDocuments
    """How its documents are written and read."""
    hands: OpenHands | None = None
    """What works on its queue; None for lexoffice, whose queue does more than that (worker.py)."""
    invoice_said: InvoiceFactsOf | None = None
    """How an invoice is read that needs nothing beside it; lexoffice's needs payments and contact
    (notifications.conclusions)."""


_PROVIDERS: dict[str, Provider] = {
    LEXOFFICE: Provider(lexoffice_documents),
    EASYBILL: Provider(easybill_documents, open_easybill, invoice_said),
}
PROVIDERS: Final[Mapping[str, Provider]] = MappingProxyType(_PROVIDERS)


def documents_of(provider: str) -> BooksDocuments:
    """How this provider's documents are written and read. Raises KeyError for one that keeps no books of ours."""
    return PROVIDERS[provider].documents


def invoices_of(provider: str) -> InvoiceFactsOf | None:
    """How an invoice of this provider is read that needs nothing beside it; None for one that does."""
    return PROVIDERS[provider].invoice_said
