"""Taking a programme over by page: files are looked at, taken over, and confirmed by somebody else."""

import re
from urllib.parse import urlsplit

import httpx
import pytest

from ledger.roles import Role
from tests.fixtures import import_files
from tests.fixtures.bank_runs import iban
from tests.fixtures.browsers import Browser, Firm
from tests.fixtures.people import firm, http, other_firm, people_app, people_settings

__all__ = ["firm", "http", "other_firm", "people_app", "people_settings"]

PAGE = "/admin/uebernahme"
CHANGE = "Partnercode;Name;Land\nNEU;Neu GmbH;DE\nALT;;XX\n"


async def upload(browser: Browser, content: bytes | str, *, kind: str = "", name: str = "alt.csv") -> httpx.Response:
    held = content.encode() if isinstance(content, str) else content
    data = {"csrf": await browser.token(PAGE), "art": kind}
    return await browser.http.post(PAGE, data=data, files=[("dateien", (name, held, "text/csv"))])


async def brought(browser: Browser, content: bytes | str, *, kind: str = "") -> str:
    """The address of the file."""
    answer = await upload(browser, content, kind=kind)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def _taken(browser: Browser, content: bytes | str, *, kind: str = "") -> str:
    file = await brought(browser, content, kind=kind)
    answer = await browser.post(f"{file}/uebernehmen", shown_at=file)
    assert answer.status_code == 303, answer.text
    return file


def _seen(page: httpx.Response) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', page.text)
    assert found, page.text
    return found[1]


async def test_problems_stand_in_rows_and_come_as_a_file_that_goes_in_again(firm: Firm) -> None:
    editor = await firm.person(Role.EDITOR)
    file = await brought(editor, CHANGE)
    page = (await editor.get(file)).text
    assert "Die Zelle ist leer. Bitte tragen Sie einen Wert ein." in page
    assert "1 Zeile mit Fehlern auslassen" in page
    refused = await editor.post(f"{file}/uebernehmen", shown_at=file)
    assert (refused.status_code, "In 1 Zeilen stimmt etwas nicht" in refused.text) == (422, True)
    assert not await firm.rows("SELECT 1 FROM partners")
    stale = await editor.post(f"{file}/uebernehmen", {"auslassen": "1", "seen": "0" * 64}, shown_at=file)
    assert (stale.status_code, "Die Datei täte jetzt etwas anderes" in stale.text) == (422, True)
    rows = await editor.get(f"{file}/fehler.csv")
    assert rows.headers["content-disposition"].startswith("attachment; ")
    lines = rows.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Partnercode;Name;Land;Fehler"
    assert lines[1].startswith("ALT;;XX;Name: Die Zelle ist leer.")
    told = {"auslassen": "1", "seen": _seen(await editor.get(file))}
    assert (await editor.post(f"{file}/uebernehmen", told, shown_at=file)).status_code == 303
    assert "1 neu, 0 geändert, 0 unverändert, 1 ausgelassen" in (await editor.get(file)).text
    mended = rows.content.decode("utf-8-sig").replace("ALT;;XX", "ALT;Alt GmbH;AT").encode("cp1252")
    await _taken(editor, mended)
    assert [row["code"] for row in await firm.rows("SELECT code FROM partners ORDER BY code")] == ["ALT", "NEU"]


async def test_what_is_not_known_of_a_file_is_asked_and_remembered(firm: Firm) -> None:
    editor = await firm.person(Role.EDITOR)
    content = "Wer;Wie;Grenze\nNEU;Neu GmbH;1,234\n"
    unclear = await upload(editor, content)
    assert (unclear.status_code, "nicht zu erkennen, was in der Datei steht" in unclear.text) == (422, True)
    file = await brought(editor, content, kind="partners")
    assert "Es fehlt die Spalte „Partnercode / Partner code“." in (await editor.get(file)).text
    told = {"spalte-0": "code", "spalte-1": "name", "spalte-2": "minimum_payout_cents"}
    assert (await editor.post(f"{file}/spalten", told, shown_at=file)).status_code == 303
    assert "„1,234“ kann zwei Beträge bedeuten." in (await editor.get(file)).text
    assert (await editor.post(f"{file}/uebernehmen", shown_at=file)).status_code == 422
    await editor.post(f"{file}/spalten", told | {"zahlen": "english"}, shown_at=file)
    assert (await editor.post(f"{file}/uebernehmen", shown_at=file)).status_code == 303
    assert [tuple(row) for row in await firm.rows("SELECT minimum_payout_cents FROM partners")] == [(123_400,)]
    assert "1.234" not in (await editor.get(await brought(editor, content, kind="partners"))).text.partition("<h2")[0]


