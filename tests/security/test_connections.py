"""One stranger with a socket: what no request is, costs little and holds nobody up. Over real connections."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from sandbox.lexoffice_server import LexofficeAddresses
from sandbox.temporal_server import TemporalAddresses
from tests.conftest import Database
from tests.security.serving import Served, served

_GET = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n"
_POST = b"POST /api/webhooks/nobody/lexoffice HTTP/1.1\r\nHost: 127.0.0.1\r\n"
_CONNECTIONS = 40


@pytest.fixture(scope="session")
async def api(
    database: Database, lexoffice_sandbox: LexofficeAddresses, temporal: TemporalAddresses
) -> AsyncIterator[Served]:
    async with served(database, lexoffice_sandbox, connections=_CONNECTIONS, header_seconds=2.0) as started:
        yield started


@dataclass
class Line:
    """One connection, and what came back over it until it was closed."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        """As far as the other side takes it."""
        try:
            self.writer.write(data)
            await self.writer.drain()
        except ConnectionError:
            pass

    async def all_of_it(self) -> bytes:
        heard = bytearray()
        try:
            while piece := await asyncio.wait_for(self.reader.read(65_536), 30):
                heard += piece
        except ConnectionError:
            pass
        self.writer.transport.abort()
        return bytes(heard)


async def line_to(api: Served) -> Line:
    port = int(api.url.rpartition(":")[2])
    return Line(*await asyncio.open_connection("127.0.0.1", port))


async def told(api: Served, *pieces: bytes) -> bytes:
    line = await line_to(api)
    for piece in pieces:
        await line.send(piece)
    return await line.all_of_it()


def status(heard: bytes) -> int:
    return int(heard.split(b" ", 2)[1])


def code(heard: bytes) -> str:
    told: str = json.loads(heard.partition(b"\r\n\r\n")[2])["code"]
    return told


async def answers_at_once(api: Served) -> None:
    began = time.perf_counter()
    assert (await api.http.get("/healthz", headers={"Connection": "close"})).status_code == 200
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize(
    "pieces",
    [
        [_GET, b"X-Long: ", *[b"a" * 50_000] * 20, b"\r\n\r\n"],
        [_GET, *[b"X-Many: " + b"a" * 500 + b"\r\n"] * 2000, b"\r\n"],
        [_GET, *[b"x%d: y\r\n" % n for n in range(150)], b"\r\n"],
        [b"GET /", *[b"a" * 50_000] * 20, b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"],
        [_POST, b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX-Trailer: ", *[b"a" * 50_000] * 20, b"\r\n\r\n"],
        [_POST, b"Transfer-Encoding: chunked\r\n\r\n2;", *[b"a" * 50_000] * 20, b"\r\n{}\r\n0\r\n\r\n"],
    ],
    ids=["one of 1 MB", "1 MB in 2000", "too many", "in the address", "behind the body", "beside a chunk"],
)
async def test_headers_of_a_megabyte_are_refused(api: Served, pieces: list[bytes]) -> None:
    heard = await told(api, *pieces)
    assert status(heard) == 431
    assert code(heard) == "headers_too_large"
    await answers_at_once(api)


async def test_sixty_megabytes_in_one_header_hold_nobody_up(api: Served) -> None:
    line = await line_to(api)
    await line.send(_GET + b"X-Long: ")
    sending = asyncio.create_task(line.send(b"a" * 60_000_000))
    for _ in range(5):
        await answers_at_once(api)
    sending.cancel()
    line.writer.transport.abort()


async def test_a_byte_a_second_ends_when_the_headers_are_due(api: Served) -> None:
    line = await line_to(api)
    began = time.perf_counter()
    heard = asyncio.create_task(line.all_of_it())
    for byte in _GET:
        await line.send(bytes([byte]))
        if (await asyncio.wait([heard], timeout=0.3))[0]:
            break
    assert status(await heard) == 408
    assert code(await heard) == "headers_too_slow"
    assert time.perf_counter() - began < 20


async def test_a_second_request_a_byte_a_second_ends_as_well(api: Served) -> None:
    line = await line_to(api)
    await line.send(_GET + b"\r\n" + _GET[:20])
    heard = await line.all_of_it()
    assert heard.startswith(b"HTTP/1.1 200")
    assert b" 408 " in heard


async def test_idle_connections_keep_no_place_from_who_asks(api: Served) -> None:
    idle = [await line_to(api) for _ in range(3 * _CONNECTIONS)]
    await answers_at_once(api)
    closed = await asyncio.wait_for(asyncio.gather(*(line.all_of_it() for line in idle)), 30)
    assert set(closed) == {b""}
    await answers_at_once(api)


@pytest.mark.parametrize(
    ("headers", "answered"),
    [
        (b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", 400),
        (b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n", 400),
        (b"Content-Length: 2\r\nContent-Length: 3\r\n", 400),
        (b"Content-Length: 2\r\nContent-Length: 2\r\n", 400),
        (b"Content-Length: +2\r\n", 400),
        (b"Content-Length: 2, 2\r\n", 400),
        (b"Content-Length: -1\r\n", 400),
        (b"Content-Length: 99999999999999999999999\r\n", 400),
        (b"Transfer-Encoding: gzip, chunked\r\n", 501),
        (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", 400),
        (b"Transfer-Encoding: identity\r\n", 501),
        (b"Transfer-Encoding: chunked, identity\r\n", 400),
        (b"Transfer-Encoding: xchunked\r\n", 501),
        (b"Transfer-Encoding : chunked\r\n", 400),
        (b"Content-Length: 2\r\n X: folded\r\n", 400),
        (b"X: a\r\nno colon\r\n", 400),
        (b"Host: other.example\r\n", 400),
    ],
)
async def test_a_request_whose_end_is_not_plain_is_refused(api: Served, headers: bytes, answered: int) -> None:
    """Also where what follows would be a whole request to another reader."""
    heard = await told(api, _POST + headers + b"\r\n0\r\n\r\n" + _GET + b"\r\n")
    assert heard.count(b"HTTP/1.1 ") == 1
    assert status(heard) == answered
    assert b"connection: close" in heard.lower()


async def test_a_header_behind_the_body_is_none_of_the_headers(api: Served) -> None:
    heard = await told(
        api,
        b"POST /api/v1/partners HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/json\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX-Request-Id: from-a-trailer\r\n\r\n",
    )
    assert status(heard) == 401
    assert b"from-a-trailer" not in heard


async def test_requests_without_end_one_behind_the_other_are_cut_off(api: Served) -> None:
    heard = await told(api, (_GET + b"\r\n") * 5000)
    assert 1 <= heard.count(b"HTTP/1.1 200") <= 100
    await answers_at_once(api)


async def test_an_upgrade_that_we_do_not_speak_is_an_ordinary_request(api: Served) -> None:
    heard = await told(api, _GET + b"Connection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n")
    assert status(heard) in (200, 400)
    await answers_at_once(api)
