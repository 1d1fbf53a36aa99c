"""Code that runs knows whether the database has what it needs."""

import dataclasses
from pathlib import Path

import asyncpg

from ledger.migrate import migrate
from ledger.migrations.needed import describe_missing, needed_schema
from tests.conftest import Database
from tests.migrations.chains import chain_with
from tests.migrations.old_chain import migrate_before_1_0


async def test_a_database_says_what_it_lacks_until_it_is_migrated(empty: Database) -> None:
    app = await asyncpg.connect(empty.app_url)
    try:
        said = await describe_missing(app, needed_schema())
        assert said is not None
        assert "partnerdesk migrate" in said
        await migrate_before_1_0(empty.owner_url)
        assert await describe_missing(app, needed_schema()) == said
        await migrate(empty.owner_url)
        assert await describe_missing(app, needed_schema()) is None
    finally:
        await app.close()


async def test_a_missing_migration_and_older_functions_are_named(database: Database) -> None:
    app = await asyncpg.connect(database.app_url)
    try:
        needed = needed_schema()
        more = dataclasses.replace(needed, migrations=needed.migrations | {"0900_more"})
        said = await describe_missing(app, more)
        assert (
            said
            == f"The database is at version {needed.version}, this code needs 0900_more. Run `partnerdesk migrate`."
        )
        older = dataclasses.replace(needed, texts_digest="other")
        assert "Functions" in str(await describe_missing(app, older))
    finally:
        await app.close()


async def test_code_of_the_version_before_lacks_nothing_after_the_next_one_has_migrated(
    empty: Database, tmp_path: Path
) -> None:
    await migrate(empty.owner_url)
    chain = chain_with(tmp_path, _0900_more="CREATE TABLE more (id integer);")
    path = chain.folder / "functions" / "access.sql"
    path.write_text(path.read_text(encoding="utf-8").replace("slug = wanted", "slug = lower(wanted)"), encoding="utf-8")
    await migrate(empty.owner_url, chain=chain_with(tmp_path))
    app = await asyncpg.connect(empty.app_url)
    try:
        assert await describe_missing(app, needed_schema()) is None
    finally:
        await app.close()


async def test_code_that_is_two_releases_behind_is_told_so(empty: Database, tmp_path: Path) -> None:
    contracts = "-- contracts: 0900\nALTER TABLE more DROP COLUMN sentence;"
    chain = chain_with(
        tmp_path, _0900_reads_codes="CREATE TABLE more (sentence text);", _0901_takes_sentences=contracts
    )
    await migrate(empty.owner_url, chain=chain)
    app = await asyncpg.connect(empty.app_url)
    try:
        said = await describe_missing(app, needed_schema())
        assert said is not None
        assert "more than one release ahead: 0901_takes_sentences took away" in said
        knows_it = dataclasses.replace(needed_schema(), version="0900")
        assert await describe_missing(app, knows_it) is None
    finally:
        await app.close()
