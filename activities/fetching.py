"""Fetching what a notification only names. One request = one activity; what comes back is kept whole as evidence."""

from uuid import UUID

from temporalio import activity

from activities.invoice_reading import names_a_partner
from activities.lexoffice_door import LexofficeDoor, unusable
from activities.models import Gathered
from ledger import connections, documents, events
from ledger.database import Ledger
from ledger.documents import KnownDocument
from ledger.types import DocumentKind
from lexoffice.documents import CreditNote, Invoice
from lexoffice.errors import NotFound, ValidationFailed

_KIND_OF_VOUCHER = {"invoice": DocumentKind.INVOICE, "creditnote": DocumentKind.CREDIT_NOTE}
_SETTLED = ("paid", "paidoff")
CONNECTION_REVOKED = "token.revoked"


class FetchActivities:
    def __init__(self, ledger: Ledger, door: LexofficeDoor) -> None:
        self._ledger = ledger
        self._door = door

    @activity.defn
    async def fetch_document(self, gathered: Gathered) -> Gathered:
        """GET the document. What kind it is, its events or the ledger tell, else its payments are asked first."""
        async with self._ledger.transaction(gathered.tenant) as db:
            known = await documents.find(db, gathered.tenant, gathered.resource_id)
            told = await events.load(db, gathered.tenant, gathered.events)
        types = {event.event_type for event in told}
        if CONNECTION_REVOKED in types:
            return await self.check_connection(gathered)
        kind = gathered.kind or (known.kind if known else None) or _kind_named(types)
        if kind is None or kind == "connection":
            return await self.fetch_payments(gathered)
        async with self._door.failures_explained(gathered.tenant), self._door.reading(gathered.tenant) as client:
            document: Invoice | CreditNote
            try:
                if kind is DocumentKind.INVOICE:
                    document = await client.invoice(gathered.resource_id)
                else:
                    document = await client.credit_note(gathered.resource_id)
            except NotFound:
                # Believed only while the key still belongs to the organisation whose documents we know.
                deleted = any(type.endswith(".deleted") for type in types)
                return gathered.model_copy(
                    update={"kind": kind, "missing": "connection" if deleted else None, "gone": True}
                )
        kept = await self._keep(gathered, kind.value, document.raw)
        seen = gathered.model_copy(update={"kind": kind, "document": kept, "status": document.voucher_status})
        if gathered.payments is None and _asks_for_payments(types, document, known):
            return seen.model_copy(update={"missing": "payments"})
        return seen.model_copy(update={"missing": _contact_or_nothing(document, known)})

    @activity.defn
    async def fetch_payments(self, gathered: Gathered) -> Gathered:
        """GET the payments; of a document of unknown kind they tell the kind as well."""
        async with self._door.failures_explained(gathered.tenant), self._door.reading(gathered.tenant) as client:
            try:
                payments = await client.payments(gathered.resource_id)
            except NotFound:
                return gathered.model_copy(update={"missing": None, "gone": gathered.document is None})
            except ValidationFailed:
                # 406 "no payment information": a draft, or a credit note tied to an invoice. Not an error here.
                return gathered.model_copy(update={"missing": await self._after_payments(gathered)})
        kept = await self._keep(gathered, "payments", payments.raw)
        if gathered.document is None:
            kind = _KIND_OF_VOUCHER.get(payments.voucher_type)
            return gathered.model_copy(
                update={
                    "kind": kind,
                    "payments": kept,
                    "status": payments.voucher_status,
                    "missing": "document" if kind else None,
                }
            )
        return gathered.model_copy(update={"payments": kept, "missing": await self._after_payments(gathered)})

    @activity.defn
    async def fetch_contact(self, gathered: Gathered) -> Gathered:
        """GET the customer of an invoice that names no partner itself."""
        assert gathered.document is not None
        async with self._ledger.transaction(gathered.tenant) as db:
            invoice = await documents.snapshot(db, gathered.tenant, gathered.document)
        contact_id = Invoice.from_body(invoice.body.encode()).address.contact_id
        if contact_id is None:
            return gathered.model_copy(update={"missing": None})
        async with self._door.failures_explained(gathered.tenant), self._door.reading(gathered.tenant) as client:
            try:
                contact = await client.contact(contact_id)
            except NotFound:
                return gathered.model_copy(update={"missing": None})
        kept = await self._keep(gathered, "contact", contact.raw, resource_id=contact_id)
        return gathered.model_copy(update={"contact": kept, "missing": None})

    @activity.defn
    async def check_connection(self, gathered: Gathered) -> Gathered:
        """Whether the key still works, and for the pinned organisation: token.revoked and a 404 are hints too."""
        async with self._door.failures_explained(gathered.tenant), self._door.reading(gathered.tenant) as client:
            pinned = (await self._door.access(gathered.tenant)).organization_id
            profile = await client.profile()
        if profile.organization_id != pinned:
            raise unusable("other organization")
        async with self._ledger.transaction(gathered.tenant) as db:
            await connections.mark_connected(db, gathered.tenant)
        return gathered.model_copy(update={"kind": gathered.kind or "connection", "missing": None})

    async def _keep(self, gathered: Gathered, resource: str, body: bytes, *, resource_id: UUID | None = None) -> UUID:
        async with self._ledger.transaction(gathered.tenant) as db:
            return await documents.keep_snapshot(
                db, gathered.tenant, resource=resource, resource_id=resource_id or gathered.resource_id, body=body
            )

    async def _after_payments(self, gathered: Gathered) -> str | None:
        if gathered.document is None:
            return None
        async with self._ledger.transaction(gathered.tenant) as db:
            known = await documents.find(db, gathered.tenant, gathered.resource_id)
            kept = await documents.snapshot(db, gathered.tenant, gathered.document)
        if gathered.kind is not DocumentKind.INVOICE:
            return None
        return _contact_or_nothing(Invoice.from_body(kept.body.encode()), known)


def _kind_named(types: set[str]) -> DocumentKind | None:
    """By the event's name: invoice.* and credit-note.* say it, payment.changed does not."""
    if any(type.startswith("invoice.") for type in types):
        return DocumentKind.INVOICE
    if any(type.startswith("credit-note.") for type in types):
        return DocumentKind.CREDIT_NOTE
    return None


def _asks_for_payments(types: set[str], document: Invoice | CreditNote, known: KnownDocument | None) -> bool:
    """A settled document: by what, and when? An open one: has a part been paid, or a payment been taken back?"""
    if isinstance(document, CreditNote) and (known is None or known.payout_number is None):
        return False  # not ours: one fetch was enough to see that
    if document.voucher_status in _SETTLED:
        return True
    return document.voucher_status == "open" and "payment.changed" in types


def _contact_or_nothing(document: Invoice | CreditNote, known: KnownDocument | None) -> str | None:
    """Only a paid invoice that names no partner, of a sale that has none, makes us ask for its customer."""
    if (
        isinstance(document, Invoice)
        and document.voucher_status in _SETTLED
        and document.address.contact_id is not None
        and not (known and known.sale_has_partner)
        and not names_a_partner(document)
    ):
        return "contact"
    return None
