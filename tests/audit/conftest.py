"""A tenant with a trail, seen by the application, and the superuser who could tamper with it."""

from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest

from ledger import tenants
from ledger.database import Ledger
from ledger.types import Tenant
from tests.conftest import Database


@pytest.fixture(scope="session")
async def ledger(database: Database) -> AsyncIterator[Ledger]:
    opened = await Ledger.open(database.app_url)
    yield opened
    await opened.close()


@pytest.fixture
async def tenant(ledger: Ledger) -> Tenant:
    return await tenants.create(ledger, f"t-{uuid4().hex[:12]}", "Test", actor="test")


@pytest.fixture
async def superuser(database: Database) -> AsyncIterator[asyncpg.Connection]:
    """Whom no right stops: only the chain tells what was done."""
    name = database.app_url.rpartition("/")[2]
    connection = await asyncpg.connect(f"{database.admin_url.rpartition('/')[0]}/{name}")
    yield connection
    await connection.close()
