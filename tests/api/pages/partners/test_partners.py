"""Partner: master data that keeps what was typed, acts that need a second person, and the sponsor tree."""

import pytest

from ledger.refusals import NotAllowedNow
from ledger.roles import Role
from tests.fixtures.ledger_shop import CONFIRMED_LINES, COUNTED_LINES
from tests.fixtures.sale_books import Books

IBAN = "DE02120300000000202051"


async def test_a_partner_is_shown_whole(sale_books: Books) -> None:
    await sale_books.approved_sale()
    await sale_books.sale()
    page = await sale_books.read("/admin/partner/ANNA")
    assert "Vorläufig 10,00 € Eine Provision Freigegeben 10,00 € Eine Provision" in page
    assert "darüber, Stufe 3 CARL" in page
    assert "Ohne Steuerstatus gibt es für diesen Partner kein Dokument." in page
    assert "darunter, Ebene 2 ANNA" in await sale_books.read("/admin/partner/CARL")


async def test_a_debt_is_shown_with_the_day_since_when(sale_books: Books) -> None:
    sale = await sale_books.approved_sale()
    await sale_books.rows(
        """
        INSERT INTO commissions (tenant_id, kind, transaction_id, partner_id, level, base_cents, net_cents, state,
                                 provisional, service_date, created_at)
        SELECT tenant_id, 'correction', transaction_id, partner_id, 1, 0, -2500, 'pending', false, service_date,
               '2026-09-30T23:00:00Z' FROM commissions WHERE transaction_id = $1 AND level = 1
        """,
        sale,
    )
    await sale_books.rows(CONFIRMED_LINES, sale_books.firm.tenant.id)
    await sale_books.rows(COUNTED_LINES, sale_books.firm.tenant.id)
    page = await sale_books.read("/admin/partner/ANNA")
    assert "Freigegeben -15,00 € 2 Provisionen seit 01.10.2026; wird mit künftigen Provisionen verrechnet" in page


async def test_the_list_is_narrowed_down_by_name_sponsor_and_status(sale_books: Books) -> None:
    await sale_books.rows("UPDATE partners SET status = 'inactive' WHERE code = 'CARL'")
    for query, seen in (("name=ert", "BERT"), ("sponsor=BERT", "ANNA"), ("status=inactive", "CARL")):
        page = (await sale_books.editor.get(f"/admin/partner?{query}")).text
        assert [code for code in ("ANNA", "BERT", "CARL") if f'partner/{code}">{code}</a></th>' in page] == [seen]


async def test_a_new_partner_is_added_and_a_refused_one_keeps_what_was_typed(sale_books: Books) -> None:
    form = {"code": "dora", "name": "Dora GmbH", "city": "Köln", "country_code": "de", "sponsor_code": "ANNA"}
    where = await sale_books.send("/admin/partner/neu", form)
    assert where == "/admin/partner/DORA?hinweis=angelegt"
    for wrong in ({"code": "dora"}, {"code": "E!"}, {"sponsor_code": "NIEMAND"}, {"name": ""}, {"minimum": "viel"}):
        answer = await sale_books.editor.post("/admin/partner/neu", form | {"code": "EMIL"} | wrong)
        assert answer.status_code == 422
        assert 'value="Köln"' in answer.text
        assert 'role="alert"' in answer.text


async def test_a_country_is_chosen_from_a_list(sale_books: Books) -> None:
    form = (await sale_books.editor.get("/admin/partner/neu")).text
    assert '<option value="DE" selected>Deutschland</option>' in form
    assert '<option value="GB">Vereinigtes Königreich</option>' in form
    assert 'value="UK"' not in form
    refused = await sale_books.editor.post("/admin/partner/neu", {"code": "DORA", "name": "Dora", "country_code": "UK"})
    assert (refused.status_code, "UK ist kein Land nach ISO 3166-1" in refused.text) == (422, True)


async def test_a_name_that_nobody_can_read_is_refused_with_the_reason(sale_books: Books) -> None:
    admin = await sale_books.firm.person(Role.ADMIN)
    unseen = "Namen und Anschriften sind eine sichtbare Zeile"
    for text, why in (("Do\u200bra", unseen), ("Dora\u202e", unseen), ("Do\nra", unseen), ("4711", "mindestens einen")):
        for page, form, browser in (
            ("/admin/partner/neu", {"code": "DORA", "name": text}, sale_books.editor),
            ("/admin/partner/ANNA/bearbeiten", {"name": text}, sale_books.editor),
            ("/admin/partner/ANNA/bankverbindung", {"account_holder": text, "iban": IBAN}, admin),
            ("/admin/bankkonten", {"holder": text, "iban": IBAN}, admin),
            ("/admin/kampagnen", {"slug": "messe", "name": text}, admin),
        ):
            answer = await browser.post(page, form)
            assert (answer.status_code, why in answer.text) == (422, True), (page, ascii(text))
    [row] = await sale_books.rows("SELECT count(*) AS n FROM partner_bank_details")
    assert row["n"] == 0


