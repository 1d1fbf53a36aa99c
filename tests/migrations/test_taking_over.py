"""A database of the chain before version 1.0, wherever in it, becomes one of version 1.0."""

import asyncpg
import pytest

from ledger.access import tenants
from ledger.database import Ledger
from ledger.migrate import migrate
from ledger.migrations import history
from ledger.migrations.chain import Chain
from sandbox.postgres import PostgresAddresses
from tests.conftest import Database
from tests.ledger.old_shape import old_database
from tests.migrations.databases import made_database
from tests.migrations.dumps import dump
from tests.migrations.old_chain import migrate_before_1_0

_LAST_BEFORE = Chain().before[-1].version


@pytest.mark.parametrize("version", ["0001", "0006", "0010", "0024", "0045", "0087", _LAST_BEFORE])
async def test_a_database_of_any_version_before_ends_in_the_same_schema_as_a_new_one(
    postgres: PostgresAddresses, empty: Database, version: str
) -> None:
    await migrate_before_1_0(empty.owner_url, until=version)
    taken_over = await migrate(empty.owner_url)
    new = await made_database(postgres)
    assert taken_over.version == (await migrate(new.owner_url)).version == Chain().newest
    assert await dump(empty) == await dump(new)


async def test_a_take_over_waits_for_nobody_who_writes(empty: Database, owner: asyncpg.Connection) -> None:
    await migrate_before_1_0(empty.owner_url)
    writer = await asyncpg.connect(empty.owner_url)
    try:
        async with writer.transaction(), owner.transaction():
            rows = await writer.fetch(
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            )
            tables = [row["relname"] for row in rows if row["relname"] != "alembic_version"]
            await writer.execute(f"LOCK TABLE {', '.join(tables)} IN ROW EXCLUSIVE MODE")
            await owner.execute("SET LOCAL lock_timeout = '200ms'")
            await history.take_over(owner, Chain())
    finally:
        await writer.close()


@pytest.mark.parametrize("version", ["0010", "0024", "0087"])
async def test_rows_of_a_database_that_is_taken_over_stay(postgres: PostgresAddresses, version: str) -> None:
    async with old_database(postgres, version=version) as old:
        tenant = await old.new_tenant("taken-over")
        await old.admin.execute("INSERT INTO partners (tenant_id, code, name) VALUES ($1, 'ANNA', 'Anna')", tenant)
        await old.admin.execute(
            "INSERT INTO tasks (tenant_id, kind, subject, subject_id, reason, actions) "
            "VALUES ($1, 'objection', 'payout', 'PO-2026-00001', 'Der Beleg weicht ab.', '{done}')",
            tenant,
        )
        await old.migrate()
        ledger = await Ledger.open(old.urls.app_url)
        try:
            found = await tenants.get(ledger, "taken-over")
            assert found.id == tenant
            async with ledger.transaction(found) as tx:
                assert await tx.fetchval("SELECT name FROM partners WHERE code = 'ANNA'") == "Anna"
                assert await tx.fetchval("SELECT kind FROM tasks") == "objection"
        finally:
            await ledger.close()


async def test_code_of_the_release_before_finds_its_version_after_the_take_over(empty: Database) -> None:
    await migrate_before_1_0(empty.owner_url)
    await migrate(empty.owner_url)
    app = await asyncpg.connect(empty.app_url)
    try:
        assert await app.fetchval("SELECT version_num FROM alembic_version") >= _LAST_BEFORE
    finally:
        await app.close()


async def test_a_new_database_knows_nothing_of_the_chain_before(empty: Database, owner: asyncpg.Connection) -> None:
    await migrate(empty.owner_url)
    assert await owner.fetchval("SELECT to_regclass('alembic_version')") is None


async def test_a_take_over_that_fails_in_the_middle_goes_on_from_there(
    empty: Database, owner: asyncpg.Connection
) -> None:
    await migrate_before_1_0(empty.owner_url, until="0085")
    await owner.execute("CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at)")  # of 0087, by hand
    with pytest.raises(Exception, match="0087_kept_answers_end"):
        await migrate(empty.owner_url)
    assert await owner.fetchval("SELECT version_num FROM alembic_version") == "0086"
    await owner.execute("DROP INDEX idempotency_keys_by_age")
    assert (await migrate(empty.owner_url)).version == Chain().newest
