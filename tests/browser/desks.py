"""People of a running firm, each at a browser of their own."""

import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from playwright.async_api import Browser as Chromium
from playwright.async_api import BrowserContext, ConsoleMessage, Page, ViewportSize

from api.pages.frame.languages import COOKIE
from ledger.access import memberships, sessions, totp, users
from ledger.roles import Role
from ledger.types import UserId
from tests.fixtures.browsers import PASSWORD
from tests.fixtures.house import House, Shop
from tests.fixtures.unhurried import ANSWER_S

WIDE = ViewportSize(width=1280, height=860)
PHONE = ViewportSize(width=390, height=800)
# A refusal is a page with such a status; Chromium says so of every one.
_SAID_OF_REFUSALS = "Failed to load resource: the server responded with a status of 4"


@dataclass
class Colleague:
    shop: Shop
    user: UserId
    email: str
    secret: str = ""
    """Of the authenticator app, once it is set up."""

    async def code(self) -> str:
        """What the app shows. A code works once, and no test waits half a minute for the next one."""
        async with self.shop.house.ledger.of_person(self.user) as tx:
            await tx.execute("UPDATE user_secrets SET totp_last_step = 0 WHERE user_id = $1", self.user)
        return totp.code_of(self.secret, at=time.time())


async def hired(shop: Shop, role: Role, name: str = "") -> Colleague:
    """An account with a password and a role, as an admin's invitation leaves it."""
    ledger = shop.house.ledger
    email = f"{name or role}@{shop.tenant.slug}.example"
    user, _ = await users.add(ledger, email)
    await users.set_password(ledger, user, PASSWORD)
    async with ledger.transaction(shop.tenant, person=user) as tx:
        await memberships.add(tx, user, role, by=None, actor="test")
    return Colleague(shop, user, email)


async def operator(shop: Shop) -> Colleague:
    """Somebody of the platform's operations, with no role in any firm."""
    ledger = shop.house.ledger
    email = f"betrieb-{secrets.token_hex(4)}@betrieb.example"
    user, _ = await users.add(ledger, email)
    await users.set_platform_admin(ledger, user, platform_admin=True)
    return Colleague(shop, user, email)


@asynccontextmanager
async def browsing(chromium: Chromium, house: House, *, locale: str = "de-DE", **how: Any) -> AsyncIterator[Page]:
    """A browser of nobody yet. Whatever its console complains about fails the test: a policy, a script, a file."""
    context = await chromium.new_context(locale=locale, base_url=house.api_url, **({"viewport": WIDE} | how))
    context.set_default_timeout(ANSWER_S * 1000)
    # What the switch of language leaves behind; a browser's own wish is not asked.
    await context.add_cookies([{"name": COOKIE, "value": locale[:2], "url": house.api_url}])
    complaints = watch(context)
    try:
        yield await context.new_page()
        assert not complaints, "\n".join(complaints)
    finally:
        await context.close()


def watch(context: BrowserContext) -> list[str]:
    """What the console of any page of it complains about from now on."""
    complaints: list[str] = []

    def hear(said: ConsoleMessage) -> None:
        if said.type in ("error", "warning") and not said.text.startswith(_SAID_OF_REFUSALS):
            complaints.append(f"{said.location.get('url', '')}: {said.text}")

    context.on("console", hear)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    return complaints


@asynccontextmanager
async def at_desk(chromium: Chromium, person: Colleague, **how: Any) -> AsyncIterator[Page]:
    """Somebody who has logged in already, second factor included."""
    house = person.shop.house
    async with browsing(chromium, house, **how) as page:
        await page.context.add_cookies([await cookie_of(person)])
        yield page


async def cookie_of(person: Colleague, *, entered: bool = True) -> Any:
    house = person.shop.house
    token = await sessions.begin(
        house.ledger,
        house.settings.vault(),
        person.user,
        tenant=person.shop.tenant if entered else None,
        second_factor_at=datetime.now(UTC),
    )
    return {
        "name": "partnerdesk",
        "value": token.get_secret_value(),
        "url": house.api_url,
        "httpOnly": True,
        "sameSite": "Lax",
    }
