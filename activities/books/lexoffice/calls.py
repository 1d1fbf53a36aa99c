"""What is asked and made at lexoffice, as the interface of all books wants it (BooksCalls)."""

from contextlib import AbstractAsyncContextManager
from datetime import date, datetime, timedelta
from types import TracebackType
from typing import Literal, Self
from uuid import UUID

from activities.books.calls import PageFound
from activities.books.documents import BookedDocument
from activities.books.lexoffice.documents import content_of, shown
from activities.books.lexoffice.voucher_content import voucher_of
from activities.gateway.lexoffice_gateway import LexofficeDoor
from httpcalls.errors import NotFound, UnexpectedAnswer
from ledger.documents.intents import Intent
from ledger.types import BERLIN, LEXOFFICE, DocumentKind, IntentId, Tenant
from lexoffice.client import SEARCH_WINDOW, LexofficeClient
from lexoffice.documents import SalesDocument
from lexoffice.errors import FractionOfACent, SearchWindowExceeded
from lexoffice.new_documents import NewCreditNote, NewInvoice
from lexoffice.vouchers import VoucherQuery, VoucherRow


class LexofficeSender:
    """One client for one create."""

    def __init__(self, client: LexofficeClient) -> None:
        self._client = client

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def post(self, intent: Intent) -> UUID:
        """Send the document; its id."""
        if intent.kind in (DocumentKind.PURCHASE_INVOICE, DocumentKind.PURCHASE_CREDIT_NOTE):
            voucher = voucher_of(intent)
            assert voucher.contact_id is not None, "it is named before the row is marked as sent"
            return (await self._client.create_voucher(voucher.to_send(voucher.contact_id))).id
        match content_of(intent):
            case NewCreditNote() as note:
                return (await self._client.create_credit_note(note)).id
            case NewInvoice() as invoice:
                return (await self._client.create_invoice(invoice)).id


class LexofficeCalls:
    """lexoffice finalizes a document with its create, and names its recipient in it: nothing is prepared."""

    provider = LEXOFFICE

    def __init__(self, door: LexofficeDoor) -> None:
        self._door = door

    def explained(self, tenant: Tenant) -> AbstractAsyncContextManager[None]:
        return self._door.failures_explained(tenant)

    async def creating(self, tenant: Tenant, *, counts_to_the_minute: bool = True) -> LexofficeSender:
        return LexofficeSender(await self._door.creating(tenant, counts_to_the_minute=counts_to_the_minute))

    async def record_refused_key(self, tenant: Tenant, *, asked_at: datetime | None = None) -> bool:
        return await self._door.record_refused_key(tenant, asked_at=asked_at)

    async def prepare(self, tenant: Tenant, intent: IntentId) -> None: ...

    async def finished(self, tenant: Tenant, intent: Intent) -> BookedDocument | None:
        assert intent.resource_id is not None
        async with self._door.reading(tenant) as client:
            document = await _fetched(client, intent.kind, intent.resource_id)
        return None if document is None else shown(document)

    async def page_of_search(self, tenant: Tenant, intent: Intent, number: int) -> PageFound:
        """voucherlist of that type, created ± 1 day; of the right amount. Raises SearchWindowExceeded."""
        assert intent.sent_at is not None
        first, last = days_of_search(intent.sent_at)
        query = VoucherQuery(
            voucher_types=("creditnote" if intent.kind is DocumentKind.CREDIT_NOTE else "invoice",),
            created_date_from=first,
            created_date_to=last,
        )
        async with self._door.reading(tenant) as client:
            page = await client.voucherlist(query, number)
        if (page.total_elements or 0) >= SEARCH_WINDOW:
            # The count stops here and the last page calls itself the last, however many rows there are.
            raise SearchWindowExceeded(request="GET voucherlist")
        return PageFound([row.id for row in page.content if _has_amount(row, intent)], page.is_last)

    async def with_marker(self, tenant: Tenant, intent: Intent, resource_id: UUID) -> BookedDocument | None:
        """One that cannot be read, as where somebody mistyped a year, must not hold the search up: without the marker
        in its text it is not ours. With it, it is asked for until it can be read."""
        async with self._door.reading(tenant) as client:
            try:
                document = await _fetched(client, intent.kind, resource_id)
            except UnexpectedAnswer:
                resource: Literal["credit-notes", "invoices"] = (
                    "credit-notes" if intent.kind is DocumentKind.CREDIT_NOTE else "invoices"
                )
                if intent.marker in (await client.document_text(resource, resource_id)).text:
                    raise
                return None
        carries = document is not None and intent.marker in f"{document.introduction or ''}\n{document.remark or ''}"
        return shown(document) if document is not None and carries else None

    async def file(self, tenant: Tenant, resource_id: UUID) -> bytes:
        async with self._door.reading(tenant) as client:
            return await client.credit_note_file(resource_id)


async def _fetched(client: LexofficeClient, kind: DocumentKind, resource_id: UUID) -> SalesDocument | None:
    """None: there is no such document."""
    try:
        if kind is DocumentKind.CREDIT_NOTE:
            return await client.credit_note(resource_id)
        return await client.invoice(resource_id)
    except NotFound:
        return None


def _has_amount(row: VoucherRow, intent: Intent) -> bool:
    try:
        total = row.total_cents
    except FractionOfACent:
        return False  # ours has whole cents
    return total is None or abs(total - intent.gross_cents) <= 1


def days_of_search(sent_at: datetime) -> tuple[date, date]:
    """The day of the POST ± 1, in Germany: the list's filter counts whole days of German time."""
    day = sent_at.astimezone(BERLIN).date()
    return day - timedelta(days=1), day + timedelta(days=1)
