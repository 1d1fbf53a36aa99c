"""What holds for every answer, whatever its route: headers, no inline code, limits, and the request's id."""

import asyncio
import logging
import re
import secrets
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, MutableMapping
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any

import asyncpg
import httpx
import pytest
import structlog
from fastapi.routing import iter_route_contexts

from api.app import PATHS_OF_UPLOADS, create_app
from ledger.roles import Role
from sandbox.lexoffice_server import LexofficeAddresses
from tests.conftest import Database
from tests.fixtures.browsers import Browser, Firm, new_firm
from tests.fixtures.door import new_door
from tests.fixtures.premises import Premises, address
from tests.security.conftest import Started
from tests.security.serving import served, settings_of

ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_ALLOWED_SOURCES = {"'self'", "'none'", "data:"}


def addresses(started: Started, names: dict[str, str]) -> list[tuple[str, str]]:
    """Every route and method of the application, with objects that are there."""
    return sorted(
        {
            (method, address(route.path, defaultdict(lambda: "x", names)))
            for route in iter_route_contexts(started[0].routes)
            if route.path is not None
            for method in (route.methods or ())
        }
    )


def policy(answer: httpx.Response) -> dict[str, list[str]]:
    parts = [part.split() for part in answer.headers["content-security-policy"].split(";") if part.strip()]
    return {name: sources for name, *sources in parts}


def check_headers(answer: httpx.Response, where: str) -> None:
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS, where
    assert re.fullmatch(r"[A-Za-z0-9-]{8,64}", answer.headers["x-request-id"]), where
    assert "server" not in answer.headers, where
    rules = policy(answer)
    assert rules["default-src"] == ["'none'"], where
    assert rules["frame-ancestors"] == ["'none'"], where
    assert rules["base-uri"] == ["'none'"], where
    for directive in rules.values():
        assert set(directive) <= _ALLOWED_SOURCES, (where, directive)
    for scripts in ("script-src", "script-src-elem", "script-src-attr", "style-src", "style-src-elem"):
        assert "data:" not in rules.get(scripts, []), where


async def test_every_answer_carries_the_headers(guarded: Started, ours: Premises) -> None:
    """To strangers, to keys and to people; refusals, pages, files, and what no route takes."""
    admin = await ours.firm.person(Role.ADMIN)
    tried = addresses(guarded, ours.names)
    assert len(tried) > 90
    for method, path in [*tried, ("GET", "/nothing/here"), ("BREW", "/healthz")]:
        strange = await ours.door.http.request(method, path)
        check_headers(strange, f"{method} {path}")
        if method in ("GET", "HEAD"):
            for answer in (
                await admin.http.request(method, path),
                await ours.door.http.request(method, path, headers={"X-API-Key": ours.door.key}),
            ):
                check_headers(answer, f"{method} {path}")
                # A shared cache, or the back button after a logout, must not show what was somebody's.
                if not path.startswith(("/static/", "/docs", "/openapi")):
                    assert answer.headers["cache-control"] == "no-store", path


