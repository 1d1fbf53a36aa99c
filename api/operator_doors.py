"""Doors for operators on a port of their own: alive, ready with what is missing, figures, and the API's description.

Nobody logs in here: not for outside. The worker has no others.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from api.http.bounds import configured
from api.http.exposition import Exposition
from settings import Settings


class PortBusy(Exception):
    """The doors cannot be opened where they should be."""


def doors_for_operators(
    *,
    ready: Callable[[], Awaitable[Response]],
    figures: Callable[[str], Awaitable[Exposition]],
    more: list[BaseRoute] | None = None,
) -> Starlette:
    """/healthz, /readyz and /metrics; `figures` is told what is accepted; `more` are further pages for operators."""

    async def healthz(_: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def readyz(_: Request) -> Response:
        return await ready()

    async def metrics(request: Request) -> Response:
        shown = await figures(request.headers.get("accept", ""))
        return Response(shown.body, media_type=shown.media_type)

    routes: list[BaseRoute] = [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]
    return Starlette(routes=[*routes, *(more or ())])


@asynccontextmanager
async def serve_doors(doors: Starlette, settings: Settings, listening: socket.socket) -> AsyncIterator[None]:
    """Serve them while the process works. The socket ends with them."""
    host, port = listening.getsockname()[:2]
    server = uvicorn.Server(configured(doors, settings, host=host, port=port, lifespan="off"))
    # Signals are the process's own: it must end its work before this server ends.
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined,unused-ignore]
    serving = asyncio.create_task(server._serve([listening]))
    try:
        yield
    finally:
        server.should_exit = True
        await serving


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there.

    Raises PortBusy. Ours, not uvicorn's: it ends the process by SystemExit, from which neither loop nor workers would
    come back.
    """
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
            f"{host}:{port} cannot be listened at. Each process of a machine needs a --health-port of its own."
        ) from None
    listening.setblocking(False)
    return listening
