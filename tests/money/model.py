"""What partners must be owed and paid after any history: plain Python over the list of events, nothing of the product.

A commission is one number per sale and level: what the sale is worth to that level now. Whatever payouts hold or have
paid of it is settled; the rest is open, below zero it is a debt. The close of a month is one number per partner: what
its sales are worth together, less what they gave. There are no rows, states or locks here.

Sales: model_sales.py. What is due of it, and when: model_dues.py. The books: model_books.py. What is told of sales:
model_told.py. Here: settings, what is due, payouts and files for the bank.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tests.money.model_books import ENDED, BankRun, Line, Payout
from tests.money.model_dues import Group, Status, Terms, balance_of
from tests.money.model_sales import (
    PLANS,
    Event,
    Plan,
    Sale,
    gross_of,
)
from tests.money.model_told import SalesTold

__all__ = ["PLANS", "Event", "Model", "Plan", "Sale", "gross_of"]


@dataclass
class Model(SalesTold):
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

    # What is due.

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
