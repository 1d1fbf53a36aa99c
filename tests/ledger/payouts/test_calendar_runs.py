"""Which run the calendar may make, and when: the ledger decides, whatever the engine starts."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from ledger import clock
from ledger.payouts import payout_run_starts, payout_runs
from ledger.payouts.payout_runs import SCHEDULE, PayoutRun, cut_off_of
from ledger.reasons import Reason
from tests.fixtures.ledger_shop import Shop


async def calendar(shop: Shop, day: int | None, hour: int = 6) -> None:
    await shop.rows("UPDATE tenants SET payout_run_day = $1, payout_run_hour = $2", day, hour)


async def begun(shop: Shop, asked_at: str, now: str | None = None) -> PayoutRun | Reason:
    """What a start at this moment (UTC) makes, judged at `now`."""
    with clock.set_to(datetime.fromisoformat(now or asked_at).replace(tzinfo=UTC)):
        async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
            return await payout_run_starts.begin_by_calendar(
                tx, uuid4(), asked_at=datetime.fromisoformat(asked_at).replace(tzinfo=UTC)
            )


@pytest.mark.parametrize(
    ("day", "hour", "asked_at", "period"),
    [
        (5, 6, "2026-12-05T05:00", "2026-11"),
        (5, 6, "2026-12-31T22:59", "2026-11"),
        (1, 0, "2026-11-30T23:00", "2026-11"),  # midnight in Berlin
        (28, 6, "2026-12-03T10:00", "2026-10"),  # made up for: the engine was away on 28 November
        (28, 2, "2027-03-28T01:00", "2027-02"),  # two o'clock does not exist on this day; it is three
    ],
)
async def test_the_run_whose_hour_came_last_is_made(
    shop: Shop, day: int, hour: int, asked_at: str, period: str
) -> None:
    await calendar(shop, day, hour)
    made = await begun(shop, asked_at)
    assert isinstance(made, PayoutRun)
    assert (made.period, made.requested_by, made.rehearsal, made.state) == (period, SCHEDULE, False, "running")


@pytest.mark.parametrize(
    ("day", "asked_at", "now"),
    [
        (None, "2026-12-05T05:00", None),
        (5, "2026-12-05T04:50", None),  # before its hour, and long after that of the month before
        (28, "2026-12-05T06:00", None),  # later than the engine makes up for
        (5, "2026-12-05T05:00", "2026-12-05T04:50"),  # the engine's clock says so, ours does not
    ],
)
async def test_no_run_is_made_before_its_hour_or_without_a_day(
    shop: Shop, day: int | None, asked_at: str, now: str | None
) -> None:
    await calendar(shop, day)
    assert await begun(shop, asked_at, now) == Reason.of("calendar_wants_no_run")
    assert await shop.rows("SELECT 1 FROM payout_runs") == []


async def test_clocks_that_differ_by_seconds_stop_no_run(shop: Shop) -> None:
    await calendar(shop, 5)
    assert isinstance(await begun(shop, "2026-12-05T05:00:00", "2026-12-05T04:59:30"), PayoutRun)


async def test_a_period_that_has_a_run_gets_none_by_the_calendar(shop: Shop) -> None:
    await calendar(shop, 5)
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await payout_runs.begin(
            tx, uuid4(), cut_off=cut_off_of(date(2026, 12, 1)), rehearsal=False, requested_by="key:shop"
        )
    assert await begun(shop, "2026-12-05T05:00") == Reason.of("calendar_run_exists", month="2026-11")


async def cancelled(shop: Shop, run: PayoutRun) -> None:
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await payout_runs.cancel(tx, run.id, by="key:shop", reason="Noch nicht.")


async def test_a_run_of_the_calendar_that_somebody_cancelled_is_not_made_again(shop: Shop) -> None:
    await calendar(shop, 5)
    made = await begun(shop, "2026-12-05T05:00")
    assert isinstance(made, PayoutRun)
    await cancelled(shop, made)
    assert await begun(shop, "2026-12-05T05:01") == Reason.of("calendar_run_exists", month="2026-11")


async def test_a_persons_run_that_was_cancelled_and_a_rehearsal_leave_the_period_to_the_calendar(shop: Shop) -> None:
    await calendar(shop, 5)
    with clock.set_to(datetime(2026, 12, 2, tzinfo=UTC)):
        async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
            first = cut_off_of(date(2026, 12, 1))
            theirs = await payout_run_starts.request(tx, cut_off=first, rehearsal=False, by="key:shop")
            await payout_run_starts.request(tx, cut_off=first, rehearsal=True, by="key:shop")
    await cancelled(shop, theirs)
    assert isinstance(await begun(shop, "2026-12-05T05:00"), PayoutRun)
