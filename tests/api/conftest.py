"""The real application over the real database and the real engine, and a fresh tenant for each test."""

import asyncio
import json
import re
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from cryptography.fernet import Fernet
from fastapi import FastAPI

from api.app import create_app
from api.parts import Parts
from ledger import connecting, credentials, tenants, webhook_tokens
from ledger.connecting import LexofficeAccount
from ledger.types import Tenant
from sandbox.lexoffice_server import LexofficeAddresses
from sandbox.temporal_server import TemporalAddresses
from settings import Settings
from tests.conftest import Database

_DECIDES = re.compile(r"^payouts/[^/]+/(approve|reject)$|/bank-details/(confirm|refuse)$")


@dataclass(frozen=True)
class Door:
    """A tenant and what opens its doors. `key` works, `approver` decides: two people, as four eyes want."""

    app: FastAPI
    http: httpx.AsyncClient
    tenant: Tenant
    key: str
    approver: str
    token: str
    organization: UUID = field(default_factory=uuid4)

    @property
    def parts(self) -> Parts:
        parts = self.app.state.parts
        assert isinstance(parts, Parts)
        return parts

    @property
    def address(self) -> str:
        return f"/api/webhooks/{self.tenant.slug}/lexoffice"

    def event(self, **members: Any) -> dict[str, Any]:
        return {
            "organizationId": str(self.organization),
            "eventType": "invoice.status.changed",
            "resourceId": str(uuid4()),
            "eventDate": datetime.now(UTC).isoformat(timespec="milliseconds"),
        } | members

    async def notify(self, event: dict[str, Any] | bytes, **headers: str) -> httpx.Response:
        return await self.http.post(
            self.address,
            content=event if isinstance(event, bytes) else json.dumps(event),
            headers={"Authorization": f"Bearer {self.token}", **headers},
        )

    async def api(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        key = self.approver if _DECIDES.search(path) else self.key
        return await self.http.request(method, f"/api/v1/{path}", json=body, headers={"X-API-Key": key, **headers})

    async def rows(self, sql: str, *args: Any) -> list[asyncpg.Record]:
        """What the ledger holds, seen as the application sees it."""
        async with self.parts.ledger.transaction(self.tenant) as db:
            return await db.fetch(sql, *args)

    async def new_key(self, *scopes: str) -> str:
        async with self.parts.ledger.transaction(self.tenant) as db:
            made = await credentials.create_api_key(
                db, self.tenant, self.parts.vault, name="test", scopes=scopes, actor="test"
            )
        return made.key.get_secret_value()

    async def connect(self, api_key: str = "a-key-that-nobody-uses") -> None:
        """As if lexoffice had confirmed the key."""
        async with self.parts.ledger.transaction(self.tenant) as db:
            await connecting.connect_lexoffice(
                db,
                self.tenant,
                self.parts.vault,
                api_key=api_key,
                account=LexofficeAccount(
                    organization_id=self.organization,
                    connection_id=uuid4(),
                    company_name="Acme GmbH",
                    tax_type="net",
                    small_business=False,
                    profile={},
                ),
                actor="test",
            )


@pytest.fixture(scope="session")
def product_settings(database: Database, lexoffice_sandbox: LexofficeAddresses) -> Settings:
    return Settings(
        database_url=database.app_url,
        secret_key=Fernet.generate_key().decode(),
        public_url="http://partnerdesk.test",
        lexoffice_base_url=lexoffice_sandbox.base_url,
        lexoffice_app_url=lexoffice_sandbox.app_url,
        lexoffice_public_key_url=lexoffice_sandbox.public_key_url,
        log_level="error",
    )


@pytest.fixture(scope="session")
def engine_address(temporal: TemporalAddresses) -> Iterator[TemporalAddresses]:
    """Temporal's own variables, as the product reads them."""
    patch = pytest.MonkeyPatch()
    patch.setenv("TEMPORAL_ADDRESS", temporal.address)
    patch.setenv("TEMPORAL_NAMESPACE", temporal.namespace)
    yield temporal
    patch.undo()


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[tuple[FastAPI, httpx.AsyncClient]]:
    """The application, started and stopped as a server does it."""
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=30) as http:
            yield app, http


@pytest.fixture(scope="session")
async def application(
    product_settings: Settings, engine_address: TemporalAddresses
) -> AsyncIterator[tuple[FastAPI, httpx.AsyncClient]]:
    async with running(product_settings) as started:
        yield started


async def new_door(started: tuple[FastAPI, httpx.AsyncClient], **tenant: Any) -> Door:
    app, http = started
    parts: Parts = app.state.parts
    made = await tenants.create(parts.ledger, f"t-{secrets.token_hex(6)}", "Acme GmbH", actor="test", **tenant)
    async with parts.ledger.transaction(made) as db:
        keys = [
            (
                await credentials.create_api_key(
                    db, made, parts.vault, name="test", scopes=("read", scope, "bank"), actor="test"
                )
            ).key.get_secret_value()
            for scope in ("write", "approve")
        ]
        token = await webhook_tokens.create_webhook_token(db, made, parts.vault, actor="test")
    worker, approver = keys
    return Door(app, http, made, worker, approver, token.get_secret_value())


@pytest.fixture
async def door(application: tuple[FastAPI, httpx.AsyncClient]) -> Door:
    """A tenant without a lexoffice key."""
    return await new_door(application)


@pytest.fixture
async def connected(application: tuple[FastAPI, httpx.AsyncClient]) -> Door:
    """A tenant whose key lexoffice has confirmed."""
    made = await new_door(application)
    await made.connect()
    return made


@pytest.fixture
async def other(application: tuple[FastAPI, httpx.AsyncClient]) -> Door:
    """Another tenant."""
    made = await new_door(application)
    await made.connect()
    return made


async def until(condition: Any, seconds: float = 5.0) -> None:
    """Wait for what happens a moment after an answer."""
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110
            await asyncio.sleep(0.02)
