"""Reads the body of `POST /v1/invoices` and `/v1/credit-notes`, and says in one answer all that is wrong with it.

The rules are §3.2 and §4 of the API sheet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal, get_args

from . import contacts
from .clock import german_day, wire
from .countries import CODES
from .document import Address, Line, TaxType
from .errors import Detail, RegularRefusal, invalid
from .kinds import Kind
from .organizations import Organization
from .reading import ABSENT, Findings, Reader
from .store import Store
from .totals import Totals, add_up

NOTES = {
    "vatfree": "Gemäß §19 UStG wird keine Umsatzsteuer berechnet.",
    "intraCommunitySupply": "Steuerfreie innergemeinschaftliche Lieferung.",
    "constructionService13b": "Steuerschuldnerschaft des Leistungsempfängers (Bauleistungen nach §13b UStG).",
    "externalService13b": "Steuerschuldnerschaft des Leistungsempfängers (Fremdleistungen nach §13b UStG).",
    "thirdPartyCountryService": "Nicht im Inland steuerbare Leistung.",
    "thirdPartyCountryDelivery": "Steuerfreie Ausfuhrlieferung.",
    "photovoltaicEquipment": "Lieferung mit Steuersatz 0 % nach §12 Abs. 3 UStG.",
}
STANDARD_RATES = frozenset({Decimal(0), Decimal(7), Decimal(19)})
RATES_OF_2020 = frozenset({Decimal(5), Decimal(16)})
SHIPPING_TYPES = ("service", "serviceperiod", "delivery", "deliveryperiod", "none")
MAX_LINES = 300


@dataclass(frozen=True)
class Draft:
    """What the sender decides; numbers, status and totals are lexoffice's."""

    voucher_date: datetime
    due: datetime | None
    address: Address
    lines: tuple[Line, ...]
    tax_type: TaxType
    tax_sub_type: str | None
    tax_note: str | None
    discount_absolute: Decimal | None
    discount_percentage: Decimal | None
    title: str
    introduction: str | None
    remark: str | None
    language: str
    payment_conditions: dict[str, Any] | None
    shipping_conditions: dict[str, Any] | None
    x_rechnung: dict[str, Any] | None
    print_layout_id: str | None


def read(store: Store, organization: Organization, kind: Kind, body: Mapping[str, Any]) -> Draft:
    found = Findings()
    reader = Reader(found)
    voucher_date = reader.instant(body, "voucherDate", required=True) or datetime.now(UTC)
    tax = reader.part(body, "taxConditions")
    tax_type = _tax_type(found, organization, tax)
    address = _address(store, found, reader, organization, reader.part(body, "address"))
    if tax_type not in ("net", "gross", "vatfree") and address.contact_id is None:
        found.add("address.contactId", "Für diese Steuerart ist ein Kontakt erforderlich", "NOTNULL")
    sub_type = reader.choice(tax, "taxSubType", ("distanceSales", "electronicServices"), "taxConditions.")
    rates = _valid_rates(organization, tax_type, sub_type, voucher_date)
    lines = _lines(found, reader, body, tax_type, rates, discounts=kind.name == "invoice")
    total = reader.part(body, "totalPrice")
    if total is not ABSENT and total.get("currency") is None:
        found.missing("totalPrice.currency")
    elif total is not ABSENT and total["currency"] != "EUR":
        found.add("totalPrice.currency", "Es wird nur die Währung EUR unterstützt")
    absolute = reader.amount(total, "totalDiscountAbsolute", 2, "totalPrice.")
    percentage = reader.amount(total, "totalDiscountPercentage", 2, "totalPrice.")
    if absolute is not None and percentage is not None:
        found.add("totalPrice", "Nur ein Gesamtrabatt ist möglich, absolut oder in Prozent")
    if (absolute or 0) < 0 or not 0 <= (percentage or 0) <= 100:
        found.add("totalPrice", "Der Gesamtrabatt ist ungültig")
    language = reader.choice(body, "language", ("de", "en")) or "de"
    if language == "en" and "INVOICING_PRO" not in organization.business_features:
        found.add("language", "Die Sprache en ist in Ihrem Vertrag nicht enthalten")
    payment_conditions, due, shipping = None, None, None
    if kind.name == "invoice":
        shipping = _shipping(found, reader, body)
        payment_conditions, days = _payment_conditions(found, reader, organization, body)
        due = voucher_date + timedelta(days=days)
    draft = Draft(
        voucher_date=voucher_date,
        due=due,
        address=address,
        lines=lines,
        tax_type=tax_type,
        tax_sub_type=sub_type,
        tax_note=reader.text(tax, "taxTypeNote", 2000, where="taxConditions.") or NOTES.get(tax_type),
        discount_absolute=absolute,
        discount_percentage=percentage,
        title=reader.text(body, "title", 25) or kind.title,
        introduction=reader.text(body, "introduction", 2000),
        remark=reader.text(body, "remark", 2000),
        language=language,
        payment_conditions=payment_conditions,
        shipping_conditions=shipping,
        x_rechnung=dict(reader.part(body, "xRechnung", required=False)) or None,
        print_layout_id=reader.identifier(body, "printLayoutId"),
    )
    if found.details:
        raise invalid(*found.details)
    return draft


