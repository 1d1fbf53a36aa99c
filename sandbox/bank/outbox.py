"""What customers get of the bank: statements, details and reports, in time or not, right or wrong (books.Fault)."""

from collections.abc import Callable
from datetime import date

from . import calendar, camt, swift
from .books import Account, Booking, Books, NotNow, Paper, PaperKind, Statement


class Outbox:
    """The box of all customers. Files stay in it for ever."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def papers(self) -> list[Paper]:
        """What is handed out by now."""
        return [one for one in self._books.papers if one.ready_on is not None and one.ready_on <= self._books.today]

    def ask_for(self, id: int) -> Paper:
        """A file that was lost or is late, now. Raises NotNow."""
        found = next((one for one in self._books.papers if one.id == id), None)
        if found is None:
            raise NotNow("Diese Datei gibt es nicht.")
        found.ready_on = min(found.ready_on or self._books.today, self._books.today)
        return found

    def as_mt940(self, account: str, number: int, year: int) -> str:
        """A statement on request. Raises NotNow."""
        for one in self._books.statements:
            if (one.account, one.number, one.year) == (account, number, year):
                held = self._of(one)
                closing = one.opening_cents + sum(booking.cents for booking in held)
                return swift.statement(self._books.accounts[account], one, held, closing)
        raise NotNow("Diesen Auszug gibt es nicht.")

    def _of(self, one: Statement) -> list[Booking]:
        wanted = set(one.bookings)
        return [booking for booking in self._books.bookings if booking.reference in wanted]

    def write_statement(self, account: Account) -> None:
        """Of the bookings of today, where there are any."""
        today, books = self._books.today, self._books
        fresh = [one for one in books.bookings if one.account == account.iban and one.day == today]
        if not fresh:
            return
        held = [one for one in books.statements if one.account == account.iban]
        opening = books.balance(account.iban) - sum(
            one.cents for one in books.bookings if one.account == account.iban and one.day >= today
        )
        number = account.numbers.get(today.year, 0) + 1
        if books.strikes("skip_number", account.iban):
            number += 1
        account.numbers[today.year] = number
        one = Statement(
            account=account.iban,
            year=today.year,
            number=number,
            day=today,
            opening_cents=opening,
            bookings=[booking.reference for booking in fresh],
        )
        books.statements.append(one)
        if held and books.strikes("overlap", account.iban):
            one = one.model_copy(
                update={"opening_cents": held[-1].opening_cents, "bookings": [*held[-1].bookings, *one.bookings]}
            )
        self._hand_out_statement(account, one)

    def _hand_out_statement(self, account: Account, one: Statement) -> None:
        bookings = self._of(one)
        closing = one.opening_cents + sum(booking.cents for booking in bookings)
        name = f"{one.day}_camt.053_{account.iban}_{one.number:05}"

        def write(closing_cents: int) -> Callable[[str], str]:
            return lambda id: camt.statement(account, one, bookings, closing_cents, id)

        if self._books.strikes("wrong_balance", account.iban):
            self._hand_out(account.iban, "camt.053", f"{name}.xml", write(closing + 1))
            # Somebody notices, and the right one follows.
            follows = calendar.after(self._books.today, 1)
            self._hand_out(account.iban, "camt.053", f"{name}_berichtigt.xml", write(closing), ready_on=follows)
        else:
            self._hand_out(account.iban, "camt.053", f"{name}.xml", write(closing))
        if account.with_mt940:
            self._hand_out(
                account.iban,
                "MT940",
                f"{name}.sta",
                lambda _: swift.statement(account, one, bookings, closing),
            )

    def write_details(self, account: Account, booking: Booking) -> None:
        name = f"{booking.day}_camt.054_{account.iban}_{booking.reference}.xml"
        self._hand_out(account.iban, "camt.054", name, lambda id: camt.details(account, booking, id))

    def report(self, account: str, write: Callable[[str], str]) -> None:
        self._hand_out(account, "pain.002", f"pain.002_{len(self._books.papers) + 1:05}.xml", write)

    def _hand_out(
        self,
        account: str,
        kind: PaperKind,
        name: str,
        write: Callable[[str], str],
        *,
        ready_on: date | None = None,
    ) -> None:
        """Write it into the customer's box: in time, late, twice or not at all."""
        today = self._books.today
        ready: date | None = ready_on or today
        if fault := self._books.strikes("late", account, kind):
            ready = calendar.after(today, fault.days)
        if self._books.strikes("lost", account, kind):
            ready = None
        copies = 2 if self._books.strikes("twice", account, kind) else 1
        for copy in range(copies):
            id = len(self._books.papers) + 1
            self._books.papers.append(
                Paper(
                    id=id,
                    # The same under another name and message id, as a bank's box has it after an outage.
                    name=name if not copy else f"Kopie_{name}",
                    kind=kind,
                    account=account,
                    made_on=today,
                    ready_on=ready,
                    content=write(f"B{id:08}"),
                )
            )
