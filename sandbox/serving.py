"""Runs a sandbox under uvicorn: one process, one event loop, one line when it is ready, SIGTERM a clean stop."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp, Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class BreakableProtocol(HttpToolsProtocol):
    """Hands its transport to the application, so that a fault can really break the connection."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {"sandbox.transport": {"transport": self.transport}}


class Server(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            shown = f"[{host}]" if ":" in host else host
            print(json.dumps({"ready": True, "url": f"http://{shown}:{port}"}), flush=True)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """SIGTERM is a clean stop with exit status 0; uvicorn would raise it again at the end."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield


class Busy(Exception):
    """Another process holds the address."""


def listen(host: str, port: int) -> socket.socket:
    """The socket to serve on. Raises Busy."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise Busy(f"{host}:{port}: {error.strerror}") from error
    listener.set_inheritable(True)
    return listener


async def serve(application: ASGIApp, listener: socket.socket) -> None:
    """Serve until SIGTERM."""
    config = uvicorn.Config(
        application,
        http=BreakableProtocol,
        ws="none",
        lifespan="on",
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=2,
        timeout_keep_alive=75,
    )
    await Server(config).serve([listener])


def run(application: ASGIApp, *, host: str, port: int) -> None:
    """Listen and serve until SIGTERM. Port 0 takes a free one. Raises Busy."""
    asyncio.run(serve(application, listen(host, port)))


async def break_connection(scope: Scope) -> None:
    """Close the socket under the client's request."""
    scope["extensions"]["sandbox.transport"]["transport"].abort()
    await asyncio.sleep(0.02)  # until uvicorn has seen the loss: it would write a 500 into the void
