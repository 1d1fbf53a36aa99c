"""Whole products beside the session's own: database, engine and lexoffice of their own, which a test may take away.

Two products over one database or one engine would take each other's work, without the other's secret key.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from ledger.migrate import migrate
from sandbox.lexoffice_server import LexofficeServer
from sandbox.postgres import PostgresAddresses
from sandbox.processes import free_port
from sandbox.temporal_cli import find_cli
from sandbox.temporal_server import TemporalServer
from tests.conftest import Database
from tests.house import House, Shop, running


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
    name = f"partnerdesk_{secrets.token_hex(4)}"
    await _as_superuser(
        _in(postgres.admin_url, "postgres"),
        f"CREATE DATABASE {name} OWNER partnerdesk_owner ENCODING 'UTF8' TEMPLATE template0",
        f"REVOKE ALL ON DATABASE {name} FROM PUBLIC",
        f"GRANT CONNECT ON DATABASE {name} TO partnerdesk_app",
    )
    await _as_superuser(
        _in(postgres.admin_url, name),
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        "GRANT USAGE ON SCHEMA public TO partnerdesk_app",
    )
    made = Database(
        app_url=_in(postgres.app_url, name),
        owner_url=_in(postgres.owner_url, name),
        admin_url=_in(postgres.admin_url, name),
    )
    await migrate(made.owner_url)
    return made


async def _as_superuser(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def _in(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))
