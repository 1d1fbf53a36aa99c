"""The invoice of a sale, as it is sent to lexoffice (design.md, step 2), and the intent to send it."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from pydantic import Field, ValidationError

from ledger import clock, types
from ledger.connections import connections
from ledger.database import TenantTransaction
from ledger.documents import intents
from ledger.documents.intents import Intent
from ledger.money import round_half_away
from ledger.plain_text import PrintedLine, PrintedName
from ledger.refusals import AlreadyExists, NotAcceptable, NotAllowedNow
from ledger.sales import customers, transactions
from ledger.sales.customers import Customer
from ledger.sales.transactions import Transaction
from ledger.types import BERLIN, DocumentKind, Frozen, TransactionId, TransactionState, midnight
from lexoffice.new_documents import LineItem, NewInvoice, Recipient, ShippingConditions


class InvoiceWish(Frozen):
    """What a person or a shop adds to what the ledger knows of a sale. Without a contact the country is DE."""

    contact_id: UUID | None = None
    name: PrintedName | None = None
    street: PrintedLine | None = None
    zip: PrintedLine | None = None
    city: PrintedLine | None = None
    country_code: str | None = None
    item: PrintedLine = Field(default="Leistung laut Bestellung", max_length=255)
    tax_rate_percentage: Decimal = Decimal(19)
    service_date: datetime | None = None


async def intend_invoice(
    tx: TenantTransaction, transaction_id: TransactionId, wish: InvoiceWish, *, now: datetime | None = None
) -> Intent:
    """Commit to writing this sale's invoice. The workflow that sends it is announced afterwards.

    Raises NotFound, AlreadyExists (there is an invoice, or an intent to write it), NotAllowedNow (refunded, or no
    connection), NotAcceptable (nobody to address it to, or what lexoffice cannot store).
    """
    sale = await transactions.lock(tx, transaction_id)
    if sale.invoice_id is not None:
        raise AlreadyExists("invoice_exists")
    if await intents.open_of_sale(tx, transaction_id) is not None:
        raise AlreadyExists("invoice_under_way")
    if sale.state is TransactionState.REFUNDED:
        raise NotAllowedNow("sale_refunded")
    connection = await connections.get(tx, types.LEXOFFICE)
    if connection.organization_id is None or not connection.has_secret:
        raise NotAllowedNow("not_connected")
    moment = midnight((now or clock.now()).astimezone(BERLIN).date())
    marker = intents.new_marker(f"TX-{str(sale.id)[:8]}")
    customer = await customers.get(tx, sale.customer_id) if sale.customer_id else None
    # An organisation that is exempt (§ 4 UStG) is no Kleinunternehmer, and lexoffice takes no VAT of either.
    no_vat = bool(connection.small_business) or connection.tax_type == "vatfree"
    rate = Decimal(0) if no_vat else wish.tax_rate_percentage
    try:
        content = _invoice(sale, wish, customer, rate=None if no_vat else rate, marker=marker, date=moment)
    except ValidationError:
        raise NotAcceptable("invoice_not_writable") from None
    return await intents.open_intent(
        tx,
        intents.NewIntent(
            kind=DocumentKind.INVOICE,
            marker=marker,
            organization_id=connection.organization_id,
            content=content.model_dump(mode="json"),
            content_hash="",
            net_cents=round_half_away(Decimal(sale.gross_cents) * 100 / (100 + rate)),
            gross_cents=sale.gross_cents,
            transaction_id=transaction_id,
        ),
    )


def _invoice(
    sale: Transaction,
    wish: InvoiceWish,
    customer: Customer | None,
    *,
    rate: Decimal | None,
    marker: str,
    date: datetime,
) -> NewInvoice:
    """`rate` None: the organisation shows no VAT."""
    contact_id = wish.contact_id or sale.customer_contact_id
    # What is sent beside a contact replaces that part of its address on this document.
    name = wish.name or (customer.name if customer and contact_id is None else None)
    if contact_id is None and not name:
        raise NotAcceptable("invoice_without_customer")
    return NewInvoice(
        voucher_date=date,
        recipient=Recipient(
            contact_id=contact_id,
            name=name,
            street=wish.street,
            zip=wish.zip,
            city=wish.city,
            country_code=wish.country_code or (None if contact_id else "DE"),
        ),
        lines=(LineItem(name=wish.item, unit_price_cents=sale.gross_cents, tax_rate_percentage=rate or Decimal(0)),),
        tax_type="vatfree" if rate is None else "gross",
        remark=f"Bestellung: {sale.payment_intent or sale.id}\n{marker}",
        shipping_conditions=ShippingConditions(
            shipping_type="service", shipping_date=wish.service_date or sale.sold_at
        ),
    )
