"""One run of `partnerdesk migrate`: who may, from where, and each migration in a transaction of its own."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

import asyncpg

from ledger.migrations.chain import Chain, Migration
from ledger.migrations.errors import LockNotHad, MigrationFailed, WrongDatabase

Connection = asyncpg.Connection  # generic in asyncpg's stubs only

# Two `partnerdesk migrate` at once (two machines of one deployment) take turns.
_ONE_AT_A_TIME = "hashtextextended('partnerdesk-migrate', 0)"
_PAUSE_S = 1.0
_VERSION_TABLE = """
CREATE TABLE IF NOT EXISTS alembic_version (
    version_num varchar(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))
"""
_MADE_ALREADY = (
    asyncpg.DuplicateTableError,
    asyncpg.DuplicateColumnError,
    asyncpg.DuplicateFunctionError,
    asyncpg.DuplicateObjectError,
)


@dataclass(frozen=True)
class Patience:
    """How long locks are waited for, in seconds."""

    at_once: float = 5.0
    """`lock_timeout` of each statement. Whoever comes after us waits behind us that long, so it is short."""
    in_all: float = 120.0
    """Until a migration that did not get its locks, or another run's end, is no longer tried for."""


@dataclass(frozen=True)
class Outcome:
    """What the database is at now."""

    version: str
    applied: tuple[str, ...]
    """Versions of the migrations that this run applied."""
    newest: str
    """What this code needs; less than `version` where newer code has migrated the database."""


async def run(db: "Connection", chain: Chain, patience: Patience, say: Callable[[str], None]) -> Outcome:
    """Bring the database to the newest version. Raises CannotMigrate.

    Takes the advisory lock of all runs for as long as `db` is connected.
    """
    await _require_roles(db)
    await _take_turns(db, patience, say)
    version = await _version(db, chain)
    applied = []
    for migration in chain.migrations:
        if version is None or migration.version > version:
            await _apply(db, migration, version, patience, say)
            version = migration.version
            applied.append(version)
    return Outcome(version=version or "", applied=tuple(applied), newest=chain.newest)


async def _require_roles(db: "Connection") -> None:
    role = await db.fetchrow(
        """
        SELECT r.rolname, r.rolsuper OR r.rolbypassrls AS mighty,
               EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'partnerdesk_app') AS has_application,
               (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = 'partnerdesk_app') AS mighty_application
          FROM pg_roles r WHERE r.rolname = current_user
        """
    )
    assert role is not None
    if not role["has_application"]:
        raise WrongDatabase(
            "The role partnerdesk_app does not exist on this server. Run ledger/roles.sql as a superuser first."
        )
    if role["mighty_application"]:
        raise WrongDatabase(
            "The role partnerdesk_app passes row-level security, so every tenant would see every other. "
            "Run ledger/roles.sql as a superuser, which takes that from it."
        )
    if role["rolname"] == "partnerdesk_app" or role["mighty"]:
        raise WrongDatabase(
            f"PARTNERDESK_OWNER_DATABASE_URL connects as {role['rolname']}, which must not own the tables. "
            "Name the role partnerdesk_owner there."
        )


async def _take_turns(db: "Connection", patience: Patience, say: Callable[[str], None]) -> None:
    if await db.fetchval(f"SELECT pg_try_advisory_lock({_ONE_AT_A_TIME})"):
        return
    say("Another `partnerdesk migrate` is at work in this database; waiting for its end …")
    await db.execute(f"SET lock_timeout = {round(patience.in_all * 1000)}")
    try:
        await db.execute(f"SELECT pg_advisory_lock({_ONE_AT_A_TIME})")
    except asyncpg.LockNotAvailableError:
        raise LockNotHad(
            f"Another `partnerdesk migrate` has been at work for {patience.in_all:.0f} s ({await _other_run(db)}). "
            "Nothing was changed. Run this again when it has ended."
        ) from None
    finally:
        await db.execute("RESET lock_timeout")


