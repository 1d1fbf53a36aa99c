"""The budget of the API is exact in PostgreSQL, whoever takes from it (engine.md, The budget)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from ledger.connections import budget
from ledger.database import Ledger
from ledger.types import LEXOFFICE, Tenant
from tests.conftest import Database
from tests.fixtures.ledger_shop import NewTenant

PACE = 5.0


@pytest.fixture
async def processes(database: Database) -> AsyncIterator[list[Ledger]]:
    """Pools of their own, as of several workers."""
    opened = [await Ledger.open(database.app_url, most_connections=4) for _ in range(4)]
    yield opened
    for ledger in opened:
        await ledger.close()


@pytest.fixture
async def budgeted(new_tenant: NewTenant, ledger: Ledger) -> Tenant:
    tenant = await new_tenant()
    async with ledger.transaction(tenant) as tx:
        await tx.execute(
            "INSERT INTO api_budgets (tenant_id, provider) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            tenant.id,
            LEXOFFICE,
        )
    return tenant


async def test_slots_of_many_at_once_never_meet_and_none_waits_longer_than_3_s(
    processes: list[Ledger], budgeted: Tenant
) -> None:
    async def take(ledger: Ledger) -> float | None:
        slot = await budget.reserve(ledger, budgeted, provider=LEXOFFICE, pace_per_second=PACE)
        return None if slot is None else slot.wait_seconds

    assert await take(processes[0]) == 0.0
    first = await reserved_until(processes[0], budgeted)
    waits = [wait for wait in await asyncio.gather(*(take(processes[n % 4]) for n in range(40))) if wait is not None]
    # The row says how far ahead is reserved: a full step for each slot, never less, whoever asked.
    ahead = (await reserved_until(processes[0], budgeted) - first).total_seconds()
    assert ahead >= len(waits) / PACE - 0.000_01
    assert max(waits) <= budget.LONGEST_WAIT_SECONDS
    assert len(waits) < 40, "what finds no slot within 3 s is told so: nothing queues in the budget"


async def reserved_until(ledger: Ledger, tenant: Tenant) -> datetime:
    async with ledger.transaction(tenant) as tx:
        at: datetime = await tx.fetchval("SELECT next_free_at FROM api_budgets WHERE provider = $1", LEXOFFICE)
    return at


async def test_documents_are_created_18_times_a_minute_and_take_a_request_each(
    processes: list[Ledger], budgeted: Tenant
) -> None:
    async def create(ledger: Ledger) -> float | None:
        async with ledger.transaction(budgeted) as tx:
            slot = await budget.reserve_creation(tx, provider=LEXOFFICE, pace_per_second=PACE)
        return None if slot is None else slot.wait_seconds

    found = await asyncio.gather(*(create(processes[number % 4]) for number in range(12)))
    # One step is 60 s / 18 = 3.33 s, and nobody waits for more than 3 s: only the first gets a slot.
    assert sorted(found, key=str) == [0.0, *[None] * 11]
    async with processes[0].transaction(budgeted) as tx:
        row = await tx.fetchrow(
            """
            SELECT creations, extract(epoch FROM next_creation_at - next_free_at)::float8 AS apart FROM api_budgets
             WHERE provider = $1
            """,
            LEXOFFICE,
        )
    assert row is not None
    assert row["creations"] == 1
    assert row["apart"] == pytest.approx(60 / 18 - 1 / PACE, abs=0.001)
    read = await budget.reserve(processes[0], budgeted, provider=LEXOFFICE, pace_per_second=PACE)
    assert read is not None, "a read does not wait for the creates"


async def test_what_was_proved_not_to_be_made_does_not_count_towards_the_year(ledger: Ledger, budgeted: Tenant) -> None:
    async with ledger.transaction(budgeted) as tx:
        await budget.reserve_creation(tx, provider=LEXOFFICE, pace_per_second=0)
        await budget.reserve_creation(tx, provider=LEXOFFICE, pace_per_second=0)
        await budget.count_none_created(tx, provider=LEXOFFICE)
        assert await budget.created_this_year(tx, provider=LEXOFFICE) == 1


async def test_four_fifths_of_the_year_s_documents_are_asked_about_once_and_a_new_year_answers_it(
    ledger: Ledger, budgeted: Tenant
) -> None:
    async def looked_after(created: int) -> list[tuple[str, str]]:
        async with ledger.transaction(budgeted) as tx:
            await tx.execute(
                """
                UPDATE api_budgets SET creations = $1,
                       creations_year = extract(year FROM now() AT TIME ZONE 'Europe/Berlin')
                """,
                created,
            )
            await budget.warn_of_yearly_budget(tx, provider=LEXOFFICE)
            return [(row["kind"], row["state"]) for row in await tx.fetch("SELECT kind, state FROM tasks")]

    assert await looked_after(39_999) == []
    assert await looked_after(40_000) == [("documents_of_the_year", "open")]
    async with ledger.transaction(budgeted) as tx:
        await tx.execute("UPDATE tasks SET state = 'resolved', resolved_at = now(), resolved_by = 'user:x'")
    assert await looked_after(45_000) == [("documents_of_the_year", "resolved")], "an answer holds for the year"
    async with ledger.transaction(budgeted) as tx:
        await tx.execute("UPDATE tasks SET state = 'open', resolved_at = NULL, resolved_by = NULL")
    assert await looked_after(0) == [("documents_of_the_year", "resolved")]
