"""A partner's own page: a link that works once, a cookie that is nobody else's, and an objection that asks a person."""

import re

from pydantic import SecretStr

from ledger.bank import partner_accounts
from ledger.bank.partner_accounts import NewBankDetails
from ledger.documents.own import issuing
from ledger.documents.own.issuing import OwnDocumentRow
from tests.fixtures.bank_runs import MAKER, SECOND, iban
from tests.fixtures.browsers import Browser
from tests.fixtures.own_documents import of_payout
from tests.fixtures.sale_books import Books, said
from tests.ledger.documents.own.documents import GERMAN, document

_LINK = re.compile(r"<code>http://127\.0\.0\.1(/p/[A-Za-z0-9_-]{43})</code>")


async def a_link(books: Books, code: str = "ANNA") -> str:
    page = await books.editor.post(f"/admin/partner/{code}/link")
    found = _LINK.search(page.text)
    assert found, page.text
    return found[1]


async def a_guest(books: Books, code: str = "ANNA") -> Browser:
    link = await a_link(books, code)
    guest = books.firm.browser()
    opened = await guest.post(link, shown_at=link)
    assert (opened.status_code, opened.headers["location"]) == (303, "/p")
    return guest


async def an_account(books: Books, code: str = "ANNA") -> None:
    """In force, as two persons recorded and confirmed it."""
    parts = books.firm.parts
    new = NewBankDetails(account_holder="Anna Gross", iban=SecretStr(iban()))
    async with parts.ledger.transaction(books.firm.tenant, cause="test") as tx:
        partner = await tx.fetchval("SELECT id FROM partners WHERE code = $1", code)
        made = await partner_accounts.save_bank_details(tx, parts.vault, partner, new, by=MAKER)
        await partner_accounts.confirm(tx, partner, made.id, by=SECOND)


async def a_payout(books: Books) -> str:
    await books.fit_to_be_paid()
    await books.approved_sale(customer_email="kunde@geheim.example", customer_name="Geheime Kundin")
    return (await books.send("/admin/partner/ANNA/auszahlung")).rpartition("/")[2]


async def test_a_partner_sees_its_balance_and_payouts_and_no_customer(sale_books: Books) -> None:
    number = await a_payout(sale_books)
    guest = await a_guest(sale_books)
    answer = await guest.get("/p")
    page = said(answer.text)
    assert number in page
    assert "Wird geprüft." in page
    assert "In Auszahlung 10,00 €" in page
    for secret in ("Geheime", "geheim.example", "BERT", "CARL"):
        assert secret not in answer.text
    assert answer.headers["referrer-policy"] == "no-referrer"


async def test_a_disputed_sale_is_shown_as_such_and_not_as_one_that_nobody_paid(sale_books: Books) -> None:
    sale = await sale_books.approved_sale()
    await sale_books.sale()
    await sale_books.rows(
        "INSERT INTO sale_holds (tenant_id, transaction_id, code) VALUES ($1, $2, 'dispute')",
        sale_books.firm.tenant.id,
        sale,
    )
    await sale_books.rows("UPDATE commissions SET state = 'pending' WHERE transaction_id = $1", sale)
    own = said((await (await a_guest(sale_books)).get("/p")).text)
    assert "Vorläufig 10,00 € Der Kunde hat noch nicht bezahlt" in own
    assert "Angehalten 10,00 € Zu diesen Verkäufen läuft ein Zahlungsstreit" in own
    assert "davon angehalten: 10,00 €" in await sale_books.read("/admin/partner/ANNA")
    assert "Verkauf angehalten: Zum Verkauf läuft ein Zahlungsstreit." in await sale_books.read(
        "/admin/partner/ANNA/faelligkeit"
    )
    shown = await sale_books.read("/admin/provisionen?partner=ANNA")
    assert (shown.count("Angehalten"), shown.count("ANNA")) == (1, 2), shown