async def _other_run(db: "Connection") -> str:
    pid = await db.fetchval(
        f"""
        SELECT pid FROM pg_locks
         WHERE locktype = 'advisory' AND granted AND objsubid = 1
           AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
           AND ((classid::bigint << 32) | objid::bigint) = {_ONE_AT_A_TIME}
        """
    )
    return f"process {pid} of the database server" if pid else "which has ended this moment"


async def _version(db: "Connection", chain: Chain) -> str | None:
    """The version that the database is at; None for an empty one."""
    rows = await db.fetch("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")
    tables = {row["relname"] for row in rows}
    versions = []
    if "alembic_version" in tables:
        versions = [row["version_num"] for row in await db.fetch("SELECT version_num FROM alembic_version")]
    if not versions and tables <= {"alembic_version"}:
        return None
    database = await db.fetchval("SELECT current_database()")
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
    version: str = versions[0]
    if version <= chain.newest and version not in {migration.version for migration in chain.migrations}:
        raise WrongDatabase(
            f"The database {database} is at version {version}, which this code does not know. It was migrated by "
            "code that never was a release: go back to that, or restore a backup. Nothing was changed."
        )
    return version


async def _apply(
    db: "Connection", migration: Migration, version: str | None, patience: Patience, say: Callable[[str], None]
) -> None:
    until = time.monotonic() + patience.in_all
    while True:
        try:
            async with db.transaction():
                await db.execute(f"SET LOCAL lock_timeout = {round(patience.at_once * 1000)}")
                if version is None:
                    await db.execute(_VERSION_TABLE)
                await db.execute(migration.sql())
                await _note(db, migration, version)
            return
        except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
            holders = await _holders(db)
            if time.monotonic() > until:
                raise LockNotHad(
                    f"Migration {migration.name} did not get its locks within {patience.in_all:.0f} s. Nothing of it "
                    f"was kept; the database is at version {version or 'none'}. {holders} "
                    "End that, or wait for its end, and run this again."
                ) from None
            say(f"Migration {migration.name} waits for locks. {holders} Trying again …")
            await asyncio.sleep(_PAUSE_S)
        except (asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError):
            raise  # the server went away; whether a COMMIT under way was kept, the next run sees
        except asyncpg.PostgresError as error:
            raise MigrationFailed(_failure(migration, version, error)) from error


async def _note(db: "Connection", migration: Migration, version: str | None) -> None:
    if version is None:
        await db.execute("INSERT INTO alembic_version VALUES ($1)", migration.version)
    else:
        await db.execute("UPDATE alembic_version SET version_num = $1", migration.version)


async def _holders(db: "Connection") -> str:
    """Whose transactions hold tables now, the longest ones first. The owner's role sees no more of others than this."""
    rows = await db.fetch(
        """
        SELECT l.pid, a.usename, array_agg(DISTINCT c.relname::text) AS tables
          FROM pg_locks l
          JOIN pg_class c ON c.oid = l.relation AND c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
          LEFT JOIN pg_stat_activity a ON a.pid = l.pid
         WHERE l.granted AND l.pid <> pg_backend_pid()
           AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
         GROUP BY l.pid, a.usename ORDER BY count(*) DESC LIMIT 3
        """
    )
    if not rows:
        return "Nobody holds a table at this moment."
    return " ".join(
        f"Process {row['pid']} of the database server ({row['usename']}) holds {', '.join(row['tables'][:5])}."
        for row in rows
    )


def _failure(migration: Migration, version: str | None, error: asyncpg.PostgresError) -> str:
    where = ""
    if position := getattr(error, "position", None):
        where = f", line {migration.sql().count(chr(10), 0, int(position)) + 1}"
    text = (
        f"Migration {migration.name}{where}: {error}. Nothing of it was kept; the database is at version "
        f"{version or 'none'}."
    )
    if isinstance(error, _MADE_ALREADY):
        text += " A part of it seems to have been run by hand: take that back, and run this again."
    return text
