"""What a cell says: amounts, days, moments and words, as Germans and as others write them. Pure.

„1.234“ is a thousand to the one and a little more than one to the other, 03/04/2026 a day in April or in March. How a
file writes them is told by the cells that can be read in one way only; where none is there, a person says so.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple, TypeVar

from ledger.refusals import NotAcceptable
from ledger.types import BERLIN, business_day, midnight

T = TypeVar("T")


class Numbers(StrEnum):
    """How amounts are written: 1.234,56 or 1,234.56."""

    GERMAN = "german"
    ENGLISH = "english"


class Days(StrEnum):
    """What stands first where days are written with slashes."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


class Style(NamedTuple):
    """How a file writes what can be written in two ways."""

    numbers: Numbers = Numbers.GERMAN
    days: Days = Days.DAY_FIRST


class Guess(NamedTuple):
    """`style` is None where every cell says the same in both ways. `unclear`: a cell that a person must explain."""

    style: str | None
    unclear: str | None = None


_SIGNS = re.compile(r"(?P<before>[-+\u2212]?)(?P<bare>[0-9.,]+)(?P<after>-?)", re.ASCII)
_GERMAN = re.compile(r"(\d{1,3}(?:\.\d{3})+|\d{1,12})(?:,(\d{1,8}))?", re.ASCII)
_ENGLISH = re.compile(r"(\d{1,3}(?:,\d{3})+|\d{1,12})(?:\.(\d{1,8}))?", re.ASCII)
_CURRENCY = re.compile(r"\s|\u20ac|EUR\b", re.IGNORECASE)

_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})", re.ASCII)
_DOTS = re.compile(r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})", re.ASCII)
_SLASHES = re.compile(r"(?P<first>\d{1,2})[/-](?P<second>\d{1,2})[/-](?P<year>\d{4})", re.ASCII)
_SHORT_YEAR = re.compile(r"\d{1,2}([./-])\d{1,2}\1\d{2}", re.ASCII)
_CLOCK = re.compile(
    r"[T ]\s*(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?\s*"
    r"(?P<zone>Z|UTC|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)

_YES = frozenset({"ja", "yes", "j", "y", "true", "wahr", "1", "x"})
_NO = frozenset({"nein", "no", "n", "false", "falsch", "0"})


def decimal(text: str, numbers: Numbers) -> Decimal:
    """A number with its sign. Raises NotAcceptable."""
    found = _decimal(text, numbers)
    if found is None:
        raise NotAcceptable("cell_no_amount")
    return found


def cents(text: str, numbers: Numbers) -> int:
    """An amount of euros, in cents. Raises NotAcceptable for what is finer than a cent."""
    whole = decimal(text, numbers) * 100
    if whole != whole.to_integral_value():
        raise NotAcceptable("cell_finer_than_cent")
    return int(whole)


def numbers_of(texts: Iterable[str]) -> Guess:
    """How these amounts are written."""
    return _guess(texts, Numbers, lambda text, style: _decimal(text, Numbers(style)))


def day(text: str, days: Days) -> date:
    """A business day. Raises NotAcceptable."""
    found = _day(text, days)
    if found is None:
        raise NotAcceptable("cell_year_short" if _SHORT_YEAR.fullmatch(text) else "cell_no_day")
    return found


def moment(text: str, days: Days) -> datetime:
    """An instant; without a zone it is Berlin's, without a time the beginning of the day. Raises NotAcceptable."""
    clock = _CLOCK.search(text)
    if clock is None or clock.end() != len(text):
        return midnight(day(text, days))
    on = day(text[: clock.start()], days)
    try:
        hour, minute, second = int(clock["hour"]), int(clock["minute"]), int(clock["second"] or 0)
        return datetime.combine(on, time(hour, minute, second), _zone(clock["zone"]))
    except ValueError:
        raise NotAcceptable("cell_no_day") from None


def days_of(texts: Iterable[str]) -> Guess:
    """How these days are written."""
    return _guess((_without_time(text) for text in texts), Days, lambda text, style: _day(text, Days(style)))


def yes(text: str) -> bool:
    """Yes or no, in German or English. Raises NotAcceptable."""
    word = text.casefold()
    if word not in _YES | _NO:
        raise NotAcceptable("cell_no_yes_or_no")
    return word in _YES


def whole(text: str) -> int:
    """A small whole number. Raises NotAcceptable."""
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise NotAcceptable("cell_no_whole_number")
    return int(text)


def word(text: str, known: Mapping[str, str]) -> str:
    """What one of the known words stands for. Raises NotAcceptable."""
    found = known.get(plain_word(text))
    if found is None:
        raise NotAcceptable("cell_unknown_word", words=", ".join(dict.fromkeys(known)))
    return found


def plain_word(text: str) -> str:
    """Letters and digits alone, small, for comparing headings and words: „E-Mail“ and „email“ are one."""
    small = text.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss")
    return "".join(one for one in small if one.isalnum())


def _guess(texts: Iterable[str], styles: type[StrEnum], read: Callable[[str, str], Any]) -> Guess:
    one, other = list(styles)
    only: dict[str, str] = {}
    unclear: str | None = None
    for text in texts:
        if not text:
            continue
        said, else_said = read(text, one), read(text, other)
        if said is None and else_said is None:
            continue
        if said is None or else_said is None:
            only.setdefault(other if said is None else one, text)
        elif said != else_said:
            unclear = unclear or text
    if len(only) == 1:
        return Guess(next(iter(only)))
    if only:
        return Guess(None, unclear=unclear or only[other])
    return Guess(None, unclear=unclear)


def _decimal(text: str, numbers: Numbers) -> Decimal | None:
    found = _SIGNS.fullmatch(_CURRENCY.sub("", text))
    if found is None or (found["before"] and found["after"]):
        return None
    parts = (_GERMAN if numbers is Numbers.GERMAN else _ENGLISH).fullmatch(found["bare"])
    if parts is None:
        return None
    size = Decimal(re.sub(r"\D", "", parts[1]) + "." + (parts[2] or "0"))
    return -size if found["before"] in ("-", "\u2212") or found["after"] else size


def _day(text: str, days: Days) -> date | None:
    found = _ISO.fullmatch(text) or _DOTS.fullmatch(text)
    if found is not None:
        year, month, on = found["year"], found["month"], found["day"]
    else:
        found = _SLASHES.fullmatch(text)
        if found is None:
            return None
        year = found["year"]
        on, month = (found["first"], found["second"]) if days is Days.DAY_FIRST else (found["second"], found["first"])
    try:
        return business_day(f"{year}-{month.zfill(2)}-{on.zfill(2)}")
    except ValueError:
        return None


def _without_time(text: str) -> str:
    clock = _CLOCK.search(text)
    return text if clock is None or clock.end() != len(text) else text[: clock.start()]


def _zone(text: str | None) -> tzinfo:
    if text is None:
        return BERLIN
    if text in ("Z", "UTC"):
        return UTC
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[-2:])))
