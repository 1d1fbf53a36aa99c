"""Voucher numbers from a pattern such as `GS-{year}-{number:04d}`; lexoffice numbers drafts too (§3.3)."""

from __future__ import annotations

import re
from datetime import datetime

from .clock import german_day
from .store import Store

_FIELD = re.compile(r"\{(year|month:02d|number(?::0\d{1,2}d)?)\}")


class BadNumberPattern(ValueError):
    """A pattern without `{number}`, or with a field that it may not have."""


def check_pattern(pattern: str) -> str:
    bare = _FIELD.sub("", pattern)
    if "{number" not in pattern or "{" in bare or "}" in bare:
        raise BadNumberPattern(f"{pattern!r}: only {{number}}, {{number:04d}}, {{year}}, {{month:02d}}, and a number")
    return pattern


def next_number(store: Store, organization: str, kind: str, pattern: str, voucher_date: datetime) -> str:
    """The next free number; a pattern with a year starts again each year of the voucher date."""
    day = german_day(voucher_date)
    series = kind
    if "{year}" in pattern:
        series += f"/{day.year}"
    if "{month" in pattern:
        series += f"/{day.month}"
    number = store.next_value(organization, series)
    return pattern.format(year=day.year, month=day.month, number=number)
