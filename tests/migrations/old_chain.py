"""Databases that stand somewhere in the chain before version 1.0."""

import asyncpg

from ledger.migrations import history
from ledger.migrations.chain import Chain


async def migrate_before_1_0(owner_url: str, *, until: str | None = None) -> None:
    """Run the chain before 1.0 from where the database stands, up to a version (None: to its end)."""
    db = await asyncpg.connect(owner_url, server_settings={"search_path": "public"})
    try:
        position = await history.find_position(db, Chain())
        for migration in Chain().before:
            if migration.version > (position.before or "") and (until is None or migration.version <= until):
                async with db.transaction():
                    await db.execute("SET LOCAL lock_timeout = '5s'")
                    if position.before is None and migration is Chain().before[0]:
                        await db.execute(history.OF_ALEMBIC)
                    await db.execute(migration.sql())
                    await history.note_version_before(db, migration)
    finally:
        await db.close()
