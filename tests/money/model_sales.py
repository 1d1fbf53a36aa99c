"""A sale as the independent model knows it: its plan, what it earns now, what the close of its month makes of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from math import floor
from typing import Any
from zoneinfo import ZoneInfo

Event = tuple[Any, ...]
Family = tuple[str, int]
"""A sale and a level of it; or a line without a sale (the close of a month, a bonus), and 0."""
Instant = tuple[int, int]
"""(month, how many sales and plans came before): they come seven hours apart."""
Tiers = tuple[tuple[int, int], ...]
"""(from so much revenue on, percent)"""

LONG_AGO = -200
"""Days are counted from today; whatever lies in the spring of 2026 is long ago."""
BERLIN = ZoneInfo("Europe/Berlin")


@dataclass(frozen=True)
class Plan:
    """Percent and tiers of level 1, 2 and 3; the cap per sale is level 1's."""

    percent: tuple[int, int, int]
    mode: str | None = None
    tiers: tuple[Tiers, Tiers, Tiers] = ((), (), ())
    cap_per_sale: int | None = None
    cap_per_month: int | None = None
    max_payments: int | None = None

    @property
    def closes(self) -> bool:
        return self.mode is not None or self.cap_per_month is not None


PLANS = (
    Plan((10, 5, 2)),
    Plan((10, 5, 2), "flat", (((10_000, 12), (30_000, 20)), ((12_345, 6),), ())),
    Plan((12, 5, 2), "graduated", (((8_000, 8), (50_000, 20)), ((10_000, 7),), ())),
    Plan((20, 5, 2), cap_per_sale=2_000, cap_per_month=3_000),
    Plan((10, 5, 3), "flat", (((9_000, 15),), (), ()), cap_per_sale=8_000, cap_per_month=5_000),
    Plan((10, 6, 2), "graduated", (((500, 30), (20_000, 1)), (), ()), cap_per_sale=9_000, cap_per_month=12_000),
    Plan((30, 5, 2), max_payments=1),
    Plan((10, 6, 2), "graduated", (((8_000, 20),), ((9_000, 1),), ()), max_payments=2),
    Plan((8, 4, 1), "flat", (((10_000, 16),), (), ()), max_payments=1),
)
"""The first one is there from the beginning."""


def rounded(amount: Fraction) -> int:
    """Half a cent goes away from zero."""
    return floor(amount + Fraction(1, 2)) if amount >= 0 else -floor(-amount + Fraction(1, 2))


def gross_of(net: int) -> int:
    return net + rounded(Fraction(net * 19, 100))


def moment(instant: Instant) -> datetime:
    month, number = instant
    return datetime(2026, month, 1, 10, tzinfo=UTC) + timedelta(hours=7 * number)


def sliced(percent: int, tiers: Tiers, revenue: int) -> Fraction:
    """So much revenue from zero on, each slice at its own tier."""
    borders = [0, *(start for start, _ in tiers)]
    rates = [percent, *(rate for _, rate in tiers)]
    ends = [*borders[1:], max(revenue, borders[-1])]
    return sum(
        (
            Fraction(max(0, min(revenue, end) - start) * rate, 100)
            for start, end, rate in zip(borders, ends, rates, strict=True)
        ),
        Fraction(0),
    )


@dataclass
class Sale:
    partners: tuple[str, ...]
    """Who earns on level 1, 2, 3."""
    plan: int
    """Its version: the number of plans before it."""
    terms: Plan
    sold: Instant
    before: tuple[int, ...]
    """Of each level, what its partner had sold in the month as it was known then."""
    net: int
    gross: int
    subscription: str | None = None
    payment: int | None = None
    """Which payment of its subscription it is."""
    paid_day: int = LONG_AGO
    invoice: str | None = None
    """What the invoice says: pending, approved, refunded; None before there is one."""
    base: int = 0
    credited: int = 0
    charge_refunded: int = 0
    lost_disputes: dict[str, int] = field(default_factory=dict)
    open_disputes: set[str] = field(default_factory=set)
    notes: dict[str, int] = field(default_factory=dict)
    """Valid credit notes that name the invoice, gross."""
    charge: int = 0
    blocked: bool = False
    voided: bool = False

    @property
    def month(self) -> int:
        return self.sold[0]

    @property
    def day(self) -> date:
        return moment(self.sold).astimezone(BERLIN).date()

    @property
    def earns(self) -> bool:
        return self.terms.max_payments is None or self.payment is None or self.payment <= self.terms.max_payments

    @property
    def by_provider(self) -> int:
        return self.charge_refunded + sum(self.lost_disputes.values())

    @property
    def refunded(self) -> int:
        if self.by_provider >= self.charge:
            return self.gross
        share = rounded(Fraction(self.gross * self.by_provider, self.charge))
        return min(self.gross, max(share, sum(self.notes.values())))

    @property
    def state(self) -> str:
        return "refunded" if self.refunded >= self.gross else self.invoice or "pending"

    @property
    def on_hold(self) -> bool:
        return self.blocked or bool(self.open_disputes)

    def earned(self, level: int) -> int:
        """By its plan at once, before refunds."""
        if not self.earns:
            return 0
        percent, tiers = self.terms.percent[level - 1], self.terms.tiers[level - 1]
        amount = Fraction(self.base * percent, 100)
        if self.terms.mode == "graduated":
            before = self.before[level - 1]
            amount = sliced(percent, tiers, before + self.base) - sliced(percent, tiers, before)
        return int(self._capped(level, Fraction(rounded(amount))))

    def due_in_month(self, level: int, revenue: int) -> Fraction:
        """What the month's close makes of it, before refunds."""
        if not self.earns:
            return Fraction(0)
        percent, tiers = self.terms.percent[level - 1], self.terms.tiers[level - 1]
        if self.terms.mode == "graduated" and tiers:
            mean = sliced(percent, tiers, revenue) / revenue if revenue else Fraction(percent, 100)
            return self._capped(level, self.base * mean)
        reached = [rate for start, rate in tiers if revenue >= start]
        return self._capped(level, Fraction(rounded(Fraction(self.base * (reached or [percent])[-1], 100))))

    def _capped(self, level: int, amount: Fraction) -> Fraction:
        cap = self.terms.cap_per_sale
        return amount if level > 1 or cap is None else min(amount, Fraction(cap))

    def kept(self, cents: int) -> int:
        """What refunds have left of so much."""
        if self.state == "refunded":
            return 0
        beyond = max(0, self.refunded - self.credited)
        return cents - rounded(Fraction(cents * beyond, self.gross - self.credited))

    def worth(self, level: int) -> int:
        return self.kept(self.earned(level))

    def kept_of_due(self, due: Fraction) -> Fraction:
        if due.denominator == 1:
            return Fraction(self.kept(int(due)))
        whole = self.gross - self.credited
        return due * (whole - max(0, self.refunded - self.credited)) / whole


def revenue_of(partner: str, at: int, month: int, sales: Iterable[Sale]) -> int:
    """Of the sales on which this partner earns at this level (from 0), as they are known now."""
    return sum(
        sale.base
        for sale in sales
        if sale.month == month and sale.state != "refunded" and sale.earns and sale.partners[at : at + 1] == (partner,)
    )
