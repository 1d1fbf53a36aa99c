"""What partners must be owed and paid after any history: plain Python over the list of events, nothing of the product.

A commission is one number per sale and level: what the sale is worth to that level now. Whatever payouts hold or have
paid of it is settled; the rest is open, below zero it is a debt. The close of a month is one number per partner: what
its sales are worth together, less what they gave. There are no rows, states or locks here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from typing import Any

Tiers = tuple[tuple[int, int], ...]
"""(from so much revenue on, percent)"""


@dataclass(frozen=True)
class Plan:
    """Percent and tiers of level 1, 2 and 3; the cap per sale is level 1's."""

    percent: tuple[int, int, int]
    mode: str | None = None
    tiers: tuple[Tiers, Tiers, Tiers] = ((), (), ())
    cap_per_sale: int | None = None
    cap_per_month: int | None = None

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
)
"""The first one is there from the beginning."""

Event = tuple[Any, ...]
Family = tuple[str, int]
"""A sale and a level of it; or a close that a partner got, and 0."""
Instant = tuple[int, int]
"""(month, hour of it)"""


def rounded(amount: Fraction) -> int:
    """Half a cent goes away from zero."""
    return floor(amount + Fraction(1, 2)) if amount >= 0 else -floor(-amount + Fraction(1, 2))


def gross_of(net: int) -> int:
    return net + rounded(Fraction(net * 19, 100))


@dataclass
class Sale:
    partners: tuple[str, ...]
    """Who earns on level 1, 2, 3."""
    plan: int
    """Its version: the number of plans before it."""
    terms: Plan
    month: int
    before: tuple[int, ...]
    """Of each level, what its partner had sold in the month as it was known then."""
    net: int
    gross: int
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
    def by_provider(self) -> int:
        return self.charge_refunded + sum(self.lost_disputes.values())

    @property
    def refunded(self) -> int:
        if self.by_provider >= self.charge:
            return self.gross
        return min(self.gross, max(self.by_provider, sum(self.notes.values())))

    @property
    def state(self) -> str:
        return "refunded" if self.refunded >= self.gross else self.invoice or "pending"

    @property
    def on_hold(self) -> bool:
        return self.blocked or bool(self.open_disputes)

    def earned(self, level: int) -> int:
        """By its plan at once, before refunds."""
        percent, tiers = self.terms.percent[level - 1], self.terms.tiers[level - 1]
        amount = Fraction(self.base * percent, 100)
        if self.terms.mode == "graduated":
            before = self.before[level - 1]
            amount = sliced(percent, tiers, before + self.base) - sliced(percent, tiers, before)
        return int(self._capped(level, Fraction(rounded(amount))))

    def due_in_month(self, level: int, revenue: int) -> Fraction:
        """What the month's close makes of it, before refunds."""
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
class BankRun:
    payouts: set[str]
    state: str = "draft"


@dataclass
class Payout:
    partner: str
    state: str = "awaiting_approval"
    reference: str = ""
    """Of its payment: PO (the bank file's) or GS (the document's)."""
    lines: dict[Family, list[int]] = field(default_factory=dict)
    """[above zero, below zero]"""

    @property
    def net(self) -> int:
        return sum(sum(line) for line in self.lines.values())

    @property
    def may_lose_lines(self) -> bool:
        return self.state in ("awaiting_approval", "approved")


