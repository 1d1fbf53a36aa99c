"""What was fetched about one document, read back from the ledger, where it is kept whole as evidence."""

from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

from activities.judging.credit_note_judgement import totals
from activities.judging.expectations import ShownDocument, ShownPayments
from activities.judging.invoice_labels import campaign_slug, order_references, partner_codes
from activities.models import FetchedDocument
from ledger.booking import invoice_sales
from ledger.connections import connections
from ledger.database import TenantTransaction
from ledger.documents import documents
from ledger.documents.documents import KnownDocument, Observed
from ledger.programme import plans
from ledger.sales import references
from ledger.types import BERLIN, DocumentKind
from lexoffice.contacts import Contact
from lexoffice.documents import Invoice
from lexoffice.payments import Payments


async def body_of(tx: TenantTransaction, snapshot: UUID | None) -> bytes:
    assert snapshot is not None
    return (await documents.snapshot(tx, snapshot)).body.encode()


async def organization_of(tx: TenantTransaction, provider: str) -> UUID | None:
    """Whose account at this provider is connected."""
    connection = await connections.find(tx, provider)
    return None if connection is None else connection.organization_id


async def payments_of(tx: TenantTransaction, fetched: FetchedDocument) -> Payments | None:
    if fetched.payments is None:
        return None
    return Payments.from_body(await body_of(tx, fetched.payments))


async def contact_of(tx: TenantTransaction, fetched: FetchedDocument) -> Contact | None:
    if fetched.contact is None:
        return None
    return Contact.from_body(await body_of(tx, fetched.contact))


async def discount_lowers_base(tx: TenantTransaction, known: KnownDocument | None, invoice: Invoice) -> bool:
    """As the plan of the sale says; of a sale that is not there yet: the plan of its day that would pay for it."""
    sale = known.transaction_id if known else None
    sales = [sale] if sale else await references.sales_with_reference(tx, order_references(invoice))
    return await plans.cash_discount_lowers_base(
        tx,
        sales=sales,
        campaign=campaign_slug(invoice),
        partner=next(iter(partner_codes(invoice)), None),
        sold_at=invoice_sales.sold_at(invoice.voucher_date.astimezone(BERLIN).date()),
    )


class ObservedDocument(ShownDocument, Protocol):
    """What the ledger keeps of it."""

    @property
    def id(self) -> UUID: ...

    @property
    def organization_id(self) -> UUID | None: ...

    @property
    def voucher_number(self) -> str | None: ...


def observed(
    kind: DocumentKind,
    document: ObservedDocument,
    cents: Mapping[str, int],
    *,
    snapshot: UUID | None,
    payments: ShownPayments | None = None,
    payments_snapshot: UUID | None = None,
) -> Observed:
    """What `documents.observe` takes of a document or voucher whose net, tax and gross are `cents`."""
    assert snapshot is not None
    assert document.organization_id is not None, "its account was asked"
    return Observed(
        kind=kind,
        organization_id=document.organization_id,
        resource_id=document.id,
        voucher_number=document.voucher_number,
        status=document.voucher_status,
        version=document.version,
        updated_at=document.updated_date,
        open_cents=payments.open_cents if payments else None,
        snapshot_id=snapshot,
        payments_id=payments_snapshot,
        **cents,
    )


def observed_now(
    fetched: FetchedDocument, kind: DocumentKind, document: ObservedDocument, payments: ShownPayments | None
) -> Observed:
    """The same of what an event's fetches have brought."""
    return observed(
        kind,
        document,
        totals(document),
        snapshot=fetched.document,
        payments=payments,
        payments_snapshot=fetched.payments,
    )
