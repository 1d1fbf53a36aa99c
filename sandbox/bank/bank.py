"""What the bank does: takes files and checks them, books day by day, sends back, and tells its customers."""

import random
from datetime import date, timedelta
from pathlib import Path

from . import calendar, initiation, names, reports
from .books import Account, Booking, Books, Due, Fault, Kind, Line, NotNow, Order, Payee, Payment
from .initiation import Initiation, NotTaken
from .outbox import Outbox


class Bank:
    """One bank. `state` is a file that its books are kept in, or None."""

    def __init__(self, books: Books, state: Path | None = None) -> None:
        self.books = books
        self.outbox = Outbox(books)
        self._state = state

    @classmethod
    def over(cls, state: Path | None, today: date) -> "Bank":
        """The bank as it was left, the days since then closed; or a new one that opens today."""
        kept = Books.read(state) if state is not None else None
        bank = cls(kept or Books(today=today), state)
        bank.close_until(max(today, bank.books.today))
        return bank

    def keep(self) -> None:
        """To be called after what changes the books."""
        if self._state is not None:
            self.books.write(self._state)

    # Accounts

    def open_account(self, account: Account) -> Account:
        """It stays as it is where it is there already."""
        return self.books.accounts.setdefault(account.iban, account)

    def know_payee(self, payee: Payee) -> None:
        self.books.payees[payee.iban] = payee

    # Files

    def hand_in(self, content: bytes, *, check_names: bool = False) -> Order | None:
        """The order; None where the file as a whole was rejected by a report. Raises NotTaken.

        A single transfer is always checked, as the law has it; a file with a name that is not the holder's waits for
        its release.
        """
        file = initiation.read(content)
        if file.account not in self.books.accounts:
            raise NotTaken(f"Das Konto {file.account} führen wir nicht.")
        reason = initiation.fault_of(file, self.books.orders, self.books.today)
        if reason is None and (fault := self.books.strikes("reject", file.account)):
            reason = fault.reason
        if reason is not None:
            self.outbox.report(
                file.account, lambda id: reports.rejected_file(id, file.message_id, self.books.today, reason)
            )
            return None
        order = self._order(file)
        self.books.orders.append(order)
        if check_names or len(order.payments) == 1:
            self._check_names(order)
        if order.state != "checked":
            self._accept(order)
        return order

    def _order(self, file: Initiation) -> Order:
        return Order(
            id=len(self.books.orders) + 1,
            message_id=file.message_id,
            block_id=file.block_id,
            account=file.account,
            execute_on=file.execute_on,
            batch=file.batch,
            instant=file.instant,
            handed_in_on=self.books.today,
            payments=list(file.payments),
        )

    def _check_names(self, order: Order) -> None:
        for payment in order.payments:
            payee = self.books.payees.get(payment.iban)
            payment.check = names.check(payment, payee)
            payment.held_by = payee.holder if payee is not None and payment.check == "RVMC" else None
        self.outbox.report(order.account, lambda id: reports.of_names(id, order, self.books.today))
        if any(payment.check != "RCVC" for payment in order.payments):
            order.state = "checked"

    def release(self, id: int) -> Order:
        """Whoever handed it in wants it as it is, whatever the names. Raises NotNow."""
        order = self._checked(id)
        order.state = "accepted"
        self._accept(order)
        return order

    def withdraw(self, id: int) -> Order:
        """The file as a whole: a German bank takes out no single transfer. Raises NotNow."""
        order = self.books.order(id)
        if order is None or order.state not in ("checked", "accepted"):
            raise NotNow("Diese Datei kann nicht mehr storniert werden.")
        order.state = "withdrawn"
        return order

    def _checked(self, id: int) -> Order:
        order = self.books.order(id)
        if order is None or order.state != "checked":
            raise NotNow("Diese Datei wartet auf keine Freigabe.")
        return order

    def _accept(self, order: Order) -> None:
        for payment in order.payments:
            payee = self.books.payees.get(payment.iban)
            reason = initiation.fault_of_payment(payment) or (payee.rejected if payee is not None else None)
            if reason is not None:
                payment.state, payment.reason = "rejected", reason
        if not order.live:
            order.state, order.reason = "rejected", order.payments[0].reason
        self.outbox.report(order.account, lambda id: reports.of_order(id, order, self.books.today))
        if order.state == "accepted" and order.instant:
            self._execute(order)

    # Days

    def close_days(self, number: int = 1) -> None:
        """So many days of the calendar: what is due is booked, statements are written, and the next day begins."""
        for _ in range(number):
            self._close_day()

    def close_until(self, day: date) -> None:
        """Until this day is today. Raises NotNow for the past."""
        if day < self.books.today:
            raise NotNow("Die Zeit geht nur vorwärts.")
        self.close_days((day - self.books.today).days)

    def _close_day(self) -> None:
        today = self.books.today
        if calendar.is_open(today):
            for order in self.books.orders:
                if order.state == "accepted" and order.execute_on <= today:
                    self._execute(order)
            for due in [due for due in self.books.returns if due.day <= today]:
                self.books.returns.remove(due)
                self._come_back(due)
        for account in self.books.accounts.values():
            self.outbox.write_statement(account)
        self.books.today = today + timedelta(days=1)

    def _execute(self, order: Order) -> None:
        account = self.books.accounts[order.account]
        total = sum(payment.cents for payment in order.live)
        if self.books.balance(account.iban) + account.overdraft_cents < total:
            order.state, order.reason = "rejected", "AM04"
            self.outbox.report(order.account, lambda id: reports.of_order(id, order, self.books.today))
            return
        order.state = "executed"
        lines = [self._line(order, payment) for payment in order.live]
        if order.batch and len(lines) > 1:
            booking = self._book(account.iban, "batch", -total, lines, order=order.id)
            self.outbox.write_details(account, booking)
        else:
            for line in lines:
                self._book(account.iban, "transfer", -line.cents, [line], order=order.id)
        for payment in order.live:
            payment.state = "booked"
            self._may_come_back(order, payment)
        self._go_wrong(order)

    def _line(self, order: Order, payment: Payment) -> Line:
        return Line(
            cents=payment.cents,
            name=payment.name,
            iban=payment.iban,
            end_to_end_id=payment.end_to_end_id,
            block_id=order.block_id,
            text=payment.text,
        )

    def _may_come_back(self, order: Order, payment: Payment) -> None:
        payee = self.books.payees.get(payment.iban)
        if payee is None or payee.returned is None:
            return
        self.books.returns.append(
            Due(
                day=calendar.after(self.books.today, payee.after_days),
                order=order.id,
                end_to_end_id=payment.end_to_end_id,
                account=order.account,
                cents=payment.cents - payee.fee_cents,
                reason=payee.returned,
            )
        )

    def _come_back(self, due: Due) -> None:
        order = self.books.order(due.order)
        assert order is not None, "orders are never deleted"
        payment = next(one for one in order.payments if one.end_to_end_id == due.end_to_end_id)
        line = self._line(order, payment).model_copy(
            update={"cents": due.cents, "reason": due.reason, "fee_cents": payment.cents - due.cents}
        )
        self._book(due.account, "return", due.cents, [line], order=order.id)
        payment.state, payment.reason = "returned", due.reason

    def _go_wrong(self, order: Order) -> None:
        """The bank's own mistakes, where they are switched on: booked twice, and taken back."""
        single = [one for one in self.books.bookings if one.order == order.id and one.kind == "transfer"]
        if single and self.books.strikes("book_twice", order.account):
            self._book(order.account, "transfer", single[0].cents, single[0].lines, order=order.id)
        if single and self.books.strikes("reverse", order.account):
            self.reverse(single[-1].reference)

    def reverse(self, reference: str) -> Booking:
        """Takes a booking back (RvslInd), once. Raises NotNow."""
        found = next((one for one in self.books.bookings if one.reference == reference), None)
        if found is None or any(one.takes_back == reference for one in self.books.bookings):
            raise NotNow("Diese Buchung gibt es nicht, oder sie ist schon storniert.")
        taken = self._book(
            found.account, "reversal", -found.cents, found.lines, order=found.order, takes_back=reference
        )
        # What never left cannot come back.
        self.books.returns = [due for due in self.books.returns if self._is_out(due)]
        return taken

    def _is_out(self, due: Due) -> bool:
        out = 0
        for booking in self.books.bookings:
            if booking.order == due.order and any(line.end_to_end_id == due.end_to_end_id for line in booking.lines):
                out += 1 if booking.kind in ("transfer", "batch") else -1
        return out > 0

    def book_other(self, account: str, kind: Kind, cents: int, line: Line) -> Booking:
        """What happens on an account besides: debits, fees, other people's transfers. Raises NotNow."""
        if account not in self.books.accounts:
            raise NotNow(f"Das Konto {account} führen wir nicht.")
        return self._book(account, kind, cents, [line])

    def noise(self, account: str, seed: int) -> None:
        """A day's other bookings, drawn: a debit, a fee, somebody's payment, a salary."""
        dice = random.Random(f"noise/{seed}")  # noqa: S311 - repeatable on purpose
        kinds: list[tuple[Kind, int, str, str]] = [
            ("direct_debit", -dice.randrange(500, 90_000), "Stadtwerke Musterstadt", "Abschlag Strom"),
            ("fee", -dice.randrange(100, 3_000), "Unsere Bank", "Entgeltabschluss"),
            ("incoming", dice.randrange(1_000, 900_000), "Kunde AG", "Rechnung RE-2026-0007"),
            ("salary", -dice.randrange(100_000, 500_000), "Erika Mustermann", "Gehalt"),
            ("standing_order", -dice.randrange(10_000, 200_000), "Immobilien KG", "Miete"),
        ]
        for kind, cents, name, text in dice.sample(kinds, dice.randrange(1, 4)):
            self._book(account, kind, cents, [Line(cents=abs(cents), name=name, iban=None, text=text)])

    def _book(
        self,
        account: str,
        kind: Kind,
        cents: int,
        lines: list[Line],
        *,
        order: int | None = None,
        takes_back: str | None = None,
    ) -> Booking:
        self.books.references += 1
        # An instant payment is booked on any day; the rest waits until the bank is open.
        instant = order is not None and (found := self.books.order(order)) is not None and found.instant
        booking = Booking(
            reference=f"{self.books.today:%y%m%d}{self.books.references:08}",
            account=account,
            day=self.books.today if instant else calendar.after(self.books.today, 0),
            cents=cents,
            kind=kind,
            lines=lines,
            order=order,
            takes_back=takes_back,
        )
        self.books.bookings.append(booking)
        return booking

    # Faults

    def go_wrong(self, fault: Fault) -> None:
        """Switch one on."""
        self.books.faults.append(fault)

    def go_right(self) -> None:
        """Switch all off."""
        self.books.faults.clear()
