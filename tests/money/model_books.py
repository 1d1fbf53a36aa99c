"""The books of the model: what there is, what is open of each family, and how a change of one moves it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from tests.money.model_dues import RATES, Debt, Facts, Share, Status, Statuses, Terms
from tests.money.model_sales import (
    BERLIN,
    LONG_AGO,
    PLANS,
    Family,
    Instant,
    Plan,
    Sale,
    rounded,
)

EARLY = ("awaiting_approval", "approved")


ENDED = ("cancelled", "rejected")


@dataclass
class BankRun:
    payouts: set[str]
    state: str = "draft"


@dataclass
class Payout:
    partner: str
    case: str
    lines: dict[Family, Share]
    state: str = "awaiting_approval"
    approved_for: list[tuple[date, str]] = field(default_factory=list)
    """What was recorded of the partner's tax status when it was approved."""
    reference: str = ""
    """Of its payment: PO (the bank file's) or GS (the document's)."""
    was_paid: bool = False
    by_hand: bool = False
    """Settled outside: nothing of it is owed any more."""

    @property
    def net(self) -> int:
        return sum(share.cents for share in self.lines.values())

    @property
    def tax(self) -> int:
        return rounded(Fraction(self.net * RATES[self.case], 100))


@dataclass
class Line:
    """Without a sale: of a month's close, or written by a person."""

    partner: str
    day: date
    begins: int = LONG_AGO
    counts_from: int = LONG_AGO
    has_hold: bool = True
    waits: bool = False


@dataclass
class Books:
    sales: dict[str, Sale] = field(default_factory=dict)
    payouts: dict[str, Payout] = field(default_factory=dict)
    unsettled: dict[Family, Share] = field(default_factory=dict)
    """What is open of each family."""
    plans: list[tuple[Instant, Plan]] = field(default_factory=lambda: [((0, 0), PLANS[0])])
    number: int = 0
    """Of sales and plans so far."""
    clock: int = 0
    """Of events: how old a debt is."""
    closed: dict[tuple[str, int], int] = field(default_factory=dict)
    """What the closes of a month gave a partner so far."""
    lines: dict[str, Line] = field(default_factory=dict)
    bank_runs: dict[str, BankRun] = field(default_factory=dict)
    terms: Terms = field(default_factory=Terms)
    statuses: dict[str, Statuses] = field(default_factory=dict)
    leaving: set[str] = field(default_factory=set)
    cut_offs: set[int] = field(default_factory=set)
    """A day has one run."""
    rehearsal: dict[tuple[str, str], int] = field(default_factory=dict)
    """What the last one said: net by partner and tax case."""
    today: date = field(default_factory=lambda: datetime.now(BERLIN).date())

    def _of_a_line(self, cents: int) -> Share:
        return Share(max(cents, 0), [Debt(cents, self.clock)] if cents < 0 else [])

    def _statuses_of(self, partner: str) -> Statuses:
        long_private = Statuses([Status("private", date(2020, 1, 1))])
        return self.statuses.setdefault(partner, long_private)

    def _facts(self, family: Family) -> Facts:
        name, level = family
        if line := self.lines.get(name):
            return Facts(
                line.partner,
                line.day,
                waits=line.waits,
                begins=line.begins,
                counts_from=line.counts_from,
                has_hold=line.has_hold,
            )
        sale = self.sales[name]
        return Facts(
            sale.partners[level - 1],
            sale.day,
            held=sale.on_hold,
            unpaid=sale.state not in ("approved", "refunded"),
            begins=sale.paid_day,
            counts_from=sale.paid_day,
        )

    def _change(self, name: str, **members: Any) -> None:
        sale = self.sales[name]
        levels = range(1, len(sale.partners) + 1)
        before = {level: sale.worth(level) for level in levels}
        for member, value in members.items():
            setattr(sale, member, value)
        waits = sale.state != "refunded" and (sale.state == "pending" or sale.on_hold)
        for level in levels:
            less, more = sale.worth(level) < before[level], sale.worth(level) > before[level]
            for payout in self.payouts.values():
                if payout.state in EARLY and (name, level) in payout.lines:
                    self._take_out(payout, (name, level), above=less or waits, below=more)
        for level in levels:
            self._net((name, level))

    def _net(self, family: Family) -> None:
        """What is open of a sale is either to be paid or owed back, never both."""
        left = self.sales[family[0]].worth(family[1]) - self._settled(family)
        self.unsettled[family].above = max(left, 0)
        self.unsettled[family].owe(min(left, 0), self.clock, self._case_of_line(family))

    def _case_of_line(self, family: Family) -> str | None:
        """Of the newest payout that holds something of it."""
        holding = [one for one in self.payouts.values() if family in one.lines and one.lines[family].above]
        return holding[-1].case if holding else None

    def _take_out(self, payout: Payout, family: Family, *, above: bool, below: bool) -> None:
        line = payout.lines[family]
        gone = Share(line.above if above else 0, list(line.debts) if below else [])
        if not gone.above and not gone.debts:
            return
        line.take(gone)
        if not line.above and not line.debts:
            del payout.lines[family]
        self.unsettled[family].add(gone)
        payout.state = "awaiting_approval"
        if payout.net <= 0:
            self._give_back(payout, "cancelled")

    def _give_back(self, payout: Payout, state: str) -> None:
        for family, share in payout.lines.items():
            self.unsettled[family].add(share)
        given_back = [family for family in payout.lines if family[0] in self.sales]
        payout.lines, payout.state = {}, state
        for family in given_back:
            self._net(family)

    def _settled(self, family: Family) -> int:
        return sum(payout.lines[family].cents for payout in self.payouts.values() if family in payout.lines)

    def _is_promised(self, name: str) -> bool:
        return any(
            payout.state not in (*EARLY, *ENDED) and any(family[0] == name for family in payout.lines)
            for payout in self.payouts.values()
        )
