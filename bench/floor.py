"""The floor: the bare engine with the commits that nothing can do without, and empty ones at that.

What stands between it and the bare engine is the disk, and what stands between the product and it is the product.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from bench.bare import Commit

_EMPTY = "SELECT pg_logical_emit_message(true, 'floor', '')"
"""A transaction that is written to the log, and waited for like any other, and changes no table."""


@asynccontextmanager
async def commits(database: str) -> AsyncIterator[Commit]:
    """Over as many connections as a worker of the product has."""
    async with asyncpg.create_pool(database, min_size=1, max_size=10) as pool:

        async def commit(times: int) -> None:
            for _ in range(times):
                async with pool.acquire() as connection:
                    await connection.execute(_EMPTY)

        yield commit
