"""A programme of partners with tree, open balances and a year of sales, taken over from CSV files by two people.

    PROGRAMME=500 script/test --all tests/browser/test_taking_over.py -s

Fifty are enough for what is promised of clicks and words, which do not grow with the partners.
"""

import os
from pathlib import Path

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page, expect

from ledger.roles import Role
from tests.browser.desks import at_desk, hired
from tests.browser.effort import Effort
from tests.fixtures import import_files
from tests.fixtures.house import House, Shop

pytestmark = pytest.mark.long
PARTNERS = int(os.environ.get("PROGRAMME", "50"))
SALES = 6 * PARTNERS
SECONDS = 30 * 60
PATIENCE_MS = 240_000


async def test_a_programme_is_taken_over_within_half_an_hour_of_work(
    chromium: Chromium, product: House, tmp_path: Path
) -> None:
    shop = await product.shop()
    clerk, second = await hired(shop, Role.ADMIN, "inga"), await hired(shop, Role.APPROVER, "ole")
    effort = Effort()
    made = {
        "partner.csv": import_files.partners(PARTNERS),
        "bestand.csv": import_files.balances(PARTNERS),
        "verkauf.csv": import_files.sales(SALES, partners=PARTNERS),
    }
    async with at_desk(chromium, clerk) as page, at_desk(chromium, second) as other:
        await page.goto("/admin/heute")
        for name, content in made.items():
            file = tmp_path / name
            file.write_bytes(content)
            await effort.click(page.get_by_role("link", name="Übernahme", exact=True).first)
            await effort.choose_files(page.get_by_label("CSV-Dateien"), [file])
            await effort.click(page.get_by_role("button", name="Übernehmen"))
            await expect(page.get_by_text("Die Datei ist übernommen.")).to_be_visible(timeout=PATIENCE_MS)
        await other.goto("/admin/aufgaben")
        await _confirm(other, effort, "Nach Stichprobe bestätigen")
        await _confirm(other, effort, "Anfangsbestände bestätigen")
    print(
        f"\n{PARTNERS} partners with balances, {SALES} sales: {effort.clicks} clicks, {effort.typed} characters, "
        f"{effort.words} words: {effort.seconds:.0f} s of work"
    )
    await _require_whole(shop)
    assert effort.seconds <= SECONDS


async def _confirm(page: Page, effort: Effort, button: str) -> None:
    """From the list of tasks to the file and back."""
    await effort.click(page.get_by_role("link", name="Aufgaben", exact=True).first)
    await effort.click(
        page.locator("main").get_by_role("link", name="Aus einer Datei übernommen: bitte bestätigen").first
    )
    await effort.click(page.locator("main dd").get_by_role("link", name="Übernahme", exact=True))
    await effort.click(page.get_by_role("button", name=button))
    await expect(page.get_by_text("Bestätigt.", exact=True)).to_be_visible(timeout=PATIENCE_MS)


async def _require_whole(shop: Shop) -> None:
    """To the cent, with every partner where it stands and every account in force."""
    [partners] = await shop.rows(
        "SELECT count(*)::int AS n, count(sponsor_id)::int AS below FROM partners WHERE tenant_id = $1", shop.tenant.id
    )
    assert tuple(partners) == (PARTNERS, PARTNERS - 1)
    [owed] = await shop.rows(
        "SELECT sum(net_cents)::int AS cents FROM commissions WHERE tenant_id = $1 AND state = 'approved'",
        shop.tenant.id,
    )
    assert owed["cents"] == sum(import_files.balance_cents(place) for place in range(PARTNERS))
    [accounts] = await shop.rows(
        "SELECT count(*)::int AS n FROM partner_bank_details WHERE tenant_id = $1 AND state = 'active'", shop.tenant.id
    )
    assert accounts["n"] == PARTNERS
    [sold] = await shop.rows(
        "SELECT count(*)::int AS n, sum(gross_cents)::int AS cents FROM transactions"
        " WHERE tenant_id = $1 AND import_id IS NOT NULL",
        shop.tenant.id,
    )
    assert tuple(sold) == (SALES, sum(1_190 + 119 * (place % 50) for place in range(SALES)))
    assert not await shop.rows("SELECT 1 FROM commissions WHERE tenant_id = $1 AND kind = 'sale'", shop.tenant.id)
