"""What the code that runs needs of the database, asked for by health checks and before work begins."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import asyncpg

from ledger.migrations.chain import Chain


class _Asked(Protocol):
    async def fetch(self, query: str, *values: object) -> Sequence[Any]: ...


class NotMigrated(Exception):
    """The database is not what this code works with; the text says what to do."""


@dataclass(frozen=True)
class NeededSchema:
    """Read from the files of this code once."""

    version: str
    migrations: frozenset[str]
    texts_digest: str


def needed_schema() -> NeededSchema:
    """Of this code."""
    chain = Chain()
    return NeededSchema(
        version=chain.newest,
        migrations=frozenset(migration.name for migration in chain.migrations),
        texts_digest=chain.texts_digest,
    )


async def require_schema(db: _Asked, needed: NeededSchema) -> None:
    """Nothing, where this code can work with the database. Raises NotMigrated."""
    if missing := await describe_missing(db, needed):
        raise NotMigrated(missing)


async def describe_missing(db: _Asked, needed: NeededSchema) -> str | None:
    """A sentence for operators, None where nothing is missing. Any role may ask.

    A database that newer code has migrated lacks nothing: migrations come first and only expand, so that the processes
    of the version before work on until they are replaced. Only where one has taken away what this code uses, this code
    is too old by more than one release.
    """
    try:
        # By way of JSON: a database from before 0380 has no column for what a migration needs.
        rows = await db.fetch(
            "SELECT kind, name, sha256, to_jsonb(h) ->> 'needs' AS needs FROM schema_history h WHERE kind <> 'text'"
        )
    except asyncpg.PostgresError:
        rows = []
    names = {row["name"] for row in rows if row["kind"] == "migration"}
    if not names:
        return f"The database has no schema of version {needed.version} yet. Run `partnerdesk migrate`."
    if lacking := sorted(needed.migrations - names):
        return f"The database is at version {max(names)[:4]}, this code needs {lacking[-1]}. Run `partnerdesk migrate`."
    for row in rows:
        if (row["needs"] or "") > needed.version:
            return (
                f"The database is more than one release ahead: {row['name']} took away what this code uses, and works "
                f"with code from version {row['needs']} on; this one knows {needed.version}. Start a newer release, or "
                "restore the backup from before the upgrade (docs/upgrades.md, Two releases apart)."
            )
    if needed.texts_digest not in {row["sha256"] for row in rows if row["kind"] == "texts"}:
        return "Functions of the database are older than this code. Run `partnerdesk migrate`."
    return None
