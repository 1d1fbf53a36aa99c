"""Documents as easybill shows them (REST API, Model/Document)."""

from typing import Final, Literal

from easybill.answers import Fetched
from easybill.customers import CustomerDetails
from easybill.wire import (
    Cents,
    CentsOrNone,
    CentsOrZero,
    DayOrNone,
    Flag,
    FractionalCents,
    Id,
    IdOrNone,
    Number,
    Several,
    TextOrNone,
    TimeOrNone,
    Wire,
)

DocumentType = Literal["INVOICE", "CREDIT", "STORNO", "STORNO_CREDIT"]
CANCELLED_BY: Final[dict[DocumentType, DocumentType]] = {"INVOICE": "STORNO", "CREDIT": "STORNO_CREDIT"}
"""The type of the document that cancels one of this type."""


class Position(Wire):
    """One line. Prices are in cents, those of a unit with fractions of one; a line of type TEXT has none."""

    id: IdOrNone = None
    type: str = "POSITION"
    number: TextOrNone = None
    description: TextOrNone = None
    quantity: Number = None
    unit: TextOrNone = None
    single_price_net: FractionalCents = None
    vat_percent: Number = None
    total_price_net: FractionalCents = None
    total_price_gross: FractionalCents = None


class ServiceDate(Wire):
    """When the service was rendered: one day, or from and to."""

    type: TextOrNone = None
    date: DayOrNone = None
    date_from: DayOrNone = None
    date_to: DayOrNone = None
    text: TextOrNone = None


class Document(Fetched):
    """One document of whatever type. There is no status: `is_draft`, `cancel_id` and `paid_amount` say where it stands.

    `amount` is gross. Which sign the amounts of a CREDIT have is not documented [inf]: compare `gross_cents`.
    """

    id: Id
    type: str
    number: TextOrNone = None
    is_draft: Flag = False
    is_archive: Flag = False
    is_replica: Flag = False
    customer_id: IdOrNone = None
    customer_snapshot: CustomerDetails | None = None
    external_id: TextOrNone = None
    order_number: TextOrNone = None
    title: TextOrNone = None
    text: TextOrNone = None
    text_prefix: TextOrNone = None
    text_tax: TextOrNone = None
    currency: str = "EUR"
    amount: Cents
    amount_net: Cents
    calc_vat_from: int | None = None
    vat_option: TextOrNone = None
    paid_amount: CentsOrZero = 0
    paid_at: DayOrNone = None
    cancel_id: IdOrNone = None
    ref_id: IdOrNone = None
    root_id: IdOrNone = None
    document_date: DayOrNone = None
    created_at: TimeOrNone = None
    edited_at: TimeOrNone = None
    service_date: ServiceDate | None = None
    items: Several[Position] = ()
    discount: CentsOrNone = None

    @property
    def gross_cents(self) -> int:
        """What the document is about, gross, never negative."""
        return abs(self.amount)

    @property
    def net_cents(self) -> int:
        """The same, net."""
        return abs(self.amount_net)

    @property
    def paid_cents(self) -> int:
        """What was paid on it, never negative: a payment on a CREDIT goes the other way [inf], one on an INVOICE that
        does gave money back."""
        return max(0, self.paid_amount) if self.type == "INVOICE" else abs(self.paid_amount)

    @property
    def open_cents(self) -> int:
        """What is still to be paid; 0 also where more was paid."""
        return max(0, self.gross_cents - self.paid_cents)

    @property
    def is_cancelled(self) -> bool:
        """Whether it names the document that cancels it. A CREDIT need not ("Only for document type INVOICE").

        What cancels a CREDIT is found by its `ref_id`.
        """
        return self.cancel_id is not None

    @property
    def is_paid(self) -> bool:
        """Whether it is done, stands, and is wholly paid. `paid_at` alone is no proof: a part has a day, too."""
        return not self.is_draft and not self.is_cancelled and self.gross_cents > 0 and self.open_cents == 0
