"""A month of many partners from its rehearsal to „abgestimmt“, by two people: how much work that is.

    MONTH_PARTNERS=200 script/test --all tests/browser/test_a_month_of_partners.py -s

Twenty are enough for what is promised of clicks, which do not grow with the partners. Waiting for documents is no work:
lexoffice takes 18 a minute, the sandbox as many as come.
"""

import asyncio
import os
from pathlib import Path

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Locator, Page, expect

from ledger.connections.budget import minutes_to_create
from ledger.roles import Role
from tests.browser.desks import at_desk, hired
from tests.browser.effort import Effort
from tests.browser.many_partners import executed, firm_of, last_month
from tests.conftest import Database
from tests.fixtures.house import House

pytestmark = pytest.mark.long
PARTNERS = int(os.environ.get("MONTH_PARTNERS", "20"))
CLICKS, SECONDS = 12, 600
PATIENCE_MS = int(os.environ.get("P_MS", 240_000 + PARTNERS * 3_000))


async def test_a_month_is_reconciled_in_twelve_clicks_and_ten_minutes(
    chromium: Chromium, product: House, database: Database, tmp_path: Path
) -> None:
    shop = await firm_of(product, database, PARTNERS)
    clerk, approver = await hired(shop, Role.ADMIN, "inga"), await hired(shop, Role.APPROVER, "ole")
    effort = Effort()
    async with at_desk(chromium, clerk) as page, at_desk(chromium, approver) as second:
        await page.goto(f"/admin/monat?monat={last_month():%Y-%m}")
        await effort.click(page.get_by_role("button", name="Probelauf"))
        await effort.click(await _offered(page, "Lauf beginnen"))
        await expect(_step(page, "Lauf").locator(".count")).to_have_text(str(PARTNERS), timeout=PATIENCE_MS)
        await _past(page, "Lauf")
        await _approve_all(second, effort)
        await effort.click(await _offered(page, "Zahlungslauf entwerfen"))
        await effort.click(second.get_by_role("link", name="Monat", exact=True))
        await effort.click(await _offered(second, "Diesen Zahlungslauf freigeben"))
        await _offered(page, "Datei erstellen und herunterladen")
        file = await effort.download(page.get_by_role("button", name="Datei erstellen und herunterladen"))
        papers = await asyncio.to_thread(executed, Path(await file.path()), tmp_path)
        await expect(page.get_by_label("Dateien der Bank")).to_be_visible(timeout=PATIENCE_MS)
        await effort.choose_files(page.get_by_label("Dateien der Bank"), papers)
        await _answer_about_the_name(page, effort)
        await expect(_step(page, "bezahlt").locator(".count")).to_have_text(str(PARTNERS - 1), timeout=PATIENCE_MS)
        await expect(_step(page, "Bank")).to_contain_text("Eine kam zurück")
        await effort.type(page.get_by_label("Wer ordnet sie zu?"), "Steuerbüro Meier")
        await effort.click(page.get_by_role("button", name="Festhalten"))
        await expect(page.get_by_label("Als Nächstes")).to_contain_text("abgestimmt", timeout=PATIENCE_MS)
    waited = minutes_to_create(credit_notes=PARTNERS)
    print(
        f"\n{PARTNERS} partners: {effort.clicks} clicks, {effort.typed} characters, {effort.words} words: "
        f"{effort.seconds:.0f} s of work; lexoffice takes {waited:.1f} min for the documents"
    )
    assert effort.clicks <= CLICKS
    assert effort.seconds <= SECONDS


async def _offered(page: Page, name: str) -> Locator:
    button = page.get_by_role("button", name=name)
    await expect(button).to_be_visible(timeout=PATIENCE_MS)
    return button


def _step(page: Page, name: str) -> Locator:
    return page.locator(".strip > li").filter(has=page.get_by_role("heading", name=name, exact=True))


async def _past(page: Page, name: str) -> None:
    """Nothing is missing at this step any more."""
    await expect(_step(page, name).locator(".missing")).to_have_count(0, timeout=PATIENCE_MS)


async def _approve_all(second: Page, effort: Effort) -> None:
    await second.goto("/admin/heute")
    await effort.click(second.get_by_role("link", name="Zu den Freigaben"))
    await effort.click(second.get_by_role("button", name="Gewählte freigeben"))
    await expect(second.locator("#rest")).to_contain_text("Zurück zu den Freigaben", timeout=PATIENCE_MS)


async def _answer_about_the_name(page: Page, effort: Effort) -> None:
    question = page.get_by_role("link", name="Die Bank fragt nach Namen, die nicht passen.")
    await expect(question).to_be_visible(timeout=PATIENCE_MS)
    await effort.click(question)
    await effort.click(page.locator("main").get_by_role("button"))
