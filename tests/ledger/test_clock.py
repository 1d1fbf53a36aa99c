"""Days are Berlin's, and asked of one clock; a day is no 24 hours."""

from datetime import UTC, date, datetime, timedelta

import pytest

from ledger import clock
from ledger.connections import budget, connections, key_age
from ledger.inbox.sweeps import SweepState, since_when
from ledger.payouts import payout_runs
from ledger.types import BERLIN, LEXOFFICE
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.payable import ask_for


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2027-12-31T23:30+00:00", date(2028, 1, 1)),
        ("2027-06-15T21:59+00:00", date(2027, 6, 15)),
        ("2027-06-15T22:01+00:00", date(2027, 6, 16)),
        ("2028-02-29T12:00+01:00", date(2028, 2, 29)),
    ],
)
def test_a_day_begins_at_midnight_in_berlin(moment: str, day: date) -> None:
    with clock.set_to(datetime.fromisoformat(moment)):
        assert clock.today() == day
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def _state(now: datetime, swept_until: datetime | None = None) -> SweepState:
    return SweepState(
        now=now,
        connected=True,
        checked_at=None,
        effective_from=None,
        swept_until=swept_until,
        finished_at=None,
        found=0,
        open_swept_at=None,
        subscriptions_wanted=False,
    )


@pytest.mark.parametrize("swept", [False, True])
def test_a_sweep_in_the_last_hour_of_the_day_of_25_lists_from_the_day_before(swept: bool) -> None:
    late = datetime(2027, 10, 31, 23, 30, tzinfo=BERLIN)
    assert since_when(_state(late, late if swept else None)) == date(2027, 10, 30)


async def test_a_key_that_was_saved_after_midnight_in_berlin_ends_on_that_day(shop: Shop) -> None:
    async with shop.ledger.transaction(shop.tenant) as tx:
        await connections.get(tx, LEXOFFICE)
        await tx.execute(
            """
            INSERT INTO provider_connections (tenant_id, provider) VALUES ($1, $2)
            ON CONFLICT DO NOTHING
            """,
            tx.tenant.id,
            LEXOFFICE,
        )
        saved = await tx.fetchval(
            """
            UPDATE provider_connections
               SET secret_encrypted = '\\x00', secret_last4 = 'abcd',
                   secret_saved_at = (date_trunc('day', now() AT TIME ZONE 'Europe/Berlin')
                                      - interval '24 months' + interval '5 days 30 minutes')
                                     AT TIME ZONE 'Europe/Berlin'
             WHERE tenant_id = $1 AND provider = $2 RETURNING secret_saved_at
            """,
            tx.tenant.id,
            LEXOFFICE,
        )
        await key_age.warn(tx)
        ends = await tx.fetchval("SELECT detail ->> 'ends_on' FROM tasks WHERE kind = 'api_key_ends_in_7'")
        on = saved.astimezone(BERLIN)
    assert ends == f"{on.year + 2}-{on:%m-%d}"


async def test_a_payout_that_is_asked_for_in_the_first_hour_of_a_year_counts_in_it(shop: Shop) -> None:
    with clock.set_to(datetime(2027, 12, 31, 23, 30, tzinfo=UTC)):
        payout = await ask_for(shop)
    assert payout.number == "PO-2028-0001"


async def test_what_was_created_counts_in_the_year_of_berlin(shop: Shop) -> None:
    with clock.set_to(datetime(2027, 12, 31, 22, 30, tzinfo=UTC)):
        async with shop.ledger.transaction(shop.tenant) as tx:
            await tx.execute(
                "INSERT INTO api_budgets (tenant_id, provider) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                tx.tenant.id,
                LEXOFFICE,
            )
            await budget.reserve_creation(tx, provider=LEXOFFICE, pace_per_second=0)
            assert await budget.created_this_year(tx, provider=LEXOFFICE) == 1
    with clock.set_to(datetime(2027, 12, 31, 23, 30, tzinfo=UTC)):
        async with shop.ledger.transaction(shop.tenant) as tx:
            assert await budget.created_this_year(tx, provider=LEXOFFICE) == 0


def test_the_run_of_the_last_month_closes_it_from_the_first_minute_on() -> None:
    first = datetime(2027, 12, 31, 23, 1, tzinfo=UTC)
    assert payout_runs.period_of(payout_runs.last_month(first)) == "2027-12"
