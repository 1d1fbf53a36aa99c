"""A voucher as its intent keeps it: all of what is sent, but for the contact, which booking fills in once."""

from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from ledger.documents.intents import Intent
from ledger.types import DocumentKind, Frozen, PartnerId
from lexoffice.purchases import NewVoucher, NewVoucherItem, PurchaseType


class VoucherContent(Frozen):
    """One voucher with one line: a document of ours has one tax case. Cents, never negative.

    `cents` is net or gross as `tax_type` says.
    """

    type: PurchaseType
    number: str
    voucher_date: date
    tax_type: Literal["net", "gross", "vatfree"]
    cents: int
    tax_cents: int
    rate: Decimal
    category_id: UUID
    remark: str
    partner: PartnerId
    contact_id: UUID | None = None

    @property
    def kind(self) -> DocumentKind:
        """As rows name it."""
        return DocumentKind(self.type)

    @property
    def net_cents(self) -> int:
        """What was credited, without tax."""
        return self.cents if self.tax_type == "net" else self.cents - self.tax_cents

    @property
    def gross_cents(self) -> int:
        """The voucher's total."""
        return self.net_cents + self.tax_cents

    def to_send(self, contact: UUID) -> NewVoucher:
        """The voucher for this contact. Raises pydantic's ValidationError for what lexoffice would not take."""
        item = NewVoucherItem(
            cents=self.cents, tax_cents=self.tax_cents, tax_rate_percent=self.rate, category_id=self.category_id
        )
        return NewVoucher(
            type=self.type,
            number=self.number,
            voucher_date=self.voucher_date,
            tax_type=self.tax_type,
            contact_id=contact,
            items=(item,),
            remark=self.remark,
        )


def voucher_of(intent: Intent) -> VoucherContent:
    """What is sent for this intent, or was."""
    return VoucherContent.model_validate(intent.content)