async def test_bank_details_of_a_file_are_confirmed_by_somebody_else_as_one_batch(firm: Firm) -> None:
    maker, second = await firm.person(Role.ADMIN), await firm.person(Role.APPROVER)
    file = await _taken(maker, import_files.partners(30).replace(b"Vertrieb 0020 GmbH;DE", b"Strohmann;DE"))
    assert len(await firm.rows("SELECT 1 FROM partner_bank_details WHERE state = 'pending'")) == 30
    page = await second.get(file)
    assert "30 Bankverbindungen warten." in page.text
    sample = page.text.partition("Die übrigen")[0]
    assert "P0020" in sample, "whose holder is not the partner is always looked at"
    assert "Nach Stichprobe bestätigen (11 angesehen)" in page.text
    assert iban(20) not in page.text
    own = await maker.post(f"{file}/bankverbindungen", {"seen": _seen(await maker.get(file))}, shown_at=file)
    assert (own.status_code, "zweite Person" in own.text) == (422, True)
    stale = await second.post(f"{file}/bankverbindungen", {"seen": "0" * 64, "umfang": "sample"}, shown_at=file)
    assert stale.status_code == 422
    done = await second.post(f"{file}/bankverbindungen", {"seen": _seen(page), "umfang": "sample"}, shown_at=file)
    assert done.status_code == 303, done.text
    assert len(await firm.rows("SELECT 1 FROM partner_bank_details WHERE state = 'active'")) == 30
    [entry] = await firm.rows("SELECT detail FROM audit_entries WHERE action = 'import.bank_details_confirmed'")
    assert entry["detail"] == {"accounts": 30, "how": "sample", "looked_at": 11, "alone": False}
    assert not await firm.rows("SELECT 1 FROM audit_entries WHERE action = 'partner.bank_details_confirmed'")
    assert not await firm.rows("SELECT 1 FROM tasks WHERE kind = 'import_to_confirm' AND state = 'open'")


async def test_an_account_that_two_partners_share_waits_for_its_own_answer(firm: Firm) -> None:
    maker, second = await firm.person(Role.ADMIN), await firm.person(Role.APPROVER)
    shared = import_files.partners(3).replace(iban(2).encode(), iban(1).encode())
    file = await _taken(maker, shared)
    page = await second.get(file)
    assert "auch eines anderen Partners" in page.text
    await second.post(f"{file}/bankverbindungen", {"seen": _seen(page), "umfang": "whole"}, shown_at=file)
    rows = await firm.rows("SELECT state FROM partner_bank_details ORDER BY state")
    assert [row["state"] for row in rows] == ["active", "active", "pending"]
    assert await firm.rows("SELECT 1 FROM tasks WHERE kind = 'import_to_confirm' AND state = 'open'")
    [left] = await firm.rows("SELECT id FROM partner_bank_details WHERE state = 'pending'")
    told = {"reason": "Vertippt"}
    refused = await second.post(f"/admin/bankverbindungen/{left['id']}/ablehnen", told, shown_at=file)
    assert refused.status_code == 303
    assert not await firm.rows("SELECT 1 FROM tasks WHERE kind = 'import_to_confirm' AND state = 'open'")


async def test_a_corrected_file_takes_the_place_of_the_question_about_the_first(firm: Firm) -> None:
    maker = await firm.person(Role.ADMIN)
    await _taken(maker, "Partnercode;Name\nP0000;Null\nP0001;Eins\n", kind="partners")
    await _taken(maker, import_files.balances(2))
    corrected = import_files.balances(2).replace(b"10,00", b"11,00").replace(b"10,37", b"11,37")
    file = await _taken(maker, corrected)
    rows = await firm.rows("SELECT subject_id FROM tasks WHERE kind = 'import_to_confirm' AND state = 'open'")
    assert [row["subject_id"] for row in rows] == [file.rpartition("/")[2]]


