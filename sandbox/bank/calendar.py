"""The days on which the bank books: TARGET is closed at weekends and on six days a year."""

from datetime import date, timedelta
from functools import lru_cache

from holidays.financial.european_central_bank import EuropeanCentralBank


@lru_cache(maxsize=1)
def _closed() -> EuropeanCentralBank:
    return EuropeanCentralBank()  # type: ignore[no-untyped-call]


def is_open(day: date) -> bool:
    """Whether the bank books on this day."""
    return day.weekday() < 5 and day not in _closed()


def after(day: date, days: int) -> date:
    """So many bank days later; with 0 the day itself, or the next one that is open."""
    while not is_open(day):
        day += timedelta(days=1)
    for _ in range(days):
        day += timedelta(days=1)
        while not is_open(day):
            day += timedelta(days=1)
    return day
