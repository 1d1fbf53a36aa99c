"""With the keyboard alone, and on a phone."""

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page, expect

from ledger.roles import Role
from tests.browser.desks import PHONE, at_desk, hired
from tests.fixtures.house import Shop
from tests.fixtures.unhurried import ANSWER_S

pytestmark = pytest.mark.long


async def _tab_to(page: Page, text: str, *, steps: int = 80) -> None:
    """Press Tab until what is focused is called so."""
    for _ in range(steps):
        await page.keyboard.press("Tab")
        called = await page.evaluate(
            "(document.activeElement.getAttribute('aria-label') || document.activeElement.innerText || '').trim()"
        )
        if called == text:
            outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", f"{text} does not show that it is focused"
            return
    raise AssertionError(f"{text} was not reached by {steps} times Tab.")


async def test_an_approval_by_the_keyboard_alone(chromium: Chromium, connected_shop: Shop) -> None:
    number = (await connected_shop.payout())["number"]
    async with at_desk(chromium, await hired(connected_shop, Role.APPROVER)) as page:
        await page.goto("/admin/heute")
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("link", name="Zum Inhalt")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.locator("main")).to_be_focused()
        await page.reload()
        await _tab_to(page, "Freigaben")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/admin/freigaben")
        await _tab_to(page, f"{number} auswählen")
        await page.keyboard.press("Space")
        await expect(page.locator(".decide output")).to_have_text("1 gewählt, zusammen 119,00\xa0€")
        await _tab_to(page, "Gewählte freigeben")
        await page.keyboard.press("Enter")
        await expect(page.locator("#ergebnisse")).to_contain_text(number)
    await connected_shop.payout_when(number, "credit_note_open")


async def test_an_approval_on_a_phone(chromium: Chromium, connected_shop: Shop) -> None:
    number = (await connected_shop.payout())["number"]
    async with at_desk(
        chromium, await hired(connected_shop, Role.APPROVER), viewport=PHONE, has_touch=True, is_mobile=True
    ) as page:
        await page.goto("/admin/heute")
        await expect(page.locator("#menue")).to_be_hidden()
        await page.get_by_role("button", name="Menü").tap()
        await page.get_by_role("link", name="Freigaben", exact=True).tap()
        await page.get_by_role("link", name=number).tap()
        await expect(page.get_by_role("heading", level=1)).to_contain_text(number)
        assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        await page.get_by_role("button", name="Freigeben", exact=True).tap()
        await expect(page.locator(".now .badge")).to_have_text("Gutschrift offen", timeout=ANSWER_S * 1000)
