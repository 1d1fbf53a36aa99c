"""Documents as the API shows them, documents to create, and how patient properties are tried."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import settings

from lexoffice.new_documents import LineItem, NewCreditNote, NewInvoice, Recipient, ShippingConditions
from lexoffice.wire import BERLIN

ID = UUID("e9066f04-8cc7-4616-93f8-ac9ecc8479c8")
ORGANISATION = UUID("aa93e8a8-2aa3-470b-b914-caad8a255dd8")
unhurried = settings(deadline=None)  # a loaded machine is no counter-example


def german_midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=BERLIN)


DAY = german_midnight(date(2026, 11, 22))


def document(**members: Any) -> dict[str, Any]:
    """The least that lexoffice sends of an invoice or a credit note: members that are null are left out."""
    return {
        "id": str(ID),
        "organizationId": str(ORGANISATION),
        "createdDate": "2026-11-22T10:26:40.956+01:00",
        "updatedDate": "2026-11-22T13:34:13.228+01:00",
        "version": 1,
        "voucherStatus": "open",
        "voucherDate": "2026-11-22T00:00:00.000+01:00",
        "address": {"name": "Bike & Ride GmbH & Co. KG", "countryCode": "DE"},
        "lineItems": [],
        "totalPrice": {
            "currency": "EUR",
            "totalNetAmount": 100.0,
            "totalGrossAmount": 119.0,
            "totalTaxAmount": 19.0,
        },
        "taxConditions": {"taxType": "net"},
    } | members


def as_bytes(value: object) -> bytes:
    return json.dumps(value).encode()


def new_line(cents: int = 10_000) -> LineItem:
    return LineItem(
        name="Provision 10/2026",
        unit_name="Pauschale",
        unit_price_cents=cents,
        tax_rate_percentage=Decimal(19),
    )


def new_credit_note(**changes: Any) -> NewCreditNote:
    given: dict[str, Any] = {
        "voucher_date": DAY,
        "recipient": Recipient(name="Anna Müller", street="Gasse 1", zip="79112", city="Freiburg", country_code="DE"),
        "lines": (new_line(),),
        "tax_type": "net",
        "title": "Gutschrift",
    }
    return NewCreditNote(**(given | changes))


def new_invoice(**changes: Any) -> NewInvoice:
    given: dict[str, Any] = {
        "voucher_date": DAY,
        "recipient": Recipient(name="Bike & Ride", country_code="DE"),
        "lines": (new_line(),),
        "tax_type": "net",
        "shipping_conditions": ShippingConditions(shipping_type="service", shipping_date=DAY),
    }
    return NewInvoice(**(given | changes))
