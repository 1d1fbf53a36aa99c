"""Fetching what a notification only names. One request = one activity; what comes back is kept whole as evidence."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from temporalio import activity

from activities.gateway.calls import giving_up_on_nonsense, unusable
from activities.gateway.lexoffice_gateway import LexofficeDoor, account_of
from activities.judging.invoice_labels import has_partner_line, order_references
from activities.models import CONNECTION_REVOKED, FetchedDocument
from httpcalls.errors import NotFound, ValidationFailed
from ledger.booking import invoices, reconnection
from ledger.database import Ledger, TenantTransaction
from ledger.documents import documents
from ledger.documents.documents import KnownDocument
from ledger.inbox import events
from ledger.sales import references
from ledger.types import BERLIN, DocumentKind, EventState, Tenant
from lexoffice.client import LexofficeClient
from lexoffice.documents import SETTLED, CreditNote, Invoice
from lexoffice.purchases import Voucher

_KIND_OF_VOUCHER = {"invoice": DocumentKind.INVOICE, "creditnote": DocumentKind.CREDIT_NOTE}
VOUCHERS = (DocumentKind.PURCHASE_INVOICE, DocumentKind.PURCHASE_CREDIT_NOTE)

Next = Literal["payments", "contact"] | None


class FetchActivities:
    def __init__(self, ledger: Ledger, door: LexofficeDoor) -> None:
        self._ledger = ledger
        self._door = door

    @activity.defn
    async def fetch_document(self, fetched: FetchedDocument) -> FetchedDocument:
        """GET the document. What kind it is, its events or the ledger tell, else its payments are asked first."""
        async with self._ledger.transaction(fetched.tenant) as tx:
            known = await documents.find(tx, fetched.resource_id)
            told = await events.find_each(tx, fetched.events)
        if all(event.state is not EventState.RECEIVED for event in told):
            return fetched.model_copy(update={"missing": None})  # announced once more, and handled already
        types = {event.event_type for event in told}
        if CONNECTION_REVOKED in types:
            return await self.check_connection(fetched)
        kind = fetched.kind or (known.kind if known else None) or _kind_named(types)
        if kind is None or kind == "connection":
            return await self.fetch_payments(fetched)
        if kind in VOUCHERS and (known is None or known.own_document_id is None):
            return fetched.model_copy(update={"kind": kind, "missing": None})  # none of ours: no call
        async with self._asking(fetched.tenant) as client:
            document: Invoice | CreditNote | Voucher
            try:
                if kind is DocumentKind.INVOICE:
                    document = await client.invoice(fetched.resource_id)
                elif kind in VOUCHERS:
                    document = await client.voucher(fetched.resource_id)
                else:
                    document = await client.credit_note(fetched.resource_id)
            except NotFound:
                # Believed only while the key still belongs to the organisation whose documents we know.
                deleted = known is not None and any(type.endswith(".deleted") for type in types)
                return fetched.model_copy(
                    update={"kind": kind, "missing": "connection" if deleted else None, "gone": True}
                )
        async with self._ledger.transaction(fetched.tenant) as tx:
            kept = await documents.keep_snapshot(
                tx, resource=kind.value, resource_id=fetched.resource_id, body=document.raw
            )
            seen = fetched.model_copy(
                update={"kind": kind, "document": kept, "status": document.voucher_status, "missing": None}
            )
            if not isinstance(document, Invoice):
                payments_count = known is not None and known.payout_number is not None  # else it is not ours
            else:
                payments_count = not await _is_before_cut_over(tx, known, document)
            if payments_count and fetched.payments is None and _asks_for_payments(types, document, known):
                return seen.model_copy(update={"missing": "payments"})
            return seen.model_copy(update={"missing": await _contact_or_nothing(tx, document, known)})

    @activity.defn
    async def fetch_payments(self, fetched: FetchedDocument) -> FetchedDocument:
        """GET the payments; of a document of unknown kind they tell the kind as well."""
        async with self._asking(fetched.tenant) as client:
            try:
                payments = await client.payments(fetched.resource_id)
            except NotFound:
                return fetched.model_copy(update={"missing": None, "gone": fetched.document is None})
            except ValidationFailed:
                # 406 "no payment information": a draft, or a credit note tied to an invoice. Not an error here.
                return fetched.model_copy(update={"missing": await self._after_payments(fetched)})
        async with self._ledger.transaction(fetched.tenant) as tx:
            kept = await documents.keep_snapshot(
                tx, resource="payments", resource_id=fetched.resource_id, body=payments.raw
            )
        if fetched.document is None:
            # Unknown to the ledger: a credit note is not ours then, and of other kinds we keep no books.
            kind = _KIND_OF_VOUCHER.get(payments.voucher_type)
            return fetched.model_copy(
                update={
                    "kind": kind,
                    "payments": kept,
                    "status": payments.voucher_status,
                    "missing": "document" if kind is DocumentKind.INVOICE else None,
                }
            )
        return fetched.model_copy(update={"payments": kept, "missing": await self._after_payments(fetched)})

    @activity.defn
    async def fetch_contact(self, fetched: FetchedDocument) -> FetchedDocument:
        """GET the customer of an invoice that names no partner itself."""
        assert fetched.document is not None
        async with self._ledger.transaction(fetched.tenant) as tx:
            contact_id = (await _invoice(tx, fetched)).address.contact_id
        if contact_id is None:
            return fetched.model_copy(update={"missing": None})
        async with self._asking(fetched.tenant) as client:
            try:
                contact = await client.contact(contact_id)
            except NotFound:
                return fetched.model_copy(update={"missing": None})
        async with self._ledger.transaction(fetched.tenant) as tx:
            kept = await documents.keep_snapshot(tx, resource="contact", resource_id=contact_id, body=contact.raw)
        return fetched.model_copy(update={"contact": kept, "missing": None})

    @activity.defn
    async def check_connection(self, fetched: FetchedDocument) -> FetchedDocument:
        """Whether the key still works, and for the pinned organisation: token.revoked and a 404 are hints too."""
        await self._door.check_grant_beside_key(fetched.tenant, fetched.resource_id)
        async with self._asking(fetched.tenant) as client:
            pinned = (await self._door.access(fetched.tenant)).organization_id
            profile = await client.profile()
        if profile.organization_id != pinned:
            raise unusable("other organization")
        async with self._ledger.transaction(fetched.tenant) as tx:
            # What goes on is announced by the hand-over, also what waited for an access that was refused.
            await reconnection.note_answer(tx, account_of(profile))
        return fetched.model_copy(update={"kind": fetched.kind or "connection", "missing": None})

    @asynccontextmanager
    async def _asking(self, tenant: Tenant) -> AsyncIterator[LexofficeClient]:
        with giving_up_on_nonsense():
            async with self._door.failures_explained(tenant), self._door.reading(tenant) as client:
                yield client

    async def _after_payments(self, fetched: FetchedDocument) -> Next:
        if fetched.document is None or fetched.kind is not DocumentKind.INVOICE:
            return None
        async with self._ledger.transaction(fetched.tenant) as tx:
            known = await documents.find(tx, fetched.resource_id)
            return await _contact_or_nothing(tx, await _invoice(tx, fetched), known)


def _kind_named(types: set[str]) -> DocumentKind | None:
    """By the event's name: invoice.* and credit-note.* say it, payment.changed does not."""
    if any(type.startswith("invoice.") for type in types):
        return DocumentKind.INVOICE
    if any(type.startswith("credit-note.") for type in types):
        return DocumentKind.CREDIT_NOTE
    if any(type.startswith("voucher.") for type in types):
        return DocumentKind.PURCHASE_INVOICE
    return None


