"""A credit note that corrects an invoice: "pursue" (§3.1). It is settled at once, and so is its part of the invoice."""

from __future__ import annotations

from . import documents
from .clock import now
from .document import Document, Payment, Related
from .errors import RegularRefusal
from .kinds import Kind
from .office import Office
from .organizations import Organization
from .store import Store


def check_preceding(store: Store, organization: Organization, kind: Kind, invoice: str) -> Document:
    """The invoice to correct; 406 for whatever lexoffice would not chain."""
    preceding = documents.load(store, invoice)
    if preceding is None or preceding.organization_id != organization.organization_id:
        raise RegularRefusal(406, "The preceding sales voucher does not exist.")
    if kind.name != "credit-note" or preceding.kind_name != "invoice":
        raise RegularRefusal(406, "This combination of vouchers is not possible.")
    if preceding.status not in ("open", "paid"):
        raise RegularRefusal(406, f"The preceding sales voucher must not be {preceding.status}.")
    if preceding.closing_invoice:
        raise RegularRefusal(406, "A closing invoice cannot be pursued to a credit note.")
    if any(other.kind == "credit-note" for other in preceding.related):
        raise RegularRefusal(406, "The preceding sales voucher already has a credit note.")
    return preceding


def relate(document: Document, other: Document) -> Document:
    link = Related(id=other.id, number=other.number, kind=other.kind_name)
    return document.model_copy(update={"related": (*document.related, link)})


def settle_by_correction(
    office: Office, organization: Organization, credit_note: Document, invoice: Document
) -> Document:
    """The invoice's open amount drops by the credit note; at zero the invoice is paid."""
    amount = min(invoice.open_amount, credit_note.claimed)
    related = invoice.related
    if all(other.id != credit_note.id for other in related):
        related = relate(invoice, credit_note).related
    if not amount:
        return documents.change(office, organization, invoice, "related", related=related)
    payment = Payment(type="partPaymentCreditNote", posting_date=now(), amount=amount, source=credit_note.id)
    payments = (*invoice.payments, payment)
    if amount < invoice.open_amount:
        return documents.change(office, organization, invoice, "part_paid", related=related, payments=payments)
    return documents.change(
        office, organization, invoice, "settled", related=related, payments=payments, status="paid", settled_at=now()
    )


def withdraw_correction(office: Office, organization: Organization, credit_note: Document, *, forget: bool) -> None:
    """The credit note is voided or gone: what it had settled is open again."""
    invoice = documents.load(office.store, credit_note.preceding or "")
    if invoice is None:
        return
    payments = tuple(payment for payment in invoice.payments if payment.source != credit_note.id)
    related = tuple(other for other in invoice.related if not forget or other.id != credit_note.id)
    if payments == invoice.payments:
        if related != invoice.related:
            documents.change(office, organization, invoice, "related", related=related)
    elif invoice.status == "paid":
        documents.change(
            office,
            organization,
            invoice,
            "unsettled",
            payments=payments,
            related=related,
            status="open",
            settled_at=None,
        )
    else:
        documents.change(office, organization, invoice, "part_unpaid", payments=payments, related=related)
