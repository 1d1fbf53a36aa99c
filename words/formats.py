"""Amounts, days, months and rates as each language writes them. A value is plain JSON, or what it was before that.

Each shape raises TypeError, ValueError, ArithmeticError or LookupError for a value that is none of its kind.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

GERMAN = "de"
ENGLISH = "en"

_BERLIN = ZoneInfo("Europe/Berlin")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec")
"""Of CLDR's en_GB, as the pages write them."""


def cents(value: Any, language: str) -> str:
    """`1.234,56 €` with a space that does not break, `€1,234.56`."""
    whole, rest = divmod(abs(int(value)), 100)
    sign = "-" if int(value) < 0 else ""
    if language == ENGLISH:
        return f"{sign}€{whole:,}.{rest:02d}"
    return f"{sign}{_dotted(whole)},{rest:02d}\xa0€"


def number(value: Any, language: str) -> str:
    """`1.234`, `1,234`; digits after the comma as the value has them."""
    whole, _, rest = str(value).partition(".")
    if language == ENGLISH:
        return f"{int(whole):,}" + (f".{rest}" if rest else "")
    return _dotted(int(whole)) + (f",{rest}" if rest else "")


def percent(value: Any, language: str) -> str:
    """Of a number between 0 and 100, with the digits it needs: `7,5 %`, `7.5%`."""
    plain = format(Decimal(str(value)).normalize(), "f")
    return f"{plain}%" if language == ENGLISH else f"{plain.replace('.', ',')} %"


def day(value: Any, language: str) -> str:
    """`05.10.2026`, `5 Oct 2026`; of a moment, the day in Berlin."""
    at = _day(value)
    if language == ENGLISH:
        return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"
    return f"{at:%d.%m.%Y}"


def time(value: Any, language: str) -> str:
    """`05.10.2026 16:05`, `5 Oct 2026, 16:05`, in Berlin."""
    at = (value if isinstance(value, datetime) else datetime.fromisoformat(value)).astimezone(_BERLIN)
    return f"{day(at, language)}{',' if language == ENGLISH else ''} {at:%H:%M}"


def month(value: Any, language: str) -> str:
    """`10.2026`, `Oct 2026`; of any day in it."""
    at = _day(value if isinstance(value, date) or len(value) > 7 else f"{value}-01")
    return f"{_MONTHS[at.month - 1]} {at.year}" if language == ENGLISH else f"{at:%m.%Y}"


def listed(value: Any, _language: str) -> str:
    """`a, b, c`"""
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise TypeError("no list")
    return ", ".join(str(one) for one in value)


def _day(value: Any) -> date:
    if isinstance(value, str) and len(value) > 10:
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        return value.astimezone(_BERLIN).date()
    return value if isinstance(value, date) else date.fromisoformat(value)


def _dotted(whole: int) -> str:
    return f"{whole:,}".replace(",", ".")


SHAPES: dict[str, Callable[[Any, str], str]] = {
    "cents": cents,
    "number": number,
    "percent": percent,
    "day": day,
    "time": time,
    "month": month,
    "list": listed,
}
"""By the name that a place of a template gives."""