async def test_a_link_works_once(sale_books: Books) -> None:
    link = await a_link(sale_books)
    looked_at = sale_books.firm.browser()
    # A mail scanner looks and uses nothing up.
    assert "Meine Abrechnung öffnen" in (await looked_at.get(link)).text
    assert "Meine Abrechnung öffnen" in (await looked_at.get(link)).text
    await looked_at.post(link, shown_at=link)
    assert (await looked_at.get("/p")).status_code == 200
    late = sale_books.firm.browser()
    assert (await late.get(link)).status_code == 404
    assert (await late.post(link)).status_code == 404
    assert (await late.get("/p")).status_code == 401


async def test_the_ledger_keeps_neither_link_nor_cookie(sale_books: Books) -> None:
    link = await a_link(sale_books)
    guest = sale_books.firm.browser()
    await guest.post(link, shown_at=link)
    cookie = guest.http.cookies["partnerdesk-partner"]
    [row] = await sale_books.rows("SELECT * FROM partner_links")
    for secret in (link.rpartition("/")[2], cookie):
        assert secret.encode() not in row["token_hmac"] + row["cookie_hmac"]
        assert await sale_books.rows("SELECT 1 FROM audit_entries WHERE detail::text LIKE $1", f"%{secret}%") == []
    assert [action for action in await sale_books.firm.actions() if "link" in action] == [
        "partner.link_made",
        "partner.link_opened",
    ]


async def test_a_revoked_link_ends_link_and_cookie(sale_books: Books) -> None:
    guest = await a_guest(sale_books)
    [row] = await sale_books.rows("SELECT id FROM partner_links")
    await sale_books.send(f"/admin/partner/ANNA/link/{row['id']}/widerrufen")
    assert (await guest.get("/p")).status_code == 401
    unused = await a_link(sale_books)
    [row] = await sale_books.rows("SELECT id FROM partner_links WHERE used_at IS NULL")
    await sale_books.send(f"/admin/partner/ANNA/link/{row['id']}/widerrufen")
    assert (await guest.get(unused)).status_code == 404


async def test_link_and_cookie_end_after_thirty_days(sale_books: Books) -> None:
    guest, unused = await a_guest(sale_books), await a_link(sale_books)
    await sale_books.rows(
        """
        UPDATE partner_links
           SET created_at = created_at - interval '31 days', expires_at = expires_at - interval '31 days',
               used_at = used_at - interval '31 days', cookie_expires_at = cookie_expires_at - interval '31 days'
        """
    )
    assert (await guest.get("/p")).status_code == 401
    assert (await guest.get(unused)).status_code == 404
    assert "abgelaufen" in await sale_books.read("/admin/partner/ANNA")


async def test_the_cookie_opens_nothing_else(sale_books: Books) -> None:
    guest = await a_guest(sale_books)
    for path in ("/admin", "/admin/partner/ANNA", "/admin/auszahlungen"):
        assert (await guest.get(path)).headers["location"].startswith("/login")


async def test_another_partners_payout_is_one_that_does_not_exist(sale_books: Books) -> None:
    number = await a_payout(sale_books)
    guest = await a_guest(sale_books, "BERT")
    assert number not in (await guest.get("/p")).text
    assert (await guest.get(f"/p/belege/{number}")).status_code == 404
    refused = await guest.post("/p/widerspruch", {"nummer": number, "grund": "Falsch"}, shown_at="/p")
    assert refused.status_code == 404


