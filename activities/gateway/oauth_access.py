"""Access tokens of tenants that connected by OAuth: renewed before their end, and once when lexoffice refuses one."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import httpx
from pydantic import SecretStr

from ledger.connections import oauth_tokens
from ledger.connections.oauth_tokens import (
    CLIENT_REFUSED,
    NOT_SET_UP,
    GrantEnded,
    GrantLost,
    HeldAccess,
    NoAnswer,
    NotConnectedByOAuth,
    Renewal,
    RenewalPaused,
    TokenPair,
)
from ledger.database import Ledger
from ledger.types import Tenant, TenantId
from ledger.vault import Vault
from lexoffice.oauth import AuthorizationServer, ClientRefused, GrantRefused, OAuthFailed, Tokens

CALLBACK_PATH = "/oauth/lexoffice/callback"

Renew = Callable[[int], Awaitable[HeldAccess]]


class OAuthAccess:
    """One per process. `server` is None where the installation has no client id and secret."""

    def __init__(self, ledger: Ledger, vault: Vault, server: AuthorizationServer | None) -> None:
        self._ledger = ledger
        self._vault = vault
        self._server = server
        self._renewing: dict[TenantId, asyncio.Task[HeldAccess]] = {}

    @property
    def server(self) -> AuthorizationServer | None:
        return self._server

    async def close(self) -> None:
        """Waits for refreshes under way: an answer that nobody stores is a connection lost."""
        await asyncio.gather(*self._renewing.values(), return_exceptions=True)

    async def current(self, tenant: Tenant) -> HeldAccess:
        """An access token that is not near its end. Raises GrantLost, RenewalPaused, NotConnectedByOAuth."""
        held = await oauth_tokens.current(self._ledger, tenant, self._vault)
        return await self.renewed(tenant, held.generation) if held.is_near_its_end else held

    async def check(self, tenant: Tenant) -> None:
        """Find out by a refresh whether the grant still stands; what follows if not is written down."""
        try:
            await self.renewed(tenant, (await oauth_tokens.current(self._ledger, tenant, self._vault)).generation)
        except (GrantLost, NotConnectedByOAuth):
            pass

    async def renewed(self, tenant: Tenant, seen: int) -> HeldAccess:
        """A newer access token than that of generation `seen`. Raises GrantLost, RenewalPaused, NotConnectedByOAuth.

        Callers of one process share one refresh; those of several take turns at the row's lock. A caller that is
        cancelled leaves the refresh running.
        """
        while True:
            held = await asyncio.shield(self._refresh_under_way(tenant, seen))
            if held.generation != seen:  # else it had begun before, for the generation before
                return held

    def _refresh_under_way(self, tenant: Tenant, seen: int) -> "asyncio.Task[HeldAccess]":
        renewing = self._renewing.get(tenant.id)
        if renewing is None:
            renewing = asyncio.create_task(
                oauth_tokens.renewed(self._ledger, tenant, self._vault, seen=seen, ask=self._ask)
            )
            self._renewing[tenant.id] = renewing
            renewing.add_done_callback(lambda done: self._forget(tenant.id, done))
        return renewing

    def _forget(self, tenant: TenantId, done: "asyncio.Task[HeldAccess]") -> None:
        self._renewing.pop(tenant, None)
        if not done.cancelled():
            done.exception()  # looked at: its callers may all have been cancelled

    async def _ask(self, refresh_token: SecretStr) -> Renewal:
        if self._server is None:
            return GrantEnded(reason=NOT_SET_UP)
        try:
            return pair_of(await self._server.refresh(refresh_token))
        except GrantRefused:
            return GrantEnded()
        except ClientRefused:
            return GrantEnded(reason=CLIENT_REFUSED)
        except OAuthFailed:
            # Away, or an answer that says nothing: the same token is tried again, and lexoffice tells whether the
            # lost answer had used it up.
            return NoAnswer()


class RenewingTransport(httpx.AsyncBaseTransport):
    """Answers a 401 with exactly one refresh and one more try.

    401 proves that nothing was made (engine.md, Creating a document), so a create may be sent again as well, but only
    within `resend_seconds`: its permission is good for a few seconds. Too late, and while nobody renews, the call
    counts as never connected, which callers repeat.
    """

    def __init__(
        self, inner: httpx.AsyncBaseTransport, renew: Renew, *, generation: int, resend_seconds: float | None = None
    ) -> None:
        self._inner = inner
        self._renew = renew
        self._generation = generation
        self._resend_seconds = resend_seconds

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        began = time.monotonic()
        response = await self._inner.handle_async_request(request)
        if response.status_code != 401:
            return response
        try:
            held = await self._renew(self._generation)
        except (GrantLost, NotConnectedByOAuth):
            return response
        except RenewalPaused:
            await response.aclose()
            raise httpx.ConnectError("the access token is not renewed at present") from None
        await response.aclose()
        self._generation = held.generation
        if self._resend_seconds is not None and time.monotonic() - began > self._resend_seconds:
            raise httpx.ConnectError("the access token was renewed too late to send this again")
        request.headers["Authorization"] = f"Bearer {held.token.get_secret_value()}"
        return await self._inner.handle_async_request(request)


def pair_of(tokens: Tokens) -> TokenPair:
    return TokenPair(
        access_token=tokens.access_token,
        refresh_token=tokens.refresh_token,
        lives_seconds=tokens.expires_in,
        scopes=tokens.scope,
    )


def authorization_server(
    *, app_url: str, public_url: str, client_id: str | None, client_secret: SecretStr | None
) -> AuthorizationServer | None:
    """None without a client id and secret of Lexware's."""
    if not client_id or client_secret is None or not client_secret.get_secret_value():
        return None
    return AuthorizationServer(
        app_url=app_url,
        client_id=client_id,
        client_secret=client_secret,
        redirect_uri=f"{public_url}{CALLBACK_PATH}",
    )
