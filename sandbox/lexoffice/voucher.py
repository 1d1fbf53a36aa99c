"""One purchase voucher (Beleg): a number given by the sender, amounts by rate and category, and files."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from .clock import wire
from .document import Part, Payment, number, without_nulls

VoucherType = Literal["salesinvoice", "salescreditnote", "purchaseinvoice", "purchasecreditnote"]
VoucherStatus = Literal["blank", "unchecked", "open", "paid", "paidoff", "transferred", "sepadebit", "voided"]
PURCHASES = ("purchaseinvoice", "purchasecreditnote")
SETTLED = ("paid", "paidoff", "voided")


class Item(Part):
    amount: Decimal
    tax_amount: Decimal
    rate: Decimal
    category_id: str


class Voucher(Part):
    id: str
    organization_id: str
    type: VoucherType
    status: VoucherStatus
    number: str
    version: int
    created: datetime
    updated: datetime
    voucher_date: datetime
    due: datetime
    tax_type: Literal["net", "gross", "vatfree"]
    gross: Decimal
    tax: Decimal
    items: tuple[Item, ...] = ()
    contact_id: str | None = None
    contact_name: str | None = None
    collective_contact: bool = False
    remark: str | None = None
    files: tuple[str, ...] = ()
    payments: tuple[Payment, ...] = ()
    settled_at: datetime | None = None

    @property
    def open_amount(self) -> Decimal:
        """Still to be paid; a voucher that was handed to the bank (`transferred`) is open until the bank confirms."""
        if self.status in SETTLED or self.status in ("blank", "unchecked"):
            return Decimal("0.00")
        return max(self.gross - self.paid_amount, Decimal("0.00"))

    @property
    def paid_amount(self) -> Decimal:
        return sum((payment.amount for payment in self.payments), Decimal("0.00"))

    @property
    def settled_word(self) -> VoucherStatus:
        return "paidoff" if self.type.endswith("creditnote") else "paid"


def public(voucher: Voucher) -> dict[str, Any]:
    """The answer of `GET /v1/vouchers/{id}`: dates come back as instants, though they were sent as days."""
    shown: dict[str, Any] = without_nulls(
        {
            "id": voucher.id,
            "organizationId": voucher.organization_id,
            "type": voucher.type,
            "voucherStatus": voucher.status,
            "voucherNumber": voucher.number,
            "voucherDate": wire(voucher.voucher_date),
            "dueDate": wire(voucher.due),
            "totalGrossAmount": float(voucher.gross),
            "totalTaxAmount": float(voucher.tax),
            "taxType": voucher.tax_type,
            "useCollectiveContact": voucher.collective_contact,
            "contactId": voucher.contact_id,
            "contactName": voucher.contact_name if voucher.collective_contact else None,
            "remark": voucher.remark,
            "voucherItems": [
                {
                    "amount": float(item.amount),
                    "taxAmount": float(item.tax_amount),
                    "taxRatePercent": number(item.rate),
                    "categoryId": item.category_id,
                }
                for item in voucher.items
            ],
            "files": list(voucher.files),
            "createdDate": wire(voucher.created),
            "updatedDate": wire(voucher.updated),
            "version": voucher.version,
        }
    )
    return shown
