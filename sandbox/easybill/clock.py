"""Days and times as easybill writes them: German local time without an offset."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def millis() -> int:
    return round(datetime.now(UTC).timestamp() * 1000)


def now() -> str:
    return datetime.now(BERLIN).strftime("%Y-%m-%d %H:%M:%S")


def today() -> date:
    return datetime.now(BERLIN).date()


def is_day(text: object) -> bool:
    """Whether it is a day that exists, written `2026-12-31`."""
    if not isinstance(text, str) or not _DAY.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
