"""What a payment provider reports, as the ledger takes it: a sale, money that went back, a dispute.

Amounts are in the smallest unit of `currency`; cents where that is the euro.
"""

from typing import Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from ledger.programme.product_rates import SoldLine
from ledger.sales.customers import LONGEST_ID, LONGEST_NAME, CustomerNames
from ledger.sales.foreign_payments import Rate
from ledger.sales.references import Paid, Reference
from ledger.types import STRIPE, Frozen

MOST_LINES = 1_000
"""Of one sale. What a source tells beyond them is paid like what no line names: by the rate of the level."""


class _ByReference(Frozen):
    """Found by any of its references. They are certain: whoever has one of them is this purchase."""

    source: str = STRIPE
    payment_intent: str | None = Field(default=None, max_length=300)
    checkout_session: str | None = Field(default=None, max_length=300)
    provider_invoice: str | None = Field(default=None, max_length=300)
    charge: str | None = Field(default=None, max_length=300)
    more_references: tuple[Reference, ...] = ()
    """Further ones of any kind, such as the second payment of an invoice."""
    is_of_other_affiliate: bool = False
    """The source pays an affiliate of its own for it, and such sales earn nothing here."""

    @property
    def certain(self) -> tuple[Reference, ...]:
        named = [
            Reference(kind=kind, reference=reference)
            for kind in ("payment_intent", "provider_invoice", "checkout_session", "charge")
            if (reference := getattr(self, kind))
        ]
        return tuple(dict.fromkeys([*named, *self.more_references]))

    @model_validator(mode="after")
    def _named(self) -> Self:
        if not self.certain:
            raise ValueError("a report names its payment intent, its invoice, its checkout or its charge")
        return self


class SaleReport(_ByReference):
    """A paid checkout, payment or invoice. `tax_cents` is None where the provider has no tax data."""

    is_final: bool = False
    """What it says is final and paid: no invoice in the books is waited for."""
    told_by: str | None = None
    """The kind of the reference whose own report this is; the amount is what that object says. None: the first."""
    subscription: str | None = None
    """Whose payment this is, at the provider; a plan may pay the first twelve only."""
    order_reference: str | None = None
    """The shop's own number. Somebody may pay the same order twice: those are two sales."""
    shop_reference: str | None = None
    """What the shop put where a partner's code may stand, or a number of its own."""
    partner_code: str | None = None
    further_code: str | None = None
    """Of the subscription; of all these the first that names a partner counts."""
    coupons: tuple[str, ...] = Field(default=(), max_length=20)
    """With which it was bought. Shops have coupons of nobody's: one that is not known is no question."""
    campaign_slug: str | None = None
    customer_external_id: str | None = None
    customer_email: str | None = None
    customer_name: str | None = None
    gross_cents: int
    tax_cents: int | None = None
    currency: str
    lines: tuple[SoldLine, ...] = Field(default=(), max_length=MOST_LINES)
    """What was sold, where it is told: a plan may pay a product or a category by a rate of its own."""
    rate: Rate | None = None
    """By which an authenticated caller converts another currency; else a person is asked for it."""
    sold_at: AwareDatetime

    @property
    def references(self) -> tuple[Reference, ...]:
        """Its own first: what was paid is told by that one."""
        own = [one for one in self.certain if one.kind == self.told_by]
        return tuple(dict.fromkeys([*own, *self.certain]))

    @property
    def paid(self) -> Paid:
        """The amount as the references keep it."""
        tax = None if self.tax_cents is None else min(max(self.tax_cents, 0), self.gross_cents)
        return Paid(currency=self.currency.upper(), units=self.gross_cents, tax_units=tax)

    @property
    def customer(self) -> CustomerNames:
        """What is told of who bought. An id that is too long finds nobody again; a name is cut."""
        id_ = self.customer_external_id
        return CustomerNames(
            external_id=id_ if id_ and len(id_) <= LONGEST_ID else None,
            email=self.customer_email,
            name=self.customer_name and self.customer_name[:LONGEST_NAME],
        )


class RefundReport(_ByReference):
    """A charge of which something was given back. `refunded_cents` is all of it up to `as_of`, not this step.

    With `failed_refund`, the id of a refund that did not arrive, `refunded_cents` is what of it came back to the shop.
    With `step`, the id of one refund of several, it is that one alone. `is_whole`: all that was paid, whatever it was.
    """

    charge_cents: int | None
    """What the customer really paid, without what was only authorised; None where it is not told."""
    refunded_cents: int
    currency: str
    sold_at: AwareDatetime
    as_of: AwareDatetime
    failed_refund: str | None = None
    step: str | None = None
    is_whole: bool = False
    customer_email: str | None = None


class DisputeReport(_ByReference):
    """A charge that the customer disputes with its bank. Won: the money stays or is back; lost: it is gone."""

    dispute: str
    status: Literal["open", "won", "lost"]
    charge_cents: int | None
    """None where the provider names only what is disputed."""
    disputed_cents: int
    currency: str
    sold_at: AwareDatetime
    as_of: AwareDatetime
