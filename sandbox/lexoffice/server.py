"""Runs the sandbox under uvicorn: one process, one event loop, one line when it is ready."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
import uvloop
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .app import Application
from .delivery import Courier
from .office import Defaults, Office, Reach
from .signature import Signer
from .store import Store


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


def serve(
    folder: Path,
    *,
    host: str,
    port: int,
    key_bits: int,
    time_scale: float,
    defaults: Defaults,
    reach: Reach,
    access_token_seconds: int,
    desk_url: str = "",
) -> None:
    store = Store(folder)
    signer = Signer(folder, key_bits)
    listener = _listen(host, port)

    async def run() -> None:
        office = Office(
            store, signer, Courier(store, signer, time_scale), defaults, reach, access_token_seconds, desk_url
        )
        config = uvicorn.Config(
            Application(office),
            http=BreakableProtocol,
            ws="none",
            lifespan="on",
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=2,
            timeout_keep_alive=75,
        )
        await Server(config).serve([listener])

    uvloop.run(run())
    sys.stdout.flush()


def _listen(host: str, port: int) -> socket.socket:
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
