"""What is asked and made at easybill, as the interface of all books wants it (BooksCalls).

A CREDIT takes two calls: a draft, created once, then `done`, which gives it number and force and may be repeated. What
was changed in between is never given force by us: it is left a draft, and judged as such.
"""

from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self
from uuid import UUID

from temporalio.exceptions import ApplicationError

from activities.books.calls import NOT_FINISHED, PageFound
from activities.books.documents import BookedDocument
from activities.books.easybill.credits import content_of
from activities.books.easybill.customers import settled_customer
from activities.books.easybill.documents import shown
from activities.books.easybill.gateway import EasybillDoor
from easybill.client import EasybillClient
from easybill.documents import Document
from easybill.queries import DocumentQuery
from httpcalls.errors import NotFound, ValidationFailed
from ledger import clock
from ledger.database import Ledger
from ledger.documents import intents, partner_contacts
from ledger.documents.intents import Intent
from ledger.provider_ids import Thing, number_of, numbered_id
from ledger.types import BERLIN, EASYBILL, IntentId, Tenant


class EasybillSender:
    """One client for one create."""

    def __init__(self, client: EasybillClient, ledger: Ledger, tenant: Tenant) -> None:
        self._client = client
        self._ledger = ledger
        self._tenant = tenant

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def post(self, intent: Intent) -> UUID:
        """Send the draft; its id."""
        content = content_of(intent)
        assert content.customer_id is not None, "the customer is named before the row is marked as sent"
        try:
            draft = await self._client.create_draft(content.to_send(content.customer_id))
        except (ValidationFailed, NotFound):
            # Perhaps somebody has deleted the customer: the next attempt tells it anew, and sees.
            async with self._ledger.transaction(self._tenant) as tx:
                await partner_contacts.doubt(tx, content.partner)
            raise
        return numbered_id(EASYBILL, Thing.DOCUMENT, draft.id)


class EasybillCalls:
    provider = EASYBILL

    def __init__(self, ledger: Ledger, door: EasybillDoor) -> None:
        self._ledger = ledger
        self._door = door

    def explained(self, tenant: Tenant) -> AbstractAsyncContextManager[None]:
        return self._door.explained(tenant)

    async def creating(self, tenant: Tenant, *, counts_to_the_minute: bool = True) -> EasybillSender:
        return EasybillSender(await self._door.creating(tenant), self._ledger, tenant)

    async def record_refused_key(self, tenant: Tenant, *, asked_at: datetime | None = None) -> bool:
        return await self._door.record_refused_key(tenant, asked_at=asked_at)

    async def prepare(self, tenant: Tenant, intent: IntentId) -> None:
        """The customer is there, as the partner is called now, and named. What was sent keeps the one it named."""
        async with self._ledger.transaction(tenant) as tx:
            held = await intents.get(tx, intent)
        if held.resource_id is not None or held.closed_at is not None or held.is_unclear:
            return
        content = content_of(held)
        customer = await settled_customer(self._ledger, self._door, tenant, content.partner, content.customer)
        if customer == content.customer_id:
            return
        async with self._ledger.transaction(tenant) as tx:
            named = content.model_copy(update={"customer_id": customer})
            await intents.write_content(tx, intent, named.model_dump(mode="json"))

    async def finished(self, tenant: Tenant, intent: Intent) -> BookedDocument | None:
        """Read what was made; a draft that is as it was sent is given number and force."""
        assert intent.resource_id is not None
        access = await self._door.access(tenant)
        async with self._door.asking(access, tenant, together=2) as client:
            try:
                document = await client.document(number_of(intent.resource_id))
                if document.is_draft and _is_as_sent(document, intent):
                    document = await _done(client, document.id)
            except NotFound:
                return None
        return shown(document, access.account)

    async def page_of_search(self, tenant: Tenant, intent: Intent, number: int) -> PageFound:
        """CREDITs that were changed since the day before the POST: a lost draft is among them, whoever has edited it.

        `external_id` is no filter, but each row has it.
        """
        assert intent.sent_at is not None
        since = intent.sent_at.astimezone(BERLIN).date() - timedelta(days=1)
        query = DocumentQuery(types=("CREDIT",), edited=(since, clock.today() + timedelta(days=1)))
        async with self._door.asking(await self._door.access(tenant), tenant) as client:
            page = await client.documents(query, number + 1)
        marked = [row.id for row in page.items if row.external_id == intent.marker]
        return PageFound([numbered_id(EASYBILL, Thing.DOCUMENT, id) for id in marked], page.is_last)

    async def with_marker(self, tenant: Tenant, intent: Intent, resource_id: UUID) -> BookedDocument | None:
        access = await self._door.access(tenant)
        async with self._door.asking(access, tenant) as client:
            try:
                document = await client.document(number_of(resource_id))
            except NotFound:
                return None
        return shown(document, access.account) if document.external_id == intent.marker else None

    async def file(self, tenant: Tenant, resource_id: UUID) -> bytes:
        async with self._door.asking(await self._door.access(tenant), tenant) as client:
            return await client.pdf(number_of(resource_id))


async def _done(client: EasybillClient, id: int) -> Document:
    """Give it number and force. Raises ApplicationError (NOT_FINISHED) where easybill refuses that."""
    try:
        return await client.done(id)
    except ValidationFailed as refused:
        # So it answers for what has a number already, too: by an attempt that was slower, or by a person.
        document = await client.document(id)
        if not document.is_draft:
            return document
        raise ApplicationError(str(refused), type=NOT_FINISHED, non_retryable=True) from None


def _is_as_sent(document: Document, intent: Intent) -> bool:
    content = content_of(intent)
    return (
        document.type == "CREDIT"
        and document.external_id == intent.marker
        and document.customer_id == content.customer_id
        and document.net_cents == intent.net_cents
        and abs(document.gross_cents - intent.gross_cents) <= 1
    )
