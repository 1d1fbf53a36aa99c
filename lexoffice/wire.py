"""How lexoffice writes times and money; and how we read and write them without loss."""

import unicodedata
from datetime import datetime
from decimal import Decimal
from typing import Annotated, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict
from pydantic.alias_generators import to_camel

from lexoffice.errors import FractionOfACent

BERLIN = ZoneInfo("Europe/Berlin")
CURRENCY = "EUR"  # the only one there is (lexoffice API, Invoices endpoint: totalPrice)

_NOISE = Decimal("0.000001")  # what a binary double on the other side may add to a number of cents
_MOST_DIGITS = 15  # before the decimal point of an amount; more is no money and costs memory as an int


class Wire(BaseModel):
    """Something lexoffice sends: camelCase there, snake_case here. Unknown members are ignored.

    lexoffice leaves out members that are null, so a missing one and a null one are the same. So is an id that is empty.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        alias_generator=to_camel,
        populate_by_name=True,
        hide_input_in_errors=True,  # customers' data must not enter a log by way of an error
    )


class New(BaseModel):
    """Something we send, checked before it leaves, so that a mistake costs no request."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def euros(cents: int) -> Decimal:
    """Cents as the number that lexoffice expects, with two decimals."""
    return Decimal(cents).scaleb(-2)


def whole_cents(amount: Decimal) -> int:
    """An amount in EUR as cents.

    Raises FractionOfACent for a total with more than two decimals (unit prices have up to four, totals two), and
    for a number too large to be money.
    """
    if not amount.is_finite() or amount.adjusted() >= _MOST_DIGITS:
        raise FractionOfACent
    exact = amount.scaleb(2)
    cents = exact.to_integral_value()
    if abs(exact - cents) > _NOISE:
        raise FractionOfACent
    return int(cents)


def parse_time(text: object) -> datetime:
    """A time as lexoffice writes it, aware. A plain date or a time without offset is German local time.

    Raises ValueError for anything else, and for years in which no book was kept: converting the first and last
    days of the calendar to another offset overflows later on.
    """
    if isinstance(text, datetime):
        parsed = text
    elif isinstance(text, str) and text.isascii() and len(text) <= 40:
        parsed = datetime.fromisoformat(text)
    else:
        raise ValueError("no time")
    if not 1900 <= parsed.year <= 2200:
        raise ValueError("a year out of range")
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=BERLIN)


def _time_or_none(text: object) -> datetime | None:
    try:
        return parse_time(text)
    except ValueError:
        return None


def render_time(moment: datetime) -> str:
    """`yyyy-MM-ddTHH:mm:ss.SSS+hh:mm` in German local time, the one form that is accepted everywhere."""
    return moment.astimezone(BERLIN).isoformat(timespec="milliseconds")


def _aware(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError("a time needs an offset")
    return parse_time(moment)


def _number(value: object) -> object:
    if isinstance(value, bool | float):
        raise ValueError("no amount")
    return value


def _empty_for_none(value: object) -> object:
    return () if value is None else value


def _false_for_none(value: object) -> object:
    return False if value is None else value


def _none_for_empty(value: object) -> object:
    return None if value == "" else value


def at_most(units: int) -> AfterValidator:
    """A limit on the length of a text, counted in UTF-16 units as lexoffice (Java) counts."""

    def within(text: str) -> str:
        if len(text.encode("utf-16-le")) > 2 * units:
            raise ValueError(f"longer than {units} characters")
        return text

    return AfterValidator(within)


def _sendable(text: str) -> str:
    if any(unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t" for char in text):
        raise ValueError("control characters or broken text")
    return text


Item = TypeVar("Item")

Time = Annotated[datetime, BeforeValidator(parse_time)]
# For rows of lists, and for what nothing is booked by: one mistyped year must not make the rest unreadable.
TimeOrNone = Annotated[datetime | None, BeforeValidator(_time_or_none)]
AwareTime = Annotated[datetime, AfterValidator(_aware)]
# A number, or its text: `openAmount` has been seen as both (lexoffice API, Payments endpoint).
Amount = Annotated[Decimal, BeforeValidator(_number)]
Flag = Annotated[bool, BeforeValidator(_false_for_none)]
IdOrNone = Annotated[UUID | None, BeforeValidator(_none_for_empty)]
# Text that goes out; what lexoffice could not store or show is refused here.
Text = Annotated[str, AfterValidator(_sendable)]
Several = Annotated[tuple[Item, ...], BeforeValidator(_empty_for_none)]
