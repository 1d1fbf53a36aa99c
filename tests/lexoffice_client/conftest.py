from collections.abc import AsyncIterator

import pytest

from lexoffice.client import LexofficeClient
from tests.lexoffice_client.canned_server import CannedServer, canned_server


@pytest.fixture
async def canned() -> AsyncIterator[CannedServer]:
    async with canned_server() as server:
        yield server


@pytest.fixture
async def client(canned: CannedServer) -> AsyncIterator[LexofficeClient]:
    async with LexofficeClient(base_url=canned.url, token="the-secret-token") as client:
        yield client
