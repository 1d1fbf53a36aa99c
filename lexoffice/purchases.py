"""Purchase vouchers and the categories they are booked to (lexoffice API, Vouchers and Posting Categories endpoints).

The number of a voucher is the sender's, and the voucherlist finds it whole. A voucher cannot be deleted by the API.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from httpcalls.json_bodies import without_none, write_json
from lexoffice.answers import Fetched
from lexoffice.wire import Amount, Flag, IdOrNone, New, Several, Text, Time, Wire, at_most, euros, whole_cents

PurchaseType = Literal["purchaseinvoice", "purchasecreditnote"]
LARGEST_FILE = 5 * 1024 * 1024
"""Of one file of a voucher, inclusive."""


class PostingCategory(Wire):
    """What a line is booked to. Ids are the same in every account and do change: never write one down in code."""

    id: UUID
    name: str
    type: str
    contact_required: Flag = False
    split_allowed: Flag = False
    group_name: str | None = None


class NewVoucherItem(New):
    """One rate and category. `cents` is net or gross as the voucher's `tax_type` says; under § 13b the tax is 0."""

    cents: Annotated[int, Field(strict=True, ge=1, le=10**12)]
    tax_cents: Annotated[int, Field(strict=True, ge=0, le=10**12)]
    tax_rate_percent: Annotated[Amount, Field(ge=0, le=100)]
    category_id: UUID

    def members(self) -> dict[str, object]:
        """One of the `voucherItems`, as JSON members."""
        return {
            "amount": euros(self.cents),
            "taxAmount": euros(self.tax_cents),
            "taxRatePercent": self.tax_rate_percent,
            "categoryId": str(self.category_id),
        }


class NewVoucher(New):
    """A purchase voucher to create. Its status is not sent: an account may refuse it, and none means open."""

    type: PurchaseType
    number: Annotated[Text, Field(min_length=1), at_most(255)]
    voucher_date: date
    due_date: date | None = None
    tax_type: Literal["net", "gross", "vatfree"]
    contact_id: UUID
    items: Annotated[tuple[NewVoucherItem, ...], Field(min_length=1, max_length=100)]
    remark: Annotated[Text, at_most(2000)] | None = None

    @model_validator(mode="after")
    def _free_of_tax(self) -> Self:
        if self.tax_type == "vatfree" and any(item.tax_rate_percent or item.tax_cents for item in self.items):
            raise ValueError("a voucher free of VAT has items of 0 % only")
        return self

    @property
    def gross_cents(self) -> int:
        """The total that is sent: it must equal the items."""
        taxes = sum(item.tax_cents for item in self.items) if self.tax_type == "net" else 0
        return sum(item.cents for item in self.items) + taxes

    def body(self) -> bytes:
        """The JSON to send."""
        return write_json(
            without_none(
                type=self.type,
                voucherNumber=self.number,
                voucherDate=self.voucher_date.isoformat(),
                dueDate=self.due_date.isoformat() if self.due_date else None,
                totalGrossAmount=euros(self.gross_cents),
                totalTaxAmount=euros(sum(item.tax_cents for item in self.items)),
                taxType=self.tax_type,
                useCollectiveContact=False,
                contactId=str(self.contact_id),
                remark=self.remark,
                voucherItems=[item.members() for item in self.items],
            )
        )


class VoucherItem(Wire):
    """One rate and category of a voucher as it was fetched."""

    amount: Amount
    tax_amount: Amount
    tax_rate_percent: Amount
    category_id: IdOrNone = None


class Voucher(Fetched):
    """A voucher (Beleg). `voucher_status`: blank, unchecked, open, paid, paidoff, transferred, sepadebit or voided."""

    id: UUID
    organization_id: UUID
    type: str
    voucher_status: str
    voucher_number: str | None = None
    voucher_date: Time
    updated_date: Time
    version: int
    total_gross_amount: Amount
    total_tax_amount: Amount
    tax_type: str
    use_collective_contact: Flag = False
    contact_id: IdOrNone = None
    remark: str | None = None
    voucher_items: Several[VoucherItem] = ()
    files: Several[UUID] = ()

    @property
    def gross_cents(self) -> int:
        """The total in cents. Raises FractionOfACent."""
        return whole_cents(self.total_gross_amount)

    @property
    def tax_cents(self) -> int:
        """The tax in cents. Raises FractionOfACent."""
        return whole_cents(self.total_tax_amount)

    @property
    def total_gross_cents(self) -> int:
        """As a sales document names it. Raises FractionOfACent."""
        return self.gross_cents

    @property
    def total_tax_cents(self) -> int:
        """As a sales document names it. Raises FractionOfACent."""
        return self.tax_cents

    @property
    def total_net_cents(self) -> int:
        """The total without tax. Raises FractionOfACent."""
        return self.gross_cents - self.tax_cents

    @property
    def rates(self) -> frozenset[Decimal]:
        """The rates that it is booked with, in percent."""
        return frozenset(item.tax_rate_percent for item in self.voucher_items)


class AttachedFile(Wire):
    """What attaching answers: the same id for the same bytes."""

    id: UUID
