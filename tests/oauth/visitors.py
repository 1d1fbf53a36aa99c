"""An admin of a running product, with a browser that is logged in."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
from pydantic import SecretStr

from ledger.access import memberships, sessions, users
from ledger.roles import Role
from tests.fixtures.browsers import PASSWORD
from tests.fixtures.consent import decide
from tests.fixtures.house import Shop
from tests.fixtures.unhurried import ANSWER_S


async def session_of_admin(shop: Shop) -> tuple[str, SecretStr]:
    """Mail address, and the session's cookie as after login and second factor."""
    ledger = shop.house.ledger
    email = f"admin-{secrets.token_hex(5)}@acme.example"
    user, _ = await users.add(ledger, email)
    await users.set_password(ledger, user, PASSWORD)
    async with ledger.transaction(shop.tenant, person=user) as tx:
        await memberships.add(tx, user, Role.ADMIN, by=None, actor="test")
    token = await sessions.begin(
        ledger, shop.house.settings.vault(), user, tenant=shop.tenant, second_factor_at=datetime.now(UTC)
    )
    return email, token


@asynccontextmanager
async def admin_of(shop: Shop) -> AsyncIterator[httpx.AsyncClient]:
    _, token = await session_of_admin(shop)
    async with httpx.AsyncClient(
        base_url=shop.house.api_url, cookies={"partnerdesk": token.get_secret_value()}, timeout=ANSWER_S
    ) as browser:
        yield browser


async def connect_by_oauth(shop: Shop) -> None:
    async with admin_of(shop) as browser:
        consent = (await browser.get("/oauth/lexoffice/start")).headers["Location"]
        answer = await browser.get(await decide(consent, shop.organization))
        assert answer.status_code == 303, answer.text
