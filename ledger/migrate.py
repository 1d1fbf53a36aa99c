"""Forward migrations of the ledger: hand-written SQL files, run in order as the owner's role."""

from collections.abc import Callable

import asyncpg

from ledger.migrations.chain import Chain
from ledger.migrations.errors import WrongDatabase
from ledger.migrations.runner import Outcome, Patience, run

_CONNECT_WITHIN_S = 10.0


async def migrate(
    owner_url: str, *, patience: Patience | None = None, say: Callable[[str], None] = lambda _: None
) -> Outcome:
    """Bring the database to the newest version.

    owner_url names the role partnerdesk_owner. Each migration is one transaction, so a failing one leaves the
    database at the version before it. A database that a newer version of the code has migrated is left as it is.
    Two runs at once take turns. Raises CannotMigrate (ledger/migrations/errors.py), or asyncpg's error where there is
    no connection.
    """
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
        return await run(db, Chain(), patience or Patience(), say)
    finally:
        await db.close()


def newest_version() -> str:
    """The version that this code needs."""
    return Chain().newest


def schema_digest() -> str:
    """A hash of all that decides what a migrated database looks like, for whoever keeps a template of one."""
    return Chain().digest()
