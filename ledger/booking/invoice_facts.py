"""An invoice as it was fetched and judged, in the words of the ledger."""

from datetime import date
from decimal import Decimal
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, Field

from ledger.reasons import Reason
from ledger.sales.customers import CustomerNames
from ledger.sales.foreign_payments import Rate
from ledger.types import Frozen


class InvoiceFacts(Frozen):
    """A judged invoice. Amounts are cents.

    `base_cents` is the net that was or will be paid by cash, `paid` says that cash covers it; what write-offs or
    credit notes settled is off the base, and a base of 0 is a refund for `reason`. `credited_cents`
    is what of it credit notes settled, gross, `written_off_cents` what else is off the base.
    `order_references` are those of the document, `partner_code` and `campaign_slug` are named by it,
    `customer_partner_code` by its contact. A deleted invoice has nothing but its ids.
    """

    resource_id: UUID
    organization_id: UUID
    status: Literal["draft", "open", "paid", "voided", "deleted"]
    voucher_number: str | None = None
    voucher_date: date | None = None
    currency: str = "EUR"
    net_cents: int = 0
    tax_cents: int = 0
    gross_cents: int = 0
    base_cents: int = 0
    paid_cents: int = 0
    credited_cents: int = 0
    written_off_cents: int = 0
    open_cents: int = 0
    paid_at: AwareDatetime | None = None
    order_references: tuple[str, ...] = ()
    partner_code: str | None = None
    partner_codes_differ: bool = False
    customer_partner_code: str | None = None
    campaign_slug: str | None = None
    contact_id: UUID | None = None
    customer_email: str | None = None
    customer_name: str | None = None
    address: dict[str, Any] | None = None
    line_items: list[dict[str, Any]] = Field(default_factory=list)
    reason: Reason | None = None

    @property
    def customer(self) -> CustomerNames:
        """The names of the invoice's customer, to find or to make one by."""
        return CustomerNames(lexoffice_contact_id=self.contact_id, email=self.customer_email, name=self.customer_name)

    def in_euros(self, rate: Rate) -> Self:
        """The same invoice with every amount in euros."""
        amounts = {
            member: rate.euro_cents(Decimal(getattr(self, member)) / 100)
            for member in (
                "tax_cents",
                "gross_cents",
                "paid_cents",
                "credited_cents",
                "written_off_cents",
                "open_cents",
            )
        }
        net = amounts["gross_cents"] - amounts["tax_cents"]
        base = net if self.base_cents == self.net_cents else rate.euro_cents(Decimal(self.base_cents) / 100)
        return self.model_copy(update=amounts | {"net_cents": net, "base_cents": base, "currency": "EUR"})

    @property
    def is_bookable(self) -> bool:
        """Whether amounts and names of the document count: not those of a draft or of what was taken back."""
        return self.status in ("open", "paid")
