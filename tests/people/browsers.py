"""People of a tenant, each with a browser: they click what pages show, and carry the forms' tokens as browsers do."""

import re
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import httpx
from fastapi import FastAPI

from api.parts import Parts
from ledger import memberships, tenants, totp, users
from ledger.roles import NEEDS_SECOND_FACTOR, Role
from ledger.types import Tenant, UserId

PASSWORD = "vier bunte Pferde im Regen"
_TOKEN = re.compile(r'name="csrf" value="([0-9a-f]{64})"')
_SECRET = re.compile(r"<code>([A-Z2-7]{32})</code>")
_LINK = re.compile(r"<code>(http://[^<]+/reset/[^<]+)</code>")
_KEY = re.compile(r"<code>(pdk_[^<]+)</code>")


class Browser:
    """Follows no redirect by itself: where a page sends somebody is part of what is tested."""

    def __init__(self, app: FastAPI, *, address: str = "", base_url: str = "http://127.0.0.1") -> None:
        # Each at home: attempts are counted per address, too, and tests must not use up each other's.
        address = address or f"10.{secrets.randbelow(256)}.{secrets.randbelow(256)}.{secrets.randbelow(256)}"
        transport = httpx.ASGITransport(app=app, client=(address, 1234))
        self.http = httpx.AsyncClient(transport=transport, base_url=base_url, timeout=30)
        self.user: UserId | None = None
        self.email = ""
        self.secret = ""
        """Of the authenticator app."""

    async def get(self, path: str) -> httpx.Response:
        return await self.http.get(path)

    async def post(self, path: str, form: dict[str, str] | None = None, *, shown_at: str = "") -> httpx.Response:
        """Send a form as the page at `shown_at` (else the one that logs out, or in) shows it."""
        return await self.http.post(path, data={"csrf": await self.token(shown_at), **(form or {})})

    async def token(self, shown_at: str = "") -> str:
        for page in (shown_at, "/logout", "/login"):
            if page and (found := _TOKEN.search((await self.get(page)).text)):
                return found[1]
        raise AssertionError("no form anywhere")

    async def log_in(self, *, password: str = PASSWORD, onward: str = "") -> httpx.Response:
        return await self.post(
            "/login", {"email": self.email, "password": password, "weiter": onward}, shown_at="/login"
        )

    async def enrol(self) -> httpx.Response:
        page = await self.get("/second-factor")
        found = _SECRET.search(page.text)
        assert found, page.text
        self.secret = found[1]
        return await self.show_code()

    async def show_code(self, code: str | None = None, *, steps: int = 0, onward: str = "") -> httpx.Response:
        now = code or totp.code_of(self.secret, at=time.time() + steps * totp.PERIOD_S)
        return await self.post("/second-factor", {"code": now, "weiter": onward})

    async def is_in(self) -> bool:
        """Whether this browser's session still lives."""
        return (await self.get("/logout")).status_code == 200


@dataclass
class Firm:
    app: FastAPI
    tenant: Tenant
    browsers: list[Browser] = field(default_factory=list)

    @property
    def parts(self) -> Parts:
        parts = self.app.state.parts
        assert isinstance(parts, Parts)
        return parts

    def browser(self, **where: str) -> Browser:
        made = Browser(self.app, **where)
        self.browsers.append(made)
        return made

    async def close(self) -> None:
        for browser in self.browsers:
            await browser.http.aclose()

    async def member(self, role: Role, *, email: str = "", password: str = PASSWORD) -> Browser:
        """Somebody with an account and a browser, not logged in."""
        browser = self.browser()
        browser.email = email or f"{role}-{secrets.token_hex(5)}@acme.example"
        browser.user, is_new = await users.add(self.parts.ledger, browser.email)
        async with self.parts.ledger.transaction(self.tenant, person=browser.user) as db:
            await memberships.add(db, self.tenant, browser.user, role, by=None, actor="test")
        if is_new:
            await users.set_password(self.parts.ledger, browser.user, password)
        return browser

    async def person(self, role: Role) -> Browser:
        """Somebody who has logged in, with a second factor where the role needs one."""
        browser = await self.member(role)
        assert (await browser.log_in()).status_code == 303
        if role in NEEDS_SECOND_FACTOR:
            assert (await browser.enrol()).status_code == 303
        return browser

    async def platform_admin(self) -> Browser:
        browser = self.browser()
        browser.email = f"ops-{secrets.token_hex(5)}@betrieb.example"
        browser.user, _ = await users.add(self.parts.ledger, browser.email)
        await users.set_platform_admin(self.parts.ledger, browser.user, platform_admin=True)
        await users.set_password(self.parts.ledger, browser.user, PASSWORD)
        assert (await browser.log_in()).status_code == 303
        assert (await browser.enrol()).status_code == 303
        return browser

    async def rows(self, sql: str, *args: Any) -> list[asyncpg.Record]:
        async with self.parts.ledger.transaction(self.tenant) as db:
            return await db.fetch(sql, *args)

    async def rows_of(self, browser: Browser, sql: str, *args: Any) -> list[asyncpg.Record]:
        """What opens for that person alone."""
        assert browser.user is not None
        async with self.parts.ledger.of_person(browser.user) as db:
            return await db.fetch(sql, *args)

    async def link(self, browser: Browser, *, purpose: str = "reset") -> str:
        assert browser.user is not None
        token = await users.make_link(self.parts.ledger, self.parts.vault, browser.user, purpose=purpose, actor="test")
        return f"/reset/{token.get_secret_value()}"

    async def actions(self) -> list[str]:
        """What the tenant's trail says, oldest first."""
        return [row["action"] for row in await self.rows("SELECT action FROM audit_entries ORDER BY seq")]


async def new_firm(app: FastAPI) -> Firm:
    slug = f"t-{secrets.token_hex(6)}"
    return Firm(app, await tenants.create(app.state.parts.ledger, slug, f"Firma {slug}", actor="test"))


def link_in(page: httpx.Response) -> str:
    found = _LINK.search(page.text)
    assert found, page.text
    return found[1]


def key_in(page: httpx.Response) -> str:
    found = _KEY.search(page.text)
    assert found, page.text
    return found[1]
