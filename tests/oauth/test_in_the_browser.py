"""The same in Chromium: cookies, content policies and redirects as a real browser applies them."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, BrowserContext, Page

from tests.fixtures.house import House, Shop
from tests.oauth.conftest import PAGE
from tests.oauth.visitors import session_of_admin

pytestmark = pytest.mark.long


@pytest.fixture
async def unconnected(product: House) -> Shop:
    return await product.shop(connected=False)


@pytest.fixture
async def context(unconnected: Shop, chromium: Browser) -> AsyncIterator[BrowserContext]:
    _, token = await session_of_admin(unconnected)
    context = await chromium.new_context(locale="de-DE")
    await context.add_cookies(
        [
            {
                "name": "partnerdesk",
                "value": token.get_secret_value(),
                "url": unconnected.house.api_url,
                "httpOnly": True,
                "sameSite": "Lax",
            }
        ]
    )
    yield context
    await context.close()


async def go_to_lexoffice(context: BrowserContext, shop: Shop) -> Page:
    page = await context.new_page()
    await page.goto(f"{shop.house.api_url}{PAGE}")
    await page.get_by_role("link", name="Mit OAuth verbinden").click()
    await page.get_by_role("heading", name="Bei lexoffice anmelden").wait_for()
    await page.get_by_label("Organisation").select_option(shop.organization)
    await page.get_by_role("button", name="Anmelden").click()
    await page.get_by_role("heading", name="den Zugriff erlauben?").wait_for()
    return page


async def test_an_admin_connects_and_disconnects(context: BrowserContext, unconnected: Shop) -> None:
    page = await go_to_lexoffice(context, unconnected)
    await page.get_by_role("button", name="Zugriff erlauben").click()
    await page.get_by_text("lexoffice ist mit OAuth verbunden.").wait_for()
    assert page.url == f"{unconnected.house.api_url}{PAGE}?hinweis=verbunden"
    assert (await unconnected.api("GET", "/providers/lexoffice"))["credential"] == "oauth"
    await page.get_by_role("button", name="Verbindung prüfen").click()
    await page.get_by_text("Die Verbindung steht.").wait_for()
    await page.get_by_role("button", name="OAuth-Verbindung trennen").click()
    await page.get_by_text("bei lexoffice widerrufen").wait_for()
    assert (await unconnected.api("GET", "/providers/lexoffice"))["state"] == "unconnected"


async def test_an_admin_denies(context: BrowserContext, unconnected: Shop) -> None:
    page = await go_to_lexoffice(context, unconnected)
    await page.get_by_role("button", name="Ablehnen").click()
    await page.get_by_text("Sie haben den Zugriff in lexoffice nicht erlaubt.").wait_for()
    assert (await unconnected.api("GET", "/providers/lexoffice"))["state"] == "unconnected"


async def test_going_back_and_granting_twice_uses_the_state_once(context: BrowserContext, unconnected: Shop) -> None:
    page = await go_to_lexoffice(context, unconnected)
    consent = page.url
    await page.get_by_role("button", name="Zugriff erlauben").click()
    await page.get_by_text("lexoffice ist mit OAuth verbunden.").wait_for()
    await page.goto(consent)
    await page.get_by_role("button", name="Zugriff erlauben").click()
    await page.get_by_text("wurde schon verwendet").wait_for()
    assert (await unconnected.api("GET", "/providers/lexoffice"))["state"] == "connected"


async def test_a_state_of_somebody_elses_session_is_refused(context: BrowserContext, unconnected: Shop) -> None:
    page = await go_to_lexoffice(context, unconnected)
    _, token = await session_of_admin(unconnected)
    await context.add_cookies(
        [{"name": "partnerdesk", "value": token.get_secret_value(), "url": unconnected.house.api_url, "httpOnly": True}]
    )
    await page.get_by_role("button", name="Zugriff erlauben").click()
    await page.get_by_text("gehört nicht zu Ihrer Sitzung").wait_for()
    assert (await unconnected.api("GET", "/providers/lexoffice"))["state"] == "unconnected"
