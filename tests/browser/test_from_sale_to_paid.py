"""A new firm's first payout, all by hand: from the first login to „Ausgezahlt“, in both languages."""

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page, expect

from ledger.roles import Role
from tests.browser.desks import Colleague, at_desk, browsing, hired
from tests.browser.words import Say, speaker, state
from tests.fixtures.browsers import PASSWORD
from tests.fixtures.house import House, Shop

pytestmark = pytest.mark.long
SOON_MS = 30_000


@pytest.mark.parametrize("language", ["de", "en"])
async def test_a_firm_connects_lexoffice_and_pays_its_first_partner(
    chromium: Chromium, product: House, language: str
) -> None:
    shop = await product.shop(connected=False)
    admin, approver = await hired(shop, Role.ADMIN, "inga"), await hired(shop, Role.APPROVER, "ole")
    say = speaker(language)
    async with browsing(chromium, product) as page, at_desk(chromium, approver, locale=language) as second:
        await _log_in(page, admin, say, language)
        await _connect(page, shop, say)
        await _choose_mails(page, say)
        await shop.partners("ANNA")
        order = await shop.sale()
        invoice = await shop.write_invoice(remark=f"Bestellung: {order}")
        await shop.click(invoice["id"], "pay")
        await shop.transaction(order, lambda sale: sale["state"] == "approved")
        await _see_the_event(page, invoice["voucherNumber"], say, language)
        number = await _ask_for_a_payout(page, say, language)
        await _approve(second, number, say)
        await _watch_it_being_paid(page, number, say, language)


async def _log_in(page: Page, person: Colleague, say: Say, language: str) -> None:
    await page.goto("/login")
    if language != "de":
        await page.get_by_role("button", name="English").click()
    await expect(page.locator("html")).to_have_attribute("lang", language)
    await page.get_by_label(say("E-Mail-Adresse")).fill(person.email)
    await page.get_by_label(say("Passwort"), exact=True).fill("das falsche Passwort")
    await page.get_by_role("button", name=say("Anmelden")).click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await expect(page.get_by_label(say("E-Mail-Adresse"))).to_have_value(person.email)
    await _password(page, say)
    await expect(page.get_by_role("heading", name=say("Zweiten Faktor einrichten"))).to_be_visible()
    person.secret = (await page.locator("main code").inner_text()).strip()
    await _code(page, person, say, "Einrichten")
    await page.get_by_role("link", name=say("Abmelden")).click()
    await page.locator("main").get_by_role("button").first.click()
    await page.get_by_label(say("E-Mail-Adresse")).fill(person.email)
    await _password(page, say)
    await _code(page, person, say, "Bestätigen")
    await expect(page.get_by_role("heading", name=say("Heute"), exact=True)).to_be_visible()


async def _password(page: Page, say: Say) -> None:
    await page.get_by_label(say("Passwort"), exact=True).fill(PASSWORD)
    await page.get_by_role("button", name=say("Anmelden")).click()


async def _code(page: Page, person: Colleague, say: Say, button: str) -> None:
    await page.get_by_label(say("Code aus der App")).fill(await person.code())
    await page.get_by_role("button", name=say(button)).click()
    await page.wait_for_url("**/admin/heute")


async def _connect(page: Page, shop: Shop, say: Say) -> None:
    await page.get_by_role("link", name=say("Zahlungsanbieter"), exact=True).click()
    await page.get_by_role("link", name=say("Einstellungen von lexoffice")).click()
    await page.get_by_label(say("API-Schlüssel"), exact=True).fill(shop.api_key)
    await page.get_by_role("button", name=say("Prüfen und hinterlegen")).click()
    await expect(page.get_by_text(say("Der API-Schlüssel ist geprüft und hinterlegt."))).to_be_visible()
    await expect(page.locator(".facts > div", has_text=say("Organisation"))).to_contain_text(shop.organization)
    await page.get_by_label(say("Stichtag: ältere Rechnungen bleiben außen vor")).fill("2026-01-01")
    await page.get_by_role("button", name=say("Speichern")).click()
    await page.get_by_label(say("Ich habe das gelesen und mit der Steuerberatung geklärt.")).check()
    await page.get_by_role("button", name=say("Bestätigen"), exact=True).click()
    await page.get_by_role("button", name=say("Meldungen einrichten")).click()
    await expect(
        page.get_by_text(say("Die Meldungen werden eingerichtet. Das dauert einige Sekunden."))
    ).to_be_visible()
    for _ in range(40):
        await page.goto("/admin/zahlungsanbieter/lexoffice")
        if await page.get_by_role("button", name=say("Meldungen reparieren")).count():
            return
        await page.wait_for_timeout(250)
    raise AssertionError("The notifications were not set up.")