async def test_an_objection_is_noted_asks_a_person_and_shows_the_answer(sale_books: Books) -> None:
    number = await a_payout(sale_books)
    guest = await a_guest(sale_books)
    empty = await guest.post("/p/widerspruch", {"nummer": number, "grund": ""}, shown_at="/p")
    assert empty.status_code == 422
    await guest.post("/p/widerspruch", {"nummer": number, "grund": "Der Mai fehlt"}, shown_at="/p")
    again = await guest.post("/p/widerspruch", {"nummer": number, "grund": "Nochmal"}, shown_at="/p")
    assert again.status_code == 422
    assert "bereits widersprochen" in again.text
    [row] = await sale_books.rows("SELECT objection_reason FROM payouts WHERE number = $1", number)
    assert row["objection_reason"] == "Der Mai fehlt"
    assert "Der Mai fehlt" in await sale_books.read("/admin/partner/ANNA")
    [task] = await sale_books.rows("SELECT id FROM tasks WHERE kind = 'payout_objected'")
    page = f"/admin/auszahlungen/{number}"
    asked = await sale_books.read(page)
    assert "Der Mai fehlt" in asked
    assert "Bis dahin nimmt kein Zahlungslauf die Auszahlung auf." in asked
    silent = await sale_books.send(f"/admin/aufgaben/{task['id']}", {"action": "done"}, status=422)
    assert "Bitte schreiben Sie dem Partner eine Antwort." in silent
    await sale_books.send(f"/admin/aufgaben/{task['id']}", {"action": "done", "reason": "Mai kommt mit der nächsten"})
    assert "Antwort: Mai kommt mit der nächsten" in said((await guest.get("/p")).text)
    assert "payout.objected" in await sale_books.firm.actions()
    answered = await sale_books.read(page)
    assert "Widerspruch beantwortet" in answered
    assert "Mai kommt mit der nächsten" in answered
    assert "Bis dahin nimmt kein Zahlungslauf" not in answered


async def test_a_partner_takes_the_name_that_the_bank_knows_and_a_second_person_confirms_it(sale_books: Books) -> None:
    await an_account(sale_books)
    guest, other = await a_guest(sale_books), await a_guest(sale_books, "BERT")
    assert "Ihre Bank führt das Konto" not in (await guest.get("/p")).text
    nothing = await guest.post("/p/kontoinhaber", {"name": "Anna Groß-Klein"}, shown_at="/p")
    assert nothing.status_code == 422
    await sale_books.rows(
        """
        INSERT INTO payee_checks (tenant_id, bank_details_id, result, holder_at_bank, checked_on, reported, recorded_by)
        SELECT b.tenant_id, b.id, 'close', 'Anna Groß-Klein', now(), true, 'user:1'
          FROM partner_bank_details b JOIN partners p ON p.id = b.partner_id WHERE p.code = 'ANNA'
        """
    )
    assert "auf den Namen „Anna Groß-Klein“" in said((await guest.get("/p")).text)
    assert "Anna Groß-Klein" not in (await other.get("/p")).text
    for browser, name in ((other, "Anna Groß-Klein"), (guest, "Mallory")):
        assert (await browser.post("/p/kontoinhaber", {"name": name}, shown_at="/p")).status_code == 422
    taken = await guest.post("/p/kontoinhaber", {"name": "Anna Groß-Klein"}, shown_at="/p")
    assert taken.headers["location"] == "/p?hinweis=kontoinhaber"
    assert "Ihre Bank führt das Konto" not in (await guest.get("/p")).text
    waiting = await sale_books.rows(
        "SELECT account_holder, recorded_by, confirmed_by FROM partner_bank_details WHERE state = 'pending'"
    )
    [partner] = await sale_books.rows("SELECT id FROM partners WHERE code = 'ANNA'")
    assert [tuple(row) for row in waiting] == [("Anna Groß-Klein", f"partner:{partner['id']}", None)]


async def test_the_credit_note_is_handed_out_as_a_file(sale_books: Books) -> None:
    number = await a_payout(sale_books)
    guest = await a_guest(sale_books)
    assert (await guest.get(f"/p/belege/{number}")).status_code == 404
    await sale_books.rows(
        """
        WITH note AS (
            INSERT INTO external_documents (tenant_id, organization_id, kind, resource_id, voucher_number, payout_id)
            SELECT tenant_id, gen_random_uuid(), 'credit-note', gen_random_uuid(), 'GS-2026-0042', id
              FROM payouts WHERE number = $1 RETURNING tenant_id, resource_id, payout_id)
        INSERT INTO credit_note_papers (tenant_id, resource_id, payout_id, content, sha256)
        SELECT tenant_id, resource_id, payout_id, convert_to('%PDF-1.7 Gutschrift', 'UTF8'),
               sha256(convert_to('%PDF-1.7 Gutschrift', 'UTF8'))
          FROM note
        """,
        number,
    )
    assert "GS-2026-0042 als PDF" in said((await guest.get("/p")).text)
    answer = await guest.get(f"/p/belege/{number}")
    assert answer.content == b"%PDF-1.7 Gutschrift"
    assert answer.headers["content-disposition"].startswith("attachment;")


