"""Documents to create (REST API, Model/Document). A create makes a draft; `done` gives it number and force."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from easybill.wire import Id, New, Text, at_most, render_day
from httpcalls.json_bodies import without_none, write_json

VatOption = Literal["nStb", "nStbUstID", "nStbNoneUstID", "nStbIm", "revc", "IG", "AL", "sStfr", "smallBusiness"]
"""Why there is no VAT; a document without one is taxed as usual."""


class NewPosition(New):
    """One line, priced net in whole cents."""

    description: Annotated[Text, Field(min_length=1), at_most(2000)]
    quantity: Annotated[Decimal, Field(gt=0, decimal_places=4)] = Decimal(1)
    single_price_net_cents: Annotated[int, Field(strict=True, ge=-(10**13), le=10**13)]
    vat_percent: Annotated[Decimal, Field(ge=0, le=100)]

    def members(self) -> dict[str, object]:
        """One of the `items`, as JSON members."""
        return {
            "type": "POSITION",
            "item_type": "SERVICE",
            "description": self.description,
            "quantity": self.quantity,
            "single_price_net": self.single_price_net_cents,
            "vat_percent": self.vat_percent,
        }


class NewDocument(New):
    """A draft to create. `external_id` is ours: by it the document is found after an unclear answer.

    Prices are net (`calc_vat_from` 0), totals are easybill's.
    """

    type: Literal["INVOICE", "CREDIT"]
    customer_id: Id
    document_date: date
    external_id: Annotated[Text, Field(min_length=1), at_most(100)]
    items: Annotated[tuple[NewPosition, ...], Field(min_length=1, max_length=300)]
    service_from: date
    service_to: date
    order_number: Annotated[Text, at_most(100)] | None = None
    title: Annotated[Text, Field(min_length=1), at_most(100)] | None = None
    text_prefix: Annotated[Text, at_most(4000)] | None = None
    text: Annotated[Text, at_most(4000)] | None = None
    vat_option: VatOption | None = None
    text_tax: Annotated[Text, at_most(500)] | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.service_to < self.service_from:
            raise ValueError("the period ends before it begins")
        if self.vat_option is not None and any(item.vat_percent for item in self.items):
            raise ValueError("a document free of VAT has lines of 0 % only")
        return self

    def body(self) -> bytes:
        """The JSON to send."""
        return write_json(
            without_none(
                type=self.type,
                customer_id=self.customer_id,
                document_date=render_day(self.document_date),
                external_id=self.external_id,
                order_number=self.order_number,
                title=self.title,
                text_prefix=self.text_prefix,
                text=self.text,
                vat_option=self.vat_option,
                text_tax=self.text_tax,
                calc_vat_from=0,
                currency="EUR",
                service_date={
                    "type": "SERVICE",
                    "date_from": render_day(self.service_from),
                    "date_to": render_day(self.service_to),
                },
                items=[item.members() for item in self.items],
            )
        )
