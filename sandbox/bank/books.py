"""What the bank keeps: accounts, files that customers handed in, bookings, what it handed out. Amounts are cents."""

from datetime import date
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from .accounts import is_iban, plain

Check = Literal["RCVC", "RVMC", "RVNM", "RVNA"]
"""The four results of the Verification of Payee: match, close match, no match, not possible."""

Kind = Literal[
    "transfer", "batch", "return", "reversal", "direct_debit", "fee", "standing_order", "incoming", "typed", "salary"
]

PaperKind = Literal["pain.002", "camt.053", "camt.054", "MT940"]

FaultKind = Literal[
    "late", "lost", "twice", "overlap", "wrong_balance", "skip_number", "book_twice", "reverse", "reject"
]


class NotNow(ValueError):
    """What was asked does not fit the state of things; the text says why, in German."""


class Kept(BaseModel):
    """A row of the bank's books."""

    model_config = ConfigDict(extra="forbid")


class Account(Kept):
    """An account that the bank keeps for a customer."""

    iban: str
    holder: str
    opening_cents: int = 0
    """When it was opened."""
    overdraft_cents: int = 10_000_000_00
    with_mt940: bool = False
    """Whether each day's statement comes as MT940 too."""
    numbers: dict[int, int] = Field(default_factory=dict)
    """The last statement number of each year."""


class Payee(Kept):
    """An account at another bank, as far as it is unusual. Of any other whoever is named is the holder."""

    iban: str
    holder: str | None = None
    checkable: bool = True
    """Whether its bank answers to a check of the name."""
    rejected: str | None = None
    """The reason with which our bank refuses a transfer to it before it books."""
    returned: str | None = None
    """The reason with which its bank sends a transfer back."""
    after_days: int = 2
    """Bank days until it comes back."""
    fee_cents: int = 0
    """What its bank keeps of what comes back."""


class Payment(Kept):
    """One transfer of a file."""

    end_to_end_id: str
    cents: int
    name: str
    iban: str
    text: str
    check: Check | None = None
    held_by: str | None = None
    """With RVMC: the name as the payee's bank has it."""
    reason: str | None = None
    state: Literal["waiting", "rejected", "booked", "returned"] = "waiting"


class Order(Kept):
    """A file that was handed in."""

    id: int
    message_id: str
    block_id: str
    account: str
    execute_on: date
    batch: bool
    instant: bool
    handed_in_on: date
    payments: list[Payment]
    state: Literal["checked", "accepted", "rejected", "withdrawn", "executed"] = "accepted"
    reason: str | None = None

    @property
    def live(self) -> list[Payment]:
        """What was not rejected."""
        return [payment for payment in self.payments if payment.state != "rejected"]


class Line(Kept):
    """One transfer within a booking, as the bank tells it. `ours` is the customer's side of it: payer or payee."""

    cents: int
    name: str
    iban: str | None
    end_to_end_id: str | None = None
    block_id: str | None = None
    text: str = ""
    reason: str | None = None
    """Of a return."""
    fee_cents: int = 0


class Booking(Kept):
    """A booking on an account: below zero it leaves."""

    reference: str
    account: str
    day: date
    cents: int
    kind: Kind
    lines: list[Line]
    order: int | None = None
    takes_back: str | None = None
    """Of a reversal: the booking that it takes back."""


class Due(Kept):
    """A transfer that will come back."""

    day: date
    order: int
    end_to_end_id: str
    account: str
    cents: int
    reason: str


class Statement(Kept):
    """The bookings of a day of an account, under a number."""

    account: str
    year: int
    number: int
    day: date
    opening_cents: int
    bookings: list[str]

    @property
    def id(self) -> str:
        return f"{self.year}{self.number:05}"


class Paper(Kept):
    """A file that the bank hands out to the customer, from `ready_on` on; None: when somebody asks for it."""

    id: int
    name: str
    kind: PaperKind
    account: str
    made_on: date
    ready_on: date | None
    content: str


class Fault(Kept):
    """What goes wrong next, so many times; `reject` names the reason, `late` the days."""

    kind: FaultKind
    times: int = Field(default=1, ge=1)
    days: int = Field(default=2, ge=1, le=60)
    reason: str = "MS03"
    of: PaperKind = "camt.053"
    account: str | None = None


class Books(Kept):
    """Everything."""

    today: date
    accounts: dict[str, Account] = Field(default_factory=dict)
    payees: dict[str, Payee] = Field(default_factory=dict)
    orders: list[Order] = Field(default_factory=list)
    bookings: list[Booking] = Field(default_factory=list)
    returns: list[Due] = Field(default_factory=list)
    statements: list[Statement] = Field(default_factory=list)
    papers: list[Paper] = Field(default_factory=list)
    faults: list[Fault] = Field(default_factory=list)
    references: int = 0

    @classmethod
    def read(cls, file: Path) -> Self | None:
        """What was kept; None where there is nothing."""
        return cls.model_validate_json(file.read_text()) if file.exists() else None

    def write(self, file: Path) -> None:
        """Whole or not at all."""
        beside = file.with_suffix(".new")
        beside.write_text(self.model_dump_json())
        beside.replace(file)

    def balance(self, account: str) -> int:
        """What is on the account now."""
        return self.accounts[account].opening_cents + sum(
            booking.cents for booking in self.bookings if booking.account == account
        )

    def order(self, id: int) -> Order | None:
        return next((order for order in self.orders if order.id == id), None)

    def strikes(self, kind: FaultKind, account: str, of: PaperKind = "camt.053") -> Fault | None:
        """A fault that hits now; it is used up by one."""
        for fault in self.faults:
            if fault.kind == kind and fault.account in (None, account) and fault.of == of:
                fault.times -= 1
                if not fault.times:
                    self.faults.remove(fault)
                return fault
        return None


def new_account(iban: str, holder: str, cents: int) -> Account:
    """An account without bookings. Raises ValueError for what is no account number."""
    if not is_iban(plain(iban)):
        raise ValueError(f"{iban} ist keine IBAN.")
    return Account(iban=plain(iban), holder=holder, opening_cents=cents)
