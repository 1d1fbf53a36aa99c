"""One sales document: its whole state, and how a GET shows it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from .clock import wire
from .kinds import KINDS, Kind, KindName
from .totals import PricedLine, Totals, add_up, other_side

Status = Literal["draft", "open", "paid", "voided"]
TaxType = Literal[
    "net",
    "gross",
    "vatfree",
    "intraCommunitySupply",
    "constructionService13b",
    "externalService13b",
    "thirdPartyCountryService",
    "thirdPartyCountryDelivery",
    "photovoltaicEquipment",
]
PaymentItemType = Literal[
    "partPaymentFinancialTransaction",
    "partPaymentCreditNote",
    "partPaymentCashBox",
    "manualPayment",
    "cashDiscount",
    "dunningCosts",
    "currencyConversion",
    "irrecoverableReceivable",
]


class Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Address(Part):
    contact_id: str | None = None
    name: str
    supplement: str | None = None
    street: str | None = None
    zip: str | None = None
    city: str | None = None
    country_code: str = "DE"
    contact_person: str | None = None


class Line(Part):
    type: Literal["custom", "text", "service", "material"]
    id: str | None = None
    name: str
    description: str | None = None
    quantity: Decimal | None = None
    unit_name: str | None = None
    currency: str = "EUR"
    unit: Decimal | None = None  # net, or gross where the document's tax type is gross
    rate: Decimal = Decimal(0)
    discount: Decimal | None = None

    def priced(self) -> PricedLine | None:
        if self.quantity is None or self.unit is None:
            return None
        return PricedLine(self.quantity, self.unit, self.rate, self.discount or Decimal(0))


class Payment(Part):
    type: PaymentItemType
    posting_date: datetime
    amount: Decimal
    reference: str | None = None  # lexoffice never tells it (§5); the chapter's webhook does
    source: str | None = None  # the credit note behind a partPaymentCreditNote


class Related(Part):
    id: str
    number: str
    kind: KindName


class Document(Part):
    id: str
    organization_id: str
    organization_shown: str | None = None  # a fault on purpose: another one than it belongs to
    kind_name: KindName
    number: str
    status: Status
    version: int
    created: datetime
    updated: datetime
    voucher_date: datetime
    due: datetime | None = None
    language: str = "de"
    archived: bool = False
    address: Address
    lines: tuple[Line, ...]
    currency: str = "EUR"
    tax_type: TaxType
    tax_sub_type: str | None = None
    tax_note: str | None = None
    discount_absolute: Decimal | None = None
    discount_percentage: Decimal | None = None
    title: str
    introduction: str | None = None
    remark: str | None = None
    payment_conditions: dict[str, Any] | None = None
    shipping_conditions: dict[str, Any] | None = None
    x_rechnung: dict[str, Any] | None = None
    print_layout_id: str | None = None
    closing_invoice: bool = False
    claimed_gross: Decimal | None = None
    deductions: tuple[dict[str, Any], ...] = ()
    payments: tuple[Payment, ...] = ()
    settled_at: datetime | None = None
    preceding: str | None = None  # the invoice that a credit note corrects
    related: tuple[Related, ...] = ()
    file_id: str | None = None
    additional_properties: Any = None  # dialect chapter only, like custom_fields
    custom_fields: Any = None

    @property
    def kind(self) -> Kind:
        return KINDS[self.kind_name]

    @property
    def totals(self) -> Totals:
        return add_up(
            (priced for line in self.lines if (priced := line.priced()) is not None),
            gross_prices=self.tax_type == "gross",
            discount_absolute=self.discount_absolute,
            discount_percentage=self.discount_percentage,
        )

    @property
    def claimed(self) -> Decimal:
        """What is to be paid, as a positive amount: `openAmount` has no sign (§5)."""
        return abs(self.totals.gross if self.claimed_gross is None else self.claimed_gross)

    @property
    def open_amount(self) -> Decimal:
        """Still to be paid. Nothing of a draft or a voided document, nor of one that is settled."""
        if self.status != "open":
            return Decimal("0.00")
        return max(self.claimed - self.paid_amount, Decimal("0.00"))

    @property
    def paid_amount(self) -> Decimal:
        return sum((payment.amount for payment in self.payments), Decimal("0.00"))

    @property
    def tied_to_invoice(self) -> bool:
        """Credit notes of an invoice are settled at once and have no payments resource (§3.1, §5)."""
        return self.kind_name == "credit-note" and self.preceding is not None

    def status_word(self, credit_note_paid_word: str = "paidoff") -> str:
        if self.status != "paid":
            return self.status
        return credit_note_paid_word if self.kind_name == "credit-note" else self.kind.settled_word


def number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def public(document: Document, *, chapter: bool = False, credit_note_paid_word: str = "paidoff") -> dict[str, Any]:
    """The answer of `GET /v1/{path}/{id}`: members without a value are left out (§3.2)."""
    totals = document.totals
    is_draft = document.status == "draft"
    address = document.address
    answer: dict[str, Any] = {
        "id": document.id,
        "organizationId": document.organization_shown or document.organization_id,
        "createdDate": wire(document.created),
        "updatedDate": wire(document.updated),
        "version": document.version,
        "language": document.language,
        "archived": document.archived,
        "voucherStatus": document.status_word(credit_note_paid_word),
        "voucherNumber": document.number,
        "voucherDate": wire(document.voucher_date),
        "dueDate": wire(document.due) if document.due else None,
        "address": {
            "contactId": address.contact_id,
            "name": address.name,
            "supplement": address.supplement,
            "street": address.street,
            "city": address.city,
            "zip": address.zip,
            "countryCode": address.country_code,
            "contactPerson": address.contact_person,
        },
        "xRechnung": document.x_rechnung,
        "electronicDocumentProfile": "NONE",
        "lineItems": [_line(line, gross_prices=document.tax_type == "gross") for line in document.lines],
        "totalPrice": {
            "currency": document.currency,
            "totalNetAmount": float(totals.net),
            "totalGrossAmount": float(totals.gross),
            "totalTaxAmount": float(totals.tax),
            "totalDiscountAbsolute": _float(document.discount_absolute),
            "totalDiscountPercentage": _float(document.discount_percentage),
        },
        "taxAmounts": [
            {"taxRatePercentage": number(tax.rate), "taxAmount": float(tax.tax), "netAmount": float(tax.net)}
            for tax in totals.taxes
        ],
        "taxConditions": {
            "taxType": document.tax_type,
            "taxSubType": document.tax_sub_type,
            "taxTypeNote": document.tax_note,
        },
        "paymentConditions": document.payment_conditions,
        "shippingConditions": document.shipping_conditions,
        "relatedVouchers": [
            {"id": other.id, "voucherNumber": other.number, "voucherType": KINDS[other.kind].voucher_type}
            for other in document.related
        ],
        "printLayoutId": None if is_draft else document.print_layout_id,
        "title": document.title,
        "introduction": document.introduction,
        "remark": document.remark,
        "files": {"documentFileId": document.file_id} if document.file_id and not is_draft else None,
    }
    if document.kind_name != "credit-note":
        answer["closingInvoice"] = document.closing_invoice
        answer["claimedGrossAmount"] = _float(document.claimed_gross)
        answer["downPaymentDeductions"] = list(document.deductions) or None
    if chapter:
        answer["additionalProperties"] = document.additional_properties
        answer["customFields"] = document.custom_fields
    shown: dict[str, Any] = without_nulls(answer)
    return shown


def _line(line: Line, *, gross_prices: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {"id": line.id, "type": line.type, "name": line.name, "description": line.description}
    priced = line.priced()
    if priced is not None:
        counterpart = other_side(priced.unit, line.rate, given_gross=gross_prices)
        net, gross = (counterpart, priced.unit) if gross_prices else (priced.unit, counterpart)
        shown |= {
            "quantity": number(priced.quantity),
            "unitName": line.unit_name,
            "unitPrice": {
                "currency": line.currency,
                "netAmount": float(net),
                "grossAmount": float(gross),
                "taxRatePercentage": number(line.rate),
            },
            "discountPercentage": None if line.discount is None else number(line.discount),
            "lineItemAmount": float(priced.amount),
        }
    return shown


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_nulls(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [without_nulls(inner) for inner in value]
    return value
