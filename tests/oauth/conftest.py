"""The application with a client id of lexoffice's, a tenant with an admin who is logged in, and an account there."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from cryptography.fernet import Fernet
from fastapi import FastAPI

from activities.gateway.lexoffice_gateway import LexofficeDoor
from api.actions.authorization import oauth_access
from api.app import create_app
from ledger.access import api_keys
from ledger.roles import Role
from sandbox.lexoffice_server import LexofficeAddresses
from settings import Settings
from tests.conftest import Database
from tests.fixtures.browsers import Browser, Firm, new_firm
from tests.fixtures.consent import Client, decide
from tests.fixtures.office import Office

PUBLIC_URL = "http://127.0.0.1"
PAGE = "/admin/zahlungsanbieter/lexoffice"


@dataclass(frozen=True)
class Shop:
    """A tenant, its admin's browser, its account at lexoffice, and a key for the JSON API."""

    firm: Firm
    admin: Browser
    office: Office
    client: Client
    key: str
    doors: list[LexofficeDoor] = field(default_factory=list)

    async def api(self, method: str, path: str, body: Any = None) -> httpx.Response:
        return await self.admin.http.request(method, f"/api/v1/{path}", json=body, headers={"X-API-Key": self.key})

    async def connection(self) -> dict[str, Any]:
        shown: dict[str, Any] = (await self.api("GET", "providers/lexoffice")).json()
        return shown

    async def tasks(self) -> list[str]:
        return [task["kind"] for task in (await self.api("GET", "tasks")).json()["items"]]

    async def is_sent_out(self, browser: Browser | None = None) -> str:
        """Press „Mit OAuth verbinden“: the address of lexoffice's page."""
        answer = await (browser or self.admin).get("/oauth/lexoffice/start")
        assert answer.status_code == 303, answer.text
        consent: str = answer.headers["Location"]
        assert consent.startswith(f"{self.client.sandbox.app_url}/oauth2/authorize?"), consent
        return consent

    async def comes_back(self, address: str, browser: Browser | None = None) -> httpx.Response:
        assert address.startswith(f"{PUBLIC_URL}/oauth/lexoffice/callback?")
        return await (browser or self.admin).get(address.removeprefix(PUBLIC_URL))

    async def connect(self, office: Office | None = None) -> httpx.Response:
        account = (office or self.office).organization
        return await self.comes_back(await decide(await self.is_sent_out(), account))

    async def connected(self) -> None:
        answer = await self.connect()
        assert answer.status_code == 303, answer.text

    def door(self) -> LexofficeDoor:
        """As a worker has it: another one is another process."""
        parts = self.firm.parts
        made = LexofficeDoor(
            parts.ledger,
            parts.vault,
            base_url=parts.settings.lexoffice_base_url,
            pace_per_second=0,
            oauth=oauth_access(parts.settings, parts.ledger),
        )
        self.doors.append(made)
        return made

    async def close(self) -> None:
        for door in self.doors:
            await door.close()
        await self.firm.close()

    async def refreshes(self) -> dict[str, int]:
        return (await self.client.calls(self.office.organization)).get("refresh_token", {})


@pytest.fixture(scope="session")
async def oauth_client(lexoffice_sandbox: LexofficeAddresses) -> Client:
    return await Client.contracted(lexoffice_sandbox, PUBLIC_URL)


@pytest.fixture(scope="session")
def oauth_settings(database: Database, lexoffice_sandbox: LexofficeAddresses, oauth_client: Client) -> Settings:
    return Settings(
        database_url=database.app_url,
        secret_key=Fernet.generate_key().decode(),
        public_url=PUBLIC_URL,
        lexoffice_base_url=lexoffice_sandbox.base_url,
        lexoffice_app_url=lexoffice_sandbox.app_url,
        lexoffice_public_key_url=lexoffice_sandbox.public_key_url,
        lexoffice_oauth_client_id=oauth_client.client_id,
        lexoffice_oauth_client_secret=oauth_client.client_secret,
        lexoffice_pace=0,
        log_level="error",
    )


@pytest.fixture(scope="session")
async def oauth_app(oauth_settings: Settings) -> AsyncIterator[FastAPI]:
    app = create_app(oauth_settings)
    async with app.router.lifespan_context(app):
        yield app


async def open_shop(app: FastAPI, client: Client) -> Shop:
    firm = await new_firm(app)
    admin = await firm.person(Role.ADMIN)
    async with firm.parts.ledger.transaction(firm.tenant) as tx:
        key = await api_keys.create_api_key(
            tx, firm.parts.vault, api_keys.WantedKey(name="test", scopes=("read", "write")), actor="test"
        )
    return Shop(firm, admin, await Office.found(client.sandbox), client, key.key.get_secret_value())


@pytest.fixture
async def oauth_shop(oauth_app: FastAPI, oauth_client: Client) -> AsyncIterator[Shop]:
    made = await open_shop(oauth_app, oauth_client)
    yield made
    await made.close()


@pytest.fixture
async def other_oauth_shop(oauth_app: FastAPI, oauth_client: Client) -> AsyncIterator[Shop]:
    made = await open_shop(oauth_app, oauth_client)
    yield made
    await made.close()


@pytest.fixture
async def connected_oauth_shop(oauth_shop: Shop) -> Shop:
    await oauth_shop.connected()
    return oauth_shop
