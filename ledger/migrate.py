"""Forward migrations of the ledger: hand-written SQL files, run in order as the owner's role."""

import difflib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from ledger.migrations.catalog import read_schema, read_seeds
from ledger.migrations.chain import Chain
from ledger.migrations.errors import WrongDatabase
from ledger.migrations.needed import describe_missing, needed_schema
from ledger.migrations.runner import Outcome, Patience, run
from ledger.migrations.snapshot import snapshot

SNAPSHOT = Path(__file__).with_name("schema.sql")
"""What the schema of this code is, as `script/schema` wrote it."""

_CONNECT_WITHIN_S = 10.0


async def migrate(
    owner_url: str,
    *,
    chain: Chain | None = None,
    patience: Patience | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Outcome:
    """Bring the database to the newest version.

    owner_url names the role partnerdesk_owner. Each migration is one transaction, so a failing one leaves the
    database at the version before it. A database that a newer version of the code has migrated is left as it is.
    Two runs at once take turns. Raises CannotMigrate (ledger/migrations/errors.py), or asyncpg's error where there is
    no connection.
    """
    async with _connected(owner_url) as db:
        return await run(db, chain or Chain(), patience or Patience(), say)


async def differences(owner_url: str) -> list[str]:
    """Lines of a diff between the schema of this code and the database's; empty where it is what a new one is.

    Raises WrongDatabase where the database lacks a migration: then there is nothing to compare.
    """
    async with _connected(owner_url) as db:
        if missing := await describe_missing(db, needed_schema()):
            raise WrongDatabase(missing)
        schema = await read_schema(db)
        found = snapshot(schema, await read_seeds(db, schema))
    wanted = SNAPSHOT.read_text(encoding="utf-8")
    return list(
        difflib.unified_diff(wanted.splitlines(), found.splitlines(), SNAPSHOT.name, "the database", lineterm="", n=2)
    )


def schema_digest() -> str:
    """A hash of all that decides what a migrated database looks like, for whoever keeps a template of one."""
    return Chain().digest()


@asynccontextmanager
async def _connected(owner_url: str) -> "AsyncIterator[asyncpg.Connection[asyncpg.Record]]":
    try:
        db = await asyncpg.connect(
            owner_url,
            timeout=_CONNECT_WITHIN_S,
            server_settings={
                "application_name": "partnerdesk migrate",
                "search_path": "public",
                "timezone": "UTC",
                "standard_conforming_strings": "on",
            },
        )
    except asyncpg.InvalidCatalogNameError as error:
        raise WrongDatabase(f"{error}. Run ledger/roles.sql as a superuser first, which makes it.") from None
    try:
        yield db
    finally:
        await db.close()
