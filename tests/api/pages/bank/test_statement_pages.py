"""Statements of the bank in a browser: files are brought, each has its outcome, and nothing is shown to those who may
not see it."""

import io
import re
import secrets
import zipfile

import httpx
import pytest

from ledger.roles import Role
from tests.fixtures.bank_runs import OWN_IBAN, iban
from tests.fixtures.bank_statements import Line, camt, mt940
from tests.fixtures.browsers import Browser, Firm
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.people import firm, http, other_firm, people_app, people_settings
from tests.fixtures.told_bookings import compare

__all__ = ["firm", "http", "other_firm", "people_app", "people_settings"]

PAGE = "/admin/kontoauszuege"
SENT = Line(-11_900, "PO-2026-0001", iban(1), reference="R1")


async def upload(browser: Browser, *files: tuple[str, bytes], **form: str) -> httpx.Response:
    sent = [("dateien", (name, content, "application/octet-stream")) for name, content in files]
    return await browser.http.post(PAGE, data={"csrf": await browser.token(PAGE)} | form, files=sent)


def outcomes(page: httpx.Response) -> list[str]:
    """The table of what became of the files, row by row, as a person reads it."""
    table = re.search(r"Was aus den Dateien wurde</caption>(.*?)</table>", page.text, re.DOTALL)
    assert table, page.text
    rows = re.findall(r"<tr>(.*?)</tr>", table[1], re.DOTALL)[1:]
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]


def packed(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return made.getvalue()


async def test_each_file_that_is_brought_has_its_outcome_in_a_row(firm: Firm, accounts_office: Shop) -> None:
    editor = await firm.person(Role.EDITOR)
    page = await upload(
        editor,
        ("gut.xml", camt(SENT)),
        ("falsch.xml", camt(SENT, closing=5)),
        ("archiv.zip", packed(a_sta=mt940(SENT), b_pdf=b"%PDF-1.7")),
        ("leer.xml", b""),
    )
    assert page.status_code == 200
    told = outcomes(page)
    assert told[0].startswith("gut.xml eingelesen camt.053.001.08 1 1 1")
    assert "abgelehnt Der Kontoauszug geht nicht auf" in told[1]
    assert told[2].startswith("a.sta eingelesen MT940 1 1 0")
    assert "b.pdf abgelehnt Die Datei ist kein Kontoauszug" in told[3]
    assert "leer.xml abgelehnt Die Datei ist leer." in told[4]
    assert page.text.count("Nr. 1") == 2
    assert OWN_IBAN not in page.text


async def test_a_form_that_is_sent_twice_takes_a_file_in_once(firm: Firm, accounts_office: Shop) -> None:
    editor = await firm.person(Role.EDITOR)
    first, second = [await upload(editor, ("a.xml", camt(SENT))) for _ in range(2)]
    assert "eingelesen" in outcomes(first)[0]
    assert "war schon da" in outcomes(second)[0]
    assert len(await firm.rows("SELECT 1 FROM statement_files")) == 1


BOMB = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><Document>&b;</Document>'


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("xml-bombe.xml", BOMB, "DOCTYPE"),
        ("zip-bombe.zip", packed(a_xml=bytes(70_000_000)), "zu groß"),
        (
            "dollar.xml",
            camt(Line(-100, currency="USD")).replace(b'"EUR"', b'"USD"').replace(b">EUR<", b">USD<"),
            "in USD",
        ),
        ("fremd.xml", camt(SENT, iban=iban(7)), "nicht als eigenes Konto in Kraft"),
        ("../../etc/<b>passwd</b>.xml", b"x", "kein Kontoauszug"),
    ],
)
async def test_what_no_bank_of_ours_wrote_is_refused_with_its_sentence_and_nothing_is_kept(
    firm: Firm, accounts_office: Shop, name: str, content: bytes, said: str
) -> None:
    page = await upload(await firm.person(Role.EDITOR), (name, content))
    assert page.status_code == 422
    [told] = outcomes(page)
    assert said in told
    assert "<b>passwd" not in page.text
    assert await firm.rows("SELECT 1 FROM statement_files") == []


async def test_another_tenants_statement_is_refused_like_one_of_nobodys_account(
    firm: Firm, other_firm: Firm, accounts_office: Shop
) -> None:
    foreign = await upload(await other_firm.person(Role.ADMIN), ("a.xml", camt(SENT)))
    nobodys = await upload(await other_firm.person(Role.ADMIN), ("a.xml", camt(SENT, iban=iban(8))))
    assert outcomes(foreign) == outcomes(nobodys)
    assert firm.tenant.slug not in foreign.text


