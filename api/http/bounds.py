"""What a connection may cost before a request is one: bytes and seconds of its headers, and how many there are.

uvicorn's httptools protocol has no bound of its own: one header of 60 MB is put together piece by piece, for half a
minute, in the loop that everybody shares. Its other protocol has a bound but takes `Content-Length` beside
`Transfer-Encoding`. So: its fast protocol, with what is missing.
"""

import asyncio
import re
from dataclasses import dataclass, field
from typing import Any

import structlog
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.http.problems import Problem, answer
from settings import Settings

log = structlog.get_logger("edge")

_SLICE = 4096
"""So much is parsed at a time while headers come: what is counted too much when they end."""
_MOST_HEADERS = 100
_MOST_WAITING_REQUESTS = 16
"""Requests sent one behind the other without waiting for an answer."""
_LINGER_S = 2.0
"""Closing with unread bytes resets the connection, and the caller would never see why (RFC 9112, 9.6)."""
_LAST_BYTES_S = 30.0
"""For the end of an answer that the caller does not take."""
_HOST = re.compile(rb"[A-Za-z0-9._~%!$&'()*+,;=:\[\]-]*")


class _Refused(Exception):
    pass


@dataclass
class Room:
    """The connections of one server. Who never asked anything makes room first, then who waits longest."""

    most: int
    header_bytes: int
    header_seconds: float
    strangers: "dict[BoundedProtocol, None]" = field(default_factory=dict)
    between_requests: "dict[BoundedProtocol, None]" = field(default_factory=dict)

    def make(self) -> bool:
        """End one connection that asks nothing at the moment; False where all are at work."""
        for waiting in (self.strangers, self.between_requests):
            for longest in waiting:
                longest.end()
                return True
        return False

    def leave(self, connection: "BoundedProtocol") -> None:
        self.strangers.pop(connection, None)
        self.between_requests.pop(connection, None)


