"""Which booking a bank tells of: one that is known already, or a new one (rules.md, Bank). Pure.

A booking is known by the bank's reference, amount and direction, unless it names another payment; else by day, amount,
direction, what it refers to and its place among equals of that day. So .052, .053, .054 and MT940, told in any order
and more than once, are one.
"""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Literal, NamedTuple
from uuid import UUID, uuid4

from bankstatements.models import Entry
from ledger.types import Frozen

Teller = Literal["camt", "mt940"]
_BATCH_CODES = frozenset({"191", "192"})
"""GVC of a German bank for the sum of several transfers."""


class Booking(NamedTuple):
    """What an entry is recognised by."""

    amount_cents: int | None
    direction: str | None
    reversal: bool
    booked_on: date | None
    bank_reference: str | None
    refers_to: str
    is_booked: bool
    """By its status, which says BOOK or nothing."""


class Known(Frozen):
    """A booking that the ledger holds."""

    id: UUID
    amount_cents: int | None
    direction: str | None
    reversal: bool
    booked_on: date | None
    bank_references: dict[Teller, str | None]
    """Of each that told it; camt and MT940 may have references of their own for one booking."""
    refers_to: str
    is_booked: bool
    concerns_us: bool
    has_batch: bool
    """Its PmtInfId is known."""
    details: int


def booking_of(entry: Entry) -> Booking:
    """What this entry is recognised by."""
    return Booking(
        amount_cents=entry.amount_cents,
        direction=entry.direction,
        reversal=entry.reversal,
        booked_on=entry.booked_on,
        bank_reference=entry.bank_reference,
        refers_to=_refers_to(entry),
        is_booked=entry.status in ("BOOK", None),
    )


def batch_reference(entry: Entry) -> str | None:
    """The PmtInfId of a booking that stands for several transfers."""
    if entry.batch is not None and entry.batch.payment_information_id:
        return entry.batch.payment_information_id
    named = {detail.payment_information_id for detail in entry.details}
    if len(named) == 1 and (len(entry.details) > 1 or entry.business_code in _BATCH_CODES):
        return named.pop()
    return None


class Recogniser:
    """Recognises the entries of one statement, in its order. Each known booking is recognised once."""

    def __init__(self, known: Iterable[Known], teller: Teller) -> None:
        self._teller = teller
        self._taken: set[UUID] = set()
        self._by_reference: dict[tuple[object, ...], list[Known]] = defaultdict(list)
        self._by_content: dict[tuple[object, ...], list[Known]] = defaultdict(list)
        self._places: Counter[bytes] = Counter()
        for one in known:
            for reference in {*one.bank_references.values()} - {None}:
                self._by_reference[reference, one.amount_cents, one.direction].append(one)
                self._places[_named(reference, one)] += 1
            self._by_content[_content(one)].append(one)
            self._places[_described(one)] += 1

    def find(self, booking: Booking) -> Known | None:
        """The known booking that this is, or None: it is a new one."""
        named = self._by_reference[booking.bank_reference, booking.amount_cents, booking.direction]
        possible = [
            one
            for one in named
            if booking.bank_reference and one.id not in self._taken and not _two_payments(one, booking)
        ]
        found = next((one for one in possible if one.refers_to == booking.refers_to), next(iter(possible), None))
        if found is None:
            equals = self._by_content[_content(booking)]
            found = next((one for one in equals if self._is_the_same(one, booking)), None)
            if found is not None:
                equals.remove(found)
        if found is not None:
            self._taken.add(found.id)
        return found

    def key(self, booking: Booking) -> bytes:
        """What a new booking is known by: 32 bytes, unique in its account."""
        described = _described(booking)
        if booking.bank_reference is None and booking.booked_on is None:
            # Its day comes later: its place among those without one is free then, its key never.
            return hashlib.sha256(described + uuid4().bytes).digest()
        base = described if booking.bank_reference is None else _named(booking.bank_reference, booking)
        place = self._places[base]
        self._places.update({base, described})
        return hashlib.sha256(base + b"\0" + str(place).encode()).digest()

    def _is_the_same(self, one: Known, booking: Booking) -> bool:
        if one.id in self._taken:
            return False
        if None not in (one.booked_on, booking.booked_on) and one.booked_on != booking.booked_on:
            return False
        # Two references of one teller are two bookings; another teller has references of its own.
        told = one.bank_references.get(self._teller)
        return None in (told, booking.bank_reference) or told == booking.bank_reference


def _refers_to(entry: Entry) -> str:
    batch = batch_reference(entry)
    if batch is not None:
        return f"batch:{batch.upper()}"
    named = sorted({detail.end_to_end_id.upper() for detail in entry.details if detail.end_to_end_id})
    if len(named) > 1:
        return "all:" + hashlib.sha256("\0".join(named).encode()).hexdigest()
    return "one:" + (re.sub(r"\s", "", named[0]) if named else "")


def _two_payments(one: Known, booking: Booking) -> bool:
    """Whether both name a payment, and not the same: some banks give one reference to several bookings."""
    named = (one.refers_to, booking.refers_to)
    return named[0] != named[1] and all(refers_to.startswith("one:") and refers_to != "one:" for refers_to in named)


def _content(one: Booking | Known) -> tuple[object, ...]:
    return (one.amount_cents, one.direction, one.reversal, one.refers_to)


def _named(reference: str | None, one: Booking | Known) -> bytes:
    return b"reference:" + repr((reference, one.amount_cents, str(one.direction))).encode()


def _described(one: Booking | Known) -> bytes:
    what = (str(one.booked_on), one.amount_cents, str(one.direction), one.reversal, one.refers_to)
    return b"content:" + repr(what).encode()