def check_total(gross: Decimal) -> None:
    if gross <= 0:
        raise RegularRefusal(
            406,
            "Der Gesamtbetrag muss größer als 0 sein.",
            (Detail("totalPrice", "INVALID", "muss größer als 0 sein"),),
        )


def default_payment_conditions(organization: Organization) -> dict[str, Any]:
    days = organization.payment_term_days
    label = f"Zahlbar innerhalb von {days} Tagen ohne Abzug." if days else "Zahlbar sofort, rein netto."
    return {"paymentTermLabel": label, "paymentTermLabelTemplate": label, "paymentTermDuration": days}


def _tax_type(found: Findings, organization: Organization, tax: Mapping[str, Any]) -> TaxType:
    value = tax.get("taxType")
    if tax is not ABSENT and value is None:
        found.missing("taxConditions.taxType")
    elif tax is not ABSENT and value not in get_args(TaxType):
        found.add("taxConditions.taxType", f"muss eines sein von: {', '.join(get_args(TaxType))}")
    elif value is not None:
        exempt = organization.tax_type == "vatfree" or organization.small_business
        if exempt and value != "vatfree":
            found.add(
                "taxConditions.taxType", "Ihre Organisation ist von der Umsatzsteuer befreit: nur vatfree ist möglich"
            )
        tax_type: TaxType = value
        return tax_type
    return "net"


def _valid_rates(
    organization: Organization, tax_type: TaxType, sub_type: str | None, relevant: datetime
) -> frozenset[Decimal] | None:
    """The rates of the relevant date; None where any rate of the EU may stand (distance sales)."""
    if tax_type not in ("net", "gross"):
        return frozenset({Decimal(0)})
    if sub_type == "distanceSales" and organization.distance_sales_principle == "DESTINATION":
        return None
    day = german_day(relevant)
    in_corona_months = day.year == 2020 and day.month >= 7
    return STANDARD_RATES | (RATES_OF_2020 if in_corona_months else frozenset())


def _address(
    store: Store, found: Findings, reader: Reader, organization: Organization, sent: Mapping[str, Any]
) -> Address:
    given: dict[str, str | None] = {
        "name": reader.text(sent, "name", 255, where="address."),
        "supplement": reader.text(sent, "supplement", 255, where="address."),
        "street": reader.text(sent, "street", 255, where="address."),
        "zip": reader.text(sent, "zip", 20, where="address."),
        "city": reader.text(sent, "city", 255, where="address."),
        "country_code": reader.text(sent, "countryCode", 6, where="address."),
    }
    code = given["country_code"]
    if code is not None and code not in CODES:
        found.add("address.countryCode", f"ungültig, möglich sind: {', '.join(sorted(CODES))}")
    contact_id = reader.identifier(sent, "contactId", "address.")
    overrides = {key: value for key, value in given.items() if value is not None}
    if contact_id is not None:
        contact = contacts.load(store, organization.organization_id, contact_id)
        if contact is None:
            found.add("address.contactId", "Der Kontakt existiert nicht")
        elif "customer" not in contact["roles"]:
            found.add("address.contactId", "Der Kontakt hat nicht die Rolle Kunde")
        else:
            return contacts.billing_address(contact).model_copy(update=overrides)
    elif sent is not ABSENT and sent.get("contactId") is None:
        if not given["name"]:
            found.add("address.name", "darf nicht leer sein", "NOTNULL" if given["name"] is None else "NOTEMPTY")
        if code is None:
            found.missing("address.countryCode")
    return Address(name=given["name"] or "").model_copy(update=overrides)


def _lines(
    found: Findings,
    reader: Reader,
    body: Mapping[str, Any],
    tax_type: TaxType,
    rates: frozenset[Decimal] | None,
    *,
    discounts: bool,
) -> tuple[Line, ...]:
    sent = body.get("lineItems")
    if not isinstance(sent, list) or not sent:
        found.add("lineItems", "darf nicht leer sein", "NOTNULL" if sent is None else "NOTEMPTY")
        return ()
    if len(sent) > MAX_LINES:
        found.add("lineItems", f"höchstens {MAX_LINES} Positionen", "SIZE")
        return ()
    lines = []
    for index, item in enumerate(sent):
        where = f"lineItems[{index}]"
        if not isinstance(item, dict):
            found.add(where, "muss ein Objekt sein")
            continue
        line = _line(found, reader, item, where + ".", tax_type, rates, discounts=discounts)
        if line is not None:
            lines.append(line)
    return tuple(lines)