async def test_a_form_with_files_counts_only_with_its_sessions_token_and_for_those_who_may(
    firm: Firm, accounts_office: Shop
) -> None:
    editor, viewer, approver = [await firm.person(role) for role in (Role.EDITOR, Role.VIEWER, Role.APPROVER)]
    file = [("dateien", ("a.xml", camt(SENT), "text/xml"))]
    for token in ({}, {"csrf": "0" * 64}, {"csrf": await viewer.token()}):
        answer = await editor.http.post(PAGE, data=token, files=file)
        assert (answer.status_code, "foreign_form" in answer.text) == (403, True)
    crossing = await editor.http.post(
        PAGE, data={"csrf": await editor.token()}, files=file, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert crossing.status_code == 403
    for other in (viewer, approver):
        assert 'type="file"' not in (await other.get(PAGE)).text
        assert (await upload(other, ("a.xml", camt(SENT)))).status_code == 403
    stranger = firm.browser()
    led = await stranger.http.post(PAGE, data={"csrf": await stranger.token("/login")}, files=file)
    assert (led.status_code, led.headers["location"]) == (303, "/login?weiter=%2Fadmin%2Fkontoauszuege")
    assert await firm.rows("SELECT 1 FROM statement_files") == []


async def test_a_form_of_too_many_or_too_large_files_is_refused_whole(firm: Firm, accounts_office: Shop) -> None:
    editor = await firm.person(Role.EDITOR)
    many = await upload(editor, *((f"{number}.xml", camt(SENT, number=number)) for number in range(1, 52)))
    assert (many.status_code, "mehr als 50 Dateien" in many.text) == (422, True)
    torn = {"Content-Type": "multipart/form-data; boundary=x"}
    assert (await editor.http.post(PAGE, content=b"--x\r\ntorn", headers=torn)).status_code in (403, 422)
    large = await upload(editor, ("a.xml", b"x" * (firm.parts.settings.upload_bytes + 1)))
    assert large.status_code == 413
    nothing = await editor.post(PAGE, shown_at=PAGE)
    assert (nothing.status_code, "mindestens eine Datei" in nothing.text) == (422, True)
    assert await firm.rows("SELECT 1 FROM statement_files") == []


async def test_a_statement_says_what_each_of_its_bookings_proved(firm: Firm, accounts_office: Shop) -> None:
    editor = await firm.person(Role.EDITOR)
    unexplained = Line(-500, "PO-2026-0009", iban(2), name="Änne &lt;Müller&gt;", reference="R3")
    await upload(editor, ("drei.xml", camt(SENT, Line(7_700, "RE-1", reference="R2"), unexplained, number=3)))
    await compare(accounts_office)
    listed = (await editor.get(PAGE)).text
    [statement] = re.findall(rf'href="({PAGE}/[0-9a-f-]{{36}})"', listed)
    page = (await editor.get(statement)).text
    assert "3, davon 3 neu, 0 offen" in page
    for word in ("Buchungstag", "Wertstellung", "Verwendungszweck", "Endsaldo"):
        assert word in page
    assert "<Müller>" not in page
    assert OWN_IBAN not in page
    assert "RE-1" not in page, "what is about no payout keeps no text"


async def test_a_missing_number_stands_at_the_statement_that_follows_it(firm: Firm, accounts_office: Shop) -> None:
    editor = await firm.person(Role.EDITOR)
    for number in (1, 2, 5):
        await upload(editor, ("a.xml", camt(SENT, number=number)))
    page = (await editor.get(PAGE)).text
    assert page.count("davor fehlen 2") == 1
    assert "davor fehlt einer" not in page
    [question] = await firm.rows("SELECT id FROM tasks WHERE kind = 'statement_missing'")
    task = (await editor.get(f"/admin/aufgaben/{question['id']}")).text
    [statements] = re.findall(rf'href="({PAGE}\?konto=[0-9a-f-]+)"', task)
    assert "davor fehlen 2" in (await editor.get(statements)).text


async def test_the_lists_filters_leave_what_they_say(firm: Firm, accounts_office: Shop) -> None:
    editor = await firm.person(Role.EDITOR)
    await upload(editor, ("a.xml", camt(SENT)), ("b.xml", camt(SENT, message="052", number=2)))
    # A worker of another test may compare it first, and would find it explained by nothing of ours.
    await compare(accounts_office)
    await firm.rows("UPDATE bank_entries SET concerns_us = true, state = 'unresolved' WHERE true")
    for query, kinds in (("", 2), ("?art=statement", 1), ("?art=preview", 1), ("?bis=2020-01-01", 0), ("?offen=1", 1)):
        page = (await editor.get(PAGE + query)).text
        assert len(re.findall(rf'href="{PAGE}/[0-9a-f-]{{36}}"', page)) == kinds, query
    assert "davon" not in (await editor.get(f"{PAGE}?art=quatsch")).text
    assert (await editor.get(f"{PAGE}?konto={secrets.token_hex(16)}&von=x")).status_code == 200


async def test_the_kept_file_is_for_those_alone_who_may_see_the_account(firm: Firm, accounts_office: Shop) -> None:
    admin, editor = await firm.person(Role.ADMIN), await firm.person(Role.EDITOR)
    content = camt(SENT)
    await upload(editor, ("C53 März.xml", content))
    files = f"{PAGE}/dateien"
    assert "Herunterladen" not in (await editor.get(files)).text
    [file] = re.findall(rf'action="({files}/[0-9a-f-]+)"', (await admin.get(files)).text)
    assert (await editor.post(file)).status_code == 403
    kept = await admin.post(file)
    assert (kept.content, kept.headers["content-type"]) == (content, "application/xml")
    assert kept.headers["content-disposition"].startswith("attachment; ")
    assert (await firm.actions())[-1] == "statement.downloaded"
    await firm.rows("UPDATE statement_files SET content_encrypted = ''")
    gone = await admin.post(file)
    assert (gone.status_code, "nach Ende der Aufbewahrung gelöscht" in gone.text) == (409, True)
