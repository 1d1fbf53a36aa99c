"""Tables that are cut into months: those ahead are made, and those go that no tenant keeps any longer."""

import asyncpg

from ledger.database import Connection, Ledger
from ledger.types import Frozen


class KeptTable(Frozen):
    """What was done to one table. `waits`: others held it for longer than a second; the next time it is tried again."""

    name: str
    made: int = 0
    dropped: int = 0
    waits: bool = False


async def keep(ledger: Ledger) -> list[KeptTable]:
    """Make what is missing of this month and the two after it, then drop what is over, each in a commit of its own.

    Months are made under a lock that lets others write, but into the part for what belongs nowhere; to drop one takes
    the strongest lock on the table. Neither is waited for longer than a second (`lock_timeout` of the functions).
    """
    async with ledger.without_tenant() as db:
        names = [row["name"] for row in await db.fetch("SELECT name FROM monthly_tables ORDER BY name")]
        return [await _keep(db, name) for name in names]


async def _keep(db: Connection, name: str) -> KeptTable:
    made = dropped = 0
    try:
        made = await db.fetchval("SELECT make_months($1)", name)
        dropped = await db.fetchval("SELECT drop_months($1)", name)
    except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
        return KeptTable(name=name, made=made, waits=True)
    return KeptTable(name=name, made=made, dropped=dropped)
