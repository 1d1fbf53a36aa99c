"""Days as people in Berlin count them: the cut-off, a hold's end, the day of a report, the hour of a monthly run."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from api.actions import report_files
from engine.schedules import _payout_run
from ledger import clock
from ledger.payouts import payout_run_results, payout_runs
from ledger.refusals import NotAcceptable, NothingDue
from ledger.reports import reports
from ledger.types import BERLIN, Tenant, TenantId
from tests.fixtures import payable
from tests.fixtures.ledger_shop import Shop


class NoRuns:
    """A transaction of a tenant that has held no run."""

    tenant = Tenant(id=TenantId(uuid4()), slug="x")

    async def fetchrow(self, *_: Any) -> None:
        return None


@pytest.mark.parametrize(
    ("now", "day", "allowed"),
    [
        (datetime(2026, 10, 25, 0, 30, tzinfo=BERLIN), date(2026, 10, 26), True),  # 25 hours long
        (datetime(2026, 3, 28, 23, 30, tzinfo=BERLIN), date(2026, 3, 30), False),  # 29 March has 23
        (datetime(2026, 6, 1, 0, 0, tzinfo=BERLIN), date(2026, 6, 2), True),
        (datetime(2026, 6, 1, 23, 59, tzinfo=BERLIN), date(2026, 6, 3), False),
    ],
)
async def test_up_to_and_including_today_is_tomorrows_midnight_on_days_of_23_and_25_hours(
    now: datetime, day: date, allowed: bool
) -> None:
    without_runs: Any = NoRuns()
    refused = None
    try:
        with clock.set_to(now):
            await payout_runs.check(without_runs, payout_runs.cut_off_of(day), rehearsal=False)
    except NotAcceptable as error:
        refused = error.code
    assert refused == (None if allowed else "cut_off_to_come")


def test_the_file_of_a_past_day_is_named_after_that_day() -> None:
    report = reports.DayReport(at=report_files.end_of(date(2025, 12, 31)), rows=())
    assert 'filename="stichtag-2025-12-31.csv"' in report_files.day_report_csv(report).headers["content-disposition"]


def test_a_monthly_run_at_an_hour_that_a_day_in_march_lacks_has_another_one() -> None:
    """2027-03-28 has no 02:00 in Berlin: the engine lists no run of that month (temporal schedule describe)."""
    calendars = _payout_run(Tenant(id=TenantId(uuid4()), slug="x"), 28, 2).spec.calendars
    assert [(one.hour[0].start, bool(one.day_of_week) and one.day_of_week[0].start == 0) for one in calendars][1:] == [
        (3, True)
    ]


async def test_a_run_up_to_and_including_today_ends_no_hold_early(shop: Shop) -> None:
    await payable.fit_to_pay(shop)
    await payable.fit_to_be_paid(shop)
    await payable.earn(shop, 10_000)
    today = clock.today()
    # Free tomorrow at 00:00.
    await shop.rows("UPDATE tenants SET hold_days = 7")
    await shop.rows("UPDATE transactions SET paid_at = $1", payout_runs.cut_off_of(today - timedelta(days=6)))
    with pytest.raises(NothingDue):
        await payable.request(shop)
    run = uuid4()
    cut_off = payout_runs.cut_off_of(today + timedelta(days=1))
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await payout_runs.check(tx, cut_off, rehearsal=False)
        await payout_runs.begin(tx, run, cut_off=cut_off, rehearsal=False, requested_by="t")
    taken = await payout_runs.take(shop.ledger, shop.tenant, run, [shop.partner["ANNA"].id])
    async with shop.ledger.transaction(shop.tenant) as tx:
        totals = await payout_run_results.totals(tx, run)
    assert [one.net_cents for one in taken.payouts] == []
    assert [(one.reason, one.net_cents) for one in totals.waiting] == [("hold", 10_000)]
