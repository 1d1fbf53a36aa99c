"""Which part answers which path: the API by key, hooks and page on loopback only."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.strangers import refused_stranger

from .delivery import Courier
from .gateway import Gateway
from .hooks import Hooks
from .limits import Limits
from .page import Page
from .routes import PREFIX
from .store import Store


class Application:
    def __init__(
        self, store: Store, *, time_scale: float = 1.0, remote_hooks: bool = False, desk_url: str = ""
    ) -> None:
        self._store = store
        self._remote_hooks = remote_hooks
        self._courier = Courier(store, time_scale)
        self._gateway = Gateway(store, self._courier, Limits())
        self._desk: ASGIApp = Starlette(
            routes=[*Hooks(store, self._courier).routes(), *Page(store, self._courier, desk_url).routes()],
            lifespan=self._lifespan,
        )

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        self._courier.start()
        yield
        await self._courier.stop()
        self._store.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(PREFIX):
            await self._gateway(scope, receive, send)
            return
        refused = refused_stranger(scope, remote=self._remote_hooks) if scope["type"] == "http" else None
        await (refused or self._desk)(scope, receive, send)
