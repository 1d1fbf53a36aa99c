"""What was read. Amounts are whole cents (hundredths of the currency), never negative; the direction stands beside.

None means that the file does not say it, or says nothing usable: no direction, amount or day is ever guessed.
"""

from datetime import date, datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

MOST_STATEMENTS = 1_000
"""Of one file: each is a row and a comparison of its own. A bank puts some hundred accounts of a customer into one."""


class Frozen(BaseModel):
    """A value that nobody changes."""

    model_config = ConfigDict(frozen=True)


class Direction(StrEnum):
    """Seen from the account's holder."""

    DEBIT = "debit"
    CREDIT = "credit"


class StatementKind(StrEnum):
    """What a message promises: booked and complete, a look within the day, or details of what is booked elsewhere."""

    STATEMENT = "statement"
    PREVIEW = "preview"
    DETAILS = "details"


class Balance(Frozen):
    """A balance; below zero where the account is overdrawn. `kind` is the code of ISO 20022 (OPBD, CLBD, …)."""

    kind: str
    cents: int
    currency: str | None
    day: date | None


class Detail(Frozen):
    """One transfer within an entry."""

    end_to_end_id: str | None = None
    """As the bank gives it; `NOTPROVIDED` is None."""
    payment_information_id: str | None = None
    message_id: str | None = None
    bank_reference: str | None = None
    mandate_id: str | None = None
    amount_cents: int | None = None
    """The transaction's own amount, charges included where the bank nets them."""
    instructed_cents: int | None = None
    """What was ordered, before charges."""
    charges_cents: int | None = None
    currency: str | None = None
    direction: Direction | None = None
    debtor_name: str | None = None
    debtor_iban: str | None = None
    creditor_name: str | None = None
    creditor_iban: str | None = None
    code: str | None = None
    """`PMNT-ICDT-RRTN`, where the detail has one of its own."""
    business_code: str | None = None
    """GVC, the three figures of German banks, where the detail has one of its own."""
    return_code: str | None = None
    return_text: str | None = None
    remittance: str | None = None

    @property
    def transfer_cents(self) -> int | None:
        """What was ordered, else what was booked for it."""
        return self.amount_cents if self.instructed_cents is None else self.instructed_cents


class Batch(Frozen):
    """A booking that stands for several transfers."""

    payment_information_id: str | None = None
    message_id: str | None = None
    number: int | None = None
    total_cents: int | None = None


class Entry(Frozen):
    """One booking."""

    position: int
    """From 0, in the order of the statement."""
    amount_cents: int | None
    currency: str | None
    direction: Direction | None
    reversal: bool = False
    status: str | None = None
    """BOOK, PDNG, INFO, …"""
    booked_on: date | None = None
    valued_on: date | None = None
    bank_reference: str | None = None
    code: str | None = None
    business_code: str | None = None
    batch: Batch | None = None
    text: str | None = None
    details: tuple[Detail, ...] = ()

    @property
    def signed_cents(self) -> int | None:
        """What it does to the balance; None while amount or direction are unclear."""
        if self.amount_cents is None or self.direction is None:
            return None
        return self.amount_cents if self.direction is Direction.CREDIT else -self.amount_cents


class Statement(Frozen):
    """What a bank tells of one account: a statement, a preview, or details."""

    format: str
    """`camt.053.001.08`, `MT940`, …"""
    kind: StatementKind
    message_id: str | None = None
    statement_id: str | None = None
    number: int | None = None
    """The electronic sequence number, else the legal one."""
    page: int | None = None
    last_page: bool | None = None
    created_at: datetime | None = None
    iban: str | None = None
    other_account: str | None = None
    """An account told without an IBAN: `12345678`, or `70020270/12345678` in MT940."""
    currency: str | None = None
    balances: tuple[Balance, ...] = ()
    entries: tuple[Entry, ...] = ()

    @property
    def opening(self) -> Balance | None:
        """What the entries begin with: OPBD, else PRCD, else the first intermediate balance of a later page."""
        return self._first("OPBD") or self._first("PRCD") or self._first("ITBD")

    @property
    def closing(self) -> Balance | None:
        """What the entries end with: CLBD, else the last intermediate balance of an earlier page."""
        between = [balance for balance in self.balances if balance.kind == "ITBD" and balance is not self.opening]
        return self._first("CLBD") or (between[-1] if between else None)

    @property
    def closes_on(self) -> date | None:
        """The day of the closing balance, else of the latest entry, else of the message."""
        if self.closing is not None and self.closing.day is not None:
            return self.closing.day
        days = [entry.booked_on for entry in self.entries if entry.booked_on is not None]
        return max(days) if days else self.created_at.date() if self.created_at else None

    def _first(self, kind: str) -> Balance | None:
        return next((balance for balance in self.balances if balance.kind == kind), None)


class StatusReason(Frozen):
    """Why a bank says what it says: a code, words, or both."""

    code: str | None = None
    text: str | None = None


class ReportedPayment(Frozen):
    """What a report says of one transfer. `status`: RJCT, ACCP, ACSP, ACSC, PDNG, …; RCVC, RVMC, RVNM, RVNA are the
    results of a Verification of Payee."""

    end_to_end_id: str | None = None
    status: str | None = None
    reasons: tuple[StatusReason, ...] = ()
    amount_cents: int | None = None
    creditor_iban: str | None = None

    @property
    def name_at_bank(self) -> str | None:
        """The holder's name as the other bank has it, where the check came close (RVMC)."""
        if self.status != "RVMC":
            return None
        return next((reason.text for reason in self.reasons if reason.text), None)


class ReportedBlock(Frozen):
    """What a report says of one payment block."""

    payment_information_id: str | None = None
    status: str | None = None
    reasons: tuple[StatusReason, ...] = ()
    payments: tuple[ReportedPayment, ...] = ()


class Report(Frozen):
    """A pain.002: what became of a file that was handed in."""

    format: str
    message_id: str | None = None
    created_at: datetime | None = None
    original_message_id: str | None = None
    original_message: str | None = None
    """`pain.001.001.09`."""
    status: str | None = None
    reasons: tuple[StatusReason, ...] = ()
    blocks: tuple[ReportedBlock, ...] = ()


class Message(Frozen):
    """All that one file holds: statements of one or several accounts, or one report."""

    format: str
    statements: tuple[Statement, ...] = ()
    report: Report | None = None