class Inline(HTMLParser):
    """What a strict policy forbids, and what a page must not need."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in told):
            self.found.append(f"<{tag}>")
        for name, value in told.items():
            if name == "style" or name.startswith("on"):
                self.found.append(f"<{tag} {name}>")
            if name in ("src", "href", "action") and (value or "").lower().startswith(("javascript:", "http:", "//")):
                self.found.append(f"<{tag} {name}={value}>")


async def test_no_page_needs_inline_code_or_another_host(guarded: Started, ours: Premises) -> None:
    admin, ops, stranger = await ours.firm.person(Role.ADMIN), await ours.firm.platform_admin(), ours.firm.browser()
    pages = 0
    for method, path in addresses(guarded, ours.names):
        if method != "GET":
            continue
        for browser in (admin, ops, stranger):
            answer = await browser.get(path)
            if answer.headers.get("content-type", "").startswith("text/html"):
                pages += 1
                inline = Inline()
                inline.feed(answer.text)
                inline.close()
                assert inline.found == [], path
    assert pages > 20


async def test_cookies_are_for_this_host_and_no_script(
    database: Database, lexoffice_sandbox: LexofficeAddresses
) -> None:
    for url, prefix in (("https://partner.example.com", "__Host-"), ("http://127.0.0.1", "")):
        app = create_app(settings_of(database, lexoffice_sandbox, public_url=url))
        async with app.router.lifespan_context(app):
            firm: Firm = await new_firm(app)
            browser: Browser = firm.browser(base_url=url)
            member = await firm.member(Role.VIEWER)
            browser.email = member.email
            shown = await browser.get("/login")
            entered = await browser.log_in()
            cookies = shown.headers.get_list("set-cookie") + entered.headers.get_list("set-cookie")
            assert {cookie.partition("=")[0] for cookie in cookies} == {
                f"{prefix}partnerdesk",
                f"{prefix}partnerdesk-form",
            }
            for cookie in cookies:
                attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
                assert {"httponly", "samesite=lax", "path=/"} <= attributes, cookie
                assert ("secure" in attributes) == url.startswith("https"), cookie
                assert not any(part.startswith("domain=") for part in attributes), cookie
            transport_security = shown.headers.get("strict-transport-security")
            assert (transport_security is not None) == url.startswith("https")
            await firm.close()


async def test_a_body_that_is_too_large_is_refused_by_every_door(guarded: Started, ours: Premises) -> None:
    settings = ours.door.parts.settings

    async def unannounced(body: bytes) -> AsyncIterator[bytes]:
        yield body

    for method, path in addresses(guarded, ours.names):
        if method in ("GET", "HEAD"):
            continue
        large = b"x" * (1 + (settings.upload_bytes if path in PATHS_OF_UPLOADS else settings.body_bytes))
        announced = await ours.door.http.request(method, path, content=large, headers={"X-API-Key": ours.door.key})
        assert (announced.status_code, announced.json()["code"]) == (413, "too_large"), path
        streamed = await ours.door.http.request(method, path, content=unannounced(large))
        assert streamed.status_code == 413, path


@pytest.mark.parametrize("given", ["abcdef12-3456", "short", "with space in it", "x" * 65, "a\tb", "ä" * 8])
async def test_the_id_of_a_request_is_ours_whatever_the_caller_names_it(ours: Premises, given: str) -> None:
    for path in ("/api/v1/me", "/admin/benutzer"):
        with every_line() as lines:
            answer = await ours.door.http.get(path, headers={b"X-Request-Id": given.encode()})
        mine = answer.headers["x-request-id"]
        assert mine != given
        named = {line.get("callers_id") for line in lines}
        assert named == ({given} if re.fullmatch(r"[A-Za-z0-9-]{8,64}", given) else {None})


async def test_what_a_stranger_names_its_request_stands_in_no_trail(ours: Premises) -> None:
    given = secrets.token_hex(12)
    made = await ours.door.api(
        "POST", "partners", {"code": "TRAIL-1", "name": "Erika Muster"}, **{"X-Request-Id": given}
    )
    assert made.status_code == 201, made.text
    rows = await ours.door.rows("SELECT origin FROM audit_entries ORDER BY seq DESC LIMIT 3")
    assert given not in str(rows)
    assert made.headers["x-request-id"] in str(rows)


@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/partner/", "/api/v1/partners/", "/healthz/", "/nothing/", "//evil.example/"]
)
async def test_a_trailing_slash_leads_nowhere(ours: Premises, path: str) -> None:
    for method in ("GET", "HEAD", "POST"):
        answer = await ours.door.http.request(method, path, headers={"X-API-Key": ours.door.key})
        assert answer.status_code in (303, 400, 403, 404, 405), (method, path)
        assert not answer.headers.get("location", "/").startswith(("http", "//")), (method, path)


@pytest.fixture
async def named(database: Database, lexoffice_sandbox: LexofficeAddresses) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(settings_of(database, lexoffice_sandbox, public_url="https://partnerdesk.test"))
    transport = httpx.ASGITransport(app=app)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="https://x") as http:
        yield http


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:443",
        "evilpartnerdesk.test",
        "partnerdesk.test.evil.example",
        "",
        "127.0.0.2",
        "[::2]",
    ],
)
async def test_only_hosts_that_are_ours_are_answered(named: httpx.AsyncClient, host: str) -> None:
    for path in ("/login", "/api/v1/me", "/p/x", "/api/webhooks/nobody/lexoffice", "/nothing"):
        answer = await named.get(path, headers={"Host": host})
        assert (answer.status_code, answer.json()["code"]) == (400, "host_unknown"), path
    # Probes name the machine by its address.
    assert (await named.get("/healthz", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize(
    "host", ["partnerdesk.test", "PartnerDesk.test:8443", "partnerdesk.test.", "acme.partnerdesk.test", "[::1]:8000"]
)
async def test_hosts_that_are_ours_are_answered(named: httpx.AsyncClient, host: str) -> None:
    assert (await named.get("/login", headers={"Host": host})).status_code == 200


async def test_further_hosts_are_a_setting(database: Database, lexoffice_sandbox: LexofficeAddresses) -> None:
    settings = settings_of(
        database, lexoffice_sandbox, public_url="https://partner.example.com", hosts=("desk.internal", "10.0.0.7")
    )
    app = create_app(settings)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=httpx.ASGITransport(app=app)) as http:
        for host in ("desk.internal", "10.0.0.7"):
            assert (await http.get(f"http://{host}:8000/login")).status_code == 200
        assert (await http.get("http://other.internal/login")).status_code == 400


async def test_head_is_answered_like_get_wherever_get_is(guarded: Started, ours: Premises) -> None:
    admin = await ours.firm.person(Role.ADMIN)
    tried = 0
    for method, path in addresses(guarded, ours.names):
        if method != "GET":
            continue
        for http, headers in ((admin.http, {}), (ours.door.http, {"X-API-Key": ours.door.key})):
            got, head = await http.get(path, headers=headers), await http.head(path, headers=headers)
            assert (head.status_code, head.content) == (got.status_code, b""), path
            assert head.headers.get("content-type") == got.headers.get("content-type"), path
            tried += 1
    assert tried > 100


async def test_a_body_that_does_not_come_and_an_answer_that_takes_too_long_are_ended(
    database: Database, lexoffice_sandbox: LexofficeAddresses, superuser: asyncpg.Connection
) -> None:
    async with served(database, lexoffice_sandbox, request_seconds=0.5) as running:
        host, port = running.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"POST /api/v1/partners HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 100\r\n\r\n{")
        slow = await asyncio.wait_for(reader.read(), 10)
        writer.close()
        assert slow.startswith(b"HTTP/1.1 408 ")
        assert b"body_too_slow" in slow
        door = await new_door(running.started)
        async with superuser.transaction():
            await superuser.execute("SELECT 1 FROM tenants WHERE id = $1 FOR UPDATE", door.tenant.id)
            late = await door.api("PATCH", "tenant", {"city": "Bonn"})
        assert (late.status_code, late.json()["code"]) == (503, "took_too_long")
        assert int(late.headers["retry-after"]) > 0
        (row,) = await door.rows("SELECT city FROM tenants")
        assert row["city"] is None


@contextmanager
def every_line() -> Iterator[list[MutableMapping[str, Any]]]:
    """What is logged meanwhile, whatever level another application of this process has set."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.NOTSET))
    try:
        with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
            yield lines
    finally:
        structlog.configure(**before)