class BoundedProtocol(HttpToolsProtocol):
    """One connection. A refusal is an answer (431, 400, 408, 501, 503) and the end of it."""

    def __init__(self, room: Room, **of_uvicorn: Any) -> None:
        super().__init__(**of_uvicorn)
        self._room = room
        self._in_headers = False
        self._in_body = False
        self._uncounted = 0
        self._header_bytes = 0
        self._refusal: Problem | None = None
        self._ended = False
        self._headers_due: asyncio.TimerHandle | None = None
        self._end_due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > self._room.most and not self._room.make():
            self._refuse(Problem(503, "too_many_connections", headers={"Retry-After": "10"}))
            return
        self._room.strangers[self] = None
        self._await_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        self._room.leave(self)
        self._headers_came()
        if self._end_due is not None:
            self._end_due.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._ended:
            return  # lingering
        view = memoryview(data)
        while view and not self._ended and not self.transport.is_closing():
            # The body of a request is taken as it comes: the edge counts it.
            size = len(view) if self._in_body else _SLICE
            piece, view = view[:size], view[size:]
            self._take(bytes(piece))

    def _take(self, piece: bytes) -> None:
        if not self._in_body and self._headers_due is None:
            self._await_headers()
        self._uncounted += len(piece)
        super().data_received(piece)
        if self._uncounted > self._room.header_bytes and not self._ended:
            self._refuse(Problem(431, "headers_too_large", {"kilobytes": self._room.header_bytes // 1000}))

    # What the parser found. Raising ends its work; uvicorn then calls `send_400_response`.

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._headers_due is None:
            self._await_headers()
        self._in_headers = True
        self._header_bytes = 0

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._in_headers:
            # A trailer. It is none of the headers that were looked at before (RFC 9110, 6.5.1), and nobody reads it.
            return
        self._header_bytes += len(name) + len(value) + 4
        if self._header_bytes + len(self.url) > self._room.header_bytes or len(self.headers) >= _MOST_HEADERS:
            self._raise(Problem(431, "headers_too_large", {"kilobytes": self._room.header_bytes // 1000}))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._in_headers, self._in_body = False, True
        self._uncounted = 0
        self._headers_came()
        self._room.leave(self)
        if self._header_bytes + len(self.url) > self._room.header_bytes:
            self._raise(Problem(431, "headers_too_large", {"kilobytes": self._room.header_bytes // 1000}))
        if len(self.pipeline) >= _MOST_WAITING_REQUESTS:
            self._raise(Problem(503, "too_many_connections"))
        if problem := _framing_problem(self.headers, self.parser.get_http_version()):
            self._raise(problem)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._uncounted = 0  # what lies between two pieces of a body, extensions and trailers, is bounded like headers
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._in_body = False
        self._uncounted = 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._ended:
            self.end()
        elif self.transport.is_closing():
            self._abort_after(_LAST_BYTES_S)
        elif self.cycle.response_complete and not self._in_headers:
            self._room.between_requests[self] = None

    def timeout_keep_alive_handler(self) -> None:
        self.end()

    def send_400_response(self, msg: str) -> None:
        self._refuse(self._refusal or Problem(400, "not_http"))

    def end(self) -> None:
        """Close now, without an answer."""
        self._ended = True
        self._room.leave(self)
        self._headers_came()
        if not self.transport.is_closing():
            self.transport.close()
        self._abort_after(_LAST_BYTES_S)

    def _raise(self, problem: Problem) -> None:
        self._refusal = problem
        raise _Refused

    def _refuse(self, problem: Problem) -> None:
        if self._ended:
            return
        if self.cycle is not None and not self.cycle.response_complete:
            if not self._in_body or self.pipeline or self.cycle.response_started:
                # Answers are under way: one more in the middle of them would be read as a part of them.
                self._ended = True
                self._headers_came()
                self.pipeline.clear()
                return
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        log.info("refused_connection", reason=problem.reason, status=problem.status)
        problem.headers["Connection"] = "close"
        refusal = answer(problem)
        lines = [f"HTTP/1.1 {problem.status} {_PHRASES.get(problem.status, '')}".encode()]
        lines += [name + b": " + value for name, value in refusal.raw_headers]
        self.transport.write(b"\r\n".join(lines) + b"\r\n\r\n" + bytes(refusal.body))
        self._ended = True
        self._room.leave(self)
        self._headers_came()
        if self.transport.can_write_eof():
            self.transport.write_eof()
            self._abort_after(_LINGER_S)
        else:
            self.transport.close()

    def _await_headers(self) -> None:
        self._headers_due = self.loop.call_later(self._room.header_seconds, self._headers_late)

    def _headers_came(self) -> None:
        if self._headers_due is not None:
            self._headers_due.cancel()
            self._headers_due = None

    def _headers_late(self) -> None:
        self._headers_due = None
        if self._in_headers or self._uncounted:
            self._refuse(Problem(408, "headers_too_slow"))
        else:
            self.end()  # a connection opened in advance, as browsers do

    def _abort_after(self, seconds: float) -> None:
        if self._end_due is None and self.transport is not None:
            self._end_due = self.loop.call_later(seconds, self.transport.abort)


_PHRASES = {
    400: "Bad Request",
    408: "Request Timeout",
    431: "Request Header Fields Too Large",
    501: "Not Implemented",
    503: "Service Unavailable",
}


def _framing_problem(headers: list[tuple[bytes, bytes]], version: str) -> Problem | None:
    """Where a request ends must be plain: two readers who see two ends see two requests (RFC 9112, 6.3 and 11.2)."""
    lengths = [value for name, value in headers if name == b"content-length"]
    encodings = [value.strip().lower() for name, value in headers if name == b"transfer-encoding"]
    if len(lengths) > 1 or (lengths and encodings) or (encodings and version != "1.1"):
        return Problem(400, "framing_conflicts")
    if encodings and encodings != [b"chunked"]:
        return Problem(501, "transfer_encoding_unknown")
    hosts = [value for name, value in headers if name == b"host"]
    if len(hosts) > 1 or (not hosts and version == "1.1") or not all(map(_HOST.fullmatch, hosts)):
        return Problem(400, "host_missing")
    return None


def configured(app: ASGIApp, settings: Settings, *, host: str, port: int, **more: Any) -> uvicorn.Config:
    """How each of our servers runs under uvicorn. The application's own edge does the rest (edge.py)."""
    room = Room(settings.connections, settings.header_bytes, settings.header_seconds)
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        http=lambda **of_uvicorn: BoundedProtocol(room, **of_uvicorn),  # type: ignore[arg-type]
        ws="none",
        access_log=False,  # ours knows no queries, hence no ?token=
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=settings.keep_alive_seconds,
        **more,
    )