def _line(
    found: Findings,
    reader: Reader,
    item: Mapping[str, Any],
    where: str,
    tax_type: TaxType,
    rates: frozenset[Decimal] | None,
    *,
    discounts: bool,
) -> Line | None:
    kind: Literal["custom", "text", "service", "material"] | None = item.get("type")
    if kind not in ("custom", "text", "service", "material"):
        found.add(where + "type", "muss eines sein von: custom, text, service, material")
        return None
    article = reader.identifier(item, "id", where)
    if kind in ("service", "material") and item.get("id") is None:
        found.missing(where + "id")
    if kind in ("custom", "text") and item.get("id") is not None:
        found.add(where + "id", "Only line items of type 'material' or 'service' can contain an ID")
    name = reader.text(item, "name", 255, where=where, required=True)
    description = reader.text(item, "description", 2000, where=where)
    if kind == "text":
        return Line(type="text", name=name or "", description=description)
    quantity = reader.amount(item, "quantity", 4, where, required=True)
    unit_name = reader.text(item, "unitName", 255, where=where, required=True)
    price = item.get("unitPrice")
    if not isinstance(price, dict):
        found.missing(where + "unitPrice")
        return None
    if price.get("currency") is None:
        found.missing(where + "unitPrice.currency")
    elif price["currency"] != "EUR":
        found.add(where + "unitPrice.currency", "Es wird nur die Währung EUR unterstützt")
    rate = reader.amount(price, "taxRatePercentage", 2, where + "unitPrice.", required=True)
    if rate is not None and (rate not in rates if rates is not None else not 0 <= rate <= 27):
        found.add(where + "unitPrice.taxRatePercentage", "Der Steuersatz ist ungültig")
    side = "grossAmount" if tax_type == "gross" else "netAmount"
    unit = reader.amount(price, side, 4, where + "unitPrice.", required=True)
    discount = reader.amount(item, "discountPercentage", 2, where) if discounts else None
    if discount is not None and not 0 <= discount <= 100:
        found.add(where + "discountPercentage", "muss zwischen 0 und 100 liegen")
    return Line(
        type=kind,
        id=article,
        name=name or "",
        description=description,
        quantity=quantity or Decimal(0),
        unit_name=unit_name,
        unit=unit or Decimal(0),
        rate=rate or Decimal(0),
        discount=Decimal(0) if discounts and discount is None else discount,
    )


def _shipping(found: Findings, reader: Reader, body: Mapping[str, Any]) -> dict[str, Any] | None:
    sent = reader.part(body, "shippingConditions")
    if sent is ABSENT:
        return None
    where = "shippingConditions."
    kind = reader.choice(sent, "shippingType", SHIPPING_TYPES, where)
    if sent.get("shippingType") is None:
        found.missing(where + "shippingType")
    has_period = kind in ("serviceperiod", "deliveryperiod")
    start = reader.instant(sent, "shippingDate", where, required=kind not in (None, "none"))
    end = reader.instant(sent, "shippingEndDate", where, required=has_period)
    if start and end and has_period and end < start:
        found.add(where + "shippingEndDate", "darf nicht vor shippingDate liegen")
    return {
        "shippingType": kind,
        "shippingDate": wire(start) if start and kind != "none" else None,
        "shippingEndDate": wire(end) if end and has_period else None,
    }


def _payment_conditions(
    found: Findings, reader: Reader, organization: Organization, body: Mapping[str, Any]
) -> tuple[dict[str, Any], int]:
    sent = reader.part(body, "paymentConditions", required=False)
    default = default_payment_conditions(organization)
    if not sent:
        return default, organization.payment_term_days
    where = "paymentConditions."
    label = reader.text(sent, "paymentTermLabel", 2000, where=where, required=True)
    days = reader.amount(sent, "paymentTermDuration", 0, where)
    if days is not None and not 0 <= days <= 3650:
        found.add(where + "paymentTermDuration", "muss zwischen 0 und 3650 liegen")
        days = None
    duration = int(days) if days is not None else 0
    discount = reader.part(sent, "paymentDiscountConditions", required=False)
    read: dict[str, Any] = {
        "paymentTermLabel": label,
        "paymentTermLabelTemplate": label,
        "paymentTermDuration": duration,
    }
    if discount:
        percentage = reader.amount(
            discount, "discountPercentage", 2, where + "paymentDiscountConditions.", required=True
        )
        within = reader.amount(discount, "discountRange", 0, where + "paymentDiscountConditions.", required=True)
        read["paymentDiscountConditions"] = {
            "discountPercentage": float(percentage or 0),
            "discountRange": int(within or 0),
        }
    return read, duration


def totals_of(draft: Draft) -> Totals:
    return add_up(
        (priced for line in draft.lines if (priced := line.priced()) is not None),
        gross_prices=draft.tax_type == "gross",
        discount_absolute=draft.discount_absolute,
        discount_percentage=draft.discount_percentage,
    )
