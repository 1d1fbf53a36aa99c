"""What partners must be owed and paid after any history: plain Python over the list of events, nothing of the product.

A commission is one number per sale and level: what the sale is worth to that level now. Whatever payouts hold or have
paid of it is settled; the rest is open, below zero it is a debt. The close of a month is one number per partner: what
its sales are worth together, less what they gave. There are no rows, states or locks here.

Sales: model_sales.py. What is due of it, and when: model_dues.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from tests.money.model_dues import RATES, Debt, Facts, Group, Share, Status, Statuses, Terms, balance_of
from tests.money.model_sales import (
    BERLIN,
    LONG_AGO,
    PLANS,
    Event,
    Family,
    Instant,
    Plan,
    Sale,
    gross_of,
    revenue_of,
    rounded,
)

__all__ = ["PLANS", "Event", "Model", "Plan", "Sale", "gross_of"]

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
class Model:
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

    def after(self, events: Iterable[Event]) -> "Model":
        for event in events:
            self.apply(event)
        return self

    def apply(self, event: Event) -> None:
        name, *rest = event
        self.clock += 1
        getattr(self, f"_{name}")(*rest)

    # What a person may set.

    def _settings(self, hold_days: int, minimum: int, percent: int, cents: int | None) -> None:
        self.terms = Terms(hold_days, minimum, percent, cents)

    def _status(self, partner: str, kind: str, begins: date, ends: date | None, year: int | None) -> None:
        self._statuses_of(partner).record(Status(kind, begins, ends, year))

    def _leaves(self, partner: str) -> None:
        self.leaving.add(partner)

    def _stays(self, partner: str) -> None:
        self.leaving.remove(partner)

    def _written(self, name: str, partner: str, cents: int, day: date) -> None:
        """A bonus or a correction; it counts once a second person has confirmed it."""
        self.lines[name] = Line(partner, day, has_hold=False, waits=True)
        self.unsettled[name, 0] = self._of_a_line(cents)

    def _line_confirmed(self, name: str) -> None:
        self.lines[name].waits = False

    def _line_refused(self, name: str) -> None:
        del self.unsettled[name, 0], self.lines[name]

    def _of_a_line(self, cents: int) -> Share:
        return Share(max(cents, 0), [Debt(cents, self.clock)] if cents < 0 else [])

    # What may happen to a sale.

    def _plan(self, number: int, month: int) -> None:
        """Valid for sales from now on; in which month "now" lies is the history's to say."""
        self.number += 1
        self.plans.append(((month, self.number), PLANS[number]))

    def _sale(self, name: str, partners: tuple[str, ...], net: int, month: int, subscription: str | None) -> None:
        self.number += 1
        sold = (month, self.number)
        version = max(
            (number for number, (start, _) in enumerate(self.plans) if start <= sold),
            key=lambda number: self.plans[number][0],
        )
        known = self.sales.values()
        payment = 1 + sum(other.subscription == subscription for other in known) if subscription else None
        before = tuple(revenue_of(partner, at, month, known) for at, partner in enumerate(partners))
        self.sales[name] = sale = Sale(
            partners,
            version,
            self.plans[version][1],
            sold,
            before,
            net,
            gross_of(net),
            subscription,
            payment,
            base=net,
            charge=gross_of(net),
        )
        for level in range(1, len(partners) + 1):
            self.unsettled[name, level] = Share(sale.worth(level))

    def _paid(self, name: str, day: int) -> None:
        sale = self.sales[name]
        self._change(name, invoice="approved", blocked=False, base=sale.net, credited=0, paid_day=day)

    def _credited(self, name: str, cents: int) -> None:
        """Paid long ago, but for what a credit note settled of it."""
        sale = self.sales[name]
        base = max(0, rounded(Fraction(sale.net * (sale.gross - cents), sale.gross)))
        if base == 0:
            self._change(name, invoice="refunded", blocked=False)
        else:
            self._change(name, invoice="approved", blocked=False, base=base, credited=cents, paid_day=LONG_AGO)

    def _unpaid(self, name: str) -> None:
        sale = self.sales[name]
        if sale.state == "approved" and self._is_promised(name):
            self._change(name, blocked=False)  # a person is asked
        else:
            self._change(name, invoice="pending", blocked=False, base=sale.net, credited=0, paid_day=LONG_AGO)

    def _voided(self, name: str, window: bool) -> None:
        sale = self.sales[name]
        sale.voided = True
        if window and sale.state != "refunded":
            self._change(name, blocked=True)
        else:
            self._change(name, invoice="refunded", blocked=False)

    def _window_over(self, name: str) -> None:
        self._change(name, invoice="refunded", blocked=False)

    def _rewritten(self, name: str, net: int, day: int) -> None:
        self.sales[name].net, self.sales[name].voided = net, False
        self._change(name, invoice="approved", blocked=False, base=net, credited=0, gross=gross_of(net), paid_day=day)

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
        plans = [sale.terms for sale in of_month] + (self._plans_of(month) if of_month else [])
        if not any(plan.closes for plan in plans) and not any(when == month for _, when in self.closed):
            return
        paid = [sale for sale in of_month if sale.state == "approved"]
        counted = [sale for sale in paid if not sale.on_hold]
        for partner in {partner for sale in of_month for partner in sale.partners}:
            so_far = self.closed.get((partner, month), 0)
            difference = self._beyond_its_sales(partner, month, counted) - so_far
            if difference > 0:
                # A hold releases nothing: not more than if these sales were not held.
                difference = max(0, min(difference, self._beyond_its_sales(partner, month, paid) - so_far))
            if difference:
                begins = max((sale.paid_day for sale in counted if partner in sale.partners), default=LONG_AGO)
                self._line_of_month(partner, month, difference, begins)

    def _line_of_month(self, partner: str, month: int, cents: int, begins: int) -> None:
        self.closed[partner, month] = self.closed.get((partner, month), 0) + cents
        name = f"close {len(self.lines)} of {self.clock}"
        # The whole month is what it is for, and it is over on its last day. It belongs to the run that closes it.
        over = date(2026, month + 1, 1)
        counts_from = (over - self.today).days - 1
        self.lines[name] = Line(partner, over - timedelta(days=1), begins, counts_from)
        self.unsettled[name, 0] = self._of_a_line(cents)

    def _plans_of(self, month: int) -> list[Plan]:
        """Valid in the month, the newest last: the one with which it begins, and those that come in it."""
        known = sorted((start, number) for number, (start, _) in enumerate(self.plans) if start[0] <= month)
        before = [number for (when, _), number in known if when < month]
        return [self.plans[number][1] for number in before[-1:] + [n for (when, _), n in known if when == month]]

    def _beyond_its_sales(self, partner: str, month: int, counted: list[Sale]) -> int:
        """What these sales of the month are worth together to a partner, less what each of them gives."""
        due: dict[int, Fraction] = {}
        given = 0
        for sale in counted:
            for level, earner in enumerate(sale.partners, start=1):
                if earner == partner:
                    revenue = sum(
                        other.kept(other.base)
                        for other in counted
                        if other.earns and other.partners[level - 1 : level] == (partner,)
                    )
                    due[level] = due.get(level, Fraction(0)) + sale.kept_of_due(sale.due_in_month(level, revenue))
                    given += sale.worth(level)
        total = sum(rounded(amount) for amount in due.values())
        cap = self._plans_of(month)[-1].cap_per_month
        return (total if cap is None else min(total, cap)) - given

    # What is due.

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

    def due(self, partner: str, cut_off: int | None = None) -> dict[str, Group]:
        """By tax case, the one of the oldest service first."""
        statuses, groups, growing = self._statuses_of(partner), dict[str, Group](), set[str | None]()
        for family, share in self.unsettled.items():
            facts = self._facts(family)
            if facts.partner != partner:
                continue
            of_its_day = statuses.case_on(facts.day)
            is_free = not facts.waits and facts.is_free(self.terms.hold_days, cut_off)
            if share.above and not is_free:
                growing.add(of_its_day)
            if facts.waits:
                continue
            if share.above and of_its_day and is_free:
                group = groups.setdefault(of_its_day, Group())
                group.above[family] = share.above
                group.own_days.append(facts.day)
            for debt in share.debts:
                if case := debt.case or of_its_day:
                    group = groups.setdefault(case, Group())
                    group.debts.append((family, debt))
                    group.days.append(facts.day)
                    if debt.case is None:
                        group.own_days.append(facts.day)
        # Who has no status today may be of any case again.
        today = statuses.case_on(self.today)
        for case, group in groups.items():
            group.can_grow = today is None or case == today or case in growing
        return dict(sorted(groups.items(), key=lambda entry: entry[1].order))

    def carried(self, partner: str, groups: dict[str, Group]) -> dict[str, str | None]:
        """Why each of these is not paid."""
        balance = balance_of(groups.values(), self.terms)
        return {
            case: group.carried(self.terms, balance, leaving=partner in self.leaving) for case, group in groups.items()
        }

    def payable(self, partner: str, cut_off: int | None = None) -> dict[str, Group]:
        groups = self.due(partner, cut_off)
        why_not = self.carried(partner, groups)
        return {case: group for case, group in groups.items() if why_not[case] is None}

    # What may happen to a payout.

    def _requested(self, name: str, partner: str, case: str | None) -> None:
        """One tax case a document: the one asked for, else the oldest that can be paid and leaves the others so."""
        payable = self.payable(partner)
        kind = [one for one in payable if self._leaves_the_others(partner, one)]
        wanted = case or next(iter([*kind, *payable]), None)
        if wanted in payable:
            self._make(name, partner, wanted, payable[wanted])

    def _leaves_the_others(self, partner: str, case: str) -> bool:
        """Whether all other cases that can be paid still can when this one was."""
        found, payable = self.due(partner), self.payable(partner)
        others = [group for other, group in found.items() if other != case]
        left = balance_of(others, self.terms) + found[case].stays_owed(self.terms)
        return all(
            group.carried(self.terms, left, leaving=partner in self.leaving) is None
            for other, group in payable.items()
            if other != case
        )

    def _make(self, name: str, partner: str, case: str, group: Group) -> None:
        self.payouts[name] = Payout(partner, case, group.lines(self.terms))
        for family, share in self.payouts[name].lines.items():
            self.unsettled[family].take(share)

    def _run(self, name: str, cut_off: int) -> None:
        """A payout run takes everybody, each tax case for itself."""
        self.cut_offs.add(cut_off)
        for partner in self._everybody():
            for case, group in self.payable(partner, cut_off).items():
                self._make(f"{name}/{partner}/{case}", partner, case, group)

    def _rehearsed(self, cut_off: int) -> None:
        """Nothing happens; it says what would."""
        self.rehearsal = {
            (partner, case): sum(share.cents for share in group.lines(self.terms).values())
            for partner in self._everybody()
            for case, group in self.payable(partner, cut_off).items()
        }

    def _everybody(self) -> set[str]:
        return {partner for sale in self.sales.values() for partner in sale.partners} | {
            line.partner for line in self.lines.values()
        }

    def _approved(self, name: str) -> None:
        payout = self.payouts[name]
        if not self._is_of_another_case(payout):
            payout.state, payout.approved_for = "approved", self._told_of(payout)

    def _document(self, name: str) -> None:
        """The creation intent: from now on the lines stay. What was approved must still be so."""
        payout = self.payouts[name]
        if payout.approved_for != self._told_of(payout):
            payout.state = "awaiting_approval"
        elif not self._is_of_another_case(payout):
            payout.state = "credit_note_open"

    def _told_of(self, payout: Payout) -> list[tuple[date, str]]:
        days = [self._facts(family).day for family in payout.lines]
        return self._statuses_of(payout.partner).told_of(days)

    def _is_of_another_case(self, payout: Payout) -> bool:
        """The partner's status was corrected meanwhile; a claw-back keeps its case."""
        statuses = self._statuses_of(payout.partner)
        return any(
            statuses.case_on(self._facts(family).day) != payout.case
            for family, share in payout.lines.items()
            if share.above or any(debt.case is None for debt in share.debts)
        )

    def _paid_out(self, name: str) -> None:
        self.payouts[name].state, self.payouts[name].was_paid = "paid", True
        self.payouts[name].reference = "PO" if self._in_a_file(name) else "GS"

    def _rejected(self, name: str) -> None:
        self._give_back(self.payouts[name], "rejected")

    def _cancelled(self, name: str) -> None:
        self._give_back(self.payouts[name], "cancelled")

    def _document_voided(self, name: str) -> None:
        if self._in_a_file(name):
            self.payouts[name].state = "returned"  # money may have left: a person is asked
        else:
            self._give_back(self.payouts[name], "cancelled")

    def _came_back(self, name: str) -> None:
        """It was paid, and lexoffice takes that back: a person is asked."""
        self.payouts[name].state = "returned"

    def _answered(self, name: str, answer: str) -> None:
        payout = self.payouts[name]
        if answer == "cancelled":
            self._give_back(payout, answer)  # everything is owed anew
        else:
            payout.state, payout.by_hand = answer, answer == "settled_manually"
        if answer == "paid":
            payout.was_paid, payout.reference = True, payout.reference or "PO"

    # What may happen to a bank run.

    def transferable(self) -> set[str]:
        taken = {name for run in self.bank_runs.values() if run.state != "cancelled" for name in run.payouts}
        return {name for name, payout in self.payouts.items() if self._may_be_transferred(payout)} - taken

    def _may_be_transferred(self, payout: Payout) -> bool:
        return payout.state == "credit_note_open" and not self._is_of_another_case(payout)

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
        """Not one all of whose payouts are or were paid: the bank has had the file."""
        run = self.bank_runs[name]
        if run.state != "exported" or any(not self.payouts[payout].was_paid for payout in run.payouts):
            run.state = "cancelled"

    def _drop(self, name: str) -> set[str]:
        run = self.bank_runs[name]
        gone = {payout for payout in run.payouts if not self._may_be_transferred(self.payouts[payout])}
        run.payouts -= gone
        return gone

    def _in_a_file(self, payout: str) -> bool:
        return any(run.state in ("exported", "confirmed") and payout in run.payouts for run in self.bank_runs.values())

    def awaits_its_file(self, payout: str) -> bool:
        """It stands in a file that may still be carried out."""
        return any(run.state == "exported" and payout in run.payouts for run in self.bank_runs.values())

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

    # What everybody can see.

    def balance(self, partner: str) -> dict[str, int]:
        held = [payout for payout in self.payouts.values() if payout.partner == partner]
        return {
            "open": sum(
                share.cents for family, share in self.unsettled.items() if self._facts(family).partner == partner
            ),
            "in_payout": sum(payout.net for payout in held if not (payout.was_paid or payout.by_hand)),
            "paid": sum(payout.net for payout in held if payout.was_paid or payout.by_hand),
        }

    def fixed(self) -> set[str]:
        """Payouts that are paid, or stand in a bank file."""
        return {
            name
            for name, payout in self.payouts.items()
            if payout.state not in ENDED and (payout.was_paid or self._in_a_file(name))
        }

    def shown(self) -> dict[str, tuple[str, str, int, int, str]]:
        """State, tax case, net, VAT and the kind of reference of each payout that holds something."""
        return {
            name: (payout.state, payout.case, payout.net, payout.tax, payout.reference)
            for name, payout in self.payouts.items()
            if payout.state not in ENDED
        }
