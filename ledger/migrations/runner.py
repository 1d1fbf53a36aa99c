"""One run of `partnerdesk migrate`: each migration in a transaction of its own, the texts with the last one."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import asyncpg

from ledger.migrations import history
from ledger.migrations.admission import require_roles, take_turns
from ledger.migrations.chain import Chain, Migration
from ledger.migrations.errors import LockNotHad, MigrationFailed
from ledger.migrations.history import Position
from ledger.migrations.texts import GROUND, Text

Connection = asyncpg.Connection  # generic in asyncpg's stubs only

_PAUSE_S = 1.0
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
    """Names of what this run applied."""
    newest: str
    """What this code needs; less than `version` where newer code has migrated the database."""


@dataclass(frozen=True)
class _Step:
    """One transaction. `source` is the SQL that a position in an error counts in."""

    name: str
    version_before: str | None
    source: str
    work: Callable[["Connection"], Awaitable[None]]


async def run(db: "Connection", chain: Chain, patience: Patience, say: Callable[[str], None]) -> Outcome:
    """Bring the database to the newest version. Raises CannotMigrate.

    Takes the advisory lock of all runs for as long as `db` is connected; each step sets `lock_timeout`.
    """
    await require_roles(db)
    await take_turns(db, within_s=patience.in_all, say=say)
    position = await history.find_position(db, chain)
    if position.version is not None and position.version > chain.newest:
        return Outcome(version=position.version, applied=(), newest=chain.newest)
    applied = []
    for step in _steps(position, chain):
        await _take(db, step, patience, say)
        say(f"Applied {step.name}.")
        applied.append(step.name)
    return Outcome(version=chain.newest, applied=tuple(applied), newest=chain.newest)


def _steps(position: Position, chain: Chain) -> list[_Step]:
    version = position.version
    steps = []
    pending = [migration for migration in chain.migrations if migration.name not in position.migrations]
    if position.before is not None:
        for migration in chain.before:
            if migration.version > position.before:
                steps.append(_step_before(migration, version))
                version = migration.version
        pending = pending[1:]
    for place, migration in enumerate(pending):
        steps.append(_step(migration, version, chain, with_ground=place == 0, with_texts=place == len(pending) - 1))
        version = max(version or "", migration.version)
    if position.before is not None:
        steps.insert(len(steps) - len(pending), _taking_over(chain, with_texts=not pending))
    elif not pending and position.texts_digest != chain.texts_digest:
        steps.append(_Step("functions and triggers", version, "", lambda db: _apply_texts(db, chain)))
    return steps


def _step_before(migration: Migration, version: str | None) -> _Step:
    async def work(db: "Connection") -> None:
        await db.execute(migration.sql())
        await history.note_version_before(db, migration)

    return _Step(migration.name, version, migration.sql(), work)


def _taking_over(chain: Chain, *, with_texts: bool) -> _Step:
    async def work(db: "Connection") -> None:
        await history.take_over(db, chain)
        if with_texts:
            await _apply_texts(db, chain)

    return _Step(chain.baseline.name, chain.before[-1].version, "", work)


def _step(migration: Migration, version: str | None, chain: Chain, *, with_ground: bool, with_texts: bool) -> _Step:
    async def work(db: "Connection") -> None:
        if migration is chain.baseline:
            await history.begin_history(db)
        if with_ground:
            await _apply_texts(db, chain, wing=GROUND)
        await db.execute(migration.sql())
        await history.note_migration(db, migration)
        if with_texts:
            await _apply_texts(db, chain)

    return _Step(migration.name, version, migration.sql(), work)


async def _apply_texts(db: "Connection", chain: Chain, *, wing: str | None = None) -> None:
    """Apply what differs from what was applied last; of one wing only its functions, which need no table."""
    position = await history.read_history(db)
    there = await history.existing(db, chain.texts)
    await db.execute("SET LOCAL check_function_bodies = off")  # a body may speak of what comes after it
    applied = set()
    for text in chain.texts:
        if wing is not None and (text.wing, text.kind) != (wing, "function"):
            continue
        is_known = position.texts.get(text.name) == text.sha256 and text.name in there
        # A trigger that was made anew has lost what was said of it.
        if not is_known or (text.kind == "comment" and (text.subject, text.table) in applied):
            await _apply_text(db, text)
            await history.note_text(db, text.name, text.sha256)
            applied.add((text.subject, text.table))
    await db.execute("SET LOCAL check_function_bodies = on")
    if wing is None:
        for name in sorted(position.texts.keys() - {text.name for text in chain.texts}):
            await history.note_text(db, name, None)
        await history.note_texts(db, chain.texts_digest)


async def _apply_text(db: "Connection", text: Text) -> None:
    if text.is_constraint_trigger:
        await db.execute(f"DROP TRIGGER IF EXISTS {text.subject} ON {text.table}")
    for statement in text.statements:
        try:
            await db.execute(statement)
        except asyncpg.InvalidFunctionDefinitionError as error:
            raise MigrationFailed(
                f"functions/{text.wing}.sql, {text.name}: {_said(error)}. What a function takes and returns is not "
                "replaced: name the new one anew, or drop the old one in a migration. Nothing of this was kept."
            ) from error
        except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
            raise
        except asyncpg.PostgresError as error:
            error.add_note(f"functions/{text.wing}.sql, {text.name}")
            raise


async def _take(db: "Connection", step: _Step, patience: Patience, say: Callable[[str], None]) -> None:
    until = time.monotonic() + patience.in_all
    while True:
        try:
            async with db.transaction():
                await db.execute(f"SET LOCAL lock_timeout = {round(patience.at_once * 1000)}")
                await step.work(db)
            return
        except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
            holders = await _holders(db)
            if time.monotonic() > until:
                raise LockNotHad(
                    f"Migration {step.name} did not get its locks within {patience.in_all:.0f} s. Nothing of it was "
                    f"kept; the database is at version {step.version_before or 'none'}. {holders} "
                    "End that, or wait for its end, and run this again."
                ) from None
            say(f"Migration {step.name} waits for locks. {holders} Trying again …")
            await asyncio.sleep(_PAUSE_S)
        except (asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError):
            raise  # the server went away; whether a COMMIT under way was kept, the next run sees
        except asyncpg.PostgresError as error:
            raise MigrationFailed(_failure(step, error)) from error


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


def _said(error: asyncpg.PostgresError) -> str:
    """Message, detail and hint on one line."""
    return " ".join(str(error).split()).rstrip(".")


def _failure(step: _Step, error: asyncpg.PostgresError) -> str:
    notes = "".join(f" ({note})" for note in getattr(error, "__notes__", ()))
    position = getattr(error, "position", None)
    where = f", line {step.source.count(chr(10), 0, int(position)) + 1}" if position and not notes else ""
    text = (
        f"Migration {step.name}{where}: {_said(error)}{notes}. Nothing of it was kept; the database is at version "
        f"{step.version_before or 'none'}."
    )
    if isinstance(error, _MADE_ALREADY):
        text += " A part of it seems to have been run by hand: take that back, and run this again."
    return text
