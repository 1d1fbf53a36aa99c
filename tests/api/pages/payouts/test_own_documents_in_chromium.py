"""What a person sees of documents of our own in a browser: preview, payout, the partner's page. With PAGES_TO it keeps
the pictures of docs/pages.md."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date

import pytest
from fastapi import FastAPI
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page, ViewportSize, expect

from ledger.documents.own import delivery
from ledger.documents.own.content import OwnLine
from ledger.roles import Role
from tests.api.pages.payouts.test_in_chromium import at_work
from tests.browser.pictures import keep
from tests.fixtures.browsers import Firm
from tests.fixtures.own_documents import of_payout
from tests.fixtures.payout_books import Books
from tests.fixtures.serving import served

pytestmark = pytest.mark.long
_WIDE = ViewportSize(width=1280, height=900)
_SOLD = (
    OwnLine(text="Vermittlungsprovision Herbst, Stufe 1", note="Rechnung RE-1001 vom 12.10.2026", net_cents=15_000),
    OwnLine(text="Rückforderung", note="Korrektur zu GU-2026-00003, Rechnung RE-0987", net_cents=-5_000),
)


async def fits(page: Page) -> None:
    """Nothing scrolls aside."""
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_an_approver_sees_the_document_that_will_be_before_approving(
    payout_books: Books, firm: Firm, people_app: FastAPI, chromium: Chromium
) -> None:
    approver = await firm.person(Role.APPROVER)
    payout = await payout_books.asked_for(10_000)
    await payout_books.rows("UPDATE payouts SET strategy = 'own_document', books = 'none'")
    async with at_work(chromium, people_app, firm, approver, viewport=_WIDE) as page:
        await page.goto(f"/admin/auszahlungen/{payout.number}")
        await expect(page.get_by_role("heading", name="So wird der Beleg")).to_be_visible()
        await fits(page)
        await keep(page, "auszahlung-vorschau")
        async with page.expect_download() as waiting:
            await page.get_by_role("link", name="Beleg als Vorschau ansehen").click()
        assert (await waiting.value).suggested_filename == f"{payout.number}-vorschau.pdf"


async def test_an_editor_says_that_the_mail_came_back(
    payout_books: Books, firm: Firm, people_app: FastAPI, chromium: Chromium
) -> None:
    editor = await firm.person(Role.EDITOR)
    payout = await payout_books.asked_for(10_000)
    await payout_books.rows("UPDATE partners SET email = 'anna@partner.example' WHERE code = 'ANNA'")
    row = await of_payout(firm.parts.ledger, firm.tenant, payout.number, lines=_SOLD)
    [mail] = await payout_books.rows("SELECT id FROM mails WHERE kind = 'own_document'")
    async with firm.parts.ledger.transaction(firm.tenant) as tx:
        await delivery.note_mail_end(tx, mail["id"], row.number, "sent")
    async with at_work(chromium, people_app, firm, editor, viewport=_WIDE) as page:
        await page.goto(f"/admin/auszahlungen/{payout.number}")
        await expect(page.get_by_text("vom Mailserver des Partners angenommen")).to_be_visible()
        await fits(page)
        await keep(page, "auszahlung-eigener-beleg")
        await page.get_by_text("Unzustellbar", exact=True).first.click()
        await page.get_by_role("button", name="Unzustellbar").click()
        await expect(page.get_by_text("Festgehalten: Die Mail mit dem Beleg kam zurück.")).to_be_visible()
        await expect(page.get_by_role("heading", name="Beleg nicht zugestellt")).to_be_visible()


@asynccontextmanager
async def as_partner(chromium: Chromium, app: FastAPI, path: str, **how: object) -> AsyncIterator[Page]:
    """The partner's own page, opened by its link."""
    async with served(app) as address:
        context = await chromium.new_context(locale="de-DE", base_url=address, **how)  # type: ignore[arg-type]
        try:
            page = await context.new_page()
            await page.goto(path)
            await page.get_by_role("button", name="Meine Abrechnung öffnen").click()
            await page.wait_for_url("**/p")
            yield page
        finally:
            await context.close()


async def test_a_partner_finds_documents_of_both_kinds_on_its_page(
    payout_books: Books, firm: Firm, people_app: FastAPI, chromium: Chromium
) -> None:
    editor = await firm.person(Role.EDITOR)
    await payout_books.paid(await payout_books.asked_for(20_000), "GS-2026-0007", on=date(2026, 11, 2))
    payout = await payout_books.asked_for(10_000)
    row = await of_payout(firm.parts.ledger, firm.tenant, payout.number, lines=_SOLD)
    made = await editor.post("/admin/partner/ANNA/link")
    [path] = re.findall(r"/p/[A-Za-z0-9_-]{43}", made.text)
    async with as_partner(chromium, people_app, path, viewport=_WIDE) as page:
        await expect(page.get_by_role("heading", name="Ihre Belege")).to_be_visible()
        await expect(page.get_by_text("GS-2026-0007").first).to_be_visible()
        await fits(page)
        await keep(page, "partner-seite-belege")
        async with page.expect_download() as waiting:
            await page.get_by_role("link", name="PDF", exact=True).click()
        assert (await waiting.value).suggested_filename == f"{row.number}.pdf"
    assert [one["outcome"] for one in await payout_books.rows("SELECT outcome FROM own_document_deliveries")][-1:] == [
        "opened"
    ]


async def test_an_admin_chooses_who_writes_documents_and_what_they_are_booked_to(
    payout_books: Books, firm: Firm, people_app: FastAPI, chromium: Chromium
) -> None:
    admin = await firm.person(Role.ADMIN)
    async with at_work(chromium, people_app, firm, admin, viewport=_WIDE) as page:
        for name, heading in (("belegregeln", "Belege"), ("buchung", "")):
            await page.goto(f"/admin/{name}")
            await expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
            await fits(page)
            await keep(page, name)
