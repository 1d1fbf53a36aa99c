"""Instants as lexoffice writes and reads them: exactly three ms digits and an offset (API sheet §1.7)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")
_WIRE = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}(Z|[+-]\d{2}:\d{2})", re.ASCII)
YEARS = range(1900, 3000)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class NotALexofficeDate(ValueError):
    """The text is no instant in the one form that lexoffice takes."""


def now() -> datetime:
    """The current instant, cut to milliseconds, as lexoffice keeps no more."""
    instant = datetime.now(UTC)
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def wire(instant: datetime) -> str:
    return instant.astimezone(BERLIN).isoformat(timespec="milliseconds")


def read_wire(text: object) -> datetime:
    if not isinstance(text, str) or not _WIRE.fullmatch(text):
        raise NotALexofficeDate(str(text))
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise NotALexofficeDate(text) from error
    if instant.year not in YEARS:
        raise NotALexofficeDate(text)
    return instant.astimezone(UTC)


def read_day(text: str) -> date:
    """A `yyyy-MM-dd` of a list filter (§6)."""
    if not _DAY.fullmatch(text):
        raise NotALexofficeDate(text)
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise NotALexofficeDate(text) from error
    if day.year not in YEARS:
        raise NotALexofficeDate(text)
    return day


def day_start(day: date) -> datetime:
    """Midnight in Germany: filters and due dates count German days."""
    return datetime.combine(day, time(), BERLIN).astimezone(UTC)


def day_end(day: date) -> datetime:
    return day_start(day + timedelta(days=1))


def german_day(instant: datetime) -> date:
    return instant.astimezone(BERLIN).date()


def millis(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)


def from_millis(value: int) -> datetime:
    return datetime.fromtimestamp(value / 1000, UTC)
