"""`/oauth2/*` (§9): the page on which a person signs in and grants, and the endpoints for tokens."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
import re
import time
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from sandbox.serving import break_connection

from . import grants, oauth_calls, organizations
from .clock import millis, now
from .faults import Fault, FaultBook, answer_before
from .grants import Asked, Client, OAuthRefused
from .office import Office

AUTHORIZE, TOKEN, REVOKE = "/oauth2/authorize", "/oauth2/token", "/oauth2/revoke"
TEMPLATES = Path(__file__).parent / "templates"
SCOPE_WORDS = {
    "profile.read": "Profil der Organisation lesen",
    "contacts.read": "Kontakte lesen",
    "contacts.write": "Kontakte anlegen und ändern",
    "invoices.read": "Rechnungen lesen",
    "invoices.write": "Rechnungen anlegen",
    "credit-notes.read": "Rechnungskorrekturen lesen",
    "credit-notes.write": "Rechnungskorrekturen anlegen",
    "payments.read": "Zahlungen lesen",
    "voucherlist.read": "Belegliste lesen",
    "files.read": "Dateien lesen",
}
_ASKED = (
    "client_id",
    "redirect_uri",
    "response_type",
    "state",
    "scope",
    "code_challenge",
    "code_challenge_method",
    "connection_name",
)
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_CONNECTION_NAME = re.compile(r"[\w .,()-]{1,60}")
_SECRET_ANSWER = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class Unanswerable(Exception):
    """Nobody can be sent back with this error: the client or its address is not to be trusted. German."""


class BadRequest(Exception):
    """The request goes back to the client with an error of RFC 6749."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(error)
        self.error = error
        self.description = description


