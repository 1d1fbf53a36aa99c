"""Invoices and credit notes to create (lexoffice API, Invoices and Credit Notes endpoints).

The limits of lexoffice are checked here, because a refused create costs a request of the budget and a 406 says
less than a ValidationError of pydantic. Totals are computed by lexoffice and cannot be sent.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from httpcalls.json_bodies import without_none, write_json
from lexoffice.wire import CURRENCY, Amount, AwareTime, New, Text, at_most, euros, render_time

TaxType = Literal[
    "net",
    "gross",
    "vatfree",
    "intraCommunitySupply",
    "constructionService13b",
    "externalService13b",
    "thirdPartyCountryService",
    "thirdPartyCountryDelivery",
]
_TAXED = ("net", "gross")

Name = Annotated[Text, Field(min_length=1), at_most(255)]
CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}(_[A-Z]{2})?$")]  # extended: ES_CN are the Canary Islands
Short = Annotated[Text, at_most(255)]
Long = Annotated[Text, at_most(2000)]


class Recipient(New):
    """Who the document is for: a contact with the role customer, or a one-time address (`name`, `country_code`).

    With a contact, the address members given here replace those of the contact on this document.
    """

    contact_id: UUID | None = None
    name: Name | None = None
    supplement: Short | None = None
    street: Short | None = None
    zip: Short | None = None
    city: Short | None = None
    country_code: CountryCode | None = None

    @model_validator(mode="after")
    def _addressable(self) -> Self:
        if self.contact_id is None and (self.name is None or self.country_code is None):
            raise ValueError("without a contact, a name and a country are needed")
        return self

    def members(self) -> dict[str, object]:
        """The `address` of the document, as JSON members; what is None is left out."""
        return without_none(
            contactId=str(self.contact_id) if self.contact_id is not None else None,
            name=self.name,
            supplement=self.supplement,
            street=self.street,
            zip=self.zip,
            city=self.city,
            countryCode=self.country_code,
        )


class LineItem(New):
    """A priced line. `unit_price_cents` is net or gross as the document's `tax_type` says; it may be negative."""

    name: Name
    description: Long | None = None
    quantity: Annotated[Amount, Field(gt=0, decimal_places=4)] = Decimal(1)
    unit_name: Annotated[Short, Field(min_length=1)] = "Stück"
    unit_price_cents: Annotated[int, Field(strict=True, ge=-(10**13), le=10**13)]
    tax_rate_percentage: Annotated[Amount, Field(ge=0, le=100)]

    def members(self, tax_type: TaxType) -> dict[str, object]:
        """One of the `lineItems`, as JSON members; `tax_type` says whether the price is sent as gross or net."""
        given = "grossAmount" if tax_type == "gross" else "netAmount"
        return without_none(
            type="custom",
            name=self.name,
            description=self.description,
            quantity=self.quantity,
            unitName=self.unit_name,
            unitPrice={
                "currency": CURRENCY,
                given: euros(self.unit_price_cents),
                "taxRatePercentage": self.tax_rate_percentage,
            },
        )


class NewDocument(New):
    """What invoices and credit notes have in common.

    What is left out (title, introduction, remark, layout) is filled in from the organisation's settings.
    """

    voucher_date: AwareTime
    recipient: Recipient
    lines: Annotated[tuple[LineItem, ...], Field(min_length=1, max_length=300)]
    tax_type: TaxType
    tax_type_note: Short | None = None
    title: Annotated[Text, Field(min_length=1), at_most(25)] | None = None
    introduction: Long | None = None
    remark: Long | None = None

    @model_validator(mode="after")
    def _check_taxes(self) -> Self:
        if self.tax_type not in _TAXED and any(line.tax_rate_percentage for line in self.lines):
            raise ValueError("a document free of VAT has lines of 0 % only")
        if self.tax_type not in (*_TAXED, "vatfree") and self.recipient.contact_id is None:
            raise ValueError("this tax type needs a contact")
        return self

    def body(self) -> bytes:
        """The JSON to send."""
        return write_json(self.members())

    def members(self) -> dict[str, object]:
        """The whole body of the request, as JSON members."""
        return without_none(
            voucherDate=render_time(self.voucher_date),
            address=self.recipient.members(),
            lineItems=[line.members(self.tax_type) for line in self.lines],
            totalPrice={"currency": CURRENCY},
            taxConditions=without_none(taxType=self.tax_type, taxTypeNote=self.tax_type_note),
            title=self.title,
            introduction=self.introduction,
            remark=self.remark,
        )


class NewCreditNote(NewDocument):
    """A credit note to create."""


class ShippingConditions(New):
    """When the goods or services were delivered; an invoice must say so. `none` takes no dates."""

    shipping_type: Literal["service", "serviceperiod", "delivery", "deliveryperiod", "none"]
    shipping_date: AwareTime | None = None
    shipping_end_date: AwareTime | None = None

    @model_validator(mode="after")
    def _check_dates(self) -> Self:
        dated = self.shipping_type != "none"
        period = self.shipping_type.endswith("period")
        if (self.shipping_date is not None) != dated or (self.shipping_end_date is not None) != period:
            raise ValueError("a period has two dates, a day one, 'none' no date")
        if self.shipping_date and self.shipping_end_date and self.shipping_end_date < self.shipping_date:
            raise ValueError("the period ends before it begins")
        return self

    def members(self) -> dict[str, object]:
        """The `shippingConditions` of an invoice, as JSON members."""
        return without_none(
            shippingType=self.shipping_type,
            shippingDate=_rendered(self.shipping_date),
            shippingEndDate=_rendered(self.shipping_end_date),
        )


class NewInvoice(NewDocument):
    """An invoice to create. The terms of payment are those of the contact or the organisation."""

    shipping_conditions: ShippingConditions

    def members(self) -> dict[str, object]:
        """The whole body of the request, as JSON members."""
        return super().members() | {"shippingConditions": self.shipping_conditions.members()}


def _rendered(moment: datetime | None) -> str | None:
    return None if moment is None else render_time(moment)
