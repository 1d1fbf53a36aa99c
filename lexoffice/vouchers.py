"""The list of documents, the only index there is (lexoffice API, Voucherlist endpoint)."""

from datetime import date
from typing import Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from lexoffice.wire import Amount, IdOrNone, New, TimeOrNone, Wire, whole_cents

VoucherType = Literal[
    "any",
    "salesinvoice",
    "salescreditnote",
    "purchaseinvoice",
    "purchasecreditnote",
    "invoice",
    "downpaymentinvoice",
    "creditnote",
    "orderconfirmation",
    "quotation",
    "deliverynote",
]
VoucherStatus = Literal[
    "any",
    "draft",
    "open",
    "overdue",
    "paid",
    "paidoff",
    "voided",
    "transferred",
    "sepadebit",
    "accepted",
    "rejected",
    "unchecked",
]


class VoucherQuery(New):
    """Which documents to list. Days are German days and inclusive at both ends.

    The filters are a day coarse, and the list may lag: ask for a day more than needed and compare ids.
    `sort` is left out on purpose, as lexoffice refuses most of what it documents.
    """

    voucher_types: tuple[VoucherType, ...] = Field(min_length=1)
    voucher_statuses: tuple[VoucherStatus, ...] = Field(default=("any",), min_length=1)
    archived: bool | None = None
    contact_id: UUID | None = None
    voucher_number: str | None = Field(default=None, min_length=1, max_length=100)
    voucher_date_from: date | None = None
    voucher_date_to: date | None = None
    created_date_from: date | None = None
    created_date_to: date | None = None
    updated_date_from: date | None = None
    updated_date_to: date | None = None
    size: int = Field(default=250, ge=1, le=250)

    @model_validator(mode="after")
    def _combinable(self) -> Self:
        for chosen in (self.voucher_types, self.voucher_statuses):
            if len(chosen) > 1 and ("any" in chosen or "overdue" in chosen):
                raise ValueError("'any' and 'overdue' stand alone")
        return self


class VoucherRow(Wire):
    """One document in the list. An `open` one may be shown as `overdue`, `sepadebit` or `transferred`."""

    id: UUID
    voucher_type: str
    voucher_status: str
    voucher_number: str | None = None
    voucher_date: TimeOrNone = None
    created_date: TimeOrNone = None
    updated_date: TimeOrNone = None
    due_date: TimeOrNone = None
    contact_id: IdOrNone = None
    contact_name: str | None = None
    total_amount: Amount | None = None
    open_amount: Amount | None = None
    currency: str | None = None
    archived: bool | None = None

    @property
    def total_cents(self) -> int | None:
        """The total in cents. Raises FractionOfACent."""
        return None if self.total_amount is None else whole_cents(self.total_amount)

    @property
    def open_cents(self) -> int | None:
        """What is still open, in cents; None where lexoffice does not say. Raises FractionOfACent."""
        return None if self.open_amount is None else whole_cents(self.open_amount)
