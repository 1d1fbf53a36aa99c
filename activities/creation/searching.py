"""Looking a lost document up by its marker (engine.md, Creating a document). One request = one activity.

voucherlist of that type, created ± 1 day, page by page; only rows of that gross ± 1 cent and of an id unknown to the
ledger are fetched and compared with the marker.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.creation.search_models import Candidate, PageOfSearch, Searched, SearchedPage
from activities.gateway.lexoffice_gateway import LexofficeDoor
from activities.heartbeats import heartbeats
from activities.judging.document_identity import Document, carries_marker, fetch, parse
from activities.judging.evidence import body_of
from activities.models import CONNECTION_UNUSABLE
from httpcalls.errors import UnexpectedAnswer
from ledger.database import Ledger, TenantTransaction
from ledger.documents import documents, intents
from ledger.documents.intents import Intent
from ledger.types import BERLIN, DocumentKind, IntentId, Tenant
from lexoffice.client import SEARCH_WINDOW, LexofficeClient
from lexoffice.errors import FractionOfACent, SearchWindowExceeded
from lexoffice.vouchers import VoucherQuery, VoucherRow

_NOTHING = SearchedPage(is_last=True)


class SearchActivities:
    def __init__(self, ledger: Ledger, door: LexofficeDoor) -> None:
        self._ledger = ledger
        self._door = door

    @activity.defn
    async def search_page(self, task: PageOfSearch) -> SearchedPage:
        """GET one page. Nothing once the question has been answered otherwise."""
        tenant = task.creation.tenant
        intent = await self._intent(tenant, task.creation.intent)
        if not intent.is_unclear:
            return _NOTHING
        async with heartbeats():
            with retrying_without_connection(intent):
                async with self._door.failures_explained(tenant), self._door.reading(tenant) as client:
                    rows, is_last = await page_of_search(client, intent, task.page)
        async with self._ledger.transaction(tenant) as tx:
            candidates = [row.id for row in rows if not await documents.is_ours(tx, row.id)]
        return SearchedPage(candidates=tuple(candidates), is_last=is_last)

    @activity.defn
    async def search_candidate(self, task: Candidate) -> UUID | None:
        """GET one document; what carries the marker is kept as evidence, and that is what comes back."""
        tenant = task.creation.tenant
        intent = await self._intent(tenant, task.creation.intent)
        if not intent.is_unclear:
            return None
        async with heartbeats():
            with retrying_without_connection(intent):
                async with self._door.failures_explained(tenant), self._door.reading(tenant) as client:
                    document = await _marked(client, intent, task.resource_id)
        if document is None:
            return None
        async with self._ledger.transaction(tenant) as tx:
            return await documents.keep_snapshot(
                tx, resource=intent.kind.value, resource_id=document.id, body=document.raw
            )

    async def _intent(self, tenant: Tenant, intent: IntentId) -> Intent:
        async with self._ledger.transaction(tenant) as tx:
            return await intents.get(tx, intent)


async def page_of_search(client: LexofficeClient, intent: Intent, number: int) -> tuple[list[VoucherRow], bool]:
    """The rows of the right amount, and whether this was the last page. Raises SearchWindowExceeded."""
    assert intent.sent_at is not None
    first, last = days_of_search(intent.sent_at)
    query = VoucherQuery(
        voucher_types=("creditnote" if intent.kind is DocumentKind.CREDIT_NOTE else "invoice",),
        created_date_from=first,
        created_date_to=last,
    )
    page = await client.voucherlist(query, number)
    if (page.total_elements or 0) >= SEARCH_WINDOW:
        # The count stops here and the last page calls itself the last, however many rows there are.
        raise SearchWindowExceeded(request="GET voucherlist")
    return [row for row in page.content if _has_amount(row, intent)], page.is_last


async def _marked(client: LexofficeClient, intent: Intent, resource_id: UUID) -> Document | None:
    """The document, if it carries the marker.

    One that cannot be read, as where somebody mistyped a year, must not hold the search up: without the marker in its
    text it is not ours. With it, it is asked for until it can be read.
    """
    try:
        document = await fetch(client, intent.kind, resource_id)
    except UnexpectedAnswer:
        resource: Literal["credit-notes", "invoices"] = (
            "credit-notes" if intent.kind is DocumentKind.CREDIT_NOTE else "invoices"
        )
        if intent.marker in (await client.document_text(resource, resource_id)).text:
            raise
        return None
    return document if document is not None and carries_marker(document, intent) else None


def _has_amount(row: VoucherRow, intent: Intent) -> bool:
    try:
        total = row.total_cents
    except FractionOfACent:
        return False  # ours has whole cents
    return total is None or abs(total - intent.gross_cents) <= 1


async def whole_search(ledger: Ledger, door: LexofficeDoor, tenant: Tenant, intent: Intent) -> list[Document]:
    """Every document with the marker, in one activity: for searches that began before each request was one.

    Raises what the door explains.
    """
    marked: dict[UUID, Document] = {}
    number, is_last = 0, False
    async with door.failures_explained(tenant), door.reading(tenant) as client:
        while not is_last:
            rows, is_last = await page_of_search(client, intent, number)
            number += 1
            for row in rows:
                activity.heartbeat()
                async with ledger.transaction(tenant) as tx:
                    is_ours = await documents.is_ours(tx, row.id)
                document = None if is_ours else await _marked(client, intent, row.id)
                if document is not None:
                    marked[document.id] = document
    return list(marked.values())


async def kept_documents(tx: TenantTransaction, searched: Searched, kind: DocumentKind) -> list[Document]:
    """What a search has found, as it was kept."""
    return [parse(kind, await body_of(tx, snapshot)) for snapshot in searched.marked]


def days_of_search(sent_at: datetime) -> tuple[date, date]:
    """The day of the POST ± 1, in Germany: the list's filter counts whole days of German time."""
    day = sent_at.astimezone(BERLIN).date()
    return day - timedelta(days=1), day + timedelta(days=1)


@contextmanager
def retrying_without_connection(intent: Intent) -> Iterator[None]:
    """An invoice's search is tried again until there is a working key: the connection's own task asks for it.

    A payout is blocked instead, and says so: its workflow must hear of it.
    """
    try:
        yield
    except ApplicationError as error:
        if error.type != CONNECTION_UNUSABLE or intent.kind is DocumentKind.CREDIT_NOTE:
            raise
        raise ApplicationError("the connection to lexoffice does not work", type="ConnectionAwaited") from None