class Broken(Response):
    """No answer: the connection breaks."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await break_connection(scope)


class OAuth:
    def __init__(self, office: Office, faults: FaultBook) -> None:
        self._store = office.store
        self._faults = faults
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )

    def routes(self) -> list[Route]:
        return [
            Route(AUTHORIZE, self.ask, methods=["GET"]),
            Route(AUTHORIZE, self.decide, methods=["POST"]),
            Route(TOKEN, self.token, methods=["POST"]),
            Route(REVOKE, self.revoke, methods=["POST"]),
        ]

    # A person

    async def ask(self, request: Request) -> Response:
        """Sign in first, then see who wants what."""
        query = request.query_params
        try:
            asked = self._asked(query)
        except Unanswerable as error:
            return self._page("oauth_refused.html", 400, why=str(error))
        except BadRequest as bad:
            return _back(query["redirect_uri"], query.get("state"), error=bad.error, error_description=bad.description)
        hidden = {name: query[name] for name in _ASKED if name in query}
        account = organizations.by_id(self._store, query.get("account", ""))
        if account is None:
            accounts = organizations.everyone(self._store)
            return self._page("oauth_login.html", client=asked.client, accounts=accounts, hidden=hidden)
        scopes = [SCOPE_WORDS.get(scope, scope) for scope in asked.scope.split()]
        return self._page(
            "oauth_consent.html",
            send_to=_origin(asked.redirect_uri),
            client=asked.client,
            account=account,
            connection_name=query.get("connection_name"),
            scopes=scopes,
            hidden=hidden,
        )

    async def decide(self, request: Request) -> Response:
        async with request.form() as typed:
            form = QueryParams([(name, value) for name, value in typed.multi_items() if isinstance(value, str)])
        try:
            asked = self._asked(form)
        except Unanswerable as error:
            return self._page("oauth_refused.html", 400, why=str(error))
        except BadRequest as bad:
            return _back(form["redirect_uri"], form.get("state"), error=bad.error, error_description=bad.description)
        account = organizations.by_id(self._store, form.get("account", ""))
        if account is None:
            return self._page("oauth_refused.html", 400, why="Diese Organisation gibt es hier nicht.")
        if form.get("decision") != "grant":
            return _back(asked.redirect_uri, form.get("state"), error="access_denied")
        return _back(asked.redirect_uri, form.get("state"), code=grants.grant(self._store, asked, account))

    def _asked(self, query: QueryParams) -> Asked:
        client = grants.client(self._store, query.get("client_id", ""))
        if client is None:
            raise Unanswerable("Diese Anwendung ist hier nicht bekannt.")
        uri = query.get("redirect_uri", "")
        if uri not in client.redirect_uris:
            raise Unanswerable("Die Rücksprungadresse ist für diese Anwendung nicht hinterlegt.")
        if client.disabled:
            raise BadRequest("unauthorized_client", "the client is disabled")
        if query.get("response_type") != "code":
            raise BadRequest("unsupported_response_type", "only code is supported")
        if not query.get("state"):
            raise BadRequest("invalid_request", "state is missing")
        challenge = query.get("code_challenge")
        if challenge is None and client.pkce_required:
            raise BadRequest("invalid_request", "code_challenge is missing")
        if challenge is not None and (
            query.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(challenge)
        ):
            raise BadRequest("invalid_request", "code_challenge_method must be S256")
        if "connection_name" in query and not _CONNECTION_NAME.fullmatch(query["connection_name"]):
            raise BadRequest("invalid_request", "connection_name has characters that are not allowed")
        scope = query.get("scope", "").split() or list(client.scopes)
        if not set(scope) <= set(client.scopes):
            raise BadRequest("invalid_scope", "a scope is not one of the client's")
        return Asked(client, uri, " ".join(scope), challenge)

    # A machine

    async def token(self, request: Request) -> Response:
        form = await _form(request)
        kind = form.get("grant_type", "")
        organization = grants.organization_of(self._store, form.get("code"), form.get("refresh_token"))

        def execute(client: Client) -> Response:
            if kind == "authorization_code":
                _require(form, "code", "redirect_uri")
                pair = grants.by_code(
                    self._store, client, form["code"], form.get("redirect_uri"), form.get("code_verifier")
                )
            elif kind == "refresh_token":
                _require(form, "refresh_token")
                pair = grants.by_refresh_token(self._store, client, form["refresh_token"])
            else:
                raise OAuthRefused("unsupported_grant_type", "authorization_code or refresh_token")
            return JSONResponse(pair, headers=_SECRET_ANSWER)

        return await self._called(request, kind or "unknown", organization, execute)

    async def revoke(self, request: Request) -> Response:
        form = await _form(request)
        organization = grants.organization_of(self._store, None, form.get("token"))

        def execute(client: Client) -> Response:
            _require(form, "token")
            grants.revoke(self._store, client, form["token"])
            return Response(headers=_SECRET_ANSWER)

        return await self._called(request, "revoke", organization, execute)

    async def _called(self, request: Request, kind: str, organization: str | None, execute: Any) -> Response:
        """Count the call, and let a fault of that account come before or after it."""
        started, at = time.perf_counter(), millis(now())
        fault = self._faults.strike(organization, "POST", request.url.path) if organization else None
        executed: Response | None = None
        error: str | None = None
        client = self._client(request)
        if fault is None or fault.comes_after:
            try:
                if client is None:
                    raise OAuthRefused("invalid_client", "client authentication failed")
                if client.disabled:
                    raise OAuthRefused("unauthorized_client", "the client is disabled")
                executed = execute(client)
            except OAuthRefused as refused:
                error = refused.error
                executed = _refusal(refused)
        if fault is not None and fault.delay_ms:
            await asyncio.sleep(fault.delay_ms / 1000)
        answer = executed if fault is None else _seen(fault, executed, request.url.path)
        oauth_calls.note(
            self._store,
            oauth_calls.Record(
                at,
                client.client_id if client else None,
                organization,
                kind,
                None if isinstance(answer, Broken) or answer is None else answer.status_code,
                executed.status_code if executed else None,
                error,
                fault.kind if fault else None,
                round((time.perf_counter() - started) * 1000, 3),
            ),
        )
        return answer or Broken()

    def _client(self, request: Request) -> Client | None:
        """By HTTP Basic only, as documented."""
        scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        found = grants.client(self._store, unquote(name))
        if found is None:
            return None
        # The standard has both URL-encoded first; clients that do not are common.
        right = found.client_secret.encode()
        fits = [hmac.compare_digest(right, given.encode()) for given in (secret, unquote(secret))]
        return found if any(fits) else None

    def _page(self, template: str, status: int = 200, *, send_to: str = "", **values: Any) -> Response:
        # A browser applies form-action to the redirect that follows a form, too.
        policy = (
            f"default-src 'none'; style-src 'self'; form-action 'self' {send_to}; frame-ancestors 'none'; "
            "base-uri 'none'"
        )
        text = self._templates.get_template(template).render(said=None, bad=False, **values)
        return HTMLResponse(text, status, {"Content-Security-Policy": policy, "Cache-Control": "no-store"})


def _seen(fault: Fault, executed: Response | None, path: str) -> Response | None:
    match fault.kind:
        case "slow":
            return executed
        case "reset_before" | "reset_after":
            return None
        case "timeout_504_after":
            return JSONResponse({"message": "Endpoint request timed out"}, 504)
        case _:
            answer = answer_before(fault, path)
            return Response(answer.body, answer.status, answer.headers)


def _refusal(refused: OAuthRefused) -> Response:
    body = {"error": refused.error, "error_description": refused.description}
    if refused.error == "invalid_client":
        return JSONResponse(body, 401, {**_SECRET_ANSWER, "WWW-Authenticate": 'Basic realm="oauth2"'})
    return JSONResponse(body, 400, _SECRET_ANSWER)


async def _form(request: Request) -> dict[str, str]:
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        return {}
    async with request.form() as form:
        return {name: value for name, value in form.items() if isinstance(value, str)}


def _require(form: dict[str, str], *names: str) -> None:
    for name in names:
        if not form.get(name):
            raise OAuthRefused("invalid_request", f"{name} is missing")


def _back(redirect_uri: str, state: str | None, **told: str) -> Response:
    query = urlencode(told | ({"state": state} if state else {}))
    return RedirectResponse(f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{query}", 303)


def _origin(uri: str) -> str:
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"
