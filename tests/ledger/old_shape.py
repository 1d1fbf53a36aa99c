"""A database as an older release left it: migrated so far, filled by hand, then brought to today."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg

import ledger
from sandbox.postgres import PostgresAddresses
from tests.conftest import Database

_VERSIONS = Path(ledger.__file__).parent / "migrations" / "versions"


@dataclass
class OldDatabase:
    """`owner` runs migrations, `admin` fills rows past row-level security, as the release before may have left them."""

    urls: Database
    owner: "asyncpg.Connection[asyncpg.Record]"
    admin: "asyncpg.Connection[asyncpg.Record]"
    version: str = "0000"

    async def migrate(self, *, to: str = "9999") -> None:
        """Apply what lies between its version and `to`, each file in one transaction."""
        for path in sorted(_VERSIONS.glob("[0-9]*.sql")):
            number = path.name.partition("_")[0]
            if self.version < number <= to:
                async with self.owner.transaction():
                    await self.owner.execute(path.read_text(encoding="utf-8"))
                    await self.owner.execute("DELETE FROM alembic_version")
                    await self.owner.execute("INSERT INTO alembic_version VALUES ($1)", number)
                self.version = number

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
            await owner.execute("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)")
            old = OldDatabase(urls, owner, admin)
            await old.migrate(to=version)
            yield old
        finally:
            await owner.close()
            await admin.close()
        await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await server.close()


def _renamed(url: str, database: str) -> str:
    return f"{url.rpartition('/')[0]}/{database}"
