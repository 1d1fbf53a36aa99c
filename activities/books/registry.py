"""Which folder reads and writes the documents of which books: one row for each provider of ledger/books.py."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from activities.books.documents import BooksDocuments, InvoiceFactsOf
from activities.books.easybill import documents as easybill_documents
from activities.books.easybill.invoice_facts import invoice_said
from activities.books.lexoffice import documents as lexoffice_documents
from ledger.types import EASYBILL, LEXOFFICE

_DOCUMENTS: Final[Mapping[str, BooksDocuments]] = MappingProxyType(
    {LEXOFFICE: lexoffice_documents, EASYBILL: easybill_documents}
)
_INVOICES: Final[Mapping[str, InvoiceFactsOf]] = MappingProxyType({EASYBILL: invoice_said})
"""Of books whose invoice says all of it alone; lexoffice's needs payments and contact (notifications.conclusions)."""


def documents_of(provider: str) -> BooksDocuments:
    """How this provider's documents are written and read. Raises KeyError for one that keeps no books of ours."""
    return _DOCUMENTS[provider]


def invoices_of(provider: str) -> InvoiceFactsOf | None:
    """How an invoice of this provider is read that needs nothing beside it; None for one that does."""
    return _INVOICES.get(provider)