@dataclass
class Model:
    sales: dict[str, Sale] = field(default_factory=dict)
    payouts: dict[str, Payout] = field(default_factory=dict)
    unsettled: dict[Family, list[int]] = field(default_factory=dict)
    """What is open of each family: above zero, below zero. Both only until its sale is looked at again."""
    plans: list[tuple[Instant, Plan]] = field(default_factory=lambda: [((0, 0), PLANS[0])])
    hours: int = 0
    """Sales and plans come one hour after the other."""
    closed: dict[tuple[str, int], int] = field(default_factory=dict)
    """What the closes of a month gave a partner so far."""
    closes: dict[str, str] = field(default_factory=dict)
    """Whose each of them is."""
    bank_runs: dict[str, BankRun] = field(default_factory=dict)

    def after(self, events: Iterable[Event]) -> "Model":
        for event in events:
            self.apply(event)
        return self

    def apply(self, event: Event) -> None:
        name, *rest = event
        getattr(self, f"_{name}")(*rest)

    # What may happen to a sale.

    def _plan(self, number: int, month: int) -> None:
        """Valid for sales from now on; in which month "now" lies is the history's to say."""
        self.hours += 1
        self.plans.append(((month, self.hours), PLANS[number]))

    def _sale(self, name: str, partners: tuple[str, ...], net: int, month: int) -> None:
        self.hours += 1
        version = max(
            (number for number, (start, _) in enumerate(self.plans) if start <= (month, self.hours)),
            key=lambda number: self.plans[number][0],
        )
        before = tuple(
            sum(
                other.base
                for other in self.sales.values()
                if other.month == month and other.state != "refunded" and other.partners[at : at + 1] == (partner,)
            )
            for at, partner in enumerate(partners)
        )
        self.sales[name] = sale = Sale(
            partners, version, self.plans[version][1], month, before, net, gross_of(net), base=net, charge=gross_of(net)
        )
        for level in range(1, len(partners) + 1):
            self.unsettled[name, level] = [sale.worth(level), 0]

    def _paid(self, name: str) -> None:
        self._change(name, invoice="approved", blocked=False, base=self.sales[name].net, credited=0)

    def _credited(self, name: str, cents: int) -> None:
        """Paid, but for what a credit note settled of it."""
        sale = self.sales[name]
        base = max(0, rounded(Fraction(sale.net * (sale.gross - cents), sale.gross)))
        if base == 0:
            self._change(name, invoice="refunded", blocked=False)
        else:
            self._change(name, invoice="approved", blocked=False, base=base, credited=cents)

    def _unpaid(self, name: str) -> None:
        sale = self.sales[name]
        if sale.state == "approved" and self._is_promised(name):
            self._change(name, blocked=False)  # a person is asked
        else:
            self._change(name, invoice="pending", blocked=False, base=sale.net, credited=0)

    def _voided(self, name: str, window: bool) -> None:
        sale = self.sales[name]
        sale.voided = True
        if window and sale.state != "refunded":
            self._change(name, blocked=True)
        else:
            self._change(name, invoice="refunded", blocked=False)

    def _window_over(self, name: str) -> None:
        self._change(name, invoice="refunded", blocked=False)

    def _rewritten(self, name: str, net: int) -> None:
        self.sales[name].net, self.sales[name].voided = net, False
        self._change(name, invoice="approved", blocked=False, base=net, credited=0, gross=gross_of(net))

    def _refund(self, name: str, so_far: int) -> None:
        self._change(name, charge_refunded=so_far)

    def _refund_fails(self, name: str, cents: int) -> None:
        self._change(name, charge_refunded=max(0, self.sales[name].charge_refunded - cents))

    def _disputed(self, name: str, dispute: str) -> None:
        self._change(name, open_disputes=self.sales[name].open_disputes | {dispute})

    def _lost(self, name: str, dispute: str, cents: int) -> None:
        sale = self.sales[name]
        self._change(
            name,
            open_disputes=sale.open_disputes - {dispute},
            lost_disputes=sale.lost_disputes | {dispute: cents},
        )

    def _won(self, name: str, dispute: str) -> None:
        sale = self.sales[name]
        lost = {other: cents for other, cents in sale.lost_disputes.items() if other != dispute}
        self._change(name, open_disputes=sale.open_disputes - {dispute}, lost_disputes=lost)

    def _credit_note(self, name: str, note: str, cents: int) -> None:
        self._change(name, notes=self.sales[name].notes | {note: cents})

    def _credit_note_voided(self, name: str, note: str) -> None:
        notes = self.sales[name].notes
        self._change(name, notes={other: cents for other, cents in notes.items() if other != note})

    # The close of a month.

    def _closed(self, month: int) -> None:
        of_month = [sale for sale in self.sales.values() if sale.month == month]
        if not any(sale.terms.closes for sale in of_month) and not any(when == month for _, when in self.closed):
            return
        counted = [sale for sale in of_month if sale.state == "approved" and not sale.on_hold]
        revenue: dict[tuple[str, int], int] = {}
        for sale in counted:
            for level, partner in enumerate(sale.partners, start=1):
                revenue[partner, level] = revenue.get((partner, level), 0) + sale.kept(sale.base)
        for partner in {partner for sale in of_month for partner in sale.partners}:
            self._close_of(partner, month, counted, revenue)

    def _close_of(self, partner: str, month: int, counted: list[Sale], revenue: dict[tuple[str, int], int]) -> None:
        due: dict[int, Fraction] = {}
        given, newest = 0, None
        for sale in counted:
            for level, earner in enumerate(sale.partners, start=1):
                if earner == partner:
                    amount = sale.kept_of_due(sale.due_in_month(level, revenue[partner, level]))
                    due[level] = due.get(level, Fraction(0)) + amount
                    given += sale.worth(level)
                    newest = max(newest or (self.plans[sale.plan][0], sale.plan), (self.plans[sale.plan][0], sale.plan))
        total = sum(rounded(amount) for amount in due.values())
        cap = self.plans[newest[1]][1].cap_per_month if newest else None
        so_far = self.closed.get((partner, month), 0)
        difference = (total if cap is None else min(total, cap)) - given - so_far
        if difference:
            self.closed[partner, month] = so_far + difference
            name = f"close {len(self.closes)}"
            self.closes[name] = partner
            self.unsettled[name, 0] = [max(difference, 0), min(difference, 0)]

    # What may happen to a payout.

    def payable(self, partner: str) -> dict[Family, list[int]]:
        found = {}
        for family, (above, below) in self.unsettled.items():
            if family[0] in self.closes:
                if self.closes[family[0]] == partner and [above, below] != [0, 0]:
                    found[family] = [above, below]
                continue
            sale = self.sales[family[0]]
            if sale.partners[family[1] - 1] != partner or sale.on_hold:
                continue
            line = [above if sale.state in ("approved", "refunded") else 0, below]
            if line != [0, 0]:
                found[family] = line
        return found

    def _requested(self, name: str, partner: str) -> None:
        lines = self.payable(partner)
        if sum(sum(line) for line in lines.values()) <= 0:
            return
        self.payouts[name] = Payout(partner, lines=lines)
        for family, line in lines.items():
            self.unsettled[family] = [self.unsettled[family][0] - line[0], self.unsettled[family][1] - line[1]]

    def _approved(self, name: str) -> None:
        self.payouts[name].state = "approved"

    def _document(self, name: str) -> None:
        """The creation intent: from now on the lines stay."""
        self.payouts[name].state = "credit_note_open"

    def _paid_out(self, name: str) -> None:
        self.payouts[name].state = "paid"
        self.payouts[name].reference = "PO" if self._in_a_file(name) else "GS"

    def _run(self, name: str) -> None:
        """A payout run takes everybody."""
        for partner in {partner for sale in self.sales.values() for partner in sale.partners}:
            self._requested(f"{name}/{partner}", partner)

    def _rehearsed(self, name: str) -> None:
        """Nothing happens."""

    def _rejected(self, name: str) -> None:
        self._give_back(self.payouts[name], "rejected")

    def _cancelled(self, name: str) -> None:
        self._give_back(self.payouts[name], "cancelled")

    def _document_voided(self, name: str) -> None:
        if self._in_a_file(name):
            self.payouts[name].state = "returned"  # money may have left: a person is asked
        else:
            self._give_back(self.payouts[name], "cancelled")

    def _answered(self, name: str, answer: str) -> None:
        if answer == "cancelled":
            self._give_back(self.payouts[name], answer)
        else:
            self.payouts[name].state = answer
            self.payouts[name].reference = "PO" if answer == "paid" else ""

    def _came_back(self, name: str) -> None:
        """It was paid, the money returned, and a person cancelled it: everything is owed anew."""
        self._give_back(self.payouts[name], "cancelled")

    # What may happen to a bank run.

    def transferable(self) -> set[str]:
        taken = {name for run in self.bank_runs.values() if run.state != "cancelled" for name in run.payouts}
        return {name for name, one in self.payouts.items() if one.state == "credit_note_open"} - taken

    def _drafted(self, name: str) -> None:
        if chosen := self.transferable():
            self.bank_runs[name] = BankRun(chosen)

    def _released(self, name: str) -> None:
        """By a second person, without what dropped out meanwhile."""
        self._drop(name)
        if self.bank_runs[name].payouts:
            self.bank_runs[name].state = "approved"

    def _exported(self, name: str) -> None:
        if self._drop(name):
            self.bank_runs[name].state = "draft"
        else:
            self.bank_runs[name].state = "exported"

    def _confirmed(self, name: str) -> None:
        self.bank_runs[name].state = "confirmed"

    def _run_cancelled(self, name: str) -> None:
        self.bank_runs[name].state = "cancelled"

    def _drop(self, name: str) -> set[str]:
        run = self.bank_runs[name]
        gone = {payout for payout in run.payouts if self.payouts[payout].state != "credit_note_open"}
        run.payouts -= gone
        return gone

    def _in_a_file(self, payout: str) -> bool:
        return any(run.state in ("exported", "confirmed") and payout in run.payouts for run in self.bank_runs.values())

    # What follows.

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
                if payout.may_lose_lines and (name, level) in payout.lines:
                    self._take_out(payout, (name, level), above=less or waits, below=more)
        for level in levels:
            left = sale.worth(level) - self._settled((name, level))
            self.unsettled[name, level] = [max(left, 0), min(left, 0)]

    def _take_out(self, payout: Payout, family: Family, *, above: bool, below: bool) -> None:
        line = payout.lines[family]
        gone = [line[0] if above else 0, line[1] if below else 0]
        if gone == [0, 0]:
            return
        payout.lines[family] = [line[0] - gone[0], line[1] - gone[1]]
        if payout.lines[family] == [0, 0]:
            del payout.lines[family]
        self._open(family, gone)
        payout.state = "awaiting_approval"
        if payout.net <= 0:
            self._give_back(payout, "cancelled")

    def _give_back(self, payout: Payout, state: str) -> None:
        for family, line in payout.lines.items():
            self._open(family, line)
        payout.lines, payout.state = {}, state

    def _open(self, family: Family, line: list[int]) -> None:
        self.unsettled[family] = [self.unsettled[family][0] + line[0], self.unsettled[family][1] + line[1]]

    def _settled(self, family: Family) -> int:
        return sum(sum(payout.lines.get(family, ())) for payout in self.payouts.values())

    def _is_promised(self, name: str) -> bool:
        return any(
            payout.state in ("credit_note_open", "paid", "returned", "settled_manually")
            and any(family[0] == name for family in payout.lines)
            for payout in self.payouts.values()
        )

    # What everybody can see.

    def balance(self, partner: str) -> dict[str, int]:
        owed = sum(
            sum(line)
            for (name, level), line in self.unsettled.items()
            if (self.closes[name] if name in self.closes else self.sales[name].partners[level - 1]) == partner
        )
        held = [payout for payout in self.payouts.values() if payout.partner == partner]
        return {
            "open": owed,
            "in_payout": sum(payout.net for payout in held if payout.state not in ("paid", "cancelled", "rejected")),
            "paid": sum(payout.net for payout in held if payout.state == "paid"),
        }
