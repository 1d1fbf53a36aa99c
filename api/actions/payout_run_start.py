"""Beginning a payout run, for the JSON API and the pages alike."""

from datetime import date

from ledger import clock
from ledger.database import TenantTransaction
from ledger.payouts import payout_run_starts, payout_runs
from ledger.payouts.payout_runs import PayoutRun


async def request(tx: TenantTransaction, *, day: date | None, rehearsal: bool, by: str) -> PayoutRun:
    """The row of a run up to this day (its sales not included); without one, to the end of last month.

    Whoever calls this announces it after the commit (`Announcer.payout_run`). Raises NotAcceptable, AlreadyExists.
    """
    cut_off = payout_runs.cut_off_of(day) if day else payout_runs.last_month(clock.now())
    return await payout_run_starts.request(tx, cut_off=cut_off, rehearsal=rehearsal, by=by)