async def test_a_phone_number_is_kept_as_it_was_written_or_refused(sale_books: Books) -> None:
    form = {"code": "dora", "name": "Dora GmbH", "phone": "+49 (30) 12 34-56"}
    assert await sale_books.send("/admin/partner/neu", form) == "/admin/partner/DORA?hinweis=angelegt"
    assert "Telefon +49 (30) 12 34-56" in await sale_books.read("/admin/partner/DORA")
    for wrong in ("++", "ruf mich an", "12"):
        answer = await sale_books.editor.post("/admin/partner/neu", form | {"code": "EMIL", "phone": wrong})
        assert answer.status_code == 422
        assert "Die Telefonnummer hat mindestens drei Ziffern" in answer.text


async def test_a_new_legal_person_is_linked_with_the_one_that_it_follows(sale_books: Books) -> None:
    form = {"code": "anna-gmbh", "name": "Anna GmbH", "predecessor_code": "anna"}
    assert await sale_books.send("/admin/partner/neu", form) == "/admin/partner/ANNA-GMBH?hinweis=angelegt"
    assert "Nachfolger von ANNA" in await sale_books.read("/admin/partner/ANNA-GMBH")
    assert 'href="/admin/partner/ANNA-GMBH"' in (await sale_books.editor.get("/admin/partner/ANNA")).text
    answer = await sale_books.editor.post("/admin/partner/neu", form | {"code": "EMIL"})
    assert answer.status_code in (409, 422)
    assert "Dieser Partner hat schon einen Nachfolger: ANNA-GMBH." in answer.text


async def test_master_data_are_edited_with_before_and_after_in_the_trail(sale_books: Books) -> None:
    await sale_books.send(
        "/admin/partner/ANNA/bearbeiten", {"name": "Anna AG", "sponsor_code": "BERT", "minimum": "1.234,56"}
    )
    [row] = await sale_books.rows("SELECT name, minimum_payout_cents FROM partners WHERE code = 'ANNA'")
    assert tuple(row) == ("Anna AG", 123456)
    assert 'value="1234,56"' in (await sale_books.editor.get("/admin/partner/ANNA/bearbeiten")).text
    circle = await sale_books.send(
        "/admin/partner/CARL/bearbeiten", {"name": "Carl", "sponsor_code": "ANNA"}, status=422
    )
    assert "nicht unter sich selbst" in circle


async def test_tax_status_and_agreement_are_recorded_and_refusals_open_their_form(sale_books: Books) -> None:
    wrong = await sale_books.editor.post(
        "/admin/partner/ANNA/steuerstatus", {"tax_status": "small_business", "valid_from": "2026-01-01"}
    )
    assert wrong.status_code == 422
    assert "Für Kleinunternehmer fehlt das bestätigte Kalenderjahr." in wrong.text
    assert 'value="2026-01-01"' in wrong.text
    mistyped = await sale_books.editor.post(
        "/admin/partner/ANNA/steuerstatus",
        {"tax_status": "regular", "valid_from": "2026-01-01", "vat_id": "DE123456789"},
    )
    assert mistyped.status_code == 422
    assert "Die Prüfziffer dieser USt-IdNr. (DE) stimmt nicht; vermutlich ist sie verschrieben." in mistyped.text
    assert 'value="DE123456789"' in mistyped.text
    await sale_books.send(
        "/admin/partner/ANNA/steuerstatus",
        {
            "tax_status": "small_business",
            "valid_from": "2026-01-01",
            "confirmed_year": "2026",
            "tax_number": "12 345 67890",
            "business_id": "DE123456788",
        },
    )
    await sale_books.send("/admin/partner/ANNA/vereinbarung", {"version": "2026-01", "accepted_on": "2026-01-02"})
    page = await sale_books.read("/admin/partner/ANNA")
    assert "Kleinunternehmer (§ 19 UStG), bestätigt für 2026 heute" in page
    assert "12/345/67890" in page
    assert "W-IdNr. DE123456788-00001" in page
    assert "Fassung 2026-01, vom 02.01.2026" in page


async def test_a_new_account_is_pending_and_shows_only_its_end(sale_books: Books) -> None:
    admin = await sale_books.firm.person(Role.ADMIN)
    refused = await admin.post("/admin/partner/ANNA/bankverbindung", {"account_holder": "Anna", "iban": "DE00123"})
    assert refused.status_code == 422
    assert 'value="Anna"' in refused.text
    assert "DE00123" not in refused.text
    await sale_books.send("/admin/partner/ANNA/bankverbindung", {"account_holder": "Anna", "iban": IBAN}, browser=admin)
    [row] = await sale_books.rows("SELECT state FROM partner_bank_details")
    assert row["state"] == "pending"
    for browser in (admin, sale_books.editor):
        page = await sale_books.read("/admin/partner/ANNA", browser=browser)
        assert "•••• 2051" in page
        assert IBAN not in page


