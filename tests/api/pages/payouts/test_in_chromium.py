"""What only a browser can show: pages that renew themselves, decisions that go on by themselves, a menu on a phone."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from fastapi import FastAPI
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page, expect

from ledger.access import totp
from ledger.roles import Role
from tests.fixtures.browsers import PASSWORD, Browser, Firm
from tests.fixtures.payout_books import Books
from tests.fixtures.serving import served
from tests.fixtures.unhurried import ANSWER_S

pytestmark = pytest.mark.long


@asynccontextmanager
async def at_work(
    chromium: Chromium, app: FastAPI, firm: Firm, person: Browser, *, refused: bool = False, **how: Any
) -> AsyncIterator[Page]:
    """A page of somebody who has logged in by hand. Whatever the console complains about fails the test.

    `refused`: a form's refusal has a status of its own, which the console tells.
    """
    async with served(app) as address:
        context = await chromium.new_context(locale="de-DE", base_url=address, **how)
        page = await context.new_page()
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        try:
            await page.goto("/login")
            await page.get_by_label("E-Mail-Adresse").fill(person.email)
            await page.get_by_label("Passwort", exact=True).fill(PASSWORD)
            await page.get_by_role("button", name="Anmelden").click()
            if person.secret:
                # The code of this half minute was shown when the person enrolled; a code works once.
                await firm.rows_of(person, "UPDATE user_secrets SET totp_last_step = 0 WHERE user_id = $1", person.user)
                await page.get_by_label("Code aus der App").fill(totp.code_of(person.secret, at=time.time()))
                await page.get_by_role("button", name="Bestätigen").click()
            await page.wait_for_url("**/admin/heute")
            yield page
            assert [said for said in complaints if not (refused and "status of 4" in said)] == []
        finally:
            await context.close()


async def test_a_payout_turns_by_itself_while_it_is_looked_at(
    payout_books: Books, firm: Firm, people_app: FastAPI, chromium: Chromium
) -> None:
    viewer = await firm.person(Role.VIEWER)
    payout = await payout_books.asked_for(10_000)
    async with at_work(chromium, people_app, firm, viewer) as page:
        await page.goto(f"/admin/auszahlungen/{payout.number}")
        await expect(page.locator(".now .badge")).to_have_text("Wartet auf Freigabe")
        await payout_books.paid(payout, "GS-2026-0042")
        await expect(page.locator(".now .badge")).to_have_text("Ausgezahlt", timeout=ANSWER_S * 1000)
        await expect(page.locator("#verlauf")).to_contain_text("Gutschrift GS-2026-0042 in der Buchhaltung angelegt")


async def test_what_somebody_types_is_not_renewed_away(
    payout_books: Books, firm: Firm, people_app: FastAPI, chromium: Chromium
) -> None:
    approver = await firm.person(Role.APPROVER)
    payout = await payout_books.asked_for(10_000)
    async with at_work(chromium, people_app, firm, approver) as page:
        await page.goto(f"/admin/auszahlungen/{payout.number}")
        await page.get_by_label("Grund").first.fill("Ich überlege noch")
        await page.locator("h1").click()
        await payout_books.open_credit_note(payout)
        await expect(page.locator(".now .badge")).to_have_text("Gutschrift offen", timeout=ANSWER_S * 1000)
        await expect(page.get_by_label("Grund").first).to_have_value("Ich überlege noch")


async def test_what_was_typed_into_a_refused_form_is_not_renewed_away(
    payout_books: Books, firm: Firm, people_app: FastAPI, chromium: Chromium
) -> None:
    approver = await firm.person(Role.APPROVER)
    payout = await payout_books.asked_for(10_000)
    async with at_work(chromium, people_app, firm, approver, refused=True) as page:
        await page.clock.install()
        await page.goto(f"/admin/auszahlungen/{payout.number}")
        await payout_books.rows("UPDATE partners SET name = 'Anna Anders' WHERE code = 'ANNA'")
        await page.get_by_label("Grund").first.fill("Nach Rücksprache")
        await page.get_by_role("button", name="Freigeben").click()
        await expect(page.get_by_role("alert")).to_be_visible()
        # Who reads what went wrong touches nothing for a while.
        await page.locator("h1").click()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        await page.clock.run_for(20_000)
        await expect(page.get_by_label("Grund").first).to_have_value("Nach Rücksprache")
        assert asked == []


async def test_many_approvals_go_on_by_themselves(
    payout_books: Books, firm: Firm, people_app: FastAPI, chromium: Chromium
) -> None:
    approver = await firm.person(Role.APPROVER)
    await payout_books.account()
    made = [(await payout_books.asked_for(1_000 + n)).number for n in range(12)]
    async with at_work(chromium, people_app, firm, approver) as page:
        await page.goto("/admin/freigaben")
        await page.get_by_label("Alle auswählen").check()
        await page.get_by_role("button", name="Gewählte freigeben").click()
        await expect(page.locator("#rest")).to_contain_text(
            "Über 12 Auszahlungen ist entschieden.", timeout=ANSWER_S * 1000
        )
        assert await page.locator("#ergebnisse li").count() == 12
    assert {await payout_books.in_state(number) for number in made} == {"approved"}


async def test_the_menu_opens_on_a_phone_and_by_the_keyboard(
    payout_books: Books, firm: Firm, people_app: FastAPI, chromium: Chromium
) -> None:
    viewer = await firm.person(Role.VIEWER)
    async with at_work(chromium, people_app, firm, viewer, viewport={"width": 390, "height": 800}) as page:
        await expect(page.locator("#menue")).to_be_hidden()
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("link", name="Zum Inhalt")).to_be_focused()
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("link", name="Übersicht")).to_be_visible()
        await expect(page.get_by_role("button", name="Menü")).to_have_attribute("aria-expanded", "true")
        width = await page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390