async def _choose_mails(page: Page, say: Say) -> None:
    await page.get_by_role("link", name=say("Benachrichtigungen"), exact=True).click()
    mine = page.locator("section", has=page.locator("form[action='/admin/benachrichtigungen']"))
    await mine.get_by_role("checkbox").last.uncheck()
    await mine.get_by_role("button", name=say("Speichern")).click()
    await expect(mine.get_by_role("checkbox").last).not_to_be_checked()


async def _see_the_event(page: Page, invoice: str, say: Say, language: str) -> None:
    await page.get_by_role("link", name=say("Ereignisse"), exact=True).click()
    row = page.get_by_role("row").filter(has_text=invoice).filter(has_text=state(language, "event", "processed")).first
    await row.get_by_role("link").first.click()
    changes = page.get_by_role("region", name=say("Was sich änderte"))
    await expect(changes).to_contain_text(state(language, "transaction", "approved"))
    await expect(page.locator("pre").last).to_contain_text(invoice)


async def _ask_for_a_payout(page: Page, say: Say, language: str) -> str:
    await page.get_by_role("link", name=say("Auszahlungen"), exact=True).click()
    await page.get_by_role("link", name=say("Auszahlung anfordern")).click()
    await page.get_by_label(say("Code des Partners")).fill("NIEMAND")
    await page.get_by_role("button", name=say("Anfordern")).click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await expect(page.get_by_label(say("Code des Partners"))).to_have_value("NIEMAND")
    await page.get_by_label(say("Code des Partners")).fill("ANNA")
    await page.get_by_role("button", name=say("Anfordern")).click()
    await expect(page.locator(".now .badge")).to_have_text(state(language, "payout", "awaiting_approval"))
    return page.url.rpartition("/")[2].partition("?")[0]


async def _approve(page: Page, number: str, say: Say) -> None:
    await page.goto("/admin")
    await page.get_by_role("link", name=say("Freigaben"), exact=True).click()
    await page.get_by_role("checkbox", name=number).check()
    await page.get_by_role("button", name=say("Gewählte freigeben")).click()
    await expect(page.locator("#rest")).to_contain_text(say("Zurück zu den Freigaben"))


async def _watch_it_being_paid(page: Page, number: str, say: Say, language: str) -> None:
    """The page of the payout is not touched any more: it turns while another tab works in lexoffice."""
    await page.evaluate("window.untouched = true")
    badge = page.locator(".now .badge")
    await expect(badge).to_have_text(state(language, "payout", "credit_note_open"), timeout=SOON_MS)
    link = page.locator("#fakten").get_by_role("link", name="GS-")
    lexoffice = await page.context.new_page()
    await lexoffice.goto(str(await link.get_attribute("href")))
    await expect(lexoffice.get_by_role("heading", level=1)).to_contain_text("GS-")
    await expect(lexoffice.locator("body")).to_contain_text(f"[{number}/")
    await lexoffice.get_by_role("button", name="Bezahlt markieren").click()
    await expect(lexoffice.get_by_role("status")).to_contain_text("als bezahlt markiert")
    await page.bring_to_front()
    await expect(badge).to_have_text(state(language, "payout", "paid"), timeout=SOON_MS)
    assert await page.evaluate("window.untouched")
    await expect(page.locator("#verlauf")).to_contain_text(state(language, "payout", "paid"))
