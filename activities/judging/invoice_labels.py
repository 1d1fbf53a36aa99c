"""What an invoice or a customer of lexoffice names: partner, order, campaign. Pure."""

from activities.books.labels import campaign_in, codes_in, orders_in
from lexoffice.contacts import Contact
from lexoffice.documents import Invoice


def partner_codes(document: Invoice) -> list[str]:
    """Every different code that the document names, fields first. More than one is a question for a person.

    What is meant and can be no code is among them, and an empty one where nothing follows the label.
    """
    return codes_in(document.custom_fields, document.introduction, document.remark)


def partner_codes_of_customer(contact: Contact | None) -> list[str]:
    return codes_in(contact.custom_fields, contact.note) if contact else []


def has_partner_line(document: Invoice) -> bool:
    return bool(partner_codes(document))


def order_references(invoice: Invoice) -> tuple[str, ...]:
    """Every order that the document names, fields first; what is no reference (design.md, Events) names none."""
    return orders_in(invoice.custom_fields, invoice.introduction, invoice.remark)


def campaign_slug(invoice: Invoice) -> str | None:
    return campaign_in(invoice.custom_fields, invoice.introduction, invoice.remark)
