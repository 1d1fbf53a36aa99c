"""The short forms in which hooks and the page take what a person types; looser than the public API on purpose."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field, field_validator

from . import contacts, documents
from .clock import NotALexofficeDate, day_start, german_day, now, read_day, read_wire, wire
from .document import Address, Document, Line, PaymentItemType, TaxType
from .drafting import NOTES, Draft, default_payment_conditions
from .kinds import CREDIT_NOTE, INVOICE, Kind
from .organizations import Organization, Wire
from .store import Store

Shape = Literal["object", "key_value", "name_value"]


class UnknownContact(Exception):
    """The form names a contact that this account does not have."""


class UnknownDocument(Exception):
    """The form names a document that this account does not have."""


def shaped(properties: Any, shape: Shape) -> Any:
    """Custom fields in one of the three shapes of the chapter's dialect; lists are passed on as they are."""
    if shape == "object" or not isinstance(properties, dict):
        return properties
    label = "key" if shape == "key_value" else "name"
    return [{label: key, "value": value} for key, value in properties.items()]


def _instant(value: object) -> datetime:
    try:
        return day_start(read_day(value)) if isinstance(value, str) and len(value) == 10 else read_wire(value)
    except NotALexofficeDate as error:
        raise ValueError("a date is 2026-11-22 or 2026-11-22T00:00:00.000+01:00") from error


class PropertiesForm(Wire):
    additional_properties: Any = None
    additional_properties_shape: Shape = "object"
    custom_fields: Any = None
    custom_fields_shape: Shape = "object"

    def properties(self) -> dict[str, Any]:
        return {
            "additional_properties": shaped(self.additional_properties, self.additional_properties_shape),
            "custom_fields": shaped(self.custom_fields, self.custom_fields_shape),
        }


class LineForm(Wire):
    name: str = "Leistung"
    description: str | None = None
    type: Literal["custom", "text"] = "custom"
    quantity: Decimal = Decimal(1)
    unit_name: str = "Stück"
    net: Decimal | None = None
    gross: Decimal | None = None  # counts where the prices of the document are gross
    tax_rate: Decimal | None = None
    discount_percentage: Decimal = Decimal(0)


class AddressForm(Wire):
    name: str | None = None
    supplement: str | None = None
    street: str | None = None
    zip: str | None = None
    city: str | None = None
    country_code: str | None = None
    contact_person: str | None = None


class DocumentForm(PropertiesForm):
    contact_id: str | None = None
    customer: str | None = None
    address: AddressForm | None = None
    net: Decimal | None = None
    gross: Decimal | None = None
    tax_rate: Decimal | None = None
    tax_type: TaxType | None = None
    line_name: str = "Leistung"
    lines: list[LineForm] | None = None
    title: str | None = None
    introduction: str | None = None
    remark: str | None = None
    voucher_date: datetime | None = None
    currency: str | None = Field(None, pattern=r"^[A-Z]{3}$")
    number: str | None = None
    archived: bool | None = None

    @field_validator("voucher_date", mode="before")
    @classmethod
    def _date(cls, value: object) -> object:
        return None if value is None else _instant(value)

    def read_lines(self, tax_type: TaxType, currency: str) -> tuple[Line, ...] | None:
        """None when the form says nothing of prices, as an edit may."""
        forms = self.lines
        if forms is None:
            if self.net is None and self.gross is None:
                return None
            forms = [LineForm(name=self.line_name, net=self.net, gross=self.gross)]
        default_rate = Decimal(19) if tax_type in ("net", "gross") else Decimal(0)
        lines = []
        for form in forms:
            if form.type == "text":
                lines.append(Line(type="text", name=form.name, description=form.description))
                continue
            unit = form.gross if tax_type == "gross" else form.net
            if unit is None:
                raise ValueError("a line needs net, or gross where taxType is gross")
            rate = next(rate for rate in (form.tax_rate, self.tax_rate, default_rate) if rate is not None)
            lines.append(
                Line(
                    type="custom",
                    name=form.name,
                    description=form.description,
                    quantity=form.quantity,
                    unit_name=form.unit_name,
                    currency=currency,
                    unit=unit,
                    rate=rate,
                    discount=form.discount_percentage,
                )
            )
        return tuple(lines)

    def read_address(self, store: Store, organization: Organization) -> Address | None:
        """None when the form says nothing of the recipient."""
        overrides = {} if self.address is None else self.address.model_dump(exclude_none=True)
        if self.customer is not None:
            overrides["name"] = self.customer
        if self.contact_id is not None:
            contact = contacts.load(store, organization.organization_id, self.contact_id)
            if contact is None:
                raise UnknownContact(self.contact_id)
            return contacts.billing_address(contact).model_copy(update=overrides)
        return Address(name="").model_copy(update=overrides) if overrides else None


