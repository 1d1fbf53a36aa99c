"""Whole products beside the session's own: database, engine and lexoffice of their own, which a test may take away.

Two products over one database or one engine would take each other's work, without the other's secret key.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger.migrate import migrate
from sandbox.lexoffice_server import LexofficeServer
from sandbox.postgres import PostgresAddresses
from sandbox.processes import free_port
from sandbox.temporal_cli import find_cli
from sandbox.temporal_server import TemporalServer
from tests.conftest import Database
from tests.house import House, Shop, running
from tests.migrations.databases import made_database


@dataclass(frozen=True)
class OwnProduct:
    house: House
    database: Database
    engine: TemporalServer
    lexoffice: LexofficeServer

    async def shop(self, **members: Any) -> Shop:
        return await self.house.shop(**members)


@asynccontextmanager
async def own_product(postgres: PostgresAddresses, state: Path, **settings: Any) -> AsyncIterator[OwnProduct]:
    """Everything of its own but the PostgreSQL server. `settings` as for `running`."""
    engine = TemporalServer(
        await find_cli(print),
        state / "temporal",
        port=free_port(),
        database=state / "temporal.db",
        requests_per_second=50,
    )
    lexoffice = LexofficeServer(
        state / "lexoffice", free_port(), options=["--key-bits", "2048", "--time-scale", "0.001"]
    )
    async with AsyncExitStack() as stack:
        stack.push_async_callback(engine.stop)
        stack.push_async_callback(lexoffice.stop)
        database, addresses, office = await asyncio.gather(own_database(postgres), engine.start(), lexoffice.start())
        house = await stack.enter_async_context(running(database, addresses, office, **settings))
        yield OwnProduct(house, database, engine, lexoffice)


async def own_database(postgres: PostgresAddresses) -> Database:
    """As ledger/roles.sql makes it, and migrated."""
    made = await made_database(postgres)
    await migrate(made.owner_url)
    return made