async def test_stopped_payouts_are_held_and_go_on_when_they_are_resumed(sale_books: Books) -> None:
    await sale_books.fit_to_be_paid()
    await sale_books.approved_sale()
    await sale_books.send("/admin/partner/ANNA/auszahlung")
    assert "Grund" in await sale_books.send("/admin/partner/ANNA/anhalten", {"reason": ""}, status=422)
    await sale_books.send("/admin/partner/ANNA/anhalten", {"reason": "Verdacht auf Betrug"})
    [held] = await sale_books.rows("SELECT open_holds FROM payouts")
    assert held["open_holds"] == ["partner_stopped"]
    await sale_books.approved_sale()
    assert "angehalten" in await sale_books.send("/admin/partner/ANNA/auszahlung", status=422)
    assert await sale_books.rows("SELECT 1 FROM payouts WHERE open_holds IS NULL") == []
    [payout] = await sale_books.rows("SELECT number FROM payouts")
    # Whoever lifts another hold uncovers this one.
    await sale_books.send(f"/admin/auszahlungen/{payout['number']}/zurueckstellen", {"grund": "Rückfrage <läuft>"})
    assert "Rückfrage <läuft>" in await sale_books.read(f"/admin/auszahlungen/{payout['number']}")
    await sale_books.send(f"/admin/auszahlungen/{payout['number']}/aufnehmen", {"grund": "Geklärt"})
    assert "Die Auszahlungen an diesen Partner sind angehalten." in await sale_books.read(
        f"/admin/auszahlungen/{payout['number']}"
    )
    assert "Verdacht auf Betrug" in await sale_books.read("/admin/partner/ANNA")
    await sale_books.send("/admin/partner/ANNA/fortsetzen", {"reason": "Geklärt"})
    assert await sale_books.rows("SELECT 1 FROM payouts WHERE open_holds IS NOT NULL") == []
    assert (await sale_books.firm.actions()).count("partner.payouts_resumed") == 1


async def test_a_payout_that_waits_for_an_account_waits_again_when_the_partner_is_resumed(sale_books: Books) -> None:
    await sale_books.fit_to_be_paid()
    await sale_books.approved_sale()
    await sale_books.send("/admin/partner/ANNA/auszahlung")
    admin = await sale_books.firm.person(Role.ADMIN)
    await sale_books.send("/admin/partner/ANNA/bankverbindung", {"account_holder": "Anna", "iban": IBAN}, browser=admin)
    await sale_books.send("/admin/partner/ANNA/anhalten", {"reason": "x"})
    await sale_books.send("/admin/partner/ANNA/fortsetzen", {"reason": "y"})
    [row] = await sale_books.rows("SELECT open_holds FROM payouts")
    assert row["open_holds"] == ["account_pending"]


async def test_a_bonus_counts_once_a_second_person_has_confirmed_it(sale_books: Books) -> None:
    form = {"kind": "bonus", "amount": "25,00", "service_date": "2026-10-01", "reason": "Sommeraktion"}
    await sale_books.send("/admin/partner/ANNA/zeile", form)
    [task] = await sale_books.rows("SELECT id FROM tasks WHERE kind = 'manual_line' AND state = 'open'")
    alone = await sale_books.send(f"/admin/aufgaben/{task['id']}", {"action": "confirm"}, status=422)
    assert "zweite Person" in alone
    [row] = await sale_books.rows("SELECT state, net_cents FROM commissions")
    assert tuple(row) == ("pending", 2500)
    approver = await sale_books.firm.person(Role.APPROVER)
    await sale_books.send(f"/admin/aufgaben/{task['id']}", {"action": "confirm"}, browser=approver)
    [row] = await sale_books.rows("SELECT state, recorded_by FROM commissions")
    assert row["state"] == "approved"
    assert row["recorded_by"] == f"user:{sale_books.editor.user}"
    assert "Bonus: von Hand Sommeraktion" in await sale_books.read("/admin/provisionen?partner=ANNA")


async def test_a_line_that_was_not_confirmed_cannot_be_approved_by_sql(sale_books: Books) -> None:
    await sale_books.send(
        "/admin/partner/ANNA/zeile",
        {"kind": "correction", "amount": "-5", "service_date": "2026-10-01", "reason": "Zu viel"},
    )
    with pytest.raises(NotAllowedNow):
        await sale_books.rows("UPDATE commissions SET state = 'approved'")


async def test_a_refused_line_says_why_it_is_refused_and_keeps_what_was_typed(sale_books: Books) -> None:
    form = {"kind": "bonus", "amount": "-5", "service_date": "2026-10-01", "reason": "Sommeraktion"}
    answer = await sale_books.editor.post("/admin/partner/ANNA/zeile", form)
    assert answer.status_code == 422
    assert "Ein Bonus ist größer als null" in answer.text
    assert "Sommeraktion" in answer.text
