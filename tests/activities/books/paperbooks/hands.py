"""Its calls, the fetching of its notes, and both as the worker wants them."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from types import TracebackType
from typing import Any, Self
from uuid import UUID

from temporalio import activity

from activities.books.calls import PageFound
from activities.books.documents import BookedDocument
from activities.books.hands import BooksHands
from activities.gateway.calls import Budget, BudgetTransport, CountedTransport, retry_advice
from activities.models import FetchedDocument
from httpcalls.errors import NotFound
from httpcalls.transports import fresh_connection_transport, shared_transport
from ledger.connections import connections
from ledger.database import Ledger
from ledger.documents import documents
from ledger.documents.intents import Intent
from ledger.provider_ids import Thing, number_of, numbered_id
from ledger.types import DocumentKind, IntentId, Tenant
from tests.activities.books.paperbooks.client import NewNote, PaperClient
from tests.activities.books.paperbooks.documents import NAME, shown

_UNHURRIED = Budget(NAME, 0)


class PaperSender:
    def __init__(self, client: PaperClient) -> None:
        self._client = client

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    async def post(self, intent: Intent) -> UUID:
        made = await self._client.create(NewNote.model_validate(intent.content))
        return numbered_id(NAME, Thing.DOCUMENT, made.id)


class PaperCalls:
    provider = NAME

    def __init__(self, ledger: Ledger, base_url: str) -> None:
        self._ledger = ledger
        self._base_url = base_url
        self.reads, self.creates = shared_transport(), fresh_connection_transport()

    def reading(self, tenant: Tenant) -> PaperClient:
        return PaperClient(self._base_url, BudgetTransport(self.reads, self._ledger, tenant, _UNHURRIED))

    @asynccontextmanager
    async def _explained(self) -> AsyncIterator[None]:
        with retry_advice():
            yield

    def explained(self, tenant: Tenant) -> AbstractAsyncContextManager[None]:
        return self._explained()

    async def creating(self, tenant: Tenant, *, counts_to_the_minute: bool = True) -> PaperSender:
        return PaperSender(PaperClient(self._base_url, CountedTransport(self.creates, NAME)))

    async def record_refused_key(self, tenant: Tenant, *, asked_at: datetime | None = None) -> bool:
        return True

    async def prepare(self, tenant: Tenant, intent: IntentId) -> None:
        """It wants nothing beforehand."""

    async def finished(self, tenant: Tenant, intent: Intent) -> BookedDocument | None:
        assert intent.resource_id is not None
        return await self._found(tenant, intent.resource_id)

    async def page_of_search(self, tenant: Tenant, intent: Intent, number: int) -> PageFound:
        found = await self.reading(tenant).marked(intent.marker)
        return PageFound([numbered_id(NAME, Thing.DOCUMENT, note.id) for note in found], is_last=True)

    async def with_marker(self, tenant: Tenant, intent: Intent, resource_id: UUID) -> BookedDocument | None:
        found = await self._found(tenant, resource_id)
        return found if found is not None and found.text == intent.marker else None

    async def file(self, tenant: Tenant, resource_id: UUID) -> bytes:
        raise NotFound(request="GET file")

    async def _found(self, tenant: Tenant, id: UUID) -> BookedDocument | None:
        async with self._ledger.transaction(tenant) as tx:
            connection = await connections.get(tx, NAME)
        try:
            return shown(await self.reading(tenant).note(number_of(id)), connection.organization_id)
        except NotFound:
            return None


class PaperFetching:
    def __init__(self, ledger: Ledger, calls: PaperCalls) -> None:
        self._ledger = ledger
        self._calls = calls

    @activity.defn(name="fetch_document")
    async def fetch_document(self, fetched: FetchedDocument) -> FetchedDocument:
        note = await self._calls.reading(fetched.tenant).note(number_of(fetched.resource_id))
        async with self._ledger.transaction(fetched.tenant) as tx:
            kept = await documents.keep_snapshot(
                tx,
                resource=DocumentKind.CREDIT_NOTE.value,
                resource_id=fetched.resource_id,
                body=note.model_dump_json().encode(),
            )
        return fetched.model_copy(update={"kind": DocumentKind.CREDIT_NOTE, "document": kept, "missing": None})


def opened_at(base_url: str) -> Any:
    """What the registry's row names: its address would be a setting."""

    @asynccontextmanager
    async def opened(ledger: Ledger, settings: Any) -> AsyncIterator[BooksHands]:
        calls = PaperCalls(ledger, base_url)
        yield BooksHands(calls, fetching=[PaperFetching(ledger, calls).fetch_document])
        await calls.reads.aclose()
        await calls.creates.aclose()

    return opened
