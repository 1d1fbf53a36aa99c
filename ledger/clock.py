"""The business day: the one clock of whatever counts days in Berlin.

A payout's number, a voucher's date, an execution day, a month that is over: each asks here, neither the machine nor
PostgreSQL's now(). Moments (when a row was written, until when a token is good) stay the database's. Tests move this
clock where an engine runs whose own time must stay real.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

from ledger.types import BERLIN

_ahead = [timedelta(0)]


def now() -> datetime:
    """This moment as clocks in Berlin show it, for what is then taken as a day, a month or a year."""
    return (datetime.now(UTC) + _ahead[-1]).astimezone(BERLIN)


def today() -> date:
    """The day in Berlin."""
    return now().date()


@contextmanager
def set_to(moment: datetime) -> Iterator[None]:
    """For tests: it is `moment` now, and goes on from there, for the whole process."""
    _ahead.append(moment - datetime.now(UTC))
    try:
        yield
    finally:
        _ahead.pop()
