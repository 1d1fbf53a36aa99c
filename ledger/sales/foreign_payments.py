"""Payments in another currency than the euro: what was told of them, and the rate at which they are booked.

They book nothing and ask a person (rules.md, Money). A rate is how much of the currency was one euro on a day, as the
European Central Bank and the Bundesfinanzministerium write it.
"""

from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import Field

from ledger.database import TenantTransaction
from ledger.money import round_half_away
from ledger.types import EventId, Frozen

EURO = "EUR"
# As Stripe counts them (its page "Supported currencies"): ISK and UGX have two digits there, though they have no cents.
_NO_DIGITS = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]
)
_THREE_DIGITS = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])


class Rate(Frozen):
    """So many units of a currency were one euro on that day, and who says so."""

    rate: Decimal = Field(gt=0, lt=10**9)
    rate_day: date
    rate_source: str = Field(min_length=1, max_length=200)

    def euro_cents(self, amount: Decimal) -> int:
        """Of an amount in whole units."""
        return round_half_away(amount * 100 / self.rate)


class ToldPayment(Frozen):
    """What an event or an invoice says of a payment. Amounts are in whole units of the currency, tax included."""

    names: tuple[str, ...]
    """By which it is found: references of the provider, the invoice's id."""
    currency: str
    amount: Decimal
    tax: Decimal | None
    happened_on: date
    events: tuple[EventId, ...]
    """To be handled again once a rate is given."""


class ForeignPayment(Frozen):
    """Amounts are in whole units of the currency, tax included."""

    id: UUID
    currency: str
    amount: Decimal
    tax: Decimal | None
    happened_on: date
    names: tuple[str, ...]
    events: tuple[int, ...]
    state: Literal["open", "converted", "dismissed"]
    rate: Decimal | None
    rate_day: date | None
    rate_source: str | None

    @property
    def given(self) -> Rate | None:
        """The rate that a person gave for it."""
        if self.rate is None or self.rate_day is None or self.rate_source is None:
            return None
        return Rate(rate=self.rate, rate_day=self.rate_day, rate_source=self.rate_source)


def whole_units(smallest: int, currency: str) -> Decimal:
    """An amount in the smallest unit of a currency, as its payment provider counts it."""
    digits = 0 if currency in _NO_DIGITS else 3 if currency in _THREE_DIGITS else 2
    return Decimal(smallest).scaleb(-digits)


_COLUMNS = "id, currency, amount, tax, happened_on, names, events, state, rate, rate_day, rate_source"


async def note(tx: TenantTransaction, told: ToldPayment) -> tuple[ForeignPayment, list[UUID]]:
    """Keep what is told of a payment, with what is known of it by any of its names. It is locked.

    The largest amount that was told is the payment's: a part of it that went back is told by the same names. Returns
    it, and what turned out to be the same and is none of its own any more.
    """
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS} FROM foreign_payments
         WHERE tenant_id = $1 AND names && $2::text[] AND currency = $3
         ORDER BY state = 'open', created_at FOR UPDATE
        """,
        tx.tenant.id,
        list(told.names),
        told.currency,
    )
    if not rows:
        row = await tx.fetchrow(
            f"""
            INSERT INTO foreign_payments (tenant_id, names, currency, amount, tax, happened_on, events)
            VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING {_COLUMNS}
            """,
            tx.tenant.id,
            sorted(set(told.names)),
            told.currency,
            told.amount,
            told.tax,
            told.happened_on,
            list(told.events),
        )
        return ForeignPayment.from_row(row or {}), []
    known = [ForeignPayment.from_row(row) for row in rows]
    row = await tx.fetchrow(
        f"""
        UPDATE foreign_payments
           SET names = $3, events = $4, amount = greatest(amount, $5), tax = COALESCE(tax, $6),
               happened_on = least(happened_on, $7)
         WHERE tenant_id = $1 AND id = $2 RETURNING {_COLUMNS}
        """,
        tx.tenant.id,
        known[0].id,
        sorted({*told.names, *(name for one in known for name in one.names)}),
        sorted({*told.events, *(event for one in known for event in one.events)}),
        told.amount,
        told.tax,
        told.happened_on,
    )
    same = [one.id for one in known[1:] if one.state == "open"]
    await tx.execute(
        """
        UPDATE foreign_payments SET state = 'dismissed', decided_by = 'engine', decided_at = now()
         WHERE tenant_id = $1 AND id = ANY ($2)
        """,
        tx.tenant.id,
        same,
    )
    return ForeignPayment.from_row(row or {}), same


async def get(tx: TenantTransaction, payment: UUID) -> ForeignPayment:
    """Locked. Raises LookupError: who asks has it from a row."""
    row = await tx.fetchrow(
        f"SELECT {_COLUMNS} FROM foreign_payments WHERE tenant_id = $1 AND id = $2 FOR UPDATE", tx.tenant.id, payment
    )
    if row is None:
        raise LookupError(payment)
    return ForeignPayment.from_row(row)


async def decide(tx: TenantTransaction, payment: UUID, given: Rate | None, *, by: str) -> ForeignPayment:
    """A person gives the rate, or None: it is not booked at all. Returns it; its events are to be handled again."""
    row = await tx.fetchrow(
        f"""
        UPDATE foreign_payments
           SET state = CASE WHEN $3::numeric IS NULL THEN 'dismissed' ELSE 'converted' END, rate = $3, rate_day = $4,
               rate_source = $5, decided_by = $6, decided_at = now()
         WHERE tenant_id = $1 AND id = $2 RETURNING {_COLUMNS}
        """,
        tx.tenant.id,
        payment,
        given and given.rate,
        given and given.rate_day,
        given and given.rate_source,
        by,
    )
    return ForeignPayment.from_row(row or {})


async def proposed_rate(tx: TenantTransaction, currency: str) -> Rate | None:
    """The one that was last given for this currency."""
    row = await tx.fetchrow(
        """
        SELECT rate, rate_day, rate_source FROM foreign_payments
         WHERE tenant_id = $1 AND currency = $2 AND state = 'converted' ORDER BY decided_at DESC LIMIT 1
        """,
        tx.tenant.id,
        currency,
    )
    return None if row is None else Rate.from_row(row)