class WriteForm(DocumentForm):
    finalize: bool = True
    down_payment: bool = False
    closing_invoice: bool = False
    claimed_gross: Decimal | None = None
    deductions: tuple[str, ...] = ()  # down payment invoices that a closing invoice takes off
    preceding_sales_voucher_id: str | None = None
    payment_term_days: int | None = Field(None, ge=0, le=3650)

    def draft(self, store: Store, organization: Organization, kind: Kind) -> Draft:
        exempt = organization.tax_type == "vatfree" or organization.small_business
        tax_type = self.tax_type or ("vatfree" if exempt else "gross" if self.gross is not None else "net")
        address = self.read_address(store, organization)
        if address is None:
            raise ValueError("say who gets the document: contactId, customer or address")
        lines = self.read_lines(tax_type, self.currency or "EUR")
        if lines is None:
            raise ValueError("say what it costs: net, gross or lines")
        voucher_date = self.voucher_date or day_start(german_day(now()))
        is_invoice = kind is not CREDIT_NOTE
        days = organization.payment_term_days if self.payment_term_days is None else self.payment_term_days
        return Draft(
            voucher_date=voucher_date,
            due=voucher_date + timedelta(days=days) if is_invoice else None,
            address=address,
            lines=lines,
            tax_type=tax_type,
            tax_sub_type=None,
            tax_note=NOTES.get(tax_type),
            discount_absolute=None,
            discount_percentage=None,
            title=self.title or kind.title,
            introduction=self.introduction,
            remark=self.remark,
            language="de",
            payment_conditions=default_payment_conditions(organization.model_copy(update={"payment_term_days": days}))
            if is_invoice
            else None,
            shipping_conditions={"shippingType": "service", "shippingDate": wire(voucher_date)}
            if kind is INVOICE
            else None,
            x_rechnung=None,
            print_layout_id=None,
        )

    def extras(self, store: Store, organization: Organization, gross: Decimal) -> dict[str, Any]:
        """What only a person can set: numbers, currency, closing invoices, custom fields."""
        deductions = []
        for wanted in self.deductions:
            paid = documents.load(store, wanted)
            if paid is None or paid.organization_id != organization.organization_id:
                raise UnknownDocument(wanted)
            deductions.append(_deduction(paid))
        claimed = self.claimed_gross
        if claimed is None and deductions:
            claimed = gross - sum((Decimal(str(entry["receivedGrossAmount"])) for entry in deductions), Decimal(0))
        extras = {
            "currency": self.currency,
            "number": self.number,
            "archived": self.archived,
            "closing_invoice": self.closing_invoice,
            "claimed_gross": claimed,
            "deductions": tuple(deductions),
            **self.properties(),
        }
        return {key: value for key, value in extras.items() if value is not None}


def _deduction(paid: Document) -> dict[str, Any]:
    totals = paid.totals
    return {
        "id": paid.id,
        "voucherType": paid.kind.voucher_type,
        "title": paid.title,
        "voucherNumber": paid.number,
        "voucherDate": wire(paid.voucher_date),
        "receivedGrossAmount": float(totals.gross),
        "receivedNetAmount": float(totals.net),
        "receivedTaxAmount": float(totals.tax),
        "taxRatePercentage": int(paid.lines[0].rate) if paid.lines else 0,
    }


class EditForm(DocumentForm):
    force: bool = False

    def values(self, store: Store, organization: Organization, before: Document) -> dict[str, Any]:
        tax_type = self.tax_type or before.tax_type
        currency = self.currency or before.currency
        address = self.read_address(store, organization)
        if address is not None and self.contact_id is None:
            # Only the members given change; the contact stays the document's.
            sent = {} if self.address is None else self.address.model_dump(exclude_none=True)
            sent |= {"name": self.customer} if self.customer is not None else {}
            address = before.address.model_copy(update=sent)
        values = {
            "address": address,
            "tax_type": self.tax_type,
            "currency": self.currency,
            "lines": self.read_lines(tax_type, currency),
            "title": self.title,
            "introduction": self.introduction,
            "remark": self.remark,
            "voucher_date": self.voucher_date,
            "number": self.number,
            "archived": self.archived,
            **self.properties(),
        }
        return {key: value for key, value in values.items() if value is not None}


