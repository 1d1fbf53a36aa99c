"""What comes out as CSV goes in again: into the same firm it changes nothing, into a fresh one it makes the same."""

import re

import pytest

from ledger.roles import Role
from tests.api.pages.programme.test_import_pages import PAGE, brought
from tests.fixtures import import_files
from tests.fixtures.bank_runs import iban
from tests.fixtures.browsers import Browser, Firm
from tests.fixtures.people import firm, http, other_firm, people_app, people_settings

__all__ = ["firm", "http", "other_firm", "people_app", "people_settings"]

WITH_ACCOUNTS = "/admin/partner-mit-bankverbindungen.csv"
CUSTOMERS = "Kundennummer;E-Mail;Kunde;Partnercode\nK1;k1@kunde.example;'=Kunde;P0001\nK2;;+49 GmbH;\n"


async def _taken(browser: Browser, content: bytes | str, *, kind: str) -> None:
    file = await brought(browser, content, kind=kind)
    answer = await browser.post(f"{file}/uebernehmen", shown_at=file)
    assert answer.status_code == 303, answer.text


@pytest.fixture
async def admin(firm: Firm) -> Browser:
    """Of a firm with partners, one of them as full of fields as can be, and customers."""
    admin = await firm.person(Role.ADMIN)
    await _taken(admin, import_files.partners(8), kind="partners")
    full = (
        "Partnercode;Telefon;Status;Adresszusatz;Mindestauszahlung;Vorgänger;Steuerstatus;Steuerstatus ab;USt-IdNr.;"
        "Vereinbarung;Vereinbarung vom\nP0003;'+49 30 1;inaktiv;Hinterhaus;1234,50;P0007;Regelbesteuert;01.07.2026;"
        "DE123456788;2026-02;02.07.2026 10:30:15\n"
    )
    await _taken(admin, full, kind="partners")
    await _taken(admin, CUSTOMERS, kind="customers")
    return admin


@pytest.mark.parametrize("language", ["de", "en"])
async def test_partners_come_out_as_they_go_in(admin: Browser, other_firm: Firm, language: str) -> None:
    spoken = {"Accept-Language": language}
    whole = await admin.http.post(WITH_ACCOUNTS, data={"csrf": await admin.token(PAGE)}, headers=spoken)
    assert iban(3) in whole.text
    again = await brought(admin, whole.content, kind="partners")
    assert "Die Datei ändert nichts" in (await admin.get(again)).text
    newcomer = await other_firm.person(Role.ADMIN)
    await _taken(newcomer, whole.content, kind="partners")
    copied = await newcomer.http.post(WITH_ACCOUNTS, data={"csrf": await newcomer.token(PAGE)}, headers=spoken)
    assert copied.content == whole.content
    bare = await admin.http.get("/admin/partner.csv", headers=spoken)
    assert not re.search("IBAN|DE[0-9]{20}", bare.text)
    assert "Die Datei ändert nichts" in (await admin.get(await brought(admin, bare.content, kind="partners"))).text


async def test_customers_come_out_as_they_go_in(admin: Browser, other_firm: Firm) -> None:
    file = await admin.get("/admin/kunden.csv")
    assert "'=Kunde" in file.text, "a spreadsheet takes it for text"
    assert "Die Datei ändert nichts" in (await admin.get(await brought(admin, file.content, kind="customers"))).text
    newcomer = await other_firm.person(Role.ADMIN)
    await _taken(newcomer, import_files.partners(8), kind="partners")
    await _taken(newcomer, file.content, kind="customers")
    assert (await newcomer.get("/admin/kunden.csv")).content == file.content
    names = await other_firm.rows("SELECT name FROM customers ORDER BY external_id")
    assert [row["name"] for row in names] == ["=Kunde", "+49 GmbH"]


async def test_tasks_come_as_a_file(admin: Browser) -> None:
    told = (await admin.get("/admin/aufgaben.csv")).content.decode("utf-8-sig").splitlines()
    assert told[0] == "Gestellt am;Art;Frage;Worum es geht;Kennung;Status;Erledigt am;Von"
    assert "Aus einer Datei warten 8 Bankverbindungen und 0 Anfangsbestände auf eine zweite Person." in told[1]


async def test_whole_accounts_leave_only_for_whoever_may_record_them_and_are_noted(admin: Browser, firm: Firm) -> None:
    editor = await firm.person(Role.EDITOR)
    refused = await editor.post(WITH_ACCOUNTS, shown_at=PAGE)
    assert refused.status_code == 403
    assert (await admin.post(WITH_ACCOUNTS, shown_at=PAGE)).status_code == 200
    assert (await firm.actions()).count("partners.bank_details_exported") == 1
