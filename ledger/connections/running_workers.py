"""Which workers run, and what each can read: nothing is written that one of them would misunderstand.

A new strategy of documents cannot be switched on, nor a payout be approved under it, while a worker of an older release
takes work (engine.md, Versions side by side). Each worker says so every few seconds.
"""

import asyncio
from datetime import timedelta

import asyncpg
import structlog

from ledger.database import Connection, Ledger
from ledger.refusals import NotAllowedNow

READS = 4
"""The newest formula of what an approval stands for that this code knows (payouts.hash_version)."""

OWN_DOCUMENTS = 2
"""The formula of documents of our own, and with it their steps."""
SET_OFFS = 3
"""The formula of documents on which claims are set off."""
OTHER_BOOKS = 4
"""That of credit notes in other books than lexoffice."""

EVERY = timedelta(seconds=15)
SILENT_AFTER = timedelta(seconds=60)
"""Who was killed says nothing more, and after this bars nobody."""

log = structlog.get_logger()


async def say_while_running(ledger: Ledger, name: str) -> None:
    """Until cancelled. While PostgreSQL is away nothing is said, and nothing can be switched on either."""
    try:
        while True:
            try:
                await tell(ledger, name)
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
                log.warning("the ledger does not hear that this worker runs", error=type(error).__name__)
            await asyncio.sleep(EVERY.total_seconds())
    finally:
        await _end(ledger, name)


async def tell(ledger: Ledger, name: str, *, reads: int = READS) -> None:
    """This worker runs, and knows the formulas up to this one."""
    async with ledger.without_tenant() as db:
        await db.execute("SELECT tell_worker_runs($1, $2)", name, reads)


async def _end(ledger: Ledger, name: str) -> None:
    try:
        async with ledger.without_tenant() as db:
            await db.execute("SELECT tell_worker_ended($1)", name)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
        log.warning("the ledger does not hear that this worker ended")  # after a minute nobody waits for it


async def require_all_to_read(db: Connection, formula: int) -> None:
    """Nothing, where each worker that runs knows this formula. Raises NotAllowedNow, which names one that does not."""
    older = await db.fetchval(
        """
        SELECT name FROM running_workers WHERE reads < $1 AND seen_at > now() - $2::interval ORDER BY started_at LIMIT 1
        """,
        formula,
        SILENT_AFTER,
    )
    if older is not None:
        raise NotAllowedNow("worker_of_an_older_release", worker=older)
