"""Sales and refunds as a caller of our own API tells them, or a row of a file."""

from decimal import Decimal
from typing import Self

from pydantic import Field, model_validator

from ledger.mail_addresses import MailAddress
from ledger.plain_text import PrintedName
from ledger.types import BusinessDay, BusinessTime, Submitted

_MOST_CENTS = 10**11


class BuyerNames(Submitted):
    """Who bought, as far as the caller knows."""

    external_id: str | None = Field(default=None, min_length=1, max_length=200)
    email: MailAddress | None = None
    name: PrintedName | None = Field(default=None, max_length=300)


class GivenRate(Submitted):
    """So many units of the currency were one euro on that day, and who says so."""

    rate: Decimal = Field(gt=0, lt=10**9, max_digits=17, decimal_places=8, examples=["1.0823"])
    day: BusinessDay
    source: str = Field(min_length=1, max_length=200, examples=["EZB"])


class NewLine(Submitted):
    """A line of the sale; `product` and `category` as the plan's rates name them."""

    product: str | None = Field(default=None, min_length=1, max_length=200, examples=["kurs-1"])
    category: str | None = Field(default=None, min_length=1, max_length=200)
    gross_cents: int = Field(ge=0, lt=_MOST_CENTS)


class NewSale(Submitted):
    """Amounts are in the smallest unit of the currency, tax included in `gross_cents`."""

    external_id: str = Field(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$", examples=["bestellung-4711"])
    gross_cents: int = Field(gt=0, lt=_MOST_CENTS, examples=[11_900])
    tax_cents: int = Field(ge=0, lt=_MOST_CENTS, examples=[1_900])
    currency: str = Field(default="EUR", pattern=r"^[A-Z]{3}$")
    exchange_rate: GivenRate | None = None
    sold_at: BusinessTime
    partner_code: str | None = Field(default=None, min_length=1, max_length=32)
    coupon_code: str | None = Field(default=None, min_length=1, max_length=100, examples=["SOMMER10"])
    campaign_slug: str | None = Field(default=None, min_length=1, max_length=64)
    order_reference: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_-]{3,80}$")
    subscription: str | None = Field(default=None, min_length=1, max_length=255, pattern=r"^[\x21-\x7e]+$")
    customer: BuyerNames | None = None
    lines: tuple[NewLine, ...] = Field(default=(), max_length=500)
    awaits_invoice: bool = False
    """Whether it waits for its invoice in the books; else it counts as paid."""

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.tax_cents > self.gross_cents:
            raise ValueError("tax_cents is more than gross_cents")
        if sum(line.gross_cents for line in self.lines) > self.gross_cents:
            raise ValueError("lines are more than gross_cents")
        return self


class NewRefund(Submitted):
    """`cents`: in the unit of the sale; None: all of it. The same `reference` counts once."""

    reference: str = Field(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$", examples=["erstattung-1"])
    cents: int | None = Field(default=None, gt=0, lt=_MOST_CENTS)
    refunded_at: BusinessTime | None = None
