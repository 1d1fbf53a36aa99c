"""A database as an older release left it: migrated so far, filled by hand, then brought to today."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

import asyncpg
import pytest

from ledger.migrate import migrate
from sandbox.postgres import PostgresAddresses
from tests.conftest import Database
from tests.migrations.old_chain import migrate_before_1_0


@dataclass
class OldDatabase:
    """`owner` runs migrations, `admin` fills rows past row-level security, as the release before may have left them."""

    urls: Database
    owner: "asyncpg.Connection[asyncpg.Record]"
    admin: "asyncpg.Connection[asyncpg.Record]"

    async def migrate(self, *, to: str | None = None) -> None:
        """Bring it to a version before 1.0, or (None) to today."""
        if to is None:
            await migrate(self.urls.owner_url)
        else:
            await migrate_before_1_0(self.urls.owner_url, until=to)

    async def new_tenant(self, slug: str) -> UUID:
        """With the rows that every tenant has."""
        tenant = uuid4()
        await self.admin.execute("INSERT INTO tenants (id, slug, name) VALUES ($1, $2, 'Firma')", tenant, slug)
        await self.admin.execute(
            "INSERT INTO provider_connections (tenant_id, provider) VALUES ($1, 'lexoffice'), ($1, 'stripe')", tenant
        )
        await self.admin.execute("INSERT INTO api_budgets (tenant_id, provider) VALUES ($1, 'lexoffice')", tenant)
        return tenant


@asynccontextmanager
async def old_database(postgres: PostgresAddresses, *, version: str) -> AsyncIterator[OldDatabase]:
    """A database of its own on the running server, at this version and empty."""
    name = f"old_{uuid4().hex[:12]}"
    urls = Database(
        **{of: _renamed(getattr(postgres, of), name) for of in ("app_url", "owner_url", "admin_url")},
    )
    server = await asyncpg.connect(postgres.admin_url)
    try:
        await server.execute(f"CREATE DATABASE {name} OWNER partnerdesk_owner TEMPLATE template0 ENCODING 'UTF8'")
        admin = await asyncpg.connect(urls.admin_url)
        owner = await asyncpg.connect(urls.owner_url)
        try:
            await admin.execute("GRANT USAGE ON SCHEMA public TO partnerdesk_app")
            old = OldDatabase(urls, owner, admin)
            await old.migrate(to=version)
            yield old
        finally:
            await owner.close()
            await admin.close()
        await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await server.close()


@pytest.fixture
async def old(postgres: PostgresAddresses) -> AsyncIterator[OldDatabase]:
    """As the last release left it whose reasons were German sentences."""
    async with old_database(postgres, version="0087") as found:
        yield found


def _renamed(url: str, database: str) -> str:
    return f"{url.rpartition('/')[0]}/{database}"
