"""A payout's own document on its page: how far it has come, its files, and what a person tells of its delivery."""

import io

from pypdf import PdfReader

from ledger.documents.own import delivery, issuing
from ledger.documents.own.issuing import OwnDocumentRow
from ledger.payouts import own_reversal_rows, own_reversals
from ledger.payouts.own_reversal_rows import Ground
from ledger.payouts.own_reversals import Wanted
from ledger.roles import Role
from tests.fixtures.browsers import Firm
from tests.fixtures.own_documents import of_payout
from tests.fixtures.payout_books import Books, let_second_factor_age
from tests.fixtures.sale_books import said


async def an_own_payout(payout_books: Books, firm: Firm) -> tuple[str, OwnDocumentRow]:
    payout = await payout_books.asked_for(10_000)
    await payout_books.rows("UPDATE partners SET email = 'anna@partner.example' WHERE code = 'ANNA'")
    return payout.number, await of_payout(firm.parts.ledger, firm.tenant, payout.number)


async def mail_accepted(payout_books: Books, firm: Firm, row: OwnDocumentRow) -> None:
    [mail] = await payout_books.rows("SELECT id FROM mails WHERE kind = 'own_document'")
    async with firm.parts.ledger.transaction(firm.tenant) as tx:
        await delivery.note_mail_end(tx, mail["id"], row.number, "sent")


async def test_the_page_shows_number_stage_check_and_files(payout_books: Books, firm: Firm) -> None:
    number, row = await an_own_payout(payout_books, firm)
    viewer = await firm.person(Role.VIEWER)
    page = said((await viewer.get(f"/admin/auszahlungen/{number}")).text)
    for expected in (
        f"{row.number} gesendet",
        "keine Bücher verbunden: buchen Sie von Hand",
        "Zugestellt noch nicht",
        "ohne Befund verifyhash-einvoice",
        "Der Beleg ist noch nicht zugestellt",
        "Beleg ausgestellt und an den Partner gegeben",
    ):
        assert expected in page, expected
    assert "zurückgelesen" not in page
    pdf = await viewer.get(f"/admin/belege/{row.id}.pdf")
    async with firm.parts.ledger.transaction(firm.tenant) as tx:
        assert pdf.content == await issuing.get_pdf(tx, row.id)
        assert (await viewer.get(f"/admin/belege/{row.id}.xml")).content == await issuing.get_xml(tx, row.id)
    assert pdf.headers["content-disposition"] == f'attachment; filename="{row.number}.pdf"'
    assert number in (await viewer.get(f"/admin/auszahlungen?nummer={row.number}")).text


async def test_a_person_says_that_the_mail_came_back_and_answers_how_the_partner_gets_it(
    payout_books: Books, firm: Firm
) -> None:
    number, row = await an_own_payout(payout_books, firm)
    await mail_accepted(payout_books, firm, row)
    editor = await firm.person(Role.EDITOR)
    address = f"/admin/auszahlungen/{number}"
    assert "gilt 24 Stunden nach der Annahme" in said((await editor.get(address)).text)
    await editor.post(f"{address}/belege/{row.id}/unzustellbar", {"grund": "550 unknown"}, shown_at=address)
    page = said((await editor.get(address)).text)
    assert "kam zurück 550 unknown" in page
    [task] = await payout_books.rows("SELECT id FROM tasks WHERE kind = 'own_document_undelivered' AND state = 'open'")
    about = (await editor.get(f"/admin/aufgaben/{task['id']}")).text
    assert f'href="{address}"' in about
    assert "ANNA" in (await editor.get("/admin/aufgaben")).text
    refused = await editor.post(f"{address}/belege/{row.id}/uebergeben", {"grund": ""}, shown_at=address)
    assert refused.status_code == 409
    await editor.post(f"{address}/belege/{row.id}/uebergeben", {"grund": "Post, 2.11."}, shown_at=address)
    page = said((await editor.get(address)).text)
    assert f"{row.number} zugestellt" in page
    assert await payout_books.rows("SELECT 1 FROM tasks WHERE state = 'open'") == []
    await editor.post(f"{address}/belege/{row.id}/senden", {"grund": "Noch einmal."}, shown_at=address)
    assert len(await payout_books.rows("SELECT 1 FROM mails WHERE kind = 'own_document'")) == 2


async def test_who_may_only_read_tells_nothing_and_another_firm_sees_nothing(payout_books: Books, firm: Firm) -> None:
    number, row = await an_own_payout(payout_books, firm)
    viewer = await firm.person(Role.VIEWER)
    address = f"/admin/auszahlungen/{number}"
    assert "unzustellbar" not in (await viewer.get(address)).text
    answer = await viewer.post(f"{address}/belege/{row.id}/uebergeben", {"grund": "Post."}, shown_at=address)
    assert answer.status_code == 403
    assert await payout_books.rows("SELECT 1 FROM own_document_deliveries") == []


