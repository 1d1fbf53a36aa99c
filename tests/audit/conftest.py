"""A tenant with a trail, seen by the application, and the superuser who could tamper with it."""

from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest

from ledger import tenants
from ledger.database import Ledger
from ledger.types import Tenant
from tests.conftest import Database
from tests.ledger.conftest import ledger, new_tenant, tenant, vault

__all__ = ["ledger", "new_tenant", "tenant", "vault"]


@pytest.fixture
async def audited(ledger: Ledger) -> Tenant:
    """A tenant that was made as tenants are, so that its trail begins with that."""
    return await tenants.create(ledger, f"t-{uuid4().hex[:12]}", "Test", actor="test")


@pytest.fixture
async def superuser(database: Database) -> AsyncIterator[asyncpg.Connection]:
    """Whom no right stops: only the chain tells what was done."""
    name = database.app_url.rpartition("/")[2]
    connection = await asyncpg.connect(f"{database.admin_url.rpartition('/')[0]}/{name}")
    yield connection
    await connection.close()
