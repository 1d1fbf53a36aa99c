"""No migration after version 1.0 waits long for a lock, since everybody else waits behind it."""

import asyncio
import re
import time
from pathlib import Path

import asyncpg
import pytest

from ledger.migrate import migrate
from ledger.migrations.chain import Chain, Migration
from ledger.migrations.errors import LockNotHad
from ledger.migrations.runner import Patience
from sandbox.postgres import PostgresAddresses
from tests.migrations.chains import chain_with
from tests.migrations.databases import made_database

_IMPATIENT = Patience(at_once=0.3, in_all=0.5)
_SYNTHETIC = "CREATE TABLE more (id integer); ALTER TABLE payouts ADD COLUMN more integer;"


def _after_1_0() -> list[Migration]:
    return list(Chain().migrations[1:])


@pytest.mark.parametrize("name", ["0900_synthetic", *(migration.name for migration in _after_1_0())])
async def test_a_migration_gives_up_soon_where_a_long_report_reads_every_table(
    postgres: PostgresAddresses, tmp_path: Path, name: str
) -> None:
    empty = await made_database(postgres)
    before = max(migration.version for migration in Chain().migrations if migration.name < name)
    chain_before = chain_with(tmp_path / "before", up_to=before)
    await migrate(empty.owner_url, chain=chain_before)
    if name == "0900_synthetic":
        chain = chain_with(tmp_path / "with", up_to=before, _0900_synthetic=_SYNTHETIC)
    else:
        chain = chain_with(tmp_path / "with", up_to=name[:4])
    report, other = await asyncpg.connect(empty.owner_url), await asyncpg.connect(empty.owner_url)
    try:
        async with report.transaction():
            tables = [
                row["relname"]
                for row in await report.fetch(
                    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
                )
            ]
            await report.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS SHARE MODE")
            run = asyncio.create_task(migrate(empty.owner_url, chain=chain, patience=_IMPATIENT))
            longest = 0.0
            while not run.done():
                begun = time.monotonic()
                await other.execute("SELECT count(*) FROM payouts, tenants, transactions LIMIT 1")
                longest = max(longest, time.monotonic() - begun)
                await asyncio.sleep(0.01)
            try:
                await run
            except LockNotHad as error:
                assert name in str(error)  # noqa: PT017 - one that needs no such lock simply goes through
            else:
                assert name != "0900_synthetic"
            assert longest < 3
        await migrate(empty.owner_url, chain=chain)
    finally:
        await report.close()
        await other.close()


def _milliseconds(value: str) -> float:
    """As PostgreSQL reads it: a bare number is milliseconds."""
    number = float(re.sub(r"\D", "", value) or 0)
    return number if value.endswith("ms") or value.isdecimal() else number * 1000


def test_no_migration_switches_its_lock_timeout_off_or_waits_longer() -> None:
    for migration in Chain().migrations:
        for value in re.findall(r"lock_timeout\s*(?:=|TO)\s*'?(\w+)", migration.sql(), re.IGNORECASE):
            assert 0 < _milliseconds(value) <= Patience().at_once * 1000, migration.name
        assert not re.search(r"^\s*(COMMIT|ROLLBACK|BEGIN)\b\s*;", migration.sql(), re.MULTILINE), migration.name
