"""A server that answers with given bytes, or does what no well-behaved server does: resets, silence, half answers."""

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Canned:
    """What to do with a request once it has been read."""

    sent: bytes = b""
    then: str = "close"  # close, reset, hang, keep (the connection), or trickle (the bytes one by one, slowly)


def http(status: int, body: bytes | object = b"", *headers: str) -> Canned:
    """A whole answer; a body that is no bytes is sent as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    if status in (204, 304):
        content = b""
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(content)}", "Connection: close", *headers]
    return Canned("\r\n".join(lines).encode() + b"\r\n\r\n" + content)


@dataclass
class CannedServer:
    """`answer` is given to every request; what came in is in `requests`."""

    port: int = 0
    answer: Canned = field(default_factory=lambda: http(200, {}))
    answers: list[Canned] = field(default_factory=list)
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def request_line(self) -> str:
        return self.requests[-1].split(b"\r\n", 1)[0].decode()

    @property
    def body(self) -> bytes:
        return self.requests[-1].partition(b"\r\n\r\n")[2]

    def header(self, name: str) -> str | None:
        for line in self.requests[-1].partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]:
            key, _, value = line.partition(":")
            if key.lower() == name.lower():
                return value.strip()
        return None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            keep = True
            while keep:
                head = await reader.readuntil(b"\r\n\r\n")
                self.requests.append(head + await reader.readexactly(_length(head)))
                self.arrived.set()
                canned = self.answers.pop(0) if self.answers else self.answer
                await _answer(canned, reader, writer)
                keep = canned.then == "keep"
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


async def _answer(canned: Canned, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    if canned.then == "trickle":
        for byte in canned.sent:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0.02)
        return
    writer.write(canned.sent)
    await writer.drain()
    if canned.then == "reset":
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    elif canned.then == "hang":
        await reader.read()  # until the client gives up


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            return int(line.split(b":")[1])
    return 0


@asynccontextmanager
async def canned_server() -> AsyncIterator[CannedServer]:
    canned = CannedServer()
    server = await asyncio.start_server(canned.serve, "127.0.0.1", 0)
    canned.port = server.sockets[0].getsockname()[1]
    try:
        yield canned
    finally:
        server.close()
        await server.wait_closed()
