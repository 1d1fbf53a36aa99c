"""The edge of the application: what holds for each request, whatever its door.

A request id, a host that is ours, a bound on the body and on the time, HEAD, security headers, one line in the log, one
count in the metrics. It stands outside the framework's routing, so that it holds for what no route takes, too.
"""

import asyncio
import re
import secrets
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Literal, NamedTuple

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import traces
from api.http.language import asked_for, speaking
from api.http.metrics import Metrics
from api.http.problems import RETRY_AFTER_S, Problem, answer, took_too_long
from api.http.request_log import RequestLog
from ledger.audit.audit import Origin, coming_from
from logs import where

log = structlog.get_logger("access")

ANSWERED = "answered"
"""Where the request's state says so."""

_CALLERS_ID = re.compile(r"[A-Za-z0-9-]{8,64}", re.ASCII)
_PROBES = frozenset({"/healthz", "/readyz"})
"""Asked by the address of a machine: whoever probes knows no name. They show nothing and lead nowhere."""
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=()"),
)
_POLICY = (
    b"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


_LARGE_AT_ONCE = 2
"""Whoever sends a large body is not known yet: memory is what it would cost."""


class _TooLarge(Exception):
    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


class _Gone(Exception):
    """The caller hung up before the body was complete."""


class Answered(NamedTuple):
    """How a request was answered, in words that quote nobody."""

    method: str
    route: str
    status: int


class Uploads(NamedTuple):
    """Paths whose bodies may be larger."""

    paths: tuple[str, ...] = ()
    body_bytes: int = 0


class Limits(NamedTuple):
    """`seconds` says how long a path may take; the body gets as long as the shortest of them."""

    body_bytes: int
    body_seconds: float
    seconds: Callable[[str], float]
    uploads: Uploads = Uploads()


class Records(NamedTuple):
    """Where each request is noted: counted, and, of the JSON API, kept for a while."""

    metrics: Metrics
    log: RequestLog


class Hosts(NamedTuple):
    """Names that are ours: what a link or a form of ours may lead to. Lower case, without port."""

    public: str
    more: tuple[str, ...] = ()

    def have(self, host: str) -> bool:
        return host in (self.public, *_LOOPBACK, *self.more) or host.endswith(f".{self.public}")


class Edge:
    """What each request passes first: its limits, its id, its headers, its place in the figures."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        records: Records,
        limits: Limits,
        https: bool,
        hosts: Hosts,
        trusted_proxies: int = 0,
    ) -> None:
        self._app = app
        self._metrics, self._log = records
        self._body_bytes = limits.body_bytes
        self._body_seconds = limits.body_seconds
        self._uploads = limits.uploads
        self._large_bodies = asyncio.Semaphore(_LARGE_AT_ONCE)
        self._seconds = limits.seconds
        self._hosts = hosts
        self._trusted_proxies = trusted_proxies
        self._headers = _HEADERS + (
            ((b"strict-transport-security", b"max-age=31536000; includeSubDomains"),) if https else ()
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # Ours, never the caller's: it stands in the audit trail as where a change came from.
        request_id = secrets.token_hex(8)
        state = scope.setdefault("state", {})
        state["request_id"] = request_id
        state["address"] = address = _address(scope, self._trusted_proxies)
        # A HEAD is answered like its GET, and the body is left out here. The server looks at the scope that is its own.
        asked = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope
        started = time.perf_counter()
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = message.setdefault("headers", [])
                headers += [(name.lower().encode(), said.encode()) for name, said in state.get("headers", {}).items()]
                present = {name for name, _ in headers}
                headers += [header for header in self._headers if header[0] not in present]
                if b"content-security-policy" not in present:
                    headers.append((b"content-security-policy", _POLICY))
                if b"cache-control" not in present:
                    headers.append((b"cache-control", b"no-store"))
                headers.append((b"x-request-id", request_id.encode()))
            elif scope["method"] == "HEAD":
                message = {**message, "body": b""}
            await send(message)

        with (
            structlog.contextvars.bound_contextvars(request_id=request_id, **_callers_id(scope)),
            coming_from(Origin(door=_door(scope["path"]), request_id=request_id, address=address)),
            speaking(asked_for(_accept_language(scope))),
        ):
            problem: Problem | None = None
            try:
                problem = await self._pass_on(asked, receive, sending)
            except _Gone:
                status = 499
            except Exception as error:
                log.error("unexpected", **where(error))
                problem = Problem(500, "unexpected", request_id=request_id)
            if problem is not None and status == 0:
                await answer(problem)(scope, receive, sending)
            self._record(scope["method"], asked, status, time.perf_counter() - started)
            structlog.contextvars.clear_contextvars()

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> Problem | None:
        if scope["path"] not in _PROBES and not self._hosts.have(_host(scope)):
            return Problem(400, "host_unknown", headers={"Connection": "close"})
        many = scope["method"] == "POST" and scope["path"] in self._uploads.paths
        try:
            async with (
                AsyncExitStack() as held,
                asyncio.timeout(self._seconds(scope["path"]) if many else self._body_seconds),
            ):
                if many:
                    await held.enter_async_context(self._large_bodies)
                body = await self._read_body(scope, receive, self._uploads.body_bytes if many else self._body_bytes)
        except TimeoutError:
            # A sender of notifications repeats what was answered with 503, and what was answered with 408 not
            # (lexoffice API, Event Subscriptions, Delivery).
            again = _door(scope["path"]) == "webhook"
            return Problem(
                503 if again else 408,
                "body_too_slow",
                headers={"Connection": "close", **({"Retry-After": str(RETRY_AFTER_S)} if again else {})},
            )
        except _TooLarge as large:
            return Problem(
                413,
                "too_large",
                {"kilobytes": large.most // 1000},
                headers={"Connection": "close"},
            )
        delivered = False

        async def replay() -> Message:
            nonlocal delivered
            if delivered:
                return await receive()
            delivered = True
            return {"type": "http.request", "body": body, "more_body": False}

        limit = asyncio.timeout(self._seconds(scope["path"]))
        try:
            async with limit:
                await self._app(scope, replay, send)
        except TimeoutError:
            if not limit.expired():
                raise
            log.warning("took_too_long")
            return took_too_long()
        return None

    async def _read_body(self, scope: Scope, receive: Receive, most: int) -> bytes:
        """The whole body. A declared length is refused unread; one without a length is counted as it comes."""
        for name, value in scope["headers"]:
            if name == b"content-length" and value.isdigit() and int(value[:20]) > most:
                raise _TooLarge(most)
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise _Gone
            body += message.get("body", b"")
            if len(body) > most:
                raise _TooLarge(most)
            if not message.get("more_body", False):
                return bytes(body)

    def _record(self, method: str, scope: Scope, status: int, seconds: float) -> None:
        # The route, never the path: a path may hold anything, and a query a token.
        route = _route_of(scope)
        method = method if method in _METHODS else "other"
        scope["state"][ANSWERED] = Answered(method, route, status)
        self._metrics.requests.labels(method, route, str(status)).inc()
        self._metrics.seconds.labels(route).observe(seconds, exemplar=traces.exemplar())
        if route not in QUIET:
            log.info("request", method=method, route=route, status=status, ms=round(seconds * 1000, 1))
        self._log.note(scope, method=method, route=route, status=status, seconds=seconds)


def _door(path: str) -> Literal["page", "api", "webhook"]:
    if path.startswith("/api/v1/"):
        return "api"
    return "webhook" if path.startswith("/api/webhooks/") else "page"


def _accept_language(scope: Scope) -> str:
    """At most what a browser would send: a header may hold anything."""
    return ",".join(value.decode("latin-1") for name, value in scope["headers"] if name == b"accept-language")[:200]


def _address(scope: Scope, trusted_proxies: int) -> str:
    """Who connected. What a caller writes into X-Forwarded-For itself stands left of what our proxies append."""
    if trusted_proxies:
        hops = [
            hop.strip()
            for name, value in scope["headers"]
            if name == b"x-forwarded-for"
            for hop in value.decode("latin-1").split(",")
        ]
        if len(hops) >= trusted_proxies:
            return str(hops[-trusted_proxies])[:100]
    client = scope.get("client")
    return str(client[0]) if client else "unknown"


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
QUIET = frozenset({"/healthz", "/readyz", "/metrics"})


def _callers_id(scope: Scope) -> dict[str, str]:
    """For the log alone: what a caller names its request, where it looks like such a name."""
    given = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-request-id"]
    return {"callers_id": given[0]} if len(given) == 1 and _CALLERS_ID.fullmatch(given[0]) else {}


def _host(scope: Scope) -> str:
    """Without port, lower case; '' where none or several are named."""
    given = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
    if len(given) != 1:
        return ""
    name: str = given[0].lower()
    if name.startswith("["):
        return name[1:].partition("]")[0]
    return name.partition(":")[0].removesuffix(".")


def _route_of(scope: Scope) -> str:
    """The template of the route that was taken, prefixes included: `/api/v1/payouts/{number}`.

    The framework keeps only the innermost router's part; what stands before it in the path has no parameters.
    """
    route = scope.get("route")
    if route is None:
        return "unmatched"
    template, segments = route.path.split("/")[1:], scope["path"].split("/")
    return "/".join([*segments[: len(segments) - len(template)], *template])
