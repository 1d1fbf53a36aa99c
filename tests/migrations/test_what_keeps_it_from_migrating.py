"""`partnerdesk migrate` says which database or migration it stopped at and what to do; nothing is half done."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from ledger.migrate import migrate
from ledger.migrations.chain import Chain
from ledger.migrations.errors import CannotMigrate, LockNotHad, MigrationFailed, WrongDatabase
from ledger.migrations.runner import Patience
from sandbox.postgres import PostgresServer
from sandbox.processes import free_port
from tests.conftest import Database
from tests.migrations.chains import chain_with
from tests.migrations.dumps import dump
from tests.migrations.old_chain import migrate_before_1_0

_IMPATIENT = Patience(at_once=0.2, in_all=0.6)


@pytest.fixture
async def server_without_roles(stack_state: Path) -> AsyncIterator[PostgresServer]:
    server = PostgresServer(stack_state / "roles", free_port(), durable=False)
    await server.start()
    yield server
    await server.stop()


async def test_roles_that_are_missing_or_too_mighty_are_named(server_without_roles: PostgresServer) -> None:
    addresses = server_without_roles.addresses
    admin = await asyncpg.connect(addresses.admin_url)
    inside = await asyncpg.connect(addresses.admin_url, database="partnerdesk")
    try:
        await admin.execute("ALTER ROLE partnerdesk_app BYPASSRLS")
        with pytest.raises(WrongDatabase, match=r"partnerdesk_app passes row-level security.*roles.sql"):
            await migrate(addresses.owner_url)
        await admin.execute("ALTER ROLE partnerdesk_app NOBYPASSRLS")
        for url in (re.sub("/postgres$", "/partnerdesk", addresses.admin_url), addresses.app_url):
            with pytest.raises(WrongDatabase, match=r"must not own the tables. Name the role partnerdesk_owner"):
                await migrate(url)
        await inside.execute("DROP OWNED BY partnerdesk_app")
        await admin.execute("DROP OWNED BY partnerdesk_app")
        await admin.execute("DROP ROLE partnerdesk_app")
        with pytest.raises(WrongDatabase, match=r"role partnerdesk_app does not exist.*roles.sql"):
            await migrate(addresses.owner_url)
        assert await inside.fetchval("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace") == 0
    finally:
        await inside.close()
        await admin.close()


async def test_a_database_that_does_not_exist_is_named(empty: Database) -> None:
    with pytest.raises(WrongDatabase, match=r'database "nowhere" does not exist.*roles.sql'):
        await migrate(re.sub("/[^/]*$", "/nowhere", empty.owner_url))


async def test_a_database_of_another_program_is_left_alone(empty: Database, owner: asyncpg.Connection) -> None:
    await owner.execute("CREATE TABLE blog_posts (id integer)")
    with pytest.raises(WrongDatabase, match=r"has tables .blog_posts .* no version"):
        await migrate(empty.owner_url)
    assert await owner.fetchval("SELECT to_regclass('tenants')") is None


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM alembic_version", "has tables .* and no version"),
        ("INSERT INTO alembic_version VALUES ('0042')", "names 2 versions .0024, 0042.*backup"),
        ("UPDATE alembic_version SET version_num = '0033'", "version 0033, which this code does not know"),
    ],
)
async def test_a_version_before_1_0_that_cannot_be_is_named(
    empty: Database, owner: asyncpg.Connection, statement: str, said: str
) -> None:
    await migrate_before_1_0(empty.owner_url, until="0024")
    await owner.execute(statement)
    before = await dump(empty)
    with pytest.raises(WrongDatabase, match=said):
        await migrate(empty.owner_url)
    assert await dump(empty) == before


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "INSERT INTO schema_history (kind, name) VALUES ('migration', '0099_by_a_branch')",
            "version 0099_by_a_branch",
        ),
        ("DELETE FROM schema_history", "names no migration.*restore all of it"),
    ],
)
async def test_a_history_that_cannot_be_is_named(
    empty: Database, owner: asyncpg.Connection, statement: str, said: str
) -> None:
    await migrate(empty.owner_url)
    await owner.execute(statement)
    with pytest.raises(WrongDatabase, match=said):
        await migrate(empty.owner_url)


async def test_a_database_of_newer_code_is_left_as_it_is_and_said(empty: Database, owner: asyncpg.Connection) -> None:
    await migrate(empty.owner_url)
    await owner.execute("INSERT INTO schema_history (kind, name) VALUES ('migration', '9999_of_the_future')")
    await owner.execute("DROP FUNCTION find_tenant")
    outcome = await migrate(empty.owner_url)
    assert (outcome.version, outcome.newest, outcome.applied) == ("9999", Chain().newest, ())
    assert await owner.fetchval("SELECT count(*) FROM pg_proc WHERE proname = 'find_tenant'") == 0


async def test_a_migration_that_fails_leaves_nothing_and_names_its_line(
    empty: Database, owner: asyncpg.Connection, tmp_path: Path
) -> None:
    await migrate(empty.owner_url)
    broken = chain_with(
        tmp_path,
        _0900_good="CREATE TABLE good (id integer);",
        _0901_bad="CREATE TABLE half ();\n\nSELECT 1 / 0 FROM tenant;",
    )
    with pytest.raises(MigrationFailed, match=r'Migration 0901_bad, line 3: relation "tenant".*at version 0900'):
        await migrate(empty.owner_url, chain=broken)
    assert await owner.fetchval("SELECT to_regclass('good')") is not None
    assert await owner.fetchval("SELECT to_regclass('half')") is None
    # As for code that knows no more than what was applied, so that the next run goes on from there.
    mended = chain_with(tmp_path, _0901_bad="CREATE TABLE half ();")
    assert (await migrate(empty.owner_url, chain=mended)).applied == ("0901_bad",)


async def test_a_migration_that_was_run_by_hand_in_part_is_said_to_be(
    empty: Database, owner: asyncpg.Connection, tmp_path: Path
) -> None:
    await migrate(empty.owner_url)
    chain = chain_with(tmp_path, _0900_more="CREATE TABLE more (id integer); CREATE TABLE rest (id integer);")
    await owner.execute("CREATE TABLE rest (id integer)")
    with pytest.raises(MigrationFailed, match=r"seems to have been run by hand"):
        await migrate(empty.owner_url, chain=chain)
    assert await owner.fetchval("SELECT to_regclass('more')") is None


async def test_a_connection_that_breaks_in_the_middle_leaves_nothing(
    empty: Database, owner: asyncpg.Connection, tmp_path: Path
) -> None:
    await migrate(empty.owner_url)
    chain = chain_with(
        tmp_path, _0900_more="CREATE TABLE more (id integer); SELECT pg_terminate_backend(pg_backend_pid());"
    )
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)):
        await migrate(empty.owner_url, chain=chain)
    assert await owner.fetchval("SELECT to_regclass('more')") is None
    assert (await migrate(empty.owner_url)).applied == ()


async def test_two_at_once_take_turns(empty: Database) -> None:
    first, second = await asyncio.gather(migrate(empty.owner_url), migrate(empty.owner_url))
    assert sorted([first.applied, second.applied]) == [(), tuple(migration.name for migration in Chain().migrations)]


async def test_a_run_that_waits_for_another_one_too_long_says_for_which(
    empty: Database, owner: asyncpg.Connection
) -> None:
    await owner.execute("SELECT pg_advisory_lock(hashtextextended('partnerdesk-migrate', 0))")
    pid = owner.get_server_pid()
    said: list[str] = []
    with pytest.raises(LockNotHad, match=rf"Another .* \(process {pid} .* Nothing was changed"):
        await migrate(empty.owner_url, patience=_IMPATIENT, say=said.append)
    assert str(pid) in said[0]
    assert await owner.fetchval("SELECT to_regclass('tenants')") is None


async def test_a_lock_that_is_not_to_be_had_names_its_holder_and_keeps_nobody_waiting_long(
    empty: Database, owner: asyncpg.Connection, tmp_path: Path
) -> None:
    await migrate(empty.owner_url)
    chain = chain_with(
        tmp_path, _0900_more="CREATE TABLE more (id integer); ALTER TABLE tenants ADD COLUMN more integer;"
    )
    report, app = await asyncpg.connect(empty.app_url), await asyncpg.connect(empty.app_url)
    try:
        async with report.transaction():
            await report.execute("SELECT count(*) FROM tenants")
            run = asyncio.create_task(migrate(empty.owner_url, chain=chain, patience=_IMPATIENT))
            longest = 0.0
            while not run.done():
                begun = time.monotonic()
                await app.execute("SELECT count(*) FROM tenants")
                longest = max(longest, time.monotonic() - begun)
                await asyncio.sleep(0.01)
            pid = report.get_server_pid()
            with pytest.raises(LockNotHad, match=rf"0900_more did not get its locks.*{pid}.*partnerdesk_app.*tenants"):
                await run
        assert 0 < longest < 2
        assert await owner.fetchval("SELECT to_regclass('more')") is None
        assert (await migrate(empty.owner_url, chain=chain)).applied == ("0900_more",)
    finally:
        await report.close()
        await app.close()


def test_each_kind_has_an_exit_status_of_its_own() -> None:
    statuses = [kind.exit_code for kind in (CannotMigrate, LockNotHad, WrongDatabase, MigrationFailed)]
    assert statuses == [1, 3, 4, 5]  # 2 is for settings and usage
