"""Reading an invoice: was it paid by cash, on what base, which order does it name, and which partner?

rules.md, What a fetched document means. Pure: takes what was fetched, gives facts for the ledger or a doubt.
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from activities.judging.invoice_labels import campaign_slug, order_references, partner_codes, partner_codes_of_customer
from ledger.booking.invoices import InvoiceFacts
from ledger.money import round_half_away
from ledger.plain_text import cleaned
from ledger.reasons import Reason
from ledger.types import BERLIN, Frozen
from lexoffice.contacts import Contact
from lexoffice.documents import Invoice
from lexoffice.payments import Payments

CASH = {"manualPayment", "partPaymentFinancialTransaction", "partPaymentCashBox"}
CREDITED = "partPaymentCreditNote"
NO_PAYMENT = {CREDITED, "irrecoverableReceivable"}
DISCOUNT = "cashDiscount"
ON_TOP = {"dunningCosts"}

_LONGEST_MAIL, _LONGEST_NAME = 320, 300


class Doubt(StrEnum):
    """What no machine may decide about a payment: the code of the reason."""

    UNKNOWN_ITEM = "payment_item_unknown"
    NOT_COVERED = "payments_do_not_cover"
    NO_PAYMENTS = "payments_not_named"


class Paid(Frozen):
    """What of an invoice was paid by cash, and the base that is left for commissions. Cents."""

    base_cents: int
    cash_cents: int
    credited_cents: int = 0
    written_off_cents: int = 0
    paid_at: datetime | None
    reason: Reason | None = None


def read_invoice(
    invoice: Invoice,
    payments: Payments | None,
    contact: Contact | None,
    *,
    discount_lowers_base: bool,
) -> InvoiceFacts | Doubt:
    paid = read_payments(invoice, payments, discount_lowers_base=discount_lowers_base)
    if isinstance(paid, Doubt):
        return paid
    codes, customers_codes = partner_codes(invoice), partner_codes_of_customer(contact)
    status = invoice.voucher_status
    return InvoiceFacts(
        resource_id=invoice.id,
        organization_id=invoice.organization_id,
        status="open" if status not in ("draft", "open", "paid", "voided") else status,
        voucher_number=invoice.voucher_number,
        voucher_date=invoice.voucher_date.astimezone(BERLIN).date(),
        currency=invoice.currency,
        net_cents=invoice.total_net_cents,
        tax_cents=invoice.total_tax_cents,
        gross_cents=invoice.total_gross_cents,
        base_cents=paid.base_cents,
        paid_cents=paid.cash_cents,
        credited_cents=max(paid.credited_cents, 0),
        written_off_cents=max(paid.written_off_cents, 0),
        open_cents=payments.open_cents if payments else 0,
        paid_at=paid.paid_at,
        order_references=order_references(invoice),
        partner_code=codes[0] if codes else None,
        partner_codes_differ=len(codes or customers_codes) > 1,
        customer_partner_code=customers_codes[0] if customers_codes else None,
        campaign_slug=campaign_slug(invoice),
        contact_id=invoice.address.contact_id,
        customer_email=_mail(contact),
        customer_name=cleaned(invoice.address.name or "", _LONGEST_NAME) or None,
        address=invoice.address.model_dump(mode="json", exclude_none=True),
        line_items=[line.model_dump(mode="json", exclude_none=True) for line in invoice.line_items],
        reason=paid.reason,
    )


def read_payments(invoice: Invoice, payments: Payments | None, *, discount_lowers_base: bool) -> Paid | Doubt:
    """An invoice counts as paid by its cash; what a credit note or a write-off settled is off the base.

    A closing invoice claims only what its down payments left; its base is its whole net all the same (rules.md).
    """
    net, gross = invoice.total_net_cents, invoice.total_gross_cents
    claimed = gross if invoice.claimed_gross_cents is None else invoice.claimed_gross_cents
    items = payments.payment_items if payments else ()
    cash = sum(item.amount_cents for item in items if item.type in CASH)
    if invoice.voucher_status != "paid":
        return Paid(base_cents=net, cash_cents=cash, paid_at=None)
    if payments is None:
        return Doubt.NO_PAYMENTS
    if any(item.type not in CASH | NO_PAYMENT | ON_TOP | {DISCOUNT} for item in items):
        return Doubt.UNKNOWN_ITEM
    discount = sum(item.amount_cents for item in items if item.type == DISCOUNT)
    unpaid = sum(item.amount_cents for item in items if item.type in NO_PAYMENT)
    if cash + discount + unpaid < claimed:
        return Doubt.NOT_COVERED
    off = unpaid + (discount if discount_lowers_base else 0)
    base = net if gross <= 0 else max(0, round_half_away(Decimal(net) * (gross - off) / gross))
    credited = min(sum(item.amount_cents for item in items if item.type == CREDITED), gross)
    return Paid(
        base_cents=base,
        cash_cents=cash,
        credited_cents=credited,
        written_off_cents=min(off, gross) - credited,
        paid_at=payments.paid_date or max((i.posting_date for i in items if i.posting_date), default=None),
        reason=_why_less(unpaid, base),
    )


def _mail(contact: Contact | None) -> str | None:
    """The first mail address that can be one (RFC 5321, 4.5.3.1: 320 characters at most)."""
    mails = (cleaned(mail) for mail in contact.emails) if contact else ()
    return next((mail for mail in mails if 0 < len(mail) <= _LONGEST_MAIL), None)


def _why_less(unpaid: int, base: int) -> Reason | None:
    if unpaid <= 0:
        return None
    if base == 0:
        return Reason.of("written_off_or_set_off")
    return Reason.of("partly_written_off_or_set_off")
