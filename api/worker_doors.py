"""The worker's own doors for operators: alive, ready, and in figures. Nobody logs in here: not for outside."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from temporalio.client import Client

from api.health import readiness
from api.http.bounds import configured
from ledger.database import Ledger
from ledger.migrations.needed import needed_schema
from settings import Settings


class PortBusy(Exception):
    """The worker's doors cannot be opened where they should be."""


@asynccontextmanager
async def serve_doors(
    client: Client, ledger: Ledger, settings: Settings, *, host: str, port: int
) -> AsyncIterator[None]:
    """Serve /healthz, /readyz and /metrics while the worker works. Raises PortBusy."""
    listening = _listen(host, port)
    needed = needed_schema()

    async def healthz(_: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def readyz(_: Request) -> Response:
        return await readiness(ledger, client, needed)

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)

    app = Starlette(routes=[Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)])
    server = uvicorn.Server(configured(app, settings, host=host, port=port, lifespan="off"))
    # Signals are the worker's own: it must end its activities before this server ends.
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined,unused-ignore]
    serving = asyncio.create_task(server._serve([listening]))
    try:
        yield
    finally:
        server.should_exit = True
        await serving


def _listen(host: str, port: int) -> socket.socket:
    """Ours, not uvicorn's: it ends the process by SystemExit, from which neither loop nor workers would come back."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(address)
        except OSError:
            listening.close()
            raise
    except OSError:
        raise PortBusy(
            f"{host}:{port} cannot be listened at. Each worker of a machine needs a --health-port of its own."
        ) from None
    listening.setblocking(False)
    return listening
