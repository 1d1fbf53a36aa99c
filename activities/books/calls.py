"""What is asked and made at the books of a tenant, as one interface: one object for each provider and process."""

from contextlib import AbstractAsyncContextManager
from datetime import datetime
from types import TracebackType
from typing import NamedTuple, Protocol, Self
from uuid import UUID

from activities.books.documents import BookedDocument
from ledger.documents.intents import Intent
from ledger.types import IntentId, Tenant

RECIPIENT_REFUSED = "RecipientRefused"
NOT_FINISHED = "NotFinished"
"""Types of ApplicationError: the books refuse whom the document names, or to give it force. A person must mend that."""


class Sender(Protocol):
    """One create that may be sent at once: its slot has come, its connection is a fresh one."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    async def post(self, intent: Intent) -> UUID:
        """Send the document; its id. Raises ProviderError."""


class PageFound(NamedTuple):
    """Of one page of a search: what may be the lost document, and whether no page follows."""

    candidates: list[UUID]
    is_last: bool


class BooksCalls(Protocol):
    """Each method takes the slots of the requests that it sends; `explained` says what their failures mean."""

    @property
    def provider(self) -> str: ...

    def explained(self, tenant: Tenant) -> AbstractAsyncContextManager[None]:
        """Turn what a call can raise into what the engine should do about it."""

    async def creating(self, tenant: Tenant, *, counts_to_the_minute: bool = True) -> Sender:
        """Wait for the slot of one create, before its intent is marked as sent. Raises NoSlot, NotConnected,
        ConnectionBroken, and a retryable ApplicationError while nothing may be created (recovery)."""

    async def record_refused_key(self, tenant: Tenant, *, asked_at: datetime | None = None) -> bool:
        """The provider says 401. False where another key was saved meanwhile, so that it was not this one."""

    async def prepare(self, tenant: Tenant, intent: IntentId) -> None:
        """What must be there before the document is sent, such as its recipient; where `explained`."""

    async def finished(self, tenant: Tenant, intent: Intent) -> BookedDocument | None:
        """The document that was made, with number and force, given them here where they come by a second call; None
        where there is none. Where `explained`."""

    async def page_of_search(self, tenant: Tenant, intent: Intent, number: int) -> PageFound:
        """One page of what may be the lost document of this intent, the first being 0; where `explained`."""

    async def with_marker(self, tenant: Tenant, intent: Intent, resource_id: UUID) -> BookedDocument | None:
        """The document, if it carries the intent's marker; where `explained`."""

    async def file(self, tenant: Tenant, resource_id: UUID) -> bytes:
        """The PDF of a credit note; where `explained`. Raises NotFound, Conflict, UnusableFile."""