async def test_the_page_speaks_english_too(sale_books: Books) -> None:
    guest = await a_guest(sale_books)
    chosen = await guest.post("/sprache", {"sprache": "en", "weiter": "/p"}, shown_at="/p")
    assert chosen.headers["location"] == "/p"
    assert "Your payouts" in (await guest.get("/p")).text


async def test_somebody_who_logs_out_is_forgotten_by_the_browser(sale_books: Books) -> None:
    guest = await a_guest(sale_books)
    copied = dict(guest.http.cookies)
    await guest.post("/p/abmelden", shown_at="/p")
    assert (await guest.get("/p")).status_code == 401
    # And of whoever has its cookie as well.
    guest.http.cookies.update(copied)
    assert (await guest.get("/p")).status_code == 401
    assert (await guest.post("/p/widerspruch", {"nummer": "x", "grund": "y"}, shown_at="/login")).status_code in (
        401,
        403,
    )
    rows = await sale_books.rows("SELECT count(*) AS n FROM audit_entries WHERE action = 'partner.link_left'")
    assert rows[0]["n"] == 1


async def test_the_partners_page_asks_for_its_states_again(sale_books: Books) -> None:
    page = (await (await a_guest(sale_books)).get("/p")).text
    assert 'data-renew="15" hx-get="/p"' in page


async def an_own_document(books: Books) -> OwnDocumentRow:
    number = await a_payout(books)
    await books.rows("UPDATE partners SET email = 'anna@partner.example' WHERE code = 'ANNA'")
    return await of_payout(books.firm.parts.ledger, books.firm.tenant, number)


async def test_a_partner_finds_its_own_documents_and_the_first_opening_delivers_them(sale_books: Books) -> None:
    row = await an_own_document(sale_books)
    guest = await a_guest(sale_books)
    page = await guest.get("/p")
    assert said(page.text).count(f"{row.number} als PDF") == 1
    assert f"{row.number} Gutschrift" in said(page.text)
    assert await sale_books.rows("SELECT 1 FROM own_document_deliveries") == []
    for form, begins in (("pdf", b"%PDF-"), ("xml", b"<?xml")):
        path = f"/p/eigene-belege/{row.id}.{form}"
        assert path in page.text
        file = await guest.get(path)
        assert file.content.startswith(begins)
        assert file.headers["content-disposition"] == f'attachment; filename="{row.number}.{form}"'
    [opened] = await sale_books.rows("SELECT outcome, told_by FROM own_document_deliveries")
    partner = (await sale_books.rows("SELECT id FROM partners WHERE code = 'ANNA'"))[0]["id"]
    assert (opened["outcome"], opened["told_by"]) == ("opened", f"partner:{partner}")


async def test_another_partners_document_and_one_that_is_not_out_are_not_there(sale_books: Books) -> None:
    row = await an_own_document(sale_books)
    other = await a_guest(sale_books, "BERT")
    assert row.number not in (await other.get("/p")).text
    assert (await other.get(f"/p/eigene-belege/{row.id}.pdf")).status_code == 404
    assert (await sale_books.firm.browser().get(f"/p/eigene-belege/{row.id}.pdf")).status_code == 401
    async with sale_books.firm.parts.ledger.transaction(sale_books.firm.tenant) as tx:
        draft = document(number="?", seller=GERMAN)  # of ANNA by its code
        inside = await issuing.issue(tx, draft, payout=None, must_be_e_invoice=True, by="engine")
    guest = await a_guest(sale_books)
    assert inside.number not in (await guest.get("/p")).text
    assert (await guest.get(f"/p/eigene-belege/{inside.id}.pdf")).status_code == 404
    assert len(await sale_books.rows("SELECT 1 FROM own_document_deliveries")) == 0
