from collections.abc import AsyncIterator

import httpx
import pytest

from httpcalls.transports import fresh_connection_transport
from lexoffice.client import LexofficeClient
from sandbox.lexoffice_server import LexofficeAddresses
from tests.lexoffice_client.canned_server import CannedServer, canned_server
from tests.lexoffice_client.sandbox_account import Account


@pytest.fixture
async def canned() -> AsyncIterator[CannedServer]:
    async with canned_server() as server:
        yield server


@pytest.fixture
async def client(canned: CannedServer) -> AsyncIterator[LexofficeClient]:
    async with LexofficeClient(base_url=canned.url, token="the-secret-token") as client:
        yield client


@pytest.fixture
async def lexoffice_account(lexoffice_sandbox: LexofficeAddresses) -> AsyncIterator[Account]:
    """A new organisation without a rate limit, reached over HTTP like the real one."""
    async with (
        httpx.AsyncClient(base_url=lexoffice_sandbox.app_url, trust_env=False) as hooks,
        fresh_connection_transport() as transport,
    ):
        made = (await hooks.post("/sandbox/organizations", json={"name": "Muster GmbH", "rate": 0})).json()
        async with LexofficeClient(
            base_url=lexoffice_sandbox.base_url, token=made["apiKey"], transport=transport
        ) as client:
            yield Account(made["organizationId"], made["apiKey"], hooks, client)
