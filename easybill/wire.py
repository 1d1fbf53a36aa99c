"""How easybill writes days, times and money, and how we read and write them.

Money is whole cents, only unit prices may have a fraction of one. Days are `2026-12-31`, times `2026-12-31 03:13:37`,
both without offset in German local time (README, Date and Date-Time format).
"""

import unicodedata
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Final, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

BERLIN: Final = ZoneInfo("Europe/Berlin")
_MOST_CENTS: Final = 10**15
_YEARS: Final = range(1900, 2201)


class Wire(BaseModel):
    """Something easybill sends. Unknown members are ignored; a missing one and a null one are the same."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,  # customers' data must not enter a log by way of an error
    )


class New(BaseModel):
    """Something we send, checked before it leaves, so that a mistake costs no request."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def parse_time(text: object) -> datetime:
    """A time, aware. Of the hour that comes twice in October the first is taken: easybill does not say which.

    Raises ValueError for anything else, and for years in which no book was kept.
    """
    if not isinstance(text, str) or not text.isascii() or len(text) > 40:
        raise ValueError("no time")
    parsed = datetime.fromisoformat(text)
    if parsed.year not in _YEARS:
        raise ValueError("a year out of range")
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=BERLIN)


def parse_day(text: object) -> date:
    """A day, of a day or of a time. Raises ValueError."""
    return parse_time(text).date()


def render_day(day: date) -> str:
    """`2026-12-31`."""
    return day.isoformat()


def at_most(length: int) -> AfterValidator:
    """A limit on the length of a text. easybill documents none [inf]: these keep a document readable."""

    def within(text: str) -> str:
        if len(text) > length:
            raise ValueError(f"longer than {length} characters")
        return text

    return AfterValidator(within)


def _none_for_empty(value: object) -> object:
    return None if value in ("", "null") else value


def _zero_for_none(value: object) -> object:
    return 0 if value is None else value


def _false_for_none(value: object) -> object:
    return False if value is None else value


def _empty_for_none(value: object) -> object:
    return () if value is None else value


def _whole(value: object) -> object:
    """`150` and `150.0` are both 150 cents (Model/DocumentPosition); a bool or a text is no money."""
    if isinstance(value, Decimal) and value == value.to_integral_value():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("no whole cents")
    return value


def _number(value: object) -> object:
    if isinstance(value, bool | float):
        raise ValueError("no number")
    return value


def _sendable(text: str) -> str:
    if any(unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t" for char in text):
        raise ValueError("control characters or broken text")
    return text


Item = TypeVar("Item")

Id = Annotated[int, Field(gt=0, lt=2**62)]
IdOrNone = Annotated[Id | None, BeforeValidator(_none_for_empty)]
Cents = Annotated[int, BeforeValidator(_whole), Field(ge=-_MOST_CENTS, le=_MOST_CENTS)]
CentsOrZero = Annotated[int, BeforeValidator(lambda value: _whole(_zero_for_none(value)))]
CentsOrNone = Annotated[int | None, BeforeValidator(lambda value: None if value is None else _whole(value))]
FractionalCents = Annotated[Decimal | None, BeforeValidator(_number)]
Number = Annotated[Decimal | None, BeforeValidator(_number)]
Flag = Annotated[bool, BeforeValidator(_false_for_none)]
TextOrNone = Annotated[str | None, BeforeValidator(_none_for_empty)]
Time = Annotated[datetime, BeforeValidator(parse_time)]
TimeOrNone = Annotated[datetime | None, BeforeValidator(lambda value: parse_time(value) if value else None)]
DayOrNone = Annotated[date | None, BeforeValidator(lambda value: parse_day(value) if value else None)]
Several = Annotated[tuple[Item, ...], BeforeValidator(_empty_for_none)]
# Text that goes out; what could not be stored or shown is refused here.
Text = Annotated[str, AfterValidator(_sendable)]
