"""Looking a lost document up by its marker (engine.md, Creating a document). One request = one activity.

What may be it, each of the books lists in its own way (BooksCalls.page_of_search), page by page; only what the ledger
does not know is fetched and compared with the marker.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.books.calls import BooksCalls
from activities.books.documents import BookedDocument
from activities.books.registry import documents_of
from activities.creation.search_models import Candidate, PageOfSearch, Searched, SearchedPage
from activities.heartbeats import heartbeats
from activities.judging.evidence import body_of, organization_of
from activities.models import CONNECTION_UNUSABLE
from ledger.database import Ledger, TenantTransaction
from ledger.documents import documents, intents
from ledger.documents.intents import Intent
from ledger.types import DocumentKind, IntentId, Tenant

_NOTHING = SearchedPage(is_last=True)


class SearchActivities:
    def __init__(self, ledger: Ledger, calls: BooksCalls) -> None:
        self._ledger = ledger
        self._calls = calls

    @activity.defn
    async def search_page(self, task: PageOfSearch) -> SearchedPage:
        """GET one page. Nothing once the question has been answered otherwise."""
        tenant = task.creation.tenant
        intent = await self._intent(tenant, task.creation.intent)
        if not intent.is_unclear:
            return _NOTHING
        async with heartbeats():
            with retrying_without_connection(intent):
                async with self._calls.explained(tenant):
                    found, is_last = await self._calls.page_of_search(tenant, intent, task.page)
        async with self._ledger.transaction(tenant) as tx:
            candidates = [id for id in found if not await documents.is_ours(tx, id)]
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
                async with self._calls.explained(tenant):
                    document = await self._calls.with_marker(tenant, intent, task.resource_id)
        if document is None:
            return None
        async with self._ledger.transaction(tenant) as tx:
            return await documents.keep_snapshot(
                tx, resource=intent.kind.value, resource_id=document.id, body=document.raw
            )

    async def _intent(self, tenant: Tenant, intent: IntentId) -> Intent:
        async with self._ledger.transaction(tenant) as tx:
            return await intents.get(tx, intent)


async def whole_search(ledger: Ledger, calls: BooksCalls, tenant: Tenant, intent: Intent) -> list[BookedDocument]:
    """Every document with the marker, in one activity: for searches that began before each request was one.

    Raises what `explained` makes of a failure.
    """
    marked: dict[UUID, BookedDocument] = {}
    number, is_last = 0, False
    async with calls.explained(tenant):
        while not is_last:
            found, is_last = await calls.page_of_search(tenant, intent, number)
            number += 1
            for id in found:
                activity.heartbeat()
                async with ledger.transaction(tenant) as tx:
                    is_ours = await documents.is_ours(tx, id)
                document = None if is_ours else await calls.with_marker(tenant, intent, id)
                if document is not None:
                    marked[document.id] = document
    return list(marked.values())


async def kept_documents(tx: TenantTransaction, searched: Searched, intent: Intent) -> list[BookedDocument]:
    """What a search has found, as it was kept."""
    shown = documents_of(intent.provider)
    organization = await organization_of(tx, intent.provider)
    return [
        shown.read(intent.kind, await body_of(tx, snapshot), organization=organization) for snapshot in searched.marked
    ]


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
        raise ApplicationError("the connection to the books does not work", type="ConnectionAwaited") from None