async def test_balances_are_confirmed_or_refused_by_somebody_else_as_one_batch(firm: Firm) -> None:
    maker, second = await firm.person(Role.ADMIN), await firm.person(Role.APPROVER)
    await _taken(maker, import_files.partners(5))
    total = sum(import_files.balance_cents(place) for place in range(5))
    file = await _taken(maker, import_files.balances(5))
    page = await second.get(file)
    assert f"{total // 100},{total % 100:02d}" in page.text.replace(".", "")
    own = await maker.post(f"{file}/anfangsbestaende", {"seen": _seen(await maker.get(file))}, shown_at=file)
    assert own.status_code == 422
    bare = await second.post(f"{file}/anfangsbestaende", {"seen": _seen(page), "do": "refuse"}, shown_at=file)
    assert bare.status_code == 422
    done = await second.post(f"{file}/anfangsbestaende", {"seen": _seen(page), "do": "confirm"}, shown_at=file)
    assert done.status_code == 303
    [row] = await firm.rows(
        "SELECT sum(net_cents)::int AS cents, count(*) AS n FROM commissions WHERE state = 'approved'"
    )
    assert tuple(row) == (total, 5)


async def test_bank_details_need_the_right_and_a_fresh_second_factor(firm: Firm) -> None:
    editor, admin = await firm.person(Role.EDITOR), await firm.person(Role.ADMIN)
    file = await brought(editor, import_files.partners(2))
    refused = await editor.post(f"{file}/uebernehmen", shown_at=file)
    assert (refused.status_code, "In der Datei stehen Bankverbindungen." in refused.text) == (422, True)
    async with firm.parts.ledger.of_person(admin.user) as tx:  # type: ignore[arg-type]
        await tx.execute("UPDATE sessions SET second_factor_at = now() - interval '1 day'")
    stale = await admin.post(f"{file}/uebernehmen", shown_at="/logout")
    assert urlsplit(stale.headers["location"]).path == "/second-factor"
    assert not await firm.rows("SELECT 1 FROM partners")


async def test_sales_that_earn_are_told_one_by_one(firm: Firm) -> None:
    editor = await firm.person(Role.EDITOR)
    await _taken(editor, "Partnercode;Name\nANNA;Anna\n", kind="partners")
    sales = "Verkaufsnummer;Brutto;Netto;Verkauft am;Partnercode\n"
    sales += "S-1;119,00;100,00;01.10.2026;ANNA\nS-2;119,00;100,00;2026-10-02;\n"
    file = await _taken(editor, sales, kind="sales")
    rows = await firm.rows("SELECT base_cents, import_id FROM transactions ORDER BY sold_at")
    assert [tuple(row) for row in rows] == [(10_000, None), (10_000, None)]
    assert "2 neu" in (await editor.get(file)).text
    again = await brought(editor, sales, kind="sales")
    assert "Die Datei ändert nichts" in (await editor.get(again)).text


@pytest.mark.parametrize("act", ["", "/spalten", "/uebernehmen", "/verwerfen", "/fehler.csv", "/bankverbindungen"])
async def test_a_file_of_another_firm_is_not_there(firm: Firm, other_firm: Firm, act: str) -> None:
    file = await brought(await firm.person(Role.ADMIN), CHANGE)
    stranger = await other_firm.person(Role.ADMIN)
    answer = await (
        stranger.get(file + act) if act in ("", "/fehler.csv") else stranger.post(file + act, shown_at=PAGE)
    )
    assert answer.status_code == 404


async def test_what_is_no_such_file_is_refused_in_words(firm: Firm) -> None:
    editor = await firm.person(Role.EDITOR)
    answer = await upload(editor, b"PK\x03\x04", name="partner.xlsx")
    assert (answer.status_code, "partner.xlsx: Das ist eine Tabelle, keine CSV-Datei." in answer.text) == (422, True)
    file = await brought(editor, CHANGE)
    assert (await editor.post(f"{file}/verwerfen", shown_at=file)).status_code == 303
    assert (await editor.post(f"{file}/uebernehmen", {"auslassen": "1"}, shown_at=PAGE)).status_code == 422
    assert [tuple(row) for row in await firm.rows("SELECT state, content_encrypted FROM imports")] == [
        ("discarded", b"")
    ]
