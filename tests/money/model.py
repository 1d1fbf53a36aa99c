"""What partners must be owed and paid after any history: plain Python over the list of events, nothing of the product.

A commission is one number per sale and level: what the sale is worth to that level now. Whatever payouts hold or have
paid of it is settled; the rest is open, below zero it is a debt. There are no rows, states or locks here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from typing import Any

PERCENT = (10, 5, 2)
"""Of level 1, 2 and 3."""

Event = tuple[Any, ...]
Family = tuple[str, int]
"""A sale and a level of it."""


def rounded(amount: Fraction) -> int:
    """Half a cent goes away from zero."""
    return floor(amount + Fraction(1, 2)) if amount >= 0 else -floor(-amount + Fraction(1, 2))


def gross_of(net: int) -> int:
    return net + rounded(Fraction(net * 19, 100))


@dataclass
class Sale:
    partners: tuple[str, ...]
    """Who earns on level 1, 2, 3."""
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

    def worth(self, level: int) -> int:
        whole = rounded(Fraction(self.base * PERCENT[level - 1], 100))
        if self.state == "refunded":
            return 0
        beyond = max(0, self.refunded - self.credited)
        return whole - rounded(Fraction(whole * beyond, self.gross - self.credited))


@dataclass
class Payout:
    partner: str
    state: str = "awaiting_approval"
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

    def after(self, events: Iterable[Event]) -> "Model":
        for event in events:
            self.apply(event)
        return self

    def apply(self, event: Event) -> None:
        name, *rest = event
        getattr(self, f"_{name}")(*rest)

    # What may happen to a sale.

    def _sale(self, name: str, partners: tuple[str, ...], net: int) -> None:
        self.sales[name] = sale = Sale(partners, net, gross_of(net), base=net, charge=gross_of(net))
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

    # What may happen to a payout.

    def payable(self, partner: str) -> dict[Family, list[int]]:
        found = {}
        for family, (above, below) in self.unsettled.items():
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

    def _rejected(self, name: str) -> None:
        self._give_back(self.payouts[name], "rejected")

    def _cancelled(self, name: str) -> None:
        self._give_back(self.payouts[name], "cancelled")

    def _document_voided(self, name: str) -> None:
        self._give_back(self.payouts[name], "cancelled")

    def _came_back(self, name: str) -> None:
        """It was paid, the money returned, and a person cancelled it: everything is owed anew."""
        self._give_back(self.payouts[name], "cancelled")

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
            payout.state in ("credit_note_open", "paid") and any(family[0] == name for family in payout.lines)
            for payout in self.payouts.values()
        )

    # What everybody can see.

    def balance(self, partner: str) -> dict[str, int]:
        owed = sum(
            sum(line)
            for (name, level), line in self.unsettled.items()
            if self.sales[name].partners[level - 1] == partner
        )
        held = [payout for payout in self.payouts.values() if payout.partner == partner]
        return {
            "open": owed,
            "in_payout": sum(payout.net for payout in held if payout.state not in ("paid", "cancelled", "rejected")),
            "paid": sum(payout.net for payout in held if payout.state == "paid"),
        }
