"""The log of the JSON API is cut into months: nothing is lost at their edges, and what nobody keeps goes whole."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from cryptography.fernet import Fernet
from temporalio.testing import ActivityEnvironment

from activities.mail.mailing import MailActivities
from ledger import months
from ledger.database import Ledger
from ledger.migrate import migrate
from ledger.privacy.retention import RULES
from ledger.reports import invariants
from ledger.types import Tenant
from ledger.vault import Vault
from sandbox.postgres import PostgresAddresses
from tests.conftest import Database
from tests.fixtures.products import own_database
from tests.migrations.chains import chain_with
from tests.migrations.databases import made_database

TABLE = "api_requests"
_WRITE = """
    INSERT INTO api_requests (tenant_id, request_id, at, method, route, path, status, key_id, milliseconds)
    VALUES ($1, $2, $3, 'GET', '/', '/', 200, 'k', 1)
"""


def month(ago: int) -> datetime:
    """The first moment of a month: 0 is the one at hand, -1 the next."""
    this = datetime.now(UTC)
    year, place = divmod(this.year * 12 + this.month - 1 - ago, 12)
    return datetime(year, place + 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
async def migrated(postgres: PostgresAddresses) -> Database:
    return await own_database(postgres)


@pytest.fixture
async def own(postgres: PostgresAddresses, migrated: Database) -> Database:
    return await made_database(postgres, like=migrated)


@pytest.fixture
async def as_owner(own: Database) -> "AsyncIterator[asyncpg.Connection[asyncpg.Record]]":
    connection = await asyncpg.connect(own.owner_url)
    yield connection
    await connection.close()


@pytest.fixture
async def books(own: Database) -> AsyncIterator[Ledger]:
    ledger = await Ledger.open(own.app_url, most_connections=3)
    yield ledger
    await ledger.close()


async def _add_tenant(as_owner: "asyncpg.Connection[asyncpg.Record]", slug: str) -> Tenant:
    async with as_owner.transaction():
        id = await as_owner.fetchval("SELECT set_config('app.tenant', gen_random_uuid()::text, true)")
        await as_owner.execute("INSERT INTO tenants (id, slug, name) VALUES ($1::uuid, $2, $2)", id, slug)
    return Tenant(id=id, slug=slug)


async def _write(ledger: Ledger, tenant: Tenant, *times: datetime) -> None:
    async with ledger.transaction(tenant) as tx:
        for at in times:
            await tx.execute(_WRITE, tenant.id, at.isoformat(), at)


async def _parts(ledger: Ledger, tenant: Tenant) -> dict[datetime, str]:
    async with ledger.transaction(tenant) as tx:
        rows = await tx.fetch(
            "SELECT at, tableoid::regclass::text AS part FROM api_requests WHERE tenant_id = $1", tenant.id
        )
    return {row["at"]: row["part"] for row in rows}


async def _past(as_owner: "asyncpg.Connection[asyncpg.Record]", oldest: int) -> None:
    """Months since so long ago, in place of the one part for all that was."""
    await as_owner.execute("DROP TABLE api_requests_first")
    for ago in range(oldest, -1, -1):
        await as_owner.execute("SELECT make_months($1, $2)", TABLE, month(ago))


async def test_over_two_years_each_month_is_made_once_and_takes_its_rows(
    as_owner: "asyncpg.Connection[asyncpg.Record]", books: Ledger
) -> None:
    acme = await _add_tenant(as_owner, "acme")
    made = [await as_owner.fetchval("SELECT make_months($1, $2)", TABLE, month(-ahead)) for ahead in range(25)]
    assert set(made[3:]) == {1}
    edges = [month(-ahead) for ahead in range(3, 27)]
    await _write(books, acme, *edges, *(at - timedelta(microseconds=1) for at in edges))
    parts = await _parts(books, acme)
    assert [parts[at] for at in edges] == [f"api_requests_{at:%Y_%m}" for at in edges]
    assert [parts[edge - timedelta(microseconds=1)] for edge in edges[1:]] == [parts[edge] for edge in edges[:-1]]
    assert "api_requests_default" not in parts.values()


async def test_a_month_goes_once_the_tenant_that_keeps_it_longest_has_kept_it(
    as_owner: "asyncpg.Connection[asyncpg.Record]", books: Ledger
) -> None:
    acme, beta = await _add_tenant(as_owner, "acme"), await _add_tenant(as_owner, "beta")
    await _past(as_owner, 14)
    # The last moment of each: the month goes no earlier than that.
    times = [month(ago - 1) - timedelta(microseconds=1) for ago in range(14, 0, -1)]
    for tenant in (acme, beta):
        await _write(books, tenant, *times)
    async with books.transaction(beta) as tx:
        await tx.execute(
            "INSERT INTO retention_days (tenant_id, kind, days, changed_by) VALUES ($1, $2, 200, 'user:1')",
            beta.id,
            TABLE,
        )
    now = datetime.now(UTC)
    await months.keep(books)
    kept = {at for at in times if at > now - timedelta(days=200)}
    assert set(await _parts(books, beta)) == set(await _parts(books, acme)) == kept
    async with books.transaction(beta) as tx:
        await tx.execute("UPDATE retention_days SET days = 1 WHERE tenant_id = $1", beta.id)
    await months.keep(books)
    # What acme keeps has no row of its own: the default counts.
    assert set(await _parts(books, acme)) == {at for at in times if at > now - timedelta(days=RULES[TABLE].default)}


async def test_what_no_month_took_is_told_and_goes_to_its_month_once_there_is_one(
    as_owner: "asyncpg.Connection[asyncpg.Record]", books: Ledger
) -> None:
    acme, beta = await _add_tenant(as_owner, "acme"), await _add_tenant(as_owner, "beta")
    await _past(as_owner, 4)
    next_month = f"api_requests_{month(-1):%Y_%m}"
    await as_owner.execute(f"DROP TABLE {next_month}")
    async with books.without_tenant() as db:
        assert [tuple(row) for row in await db.fetch("SELECT * FROM months_missing()")] == [(TABLE, False)]
    edges = [month(-1), month(-2) - timedelta(microseconds=1)]
    for tenant in (acme, beta):
        await _write(books, tenant, *edges, month(-30))
    async with books.without_tenant() as db:
        assert [tuple(row) for row in await db.fetch("SELECT * FROM months_missing()")] == [(TABLE, True)]
        assert await db.fetchval("SELECT value FROM operating_figures() WHERE figure = 'months_missing'") == 1
    async with books.transaction(acme) as tx:
        [told] = await invariants.check(tx, stuck_after=timedelta(hours=1))
    assert (told.check, told.subject_id, told.mend) == ("month_is_missing", TABLE, "partnerdesk months")
    daily = MailActivities(books, Vault.from_setting(Fernet.generate_key().decode()), None, public_url="")
    await ActivityEnvironment().run(daily.write_daily_mails, datetime.now(UTC))
    for tenant in (acme, beta):
        parts = await _parts(books, tenant)
        assert [parts[at] for at in edges] == [next_month, next_month]
        assert parts[month(-30)] == "api_requests_default"


async def test_nothing_is_missing_after_the_days_work(books: Ledger) -> None:
    await months.keep(books)
    assert [table.made for table in await months.keep(books)] == [0]
    async with books.without_tenant() as db:
        assert await db.fetch("SELECT * FROM months_missing()") == []


async def test_a_part_opens_to_nobody_by_its_own_name(
    as_owner: "asyncpg.Connection[asyncpg.Record]", books: Ledger
) -> None:
    acme, beta = await _add_tenant(as_owner, "acme"), await _add_tenant(as_owner, "beta")
    await _write(books, acme, datetime.now(UTC))
    parts = await as_owner.fetch("SELECT part::text FROM months_of($1)", TABLE)
    assert len(parts) >= 3
    for (part,) in parts:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with books.transaction(acme) as tx:
                await tx.fetch(f"SELECT FROM {part}")
        async with as_owner.transaction():
            await as_owner.execute("SELECT set_config('app.tenant', $1, true)", str(beta.id))
            assert await as_owner.fetchval(f"SELECT count(*) FROM {part}") == 0
    assert await _parts(books, beta) == {}


async def test_who_reads_for_long_is_let_read_and_the_drop_comes_the_next_time(
    as_owner: "asyncpg.Connection[asyncpg.Record]", books: Ledger
) -> None:
    acme = await _add_tenant(as_owner, "acme")
    await _past(as_owner, 4)
    await _write(books, acme, month(4))
    async with books.transaction(acme) as tx:
        assert await tx.fetchval("SELECT count(*) FROM api_requests WHERE tenant_id = $1", acme.id) == 1
        assert [table.waits for table in await months.keep(books)] == [True]
    assert set(await _parts(books, acme)) == {month(4)}
    [kept] = await months.keep(books)
    assert not kept.waits
    assert kept.dropped
    assert await _parts(books, acme) == {}


async def test_two_who_keep_the_months_at_once_do_it_once(
    as_owner: "asyncpg.Connection[asyncpg.Record]", books: Ledger
) -> None:
    await _past(as_owner, 6)
    before = await as_owner.fetchval("SELECT count(*) FROM months_of($1)", TABLE)
    both = await asyncio.gather(months.keep(books), months.keep(books))
    later = await months.keep(books)  # where one of them waited in vain
    after = await as_owner.fetchval("SELECT count(*) FROM months_of($1)", TABLE)
    assert sum(table.dropped - table.made for [table] in (*both, later)) == before - after >= 5


async def test_the_application_makes_and_drops_months_of_no_other_table(books: Ledger) -> None:
    async with books.without_tenant() as db:
        for call in ("make_months('payouts')", "drop_months('payouts')"):
            with pytest.raises(asyncpg.RaiseError, match="not cut into months"):
                await db.fetchval(f"SELECT {call}")
        for call in (
            "take_monthly_table('api_requests')",
            "make_month('api_requests', now())",
            "protect_partition('api_requests')",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await db.fetchval(f"SELECT {call}")


async def test_months_are_kept_as_long_as_the_rule_says(as_owner: "asyncpg.Connection[asyncpg.Record]") -> None:
    for row in await as_owner.fetch("SELECT * FROM monthly_tables"):
        assert row["days"] == RULES[row["kept_as"]].default


async def test_requests_that_were_there_before_stay_in_their_order(postgres: PostgresAddresses, tmp_path: Path) -> None:
    before = await made_database(postgres)
    await migrate(before.owner_url, chain=chain_with(tmp_path, up_to="0421"))
    as_owner, books = await asyncpg.connect(before.owner_url), await Ledger.open(before.app_url)
    acme = await _add_tenant(as_owner, "acme")
    now = datetime.now(UTC)
    await _write(books, acme, now - timedelta(days=3), now)
    await migrate(before.owner_url)
    # The statement was prepared while there was one table.
    await _write(books, acme, now + timedelta(days=1), month(-3))
    async with books.transaction(acme) as tx:
        rows = await tx.fetch("SELECT seq, at FROM api_requests WHERE tenant_id = $1 ORDER BY seq", acme.id)
    assert [row["at"] for row in rows] == [now - timedelta(days=3), now, now + timedelta(days=1), month(-3)]
    assert (await _parts(books, acme))[now] == "api_requests_first"
    assert await as_owner.fetchval("SELECT obj_description('api_requests'::regclass)")
    await books.close()
    await as_owner.close()
