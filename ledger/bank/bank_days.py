"""The days on which banks in Europe settle transfers: TARGET is closed at weekends and on six days a year (ECB)."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from ledger.refusals import NotAcceptable

if TYPE_CHECKING:
    from holidays.financial.european_central_bank import EuropeanCentralBank

LATEST_DAYS = 30
"""Banks take files with a date at most this many days ahead or more; nobody plans payouts further."""


@lru_cache(maxsize=1)
def _closed() -> "EuropeanCentralBank":
    # The calendars of all countries come with it, 0.2 s: no process waits for them when it starts.
    from holidays.financial.european_central_bank import EuropeanCentralBank

    return EuropeanCentralBank()  # type: ignore[no-untyped-call]


def is_target_day(day: date) -> bool:
    """Whether TARGET settles on this day."""
    return day.weekday() < 5 and day not in _closed()


def next_target_day(day: date) -> date:
    """The first TARGET day after this one."""
    following = day + timedelta(days=1)
    while not is_target_day(following):
        following += timedelta(days=1)
    return following


def checked_execution_date(wanted: date | None, today: date, *, instant: bool = False) -> date:
    """The day on which the bank executes; the next TARGET day where none is named. Instant transfers go on any day.

    Raises NotAcceptable for a day that has passed, is too far away, or on which TARGET is closed.
    """
    if wanted is None:
        return today if instant else next_target_day(today)
    if wanted < today:
        raise NotAcceptable("execution_date_past")
    if wanted > today + timedelta(days=LATEST_DAYS):
        raise NotAcceptable("execution_date_too_far", days=LATEST_DAYS)
    if not instant and not is_target_day(wanted):
        raise NotAcceptable("no_target_day", day=wanted, next_day=next_target_day(wanted))
    return wanted


def executed_from(day: date, now: datetime, cut_off: time | None) -> date:
    """The first day on which a file for this day, handed in now, is executed; `now` in Germany. After the bank's
    cut-off it is the next bank day."""
    today = now.date()
    closed = not is_target_day(today) or (cut_off is not None and now.time() >= cut_off)
    return max(day, next_target_day(today) if closed else today)
