"""An empty database for each test, on the session's server."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from sandbox.postgres import PostgresAddresses
from tests.conftest import Database
from tests.migrations.databases import made_database


@pytest.fixture
async def empty(postgres: PostgresAddresses) -> Database:
    return await made_database(postgres)


@pytest.fixture
async def owner(empty: Database) -> "AsyncIterator[asyncpg.Connection[asyncpg.Record]]":
    connection = await asyncpg.connect(empty.owner_url)
    yield connection
    await connection.close()
