"""What a database says has been done to it: rows of schema_history, or Alembic's one row before version 1.0."""

from dataclasses import dataclass, field

import asyncpg

from ledger.migrations.chain import Chain, Migration
from ledger.migrations.errors import WrongDatabase
from ledger.migrations.texts import Text

Connection = asyncpg.Connection  # generic in asyncpg's stubs only

TABLE = """
CREATE TABLE schema_history (
    seq         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind        text NOT NULL CHECK (kind IN ('migration', 'text', 'texts')),
    name        text NOT NULL,
    sha256      text,           -- NULL: of a text that is gone
    applied_at  timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT ON schema_history TO partnerdesk_app;
"""

# Code before version 1.0 asks this for the version, and runs beside this one while it is replaced.
_FOR_THE_RELEASE_BEFORE = """
DROP TABLE alembic_version;
CREATE VIEW alembic_version AS
    SELECT max(left(name, 4))::varchar(32) AS version_num FROM schema_history WHERE kind = 'migration';
GRANT SELECT ON alembic_version TO partnerdesk_app;
"""

OF_ALEMBIC = """
CREATE TABLE IF NOT EXISTS alembic_version (
    version_num varchar(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))
"""


@dataclass(frozen=True)
class Position:
    """Where a database stands."""

    before: str | None = None
    """A version of the chain before 1.0, if it stands there."""
    migrations: frozenset[str] = frozenset()
    """Names of the numbered migrations from the baseline on."""
    texts: dict[str, str] = field(default_factory=dict)
    """Name and hash of each text that was applied last."""
    texts_digest: str | None = None

    @property
    def version(self) -> str | None:
        """None for an empty database."""
        return max((name[:4] for name in self.migrations), default=self.before)


async def find_position(db: "Connection", chain: Chain) -> Position:
    """Where the database stands. Raises WrongDatabase where this code could not go on from there."""
    rows = await db.fetch(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
    )
    tables = {row["relname"] for row in rows}
    database = await db.fetchval("SELECT current_database()")
    if "schema_history" in tables:
        return _known(await read_history(db), chain, database)
    versions: list[str] = []
    if "alembic_version" in tables:
        versions = [row["version_num"] for row in await db.fetch("SELECT version_num FROM alembic_version")]
    if not versions and tables <= {"alembic_version"}:
        return Position()
    if not versions:
        raise WrongDatabase(
            f"The database {database} has tables ({', '.join(sorted(tables)[:5])} …) and no version. It belongs to "
            "another program, or was restored in part. Name an empty one, or restore all of it. Nothing was changed."
        )
    if len(versions) > 1:
        raise WrongDatabase(
            f"The database {database} names {len(versions)} versions ({', '.join(sorted(versions))}), and is at one at "
            "most. Restore the table alembic_version from a backup. Nothing was changed."
        )
    if versions[0] not in {migration.version for migration in chain.before}:
        raise WrongDatabase(_unknown(database, versions[0]))
    return Position(before=versions[0])


async def read_history(db: "Connection") -> Position:
    """What schema_history says."""
    rows = await db.fetch("SELECT kind, name, sha256 FROM schema_history ORDER BY seq")
    texts = {row["name"]: row["sha256"] for row in rows if row["kind"] == "text"}
    digests = [row["sha256"] for row in rows if row["kind"] == "texts"]
    return Position(
        migrations=frozenset(row["name"] for row in rows if row["kind"] == "migration"),
        texts={name: sha256 for name, sha256 in texts.items() if sha256 is not None},
        texts_digest=digests[-1] if digests else None,
    )


def _known(position: Position, chain: Chain, database: str) -> Position:
    strangers = position.migrations - {migration.name for migration in chain.migrations}
    if older := sorted(name for name in strangers if name[:4] <= chain.newest):
        raise WrongDatabase(_unknown(database, older[0]))
    if not position.migrations:
        raise WrongDatabase(
            f"The table schema_history of the database {database} names no migration. It was restored in part: restore "
            "all of it. Nothing was changed."
        )
    return position


def _unknown(database: str, version: str) -> str:
    return (
        f"The database {database} is at version {version}, which this code does not know. It was migrated by code that "
        "never was a release, or by a much newer one: go back to that, or restore a backup. Nothing was changed."
    )


async def note_version_before(db: "Connection", migration: Migration) -> None:
    """One more step of the chain before 1.0 is done."""
    await db.execute(OF_ALEMBIC)
    if await db.execute("UPDATE alembic_version SET version_num = $1", migration.version) == "UPDATE 0":
        await db.execute("INSERT INTO alembic_version VALUES ($1)", migration.version)


async def begin_history(db: "Connection") -> None:
    """In an empty database. A table of Alembic's without a row is of a first migration that failed."""
    await db.execute("DROP TABLE IF EXISTS alembic_version")
    await db.execute(TABLE)


async def take_over(db: "Connection", chain: Chain) -> None:
    """At the end of the chain before 1.0: the schema is the baseline's, texts included, and is noted as that."""
    await db.execute(TABLE)
    await note_migration(db, chain.baseline)
    for name, sha256 in sorted(chain.texts_of_baseline().items()):
        await note_text(db, name, sha256)
    await db.execute(_FOR_THE_RELEASE_BEFORE)


async def note_migration(db: "Connection", migration: Migration) -> None:
    """It is applied, and older code learns from it whether it can live with it (needed.py)."""
    await _note(db, "migration", migration.name, migration.sha256())
    if migration.contracts is not None:
        await db.execute(
            "UPDATE schema_history SET needs = $2 WHERE kind = 'migration' AND name = $1",
            migration.name,
            migration.contracts,
        )


async def note_text(db: "Connection", name: str, sha256: str | None) -> None:
    """It is applied; None: it is no longer among the texts."""
    await _note(db, "text", name, sha256)


async def note_texts(db: "Connection", texts_digest: str) -> None:
    """All texts are those of this digest now."""
    await _note(db, "texts", "", texts_digest)


async def _note(db: "Connection", kind: str, name: str, sha256: str | None) -> None:
    await db.execute("INSERT INTO schema_history (kind, name, sha256) VALUES ($1, $2, $3)", kind, name, sha256)


async def existing(db: "Connection", texts: tuple[Text, ...]) -> set[str]:
    """Names of the texts whose function, trigger or sentence is there: a table that was made anew has lost its own."""
    functions = {
        row["proname"]
        for row in await db.fetch("SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace")
    }
    triggers = {
        (row["tgname"], row["relname"])
        for row in await db.fetch(
            """
            SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
             WHERE c.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal
            """
        )
    }
    described = {
        row["relname"]
        for row in await db.fetch(
            """
            SELECT relname FROM pg_class
             WHERE relnamespace = 'public'::regnamespace AND obj_description(oid, 'pg_class') IS NOT NULL
            """
        )
    }
    return {
        text.name
        for text in texts
        if text.kind == "comment"
        or (text.kind == "table" and text.subject in described)
        or (text.kind == "function" and text.subject in functions)
        or (text.kind == "trigger" and (text.subject, text.table) in triggers)
    }