def _asks_for_payments(types: set[str], document: Invoice | CreditNote | Voucher, known: KnownDocument | None) -> bool:
    """A settled document: by what, and when? An open one: has a part been paid, or a payment been taken back?"""
    if document.voucher_status in SETTLED:
        return True
    partly_paid = known is not None and known.open_cents not in (None, known.gross_cents)
    return document.voucher_status == "open" and ("payment.changed" in types or partly_paid)


async def _contact_or_nothing(
    tx: TenantTransaction, document: Invoice | CreditNote | Voucher, known: KnownDocument | None
) -> Next:
    """Only a paid invoice that names no partner, of a sale that has none, makes us ask for its customer."""
    if (
        not isinstance(document, Invoice)
        or document.voucher_status not in SETTLED
        or document.address.contact_id is None
        or (known is not None and known.sale_has_partner)
        or has_partner_line(document)
        or await references.has_partner(tx, order_references(document))
        or await _is_before_cut_over(tx, known, document)
    ):
        return None
    return "contact"


async def _is_before_cut_over(tx: TenantTransaction, known: KnownDocument | None, document: Invoice) -> bool:
    """Such an invoice is ignored, unless it belongs to a sale already: then it is still followed."""
    if known is not None and known.transaction_id is not None:
        return False
    return await invoices.is_before_cut_over(tx, document.voucher_date.astimezone(BERLIN).date())


async def _invoice(tx: TenantTransaction, fetched: FetchedDocument) -> Invoice:
    assert fetched.document is not None
    kept = await documents.snapshot(tx, fetched.document)
    return Invoice.from_body(kept.body.encode())
