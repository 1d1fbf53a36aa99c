"""Cents, days, times and texts as banks write them. What is not usable is None; nothing here raises."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from bankstatements.models import Direction

BERLIN = ZoneInfo("Europe/Berlin")
_MOST_CENTS = 10**15
"""Ten trillion: no account of anybody; more is a damaged file, and would not fit the columns of those who keep it."""
_AMOUNT = re.compile(r"\+?[0-9]{1,18}(?:\.[0-9]{1,17})?|\.[0-9]{1,17}", re.ASCII)
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+")
_GERMAN_CODE = re.compile(r"(?:[A-Z]{4}\+)?([0-9]{3})(?:\+.*)?", re.ASCII)
NO_REFERENCES = frozenset({"NOTPROVIDED", "NOT PROVIDED", "NONREF", "KEINE REFERENZ", "NICHT ANGEGEBEN"})


def cents(text: str | None) -> int | None:
    """Whole cents of a decimal number without a sign. More places than two are taken where they are zeros."""
    if text is None or not _AMOUNT.fullmatch(text):
        return None
    exact = Decimal(text) * 100
    return int(exact) if exact == exact.to_integral_value() and exact < _MOST_CENTS else None


def total(amounts: Sequence[int]) -> int | None:
    """The sum; None of nothing, and where it is more than cents() takes."""
    return sum(amounts) if amounts and sum(amounts) < _MOST_CENTS else None


def direction(text: str | None) -> Direction | None:
    """CRDT or DBIT; anything else is none."""
    return {"CRDT": Direction.CREDIT, "DBIT": Direction.DEBIT}.get(text or "")


def currency(text: str | None) -> str | None:
    """Three capital letters."""
    return text if text is not None and re.fullmatch("[A-Z]{3}", text) else None


def day(text: str | None) -> date | None:
    """The day of a date or of a time; a time with a zone is that day in Berlin."""
    if text is None:
        return None
    if len(text) > 10 and text[10] == "T":
        at = moment(text)
        return None if at is None else at.date()
    try:
        # A date of XML may name its zone (2026-10-05+02:00): the day is the bank's.
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def moment(text: str | None) -> datetime | None:
    """A time, aware; one without a zone is Berlin's."""
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
        return at.replace(tzinfo=BERLIN) if at.tzinfo is None else at.astimezone(BERLIN)
    except (ValueError, OverflowError):
        return None


def printable(text: str | None, most: int) -> str | None:
    """One line of at most so many characters, without invisible ones; None for nothing."""
    if text is None:
        return None
    return " ".join(_INVISIBLE.sub(" ", text).split())[:most].strip() or None


def reference(text: str | None) -> str | None:
    """A reference of at most 70 characters; what banks write for none is None."""
    plain = printable(text, 70)
    return None if plain is None or plain.upper() in NO_REFERENCES else plain


def iban(text: str | None) -> str | None:
    """Letters and figures without blanks. Whether such an account can exist is not asked."""
    plain = re.sub(r"\s", "", text or "").upper()
    return plain if re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}", plain, re.ASCII) else None


def number(text: str | None) -> int | None:
    """A count or a sequence number of at most nine figures."""
    return int(text) if text is not None and re.fullmatch("[0-9]{1,9}", text, re.ASCII) else None


def yes(text: str | None) -> bool:
    """XML's two words for true."""
    return text in ("true", "1")


def business_code(text: str | None) -> str | None:
    """The GVC of a German bank's own code: `NTRF+116+…` or `116`."""
    found = _GERMAN_CODE.fullmatch(text or "")
    return found.group(1) if found else None
