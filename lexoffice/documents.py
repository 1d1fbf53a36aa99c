"""Invoices and credit notes as lexoffice shows them (lexoffice API, Invoices and Credit Notes endpoints)."""

from typing import Final
from uuid import UUID

from lexoffice.answers import Fetched
from lexoffice.custom_fields import WithCustomFields
from lexoffice.wire import Amount, Flag, IdOrNone, Several, Time, TimeOrNone, Wire, whole_cents

SETTLED: Final = frozenset({"paid", "paidoff"})
"""An invoice is paid, a credit note paidoff; `paid` for a credit note is the word of the chapter on lexoffice."""


class DocumentAddress(Wire):
    """The recipient. Without `contact_id` it is a one-time address; `name` is always there."""

    contact_id: IdOrNone = None
    name: str | None = None
    supplement: str | None = None
    street: str | None = None
    zip: str | None = None
    city: str | None = None
    country_code: str | None = None
    contact_person: str | None = None


class UnitPrice(Wire):
    """The price of one unit in EUR, with up to four decimals; one side is given, the other computed from it."""

    currency: str | None = None
    net_amount: Amount | None = None
    gross_amount: Amount | None = None
    tax_rate_percentage: Amount | None = None


class DocumentLine(Wire):
    """One line. A line of type `text` has neither quantity nor price."""

    type: str
    id: IdOrNone = None
    name: str | None = None
    description: str | None = None
    quantity: Amount | None = None
    unit_name: str | None = None
    unit_price: UnitPrice | None = None
    discount_percentage: Amount | None = None
    line_item_amount: Amount | None = None


class TotalPrice(Wire):
    """The totals, computed by lexoffice, in `currency`."""

    currency: str
    total_net_amount: Amount
    total_gross_amount: Amount
    total_tax_amount: Amount
    total_discount_absolute: Amount | None = None
    total_discount_percentage: Amount | None = None


class TaxAmount(Wire):
    """What one tax rate contributes to the totals."""

    tax_rate_percentage: Amount
    tax_amount: Amount
    net_amount: Amount


class TaxConditions(Wire):
    """`tax_type` is `net`, `gross`, `vatfree` or one of the cases of foreign trade; the list may grow."""

    tax_type: str
    tax_sub_type: str | None = None
    tax_type_note: str | None = None


class RelatedVoucher(Wire):
    """A document that this one follows or that follows it."""

    id: UUID
    voucher_number: str | None = None
    voucher_type: str | None = None


class DownPaymentDeduction(Wire):
    """A down payment that a closing invoice deducts, in EUR."""

    id: IdOrNone = None
    voucher_type: str | None = None
    title: str | None = None
    voucher_number: str | None = None
    voucher_date: TimeOrNone = None
    received_gross_amount: Amount | None = None
    received_net_amount: Amount | None = None
    received_tax_amount: Amount | None = None
    tax_rate_percentage: Amount | None = None


class SalesDocument(WithCustomFields):
    """What invoices and credit notes have in common."""

    id: UUID
    organization_id: UUID
    voucher_status: str
    voucher_number: str | None = None  # may lag behind a create by some seconds
    voucher_date: Time
    created_date: Time
    updated_date: Time
    version: int
    archived: bool | None = None
    language: str | None = None
    address: DocumentAddress
    line_items: Several[DocumentLine] = ()
    total_price: TotalPrice
    tax_amounts: Several[TaxAmount] = ()
    tax_conditions: TaxConditions
    title: str | None = None
    introduction: str | None = None
    remark: str | None = None
    related_vouchers: Several[RelatedVoucher] = ()

    @property
    def total_net_cents(self) -> int:
        """The net total in cents. Raises FractionOfACent."""
        return whole_cents(self.total_price.total_net_amount)

    @property
    def total_tax_cents(self) -> int:
        """The tax in cents. Raises FractionOfACent."""
        return whole_cents(self.total_price.total_tax_amount)

    @property
    def total_gross_cents(self) -> int:
        """The gross total in cents. Raises FractionOfACent."""
        return whole_cents(self.total_price.total_gross_amount)

    @property
    def currency(self) -> str:
        """The currency of the total, ISO 4217."""
        return self.total_price.currency


class DocumentText(Fetched):
    """What people read of a document. It can be had though a date or an amount in the document makes no sense."""

    id: UUID
    voucher_status: str
    voucher_number: str | None = None
    introduction: str | None = None
    remark: str | None = None

    @property
    def text(self) -> str:
        """Introduction and remark together: where a marker may stand."""
        return f"{self.introduction or ''}\n{self.remark or ''}"


class CreditNote(SalesDocument):
    """A credit note (Rechnungskorrektur). `voucher_status` is draft, open, paidoff or voided."""


class Invoice(SalesDocument):
    """An invoice. `voucher_status` is draft, open, paid or voided; a partly paid one stays open.

    A closing invoice (`closing_invoice`) names the down payments it deducts; `claimed_gross_amount` is what is left.
    """

    due_date: TimeOrNone = None
    closing_invoice: Flag = False
    claimed_gross_amount: Amount | None = None
    down_payment_deductions: Several[DownPaymentDeduction] = ()
    recurring_template_id: IdOrNone = None

    @property
    def claimed_gross_cents(self) -> int | None:
        """What a closing invoice still claims, in cents. Raises FractionOfACent."""
        return None if self.claimed_gross_amount is None else whole_cents(self.claimed_gross_amount)