async def ahead(payout_books: Books, *, books: str = "none") -> str:
    """A payout that awaits approval, and will have a document of our own."""
    payout = await payout_books.asked_for(10_000)
    await payout_books.rows("UPDATE payouts SET strategy = 'own_document', books = $1", books)
    return payout.number


def words_of(pdf: bytes) -> str:
    pages = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


async def test_before_the_approval_the_very_document_is_seen_without_a_number(payout_books: Books, firm: Firm) -> None:
    number = await ahead(payout_books)
    approver = await firm.person(Role.APPROVER)
    address = f"/admin/auszahlungen/{number}"
    page = said((await approver.get(address)).text)
    for expected in (
        "So wird der Beleg",
        "als E-Rechnung",
        "100,00 € netto, 19,00 € USt, 119,00 € gesamt",
        "nichts: Es",
    ):
        assert expected in page, expected
    file = await approver.get(f"{address}/vorschau.pdf")
    assert file.headers["content-disposition"] == f'attachment; filename="{number}-vorschau.pdf"'
    told = words_of(file.content)
    assert "Vorschau – noch kein Beleg" in told
    assert "Belegnummer Vorschau" in told
    assert "119,00 €" in told
    assert b"factur-x.xml" not in file.content
    assert await payout_books.rows("SELECT 1 FROM own_documents") == []
    assert await payout_books.rows("SELECT 1 FROM own_document_counters") == []


async def test_what_keeps_a_document_from_being_written_or_booked_is_said_in_the_preview(
    payout_books: Books, firm: Firm
) -> None:
    number = await ahead(payout_books, books="lexoffice")
    viewer = await firm.person(Role.VIEWER)
    address = f"/admin/auszahlungen/{number}"
    assert "kann noch nicht gebucht werden" in said((await viewer.get(address)).text)
    await payout_books.rows("UPDATE partners SET street = NULL WHERE code = 'ANNA'")
    page = (await viewer.get(address)).text
    assert "So wird der Beleg" in page
    assert "data-refused" in page
    assert (await viewer.get(f"{address}/vorschau.pdf")).status_code == 409


async def test_there_is_no_preview_of_what_lexoffice_writes_or_what_is_issued(payout_books: Books, firm: Firm) -> None:
    payout = await payout_books.asked_for(10_000)
    viewer = await firm.person(Role.VIEWER)
    address = f"/admin/auszahlungen/{payout.number}"
    assert (await viewer.get(f"{address}/vorschau.pdf")).status_code == 409
    await of_payout(firm.parts.ledger, firm.tenant, payout.number)
    assert (await viewer.get(f"{address}/vorschau.pdf")).status_code == 409
    assert "So wird der Beleg" not in (await viewer.get(address)).text


async def test_the_second_person_of_a_storno_is_somebody_who_may_approve(payout_books: Books, firm: Firm) -> None:
    number, _row = await an_own_payout(payout_books, firm)
    await payout_books.rows("UPDATE tenants SET four_eyes_limit_cents = 1")
    async with firm.parts.ledger.transaction(firm.tenant) as tx:
        wanted = Wanted(ground=Ground.ERROR, reason="falscher Satz")
        asked = await own_reversals.ask(tx, number, wanted, by="key:maker")
    [task] = await payout_books.rows("SELECT id FROM tasks WHERE kind = 'own_reversal_asked'")
    address = f"/admin/aufgaben/{task['id']}"
    editor, approver = await firm.person(Role.EDITOR), await firm.person(Role.APPROVER)
    assert "wer Auszahlungen freigeben darf" in (await editor.get(address)).text
    assert (await editor.post(address, {"action": "confirm"}, shown_at=address)).status_code == 403
    await let_second_factor_age(firm, approver)
    stale = await approver.post(address, {"action": "confirm"}, shown_at=address)
    assert (stale.status_code, stale.headers["location"].startswith("/second-factor?")) == (303, True)
    await approver.show_code(steps=1)
    async with firm.parts.ledger.transaction(firm.tenant) as tx:
        assert (await own_reversal_rows.get(tx, asked.id)).confirmed is None
    assert (await approver.post(address, {"action": "confirm"}, shown_at=address)).status_code == 303
    async with firm.parts.ledger.transaction(firm.tenant) as tx:
        assert (await own_reversal_rows.get(tx, asked.id)).confirmed
