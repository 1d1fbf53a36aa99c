"""What is told about sales, and what the close of a month makes of them."""

from datetime import date, timedelta
from fractions import Fraction

from tests.money.model_books import Books, Line
from tests.money.model_dues import Share
from tests.money.model_sales import (
    LONG_AGO,
    PLANS,
    Plan,
    Sale,
    gross_of,
    revenue_of,
    rounded,
)


class SalesTold(Books):
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
