"""The transactions that everything stands in: whose rows they open, what they remember, and how they end."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

import asyncpg
import pytest

from ledger.database import Ledger, NotCommitted, TenantTransaction
from ledger.types import Tenant
from tests.conftest import Database

SETTINGS = "SELECT current_setting('app.tenant', true), current_setting('app.cause', true)"


@pytest.fixture
async def single(database: Database) -> AsyncIterator[Ledger]:
    """A pool of one connection: what a transaction left behind, the next one meets."""
    opened = await Ledger.open(database.app_url, most_connections=1)
    yield opened
    await opened.close()


async def rename(tx: TenantTransaction, name: str) -> None:
    await tx.execute("UPDATE tenants SET name = $2 WHERE id = $1", tx.tenant.id, name)


async def name_of(ledger: Ledger, tenant: Tenant) -> str:
    async with ledger.transaction(tenant) as tx:
        found: str = await tx.fetchval("SELECT name FROM tenants WHERE id = $1", tenant.id)
    return found


@pytest.mark.parametrize(
    "cause",
    [
        "event:17",
        "user:o'neill@shop.example",
        "'; UPDATE tenants SET name = 'theirs'; --",
        "\\'; SELECT 1; --",
        'a "b" $1 %s {} äöü €\n',
        "",
    ],
)
async def test_the_cause_arrives_as_it_was_said(single: Ledger, tenant: Tenant, cause: str) -> None:
    async with single.transaction(tenant, cause=cause) as tx:
        assert tuple(await tx.fetchrow(SETTINGS) or ()) == (str(tenant.id), cause)
    assert await name_of(single, tenant) == "Test"


async def test_a_cause_that_no_database_can_hold_begins_nothing(single: Ledger, tenant: Tenant) -> None:
    with pytest.raises(ValueError, match="NUL"):
        async with single.transaction(tenant, cause="a\0b"):
            raise AssertionError("not reached")
    assert await name_of(single, tenant) == "Test"


async def renamed_and(single: Ledger, tenant: Tenant, then: Callable[[TenantTransaction], Awaitable[object]]) -> None:
    """A transaction that changes a row and goes on."""
    async with single.transaction(tenant, cause="test") as tx:
        await rename(tx, "Lost")
        await then(tx)


async def fail(_: TenantTransaction) -> None:
    raise LookupError


async def ask_nonsense(tx: TenantTransaction) -> None:
    await tx.execute("SELECT 1 / 0")


async def swallow(tx: TenantTransaction) -> None:
    with suppress(asyncpg.DivisionByZeroError):
        await ask_nonsense(tx)


async def lose_the_connection(tx: TenantTransaction) -> None:
    await tx.execute("SELECT pg_terminate_backend(pg_backend_pid())")


async def lose_the_connection_and_fail(tx: TenantTransaction) -> None:
    with suppress(asyncpg.PostgresError, asyncpg.InterfaceError):
        await lose_the_connection(tx)
    raise LookupError


@pytest.mark.parametrize(
    ("then", "raised"),
    [
        (fail, LookupError),
        (ask_nonsense, asyncpg.DivisionByZeroError),
        (swallow, NotCommitted),
        (lose_the_connection, (asyncpg.AdminShutdownError, asyncpg.ConnectionDoesNotExistError)),
        (lose_the_connection_and_fail, LookupError),
    ],
)
async def test_an_error_is_raised_as_it_is_and_leaves_nothing_for_the_next(
    single: Ledger,
    tenant: Tenant,
    then: Callable[[TenantTransaction], Awaitable[object]],
    raised: type[Exception] | tuple[type[Exception], ...],
) -> None:
    """Also the one that nobody looked at: who goes on after a failed statement is told that nothing was kept."""
    with pytest.raises(raised):
        await renamed_and(single, tenant, then)
    async with single.without_tenant() as db:
        assert [value or None for value in await db.fetchrow(SETTINGS) or ()] == [None, None]
        # Each statement is a transaction of its own again.
        assert await db.fetchval("SELECT now()") < await db.fetchval("SELECT now()")
    assert await name_of(single, tenant) == "Test"


async def test_one_that_is_given_up_while_it_waits_is_rolled_back(single: Ledger, tenant: Tenant) -> None:
    waiting = renamed_and(single, tenant, lambda tx: tx.execute("SELECT pg_sleep(60)"))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(waiting, 0.2)
    assert await name_of(single, tenant) == "Test"


async def test_a_part_may_fail_by_itself_even_within_another(single: Ledger, tenant: Tenant) -> None:
    async def part(tx: TenantTransaction, name: str, then: Callable[[TenantTransaction], Awaitable[object]]) -> None:
        async with tx.savepoint():
            await rename(tx, name)
            await then(tx)

    async def fail_within(tx: TenantTransaction) -> None:
        with suppress(asyncpg.DivisionByZeroError):
            await part(tx, "Lost", ask_nonsense)

    async with single.transaction(tenant) as tx:
        await part(tx, "Kept", fail_within)
        with pytest.raises(LookupError):
            await part(tx, "Lost too", fail)
    assert await name_of(single, tenant) == "Kept"


async def test_what_may_be_lost_does_not_wait_for_the_disk_and_what_comes_after_it_does(
    single: Ledger, tenant: Tenant
) -> None:
    waits = "SELECT current_setting('synchronous_commit')"
    async with single.transaction(tenant, may_be_lost=True) as tx:
        assert await tx.fetchval(waits) == "off"
    async with single.transaction(tenant) as tx:
        assert await tx.fetchval(waits) != "off"
