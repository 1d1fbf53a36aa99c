"""What the independent model takes for due: tax status by days, hold, cut-off, netting in its limit, the minimum."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from tests.money.model_sales import LONG_AGO, Family

RATES = {"regular": 19, "small_business": 0, "private": 0}
"""Percent of VAT, by the tax case of a document."""


@dataclass(frozen=True)
class Terms:
    """The tenant's settings."""

    hold_days: int = 0
    minimum: int = 0
    limit_percent: int = 100
    limit_cents: int | None = None


@dataclass
class Status:
    kind: str
    begins: date
    ends: date | None = None
    """The first day on which it no longer holds."""
    year: int | None = None
    """The calendar year for which a small business is confirmed."""


class Statuses(list[Status]):
    """Of one partner, as they were recorded."""

    def record(self, new: Status) -> None:
        """From its first day on it takes the place of what was valid then."""
        for old in self:
            if old.begins < new.begins and (old.ends is None or old.ends > new.begins):
                old.ends = new.begins
        self.append(new)

    def case_on(self, day: date) -> str | None:
        """None: there is no document for a service on this day."""
        replacing = {one.begins: one for one in self}
        held = [one for one in replacing.values() if one.begins <= day and (one.ends is None or day < one.ends)]
        if not held:
            return None
        status = max(held, key=lambda one: one.begins)
        if status.kind == "small_business" and status.year != day.year:
            return None
        return status.kind if status.kind in RATES else None

    def told_of(self, days: list[date]) -> list[tuple[date, str]]:
        """What is recorded for a time: an approval stands for it."""
        first, last = min(days), max(days)
        return [(one.begins, one.kind) for one in self if one.begins <= last and (one.ends is None or one.ends > first)]


@dataclass(frozen=True)
class Debt:
    """Below zero. Where a limit cuts, any of it may be taken."""

    cents: int
    since: int
    case: str | None = None
    """That of the line that it answers; None where the status of its day decides."""


@dataclass
class Share:
    """Of a family: what is to be paid, and what is owed back, the oldest first."""

    above: int = 0
    debts: list[Debt] = field(default_factory=list)

    @property
    def cents(self) -> int:
        return self.above + sum(debt.cents for debt in self.debts)

    def add(self, other: "Share") -> None:
        self.above += other.above
        for debt in other.debts:
            # What was split is one again: it is as old, and of the same line.
            twin = next((own for own in self.debts if replace(own, cents=0) == replace(debt, cents=0)), None)
            if twin is None:
                self.debts.append(debt)
            else:
                self.debts[self.debts.index(twin)] = replace(twin, cents=twin.cents + debt.cents)
        self.debts.sort(key=lambda debt: debt.since)

    def take(self, other: "Share") -> None:
        self.above -= other.above
        for debt in other.debts:
            at = next(at for at, own in enumerate(self.debts) if replace(own, cents=0) == replace(debt, cents=0))
            left = self.debts[at].cents - debt.cents
            self.debts[at : at + 1] = [replace(debt, cents=left)] if left else []

    def owe(self, cents: int, since: int, case: str | None) -> None:
        """Come to this (zero or below): a further debt of its own, or less of the newest ones."""
        so_far = sum(debt.cents for debt in self.debts)
        if cents < so_far:
            self.debts.append(Debt(cents - so_far, since, case))
        while so_far < cents:
            newest = self.debts.pop()
            if newest.cents < so_far - cents:
                self.debts.append(replace(newest, cents=newest.cents + cents - so_far))
                return
            so_far -= newest.cents


@dataclass(frozen=True)
class Facts:
    """What decides when a family is paid."""

    partner: str
    day: date
    """Of the service."""
    waits: bool = False
    """All of it: not confirmed."""
    held: bool = False
    """The sale is held or blocked: what is to be paid waits, what takes back does not."""
    unpaid: bool = False
    begins: int = LONG_AGO
    """The day on which the customer paid, or the last of a month's: the hold begins."""
    counts_from: int = LONG_AGO
    """A cut-off up to this day leaves it out: the day of the payment, or the end of the month that was closed."""
    has_hold: bool = True

    def is_free(self, hold_days: int, cut_off: int | None) -> bool:
        # 1 is tomorrow's midnight, "up to and including today": no hold ends before its day.
        on = 0 if cut_off is None or cut_off == 1 else cut_off
        held = self.has_hold and hold_days > 0 and self.begins + hold_days > on
        after = cut_off is not None and self.counts_from >= cut_off
        return not (self.unpaid or self.held or held or after)


@dataclass
class Group:
    """What one document could hold."""

    above: dict[Family, int] = field(default_factory=dict)
    debts: list[tuple[Family, Debt]] = field(default_factory=list)
    own_days: list[date] = field(default_factory=list)
    days: list[date] = field(default_factory=list)
    can_grow: bool = False
    """The partner is of this case today, or something of it waits; otherwise it is paid whatever its size."""

    @property
    def order(self) -> tuple[bool, date]:
        """The oldest service first; what holds nothing but claw-backs comes last."""
        return not self.own_days, min(self.own_days or self.days)

    def lines(self, terms: Terms) -> dict[Family, Share]:
        """With as much of the debts as the limit allows."""
        found = {family: Share(above) for family, above in self.above.items()}
        for family, debt in self._netted(terms):
            found.setdefault(family, Share()).debts.append(debt)
        return found

    def _netted(self, terms: Terms) -> list[tuple[Family, Debt]]:
        above = sum(self.above.values())
        owed = -sum(debt.cents for _, debt in self.debts)
        limit = above * terms.limit_percent // 100
        if terms.limit_cents is not None:
            limit = min(limit, terms.limit_cents)
        if owed <= limit or limit == above:
            return self.debts
        taken = []
        for family, debt in sorted(self.debts, key=lambda entry: entry[1].since):
            part = min(-debt.cents, limit)
            limit -= part
            if part:
                taken.append((family, replace(debt, cents=-part)))
        return taken

    def net(self, terms: Terms) -> int:
        return sum(share.cents for share in self.lines(terms).values())

    def stays_owed(self, terms: Terms) -> int:
        """Below zero: what the limit leaves for another time."""
        return sum(self.above.values()) + sum(debt.cents for _, debt in self.debts) - self.net(terms)

    def carried(self, terms: Terms, balance: int, *, leaving: bool) -> str | None:
        """`balance`: of the partner, over all tax cases."""
        if self.net(terms) <= 0:
            return "not_above_zero"
        return "below_minimum" if balance < terms.minimum and self.can_grow and not leaving else None


def balance_of(groups: Iterable[Group], terms: Terms) -> int:
    return sum(group.net(terms) for group in groups)
