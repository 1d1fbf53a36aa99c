"""A database that fails in the middle of its work, not only one that was never there: 503, soon, and then as before."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from settings import Settings
from tests.conftest import Database
from tests.fixtures.door import Door, new_door, running
from tests.fixtures.unhurried import ANSWER_S, SHORT


class Line:
    """A line to the database that can be cut in the worst way: nothing is lost, nothing arrives."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._flows = asyncio.Event()
        self._flows.set()
        self._open: set[asyncio.Task[None]] = set()

    def freeze(self) -> None:
        self._flows.clear()

    def thaw(self) -> None:
        self._flows.set()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._flows.wait()
        there, back = await asyncio.open_connection(self._host, self._port)
        await asyncio.gather(self._pour(reader, back), self._pour(there, writer))

    async def _pour(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await source.read(65_536):
                await self._flows.wait()
                target.write(data)
                await target.drain()
        target.close()


@asynccontextmanager
async def line_to(url: str) -> AsyncIterator[tuple[Line, str]]:
    parts = urlsplit(url)
    assert parts.hostname
    assert parts.port
    line = Line(parts.hostname, parts.port)
    server = await asyncio.start_server(line.carry, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    credentials, _, _ = parts.netloc.rpartition("@")
    try:
        yield line, urlunsplit(parts._replace(netloc=f"{credentials}@127.0.0.1:{port}"))
    finally:
        line.thaw()
        server.close()


async def test_with_a_database_that_stops_answering_the_answer_is_503_within_5_s(
    product_settings: Settings, engine_address: object
) -> None:
    secret = type(product_settings.database_url)
    async with AsyncExitStack() as stack:
        line, url = await stack.enter_async_context(line_to(product_settings.database_url.get_secret_value()))
        behind_it = product_settings.model_copy(update={"database_url": secret(url), **SHORT})
        started = await stack.enter_async_context(running(behind_it))
        door = await new_door(started)
        await door.connect()
        assert (await door.notify(door.event())).status_code == 200
        line.freeze()
        event = door.event()
        loop = asyncio.get_running_loop()
        began = loop.time()
        # More than the pool has connections: those who wait for one are answered in time as well.
        answers = await asyncio.gather(*(door.notify(event) for _ in range(30)))
        assert loop.time() - began < 5
        assert {answer.status_code for answer in answers} == {503}
        assert all(int(answer.headers["retry-after"]) > 0 for answer in answers)
        line.thaw()
        async with asyncio.timeout(ANSWER_S):
            while (answer := await door.notify(event)).status_code == 503:
                pass
        assert (answer.status_code, answer.json()["status"]) in ((200, "accepted"), (200, "duplicate"))
        assert len(await door.rows("SELECT 1 FROM events")) == 2


@pytest.fixture
async def read_only(database: Database) -> AsyncIterator[None]:
    """As after a failover, while the pool still talks to what was the primary until just now."""
    admin = await asyncpg.connect(
        urlunsplit(urlsplit(database.admin_url)._replace(path=urlsplit(database.app_url).path))
    )
    try:
        await admin.execute("ALTER ROLE partnerdesk_app SET default_transaction_read_only = on")
        yield
    finally:
        await admin.execute("ALTER ROLE partnerdesk_app RESET default_transaction_read_only")
        await admin.close()


async def test_a_database_that_only_reads_is_a_reason_to_come_again(
    connected: Door, product_settings: Settings, engine_address: object, read_only: None
) -> None:
    async with running(product_settings) as (_, http):
        event = connected.event()
        answer = await http.post(connected.address, json=event, headers={"Authorization": f"Bearer {connected.token}"})
        assert (answer.status_code, answer.json()["code"]) == (503, "database_away")
        assert "retry-after" in answer.headers