async def test_each_line_of_the_log_names_its_request_and_no_line_what_was_sent(ours: Premises) -> None:
    secret = secrets.token_urlsafe(24)
    with every_line() as lines:
        refused = await ours.door.http.post(
            f"/api/webhooks/{secret}/lexoffice",
            params={"token": secret},
            content=secret,
            headers={"Authorization": f"Bearer {secret}", "User-Agent": secret, "X-Request-Id": "a1b2c3d4-e5f6"},
        )
    assert refused.status_code == 401
    assert lines
    assert {line.get("request_id") for line in lines} == {refused.headers["x-request-id"]}
    assert {line.get("callers_id") for line in lines} == {"a1b2c3d4-e5f6"}
    assert secret not in str(lines)


async def test_a_fault_of_ours_names_the_request_and_nothing_of_itself(ours: Premises) -> None:
    parts = ours.door.parts
    asked = parts.api_keys._look_up

    async def broken(_: str) -> None:
        raise RuntimeError("inner workings")

    parts.api_keys._look_up = broken
    try:
        with every_line() as lines:
            fault = await ours.door.http.get("/api/v1/me", headers={"X-API-Key": secrets.token_hex(20)})
    finally:
        parts.api_keys._look_up = asked
    named = fault.json()["request_id"]
    assert (fault.status_code, fault.json()["code"], named) == (500, "unexpected", fault.headers["x-request-id"])
    assert "inner workings" not in fault.text + str(lines)
    assert [line["error"] for line in lines if line["event"] == "unexpected"] == [["RuntimeError"]]
    check_headers(fault, "a fault")