class PayForm(Wire):
    amount: Decimal | None = None
    item_type: PaymentItemType = "partPaymentFinancialTransaction"
    payment_reference: str | None = None
    date: datetime | None = None
    force: bool = False

    @field_validator("date", mode="before")
    @classmethod
    def _date(cls, value: object) -> object:
        return None if value is None else _instant(value)


class MisreportForm(Wire):
    organization_id: str | None = None
    updated_date: datetime | None = None
    version: int | None = None

    @field_validator("updated_date", mode="before")
    @classmethod
    def _date(cls, value: object) -> object:
        return None if value is None else _instant(value)

    def values(self) -> dict[str, Any]:
        shown = {"organization_shown": self.organization_id, "updated": self.updated_date, "version": self.version}
        return {key: value for key, value in shown.items() if value is not None}


class ClickForm(Wire):
    force: bool = False


class ContactForm(PropertiesForm):
    name: str | None = None  # a company; a person has firstName and lastName
    first_name: str | None = None
    last_name: str | None = None
    roles: tuple[Literal["customer", "vendor"], ...] = ("customer",)
    email: str | None = None
    street: str | None = None
    supplement: str | None = None
    zip: str | None = None
    city: str | None = None
    country_code: str = "DE"
    vat_registration_id: str | None = None
    note: str | None = None

    def body(self) -> dict[str, Any]:
        address = {
            key: value
            for key, value in (
                ("supplement", self.supplement),
                ("street", self.street),
                ("zip", self.zip),
                ("city", self.city),
                ("countryCode", self.country_code),
            )
            if value
        }
        body: dict[str, Any] = {"roles": {role: {} for role in self.roles}, "addresses": {"billing": [address]}}
        if self.last_name:
            body["person"] = {"firstName": self.first_name, "lastName": self.last_name}
        elif self.name:
            body["company"] = {"name": self.name, "vatRegistrationId": self.vat_registration_id}
        if self.email:
            body["emailAddresses"] = {"business": [self.email]}
        if self.note:
            body["note"] = self.note
        return body

    def chapter_members(self) -> dict[str, Any]:
        properties = self.properties()
        named = {
            "additionalProperties": properties["additional_properties"],
            "customFields": properties["custom_fields"],
        }
        return {key: value for key, value in named.items() if value is not None}


class ContactPatch(PropertiesForm):
    """Members in the API's own shape; null removes one."""

    roles: dict[Literal["customer", "vendor"], dict[str, Any]] | None = None
    company: dict[str, Any] | None = None
    person: dict[str, Any] | None = None
    addresses: dict[str, Any] | None = None
    email_addresses: dict[str, Any] | None = None
    note: str | None = None
    archived: bool | None = None

    def members(self) -> dict[str, Any]:
        sent = self.model_dump(by_alias=True, exclude_unset=True)
        for key in ("additionalProperties", "customFields"):
            shape = sent.pop(f"{key}Shape", "object")
            if key in sent:
                sent[key] = shaped(sent[key], shape)
        return sent


class OrganizationForm(Wire):
    """Settings of an account; what is absent comes from the server's defaults."""

    name: str | None = Field(None, min_length=1, max_length=200)
    api_key: str | None = Field(None, min_length=8, max_length=200, pattern=r"^[\x21-\x7e]+$")
    tax_type: Literal["net", "gross", "vatfree"] | None = None
    small_business: bool | None = None
    distance_sales_principle: Literal["ORIGIN", "DESTINATION"] | None = None
    business_features: tuple[str, ...] | None = None
    rate: float | None = Field(None, ge=0)
    burst: int | None = Field(None, ge=1)
    dialect: Literal["lexoffice", "chapter"] | None = None
    number_patterns: dict[Literal["invoice", "credit-note", "down-payment-invoice"], str] | None = None
    payment_term_days: int | None = Field(None, ge=0, le=3650)
    open_amount_as_string: bool | None = None
    credit_note_paid_word: Literal["paidoff", "paid"] | None = None
    open_listed_as: Literal["open", "sepadebit", "transferred"] | None = None
    cancel_event: bool | None = None
    vanished_categories: tuple[str, ...] | None = None
    put_loses_files: bool | None = None
    vouchers_need_customers: bool | None = None
    closed_until: date | None = None
    voucher_status_refused: bool | None = None
    e_invoices_on: bool | None = None
    ocr_ms: int | None = Field(None, ge=0, le=600_000)

    def settings(self) -> dict[str, Any]:
        return self.model_dump(exclude={"api_key"}, exclude_none=True)
