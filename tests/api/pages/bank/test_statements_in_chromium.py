"""Files of the bank in a real browser: chosen, dropped, and without a script. With PAGES_TO it keeps the pictures of
docs/pages.md."""

import base64
import re
from datetime import timedelta

import pytest
from fastapi import FastAPI
from playwright.async_api import Browser as Chromium
from playwright.async_api import FilePayload, ViewportSize, expect

from ledger.roles import Role
from tests.api.pages.payouts.test_in_chromium import at_work
from tests.browser.pictures import keep
from tests.fixtures import bank_runs as bank
from tests.fixtures.bank_runs import iban
from tests.fixtures.bank_statements import DAY, Line, camt, mt940
from tests.fixtures.browsers import Firm
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.people import firm, http, other_firm, people_app, people_settings
from tests.fixtures.told_bookings import compare, typed_by_hand

__all__ = ["firm", "http", "other_firm", "people_app", "people_settings"]

pytestmark = pytest.mark.long
PAGE = "/admin/kontoauszuege"
_WIDE = ViewportSize(width=1280, height=900)
_DROP = """
    ([name, content]) => {
        const dropped = new DataTransfer();
        const bytes = Uint8Array.from(atob(content), (one) => one.charCodeAt(0));
        dropped.items.add(new File([bytes], name));
        document.querySelector("[data-drop] .hint").dispatchEvent(
            new DragEvent("drop", { dataTransfer: dropped, bubbles: true, cancelable: true }));
    }
"""


def file(name: str, content: bytes) -> FilePayload:
    return FilePayload(name=name, mimeType="application/octet-stream", buffer=content)


async def test_an_editor_brings_what_the_bank_wrote_and_explains_what_it_leaves_open(
    firm: Firm, accounts_office: Shop, people_app: FastAPI, chromium: Chromium
) -> None:
    vault = firm.parts.vault
    editor = await firm.person(Role.EDITOR)
    sent = await bank.open_payout(accounts_office, vault, to=iban(4))
    await bank.exported(accounts_office, vault, sent)
    typed, line = await typed_by_hand(accounts_office, vault, "BERTA")
    out = Line(-sent.gross_cents, sent.number, iban(4), reference="20261130-1")
    stray = Line(-sent.gross_cents, typed.number, iban(9), name="B. Handel", reference="20261130-2", text="Provision")
    rent = Line(-89_000, name="Hafenverwaltung", reference="20261130-3")
    async with at_work(chromium, people_app, firm, editor, viewport=_WIDE) as page:
        await page.goto(PAGE)
        # It sends itself once files are chosen.
        await page.get_by_label("Dateien der Bank").set_input_files(
            [
                file("C53_DE89370400440532013000_231.xml", camt(out, line, stray, rent, number=231)),
                file("C53_DE89370400440532013000_228.xml", camt(number=228, day=DAY - timedelta(days=3))),
                file("STA_231.sta", mt940(out, number=231)),
                file("Gehaltsliste.pdf", b"%PDF-1.7"),
            ]
        )
        outcomes = page.get_by_role("region", name="Was aus den Dateien wurde").get_by_role("row")
        await expect(outcomes).to_have_count(5)
        await expect(outcomes.nth(1)).to_contain_text("eingelesen")
        await expect(outcomes.nth(4)).to_contain_text("Die Datei ist kein Kontoauszug")
        await expect(page.get_by_text("davor fehlen 2")).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await keep(page, "kontoauszuege-einlesen")
        await page.evaluate(_DROP, ["noch einmal.xml", base64.b64encode(camt(out, number=231)).decode()])
        await expect(outcomes).to_have_count(2)
        await expect(outcomes.nth(1)).to_contain_text("noch einmal.xml")
        await compare(accounts_office)
        await page.goto("/admin/nicht-zugeordnet")
        await expect(page.get_by_role("button", name="Bestätigen", exact=True)).to_have_count(1)
        await keep(page, "nicht-zugeordnet-vorschlag")
        await page.get_by_role("button", name="Bestätigen", exact=True).click()
        await expect(page.get_by_role("status")).to_contain_text("bestätigt")
        await page.get_by_role("link", name=re.compile(r"30\.11\.2026")).click()
        await page.get_by_label("Grund").fill("Erstattung an den Lieferanten B. Handel")
        await page.get_by_role("button", name="Beiseitelegen").click()
        await expect(page.get_by_text("Hier wartet kein Umsatz.")).to_be_visible()
        await page.goto(f"/admin/auszahlungen/{sent.number}")
        await page.get_by_role("heading", name="Laut Bank").scroll_into_view_if_needed()
        await keep(page, "auszahlung-laut-bank")
    assert len(await firm.rows("SELECT 1 FROM payment_evidence WHERE kind = 'debit'")) == 2


async def test_files_are_brought_without_a_script(
    firm: Firm, accounts_office: Shop, people_app: FastAPI, chromium: Chromium
) -> None:
    editor = await firm.person(Role.EDITOR)
    async with at_work(chromium, people_app, firm, editor, java_script_enabled=False) as page:
        await page.goto(PAGE)
        await page.get_by_label("Dateien der Bank").set_input_files([file("a.xml", camt(Line(-100, reference="R1")))])
        await page.get_by_role("button", name="Einlesen").click()
        await expect(page.get_by_role("region", name="Was aus den Dateien wurde")).to_contain_text("eingelesen")
