"""Reading an invoice of easybill, or what cancels one, in the words of the ledger. Pure."""

from datetime import date, datetime, time
from typing import Literal
from uuid import UUID

from activities.books.labels import campaign_in, codes_in, orders_in
from easybill.customers import CustomerDetails
from easybill.documents import Document
from ledger import plain_text
from ledger.booking.invoice_facts import InvoiceFacts
from ledger.plain_text import cleaned
from ledger.provider_ids import Thing, numbered_id
from ledger.types import BERLIN, EASYBILL

_LONGEST_MAIL, _LONGEST_NAME, _LONGEST_CODE = 320, 300, 64

Status = Literal["draft", "open", "paid", "voided"]


def read_invoice(document: Document, account: UUID) -> InvoiceFacts:
    """An invoice as the ledger takes it. What it is about is signed: one below 0 is for a person."""
    codes = codes_in({}, document.text_prefix, document.text)
    customer = document.customer_snapshot
    customers_codes = codes_of_customer(customer)
    status = status_of(document)
    return InvoiceFacts(
        resource_id=numbered_id(EASYBILL, Thing.DOCUMENT, document.id),
        organization_id=account,
        status=status,
        voucher_number=document.number,
        voucher_date=document.document_date,
        currency=document.currency,
        net_cents=document.amount_net,
        tax_cents=document.amount - document.amount_net,
        gross_cents=document.amount,
        base_cents=document.amount_net,
        paid_cents=document.paid_cents,
        open_cents=document.open_cents,
        paid_at=_paid_at(document) if status == "paid" else None,
        order_references=orders_in({"Bestellnummer": document.order_number or ""}, document.text_prefix, document.text),
        partner_code=codes[0] if codes else None,
        partner_codes_differ=len(codes or customers_codes) > 1,
        customer_partner_code=customers_codes[0] if customers_codes else None,
        campaign_slug=campaign_in({}, document.text_prefix, document.text),
        contact_id=_customer_id(document),
        customer_email=_mail(customer),
        customer_name=cleaned(customer.name or "", _LONGEST_NAME) or None if customer else None,
        address=_address(customer),
        line_items=[item.model_dump(mode="json", exclude_none=True) for item in document.items],
    )


def read_cancellation(storno: Document, account: UUID) -> InvoiceFacts | None:
    """That the invoice it names is cancelled; None where it names none, or is a draft that cancels nothing yet."""
    if storno.ref_id is None or storno.is_draft:
        return None
    return InvoiceFacts(
        resource_id=numbered_id(EASYBILL, Thing.DOCUMENT, storno.ref_id),
        organization_id=account,
        status="voided",
        voucher_date=storno.document_date,
        currency=storno.currency,
        net_cents=storno.net_cents,
        tax_cents=storno.gross_cents - storno.net_cents,
        gross_cents=storno.gross_cents,
        base_cents=storno.net_cents,
    )


def status_of(document: Document) -> Status:
    """easybill has no status: it follows from what it is, what cancels it, and what was paid."""
    if document.is_cancelled:
        return "voided"
    if document.is_draft:
        return "draft"
    return "paid" if document.is_paid else "open"


def codes_of_customer(customer: CustomerDetails | None) -> list[str]:
    """Partners that the customer's free fields and note name on a line with a label."""
    return codes_in({}, customer.info_1, customer.info_2, customer.note) if customer else []


def bare_codes_of_customer(customer: CustomerDetails | None) -> list[str]:
    """Words that stand alone in a free field: a partner's code, if there is such a partner, else anything."""
    told = (plain_text.code_of(text) for text in (customer.info_1, customer.info_2) if text) if customer else ()
    return [code for code in told if code and len(code) <= _LONGEST_CODE and not set(code) & set(" :\n")]


def _paid_at(document: Document) -> datetime | None:
    day: date | None = document.paid_at
    return document.edited_at if day is None else datetime.combine(day, time(), BERLIN)


def _customer_id(document: Document) -> UUID | None:
    return None if document.customer_id is None else numbered_id(EASYBILL, Thing.CUSTOMER, document.customer_id)


def _mail(customer: CustomerDetails | None) -> str | None:
    mails = (cleaned(mail) for mail in customer.emails) if customer else ()
    return next((mail for mail in mails if 0 < len(mail) <= _LONGEST_MAIL), None)


def _address(customer: CustomerDetails | None) -> dict[str, str] | None:
    if customer is None:
        return None
    told = {
        "name": customer.name,
        "street": customer.street,
        "zip": customer.zip_code,
        "city": customer.city,
        "country_code": customer.country,
    }
    return {name: value for name, value in told.items() if value}
