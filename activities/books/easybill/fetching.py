"""Fetching what a webhook of easybill hints at. One request = one activity; what comes back is kept as evidence.

The names that these are registered by are those of lexoffice's: a document's workflow asks its provider's queue.
"""

from temporalio import activity

from activities.books.easybill.accounts import account_of
from activities.books.easybill.gateway import EasybillDoor
from activities.gateway.calls import giving_up_on_nonsense, unusable
from activities.models import FetchedDocument
from easybill.documents import Document
from httpcalls.errors import NotFound
from ledger.connections import connection_health
from ledger.database import Ledger
from ledger.documents import documents
from ledger.inbox import events
from ledger.provider_ids import number_of
from ledger.types import EASYBILL, DocumentKind, EventState

_KINDS = {
    "INVOICE": DocumentKind.INVOICE,
    "STORNO": DocumentKind.INVOICE,
    "CREDIT": DocumentKind.CREDIT_NOTE,
    "STORNO_CREDIT": DocumentKind.CREDIT_NOTE,
}
"""What of easybill's documents tells of a sale or a payout: an invoice, a credit, and what cancels one."""


class EasybillFetchActivities:
    def __init__(self, ledger: Ledger, door: EasybillDoor) -> None:
        self._ledger = ledger
        self._door = door

    @activity.defn(name="fetch_document")
    async def fetch_document(self, fetched: FetchedDocument) -> FetchedDocument:
        """GET the document: it names what was paid on it, and its customer as the customer was."""
        async with self._ledger.transaction(fetched.tenant) as tx:
            known = await documents.find(tx, fetched.resource_id)
            told = await events.find_each(tx, fetched.events)
        if all(event.state is not EventState.RECEIVED for event in told):
            return fetched.model_copy(update={"missing": None})  # announced once more, and handled already
        with giving_up_on_nonsense():
            async with self._door.reading(fetched.tenant) as client:
                try:
                    document = await client.document(number_of(fetched.resource_id))
                except NotFound:
                    # Believed only while the key still belongs to the account whose documents we know.
                    deleted = known is not None and any(event.event_type.endswith(".deleted") for event in told)
                    missing = "connection" if deleted else None
                    kind = known.kind if known else None
                    return fetched.model_copy(update={"kind": kind, "missing": missing, "gone": True})
        return await self._kept(fetched, document)

    @activity.defn(name="check_connection")
    async def check_connection(self, fetched: FetchedDocument) -> FetchedDocument:
        """Whether the key still works, and for the pinned account: a 404 is a hint too."""
        async with self._door.reading(fetched.tenant) as client:
            pinned = (await self._door.access(fetched.tenant)).account
            account = account_of(await client.logins())
        if account != pinned:
            raise unusable("other account")
        async with self._ledger.transaction(fetched.tenant) as tx:
            await connection_health.mark_connected(tx, provider=EASYBILL)
        return fetched.model_copy(update={"missing": None})

    @activity.defn(name="fetch_payments")
    async def fetch_payments(self, fetched: FetchedDocument) -> FetchedDocument:
        """GET what was paid on a CREDIT: its reference."""
        with giving_up_on_nonsense():
            async with self._door.reading(fetched.tenant) as client:
                payments = await client.payments_on(number_of(fetched.resource_id))
        async with self._ledger.transaction(fetched.tenant) as tx:
            kept = await documents.keep_snapshot(
                tx, resource="payments", resource_id=fetched.resource_id, body=payments.raw
            )
        return fetched.model_copy(update={"payments": kept, "missing": None})

    async def _kept(self, fetched: FetchedDocument, document: Document) -> FetchedDocument:
        kind = _KINDS.get(document.type)
        if kind is None:
            return fetched.model_copy(update={"missing": None})
        async with self._ledger.transaction(fetched.tenant) as tx:
            kept = await documents.keep_snapshot(
                tx, resource=kind.value, resource_id=fetched.resource_id, body=document.raw
            )
            known = await documents.find(tx, fetched.resource_id)
        is_a_payouts = known is not None and known.payout_number is not None
        missing = "payments" if is_a_payouts and document.paid_cents else None
        return fetched.model_copy(update={"kind": kind, "document": kept, "missing": missing})
