"""Which part answers which path.

`/v1` and whatever is no door of ours go to the gateway, as at lexoffice.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.strangers import refused_stranger

from .faults import FaultBook
from .gateway import Gateway
from .hooks import Hooks
from .oauth import AUTHORIZE, REVOKE, TOKEN, OAuth
from .oauth_hooks import OAuthHooks
from .office import Office
from .page import Page
from .voucher_hooks import VoucherHooks

OWN_DOORS = ("/sandbox", "/permalink/", "/page/", AUTHORIZE)
PUBLIC_KEY = "/webhookSignature/public/public_key.pub"


class Application:
    def __init__(self, office: Office) -> None:
        faults = FaultBook(office.store)
        self._gateway = Gateway(office, faults)
        self._office = office

        async def public_key(_: Request) -> Response:
            return Response(office.signer.public_pem, media_type="application/x-pem-file")

        self._desk: ASGIApp = Starlette(
            routes=[
                Route(PUBLIC_KEY, public_key),
                *Hooks(office, faults).routes(),
                *VoucherHooks(office).routes(),
                *OAuthHooks(office).routes(),
                *OAuth(office, faults).routes(),
                *Page(office, faults).routes(),
            ],
            lifespan=self._lifespan,
        )

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        self._office.courier.start()
        yield
        await self._office.courier.stop()
        self._office.store.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._desk(scope, receive, send)
            return
        path = scope["path"]
        if path in (PUBLIC_KEY, TOKEN, REVOKE):
            await self._desk(scope, receive, send)
        elif path == "/" or path.startswith(OWN_DOORS):
            refused = refused_stranger(scope, remote=self._office.reach.remote_hooks)
            await (refused or self._desk)(scope, receive, send)
        else:
            await self._gateway(scope, receive, send)
