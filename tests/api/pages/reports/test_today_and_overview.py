"""The page after login and the overview: figures that are those of the ledger, plots with their tables."""

import re
from datetime import timedelta

from pydantic import SecretStr

from ledger import clock
from ledger.bank import bank_accounts, partner_accounts
from ledger.bank.bank_accounts import NewOwnAccount
from ledger.bank.partner_accounts import NewBankDetails
from ledger.programme import partners
from ledger.roles import Role
from tests.fixtures.browsers import Firm
from tests.fixtures.payout_books import Books


async def test_login_leads_to_todays_work(payout_books: Books, firm: Firm) -> None:
    browser = await firm.person(Role.VIEWER)
    assert (await browser.get("/")).headers["location"] == "/admin/"
    assert (await browser.get("/admin/")).headers["location"] == "/admin/heute"
    assert "Heute" in (await browser.get("/admin/heute")).text


async def test_today_says_what_waits_and_what_changed(payout_books: Books, firm: Firm) -> None:
    approver, viewer = await firm.person(Role.APPROVER), await firm.person(Role.VIEWER)
    waiting = await payout_books.asked_for(10_000)
    opened = await payout_books.open_credit_note(await payout_books.asked_for(20_000, code="BERT"), "GS-2026-0099")
    page = (await approver.get("/admin/heute")).text
    assert "eine Auszahlung wartet auf Freigabe." in page
    assert waiting.number in page
    assert "238,00\xa0€" in page
    assert f"/permalink/credit-notes/view/{opened.credit_note_id}" in page
    assert "GS-2026-0099 in der Buchhaltung" in page
    assert "/admin/freigaben" in page
    assert "/admin/freigaben" not in (await viewer.get("/admin/heute")).text


async def test_todays_tasks_lead_to_their_answers(payout_books: Books, firm: Firm) -> None:
    editor = await firm.person(Role.EDITOR)
    await payout_books.rows(
        "INSERT INTO tasks (tenant_id, kind, subject, subject_id, reason, actions)"
        " VALUES ($1, 'payout_blocked', 'payout', 'PO-2026-0001', 'Es fehlt etwas.', '{retry}')",
        firm.tenant.id,
    )
    [task] = await payout_books.rows("SELECT id FROM tasks")
    assert f"/admin/aufgaben/{task['id']}" in (await editor.get("/admin/heute")).text


async def test_tasks_name_their_partner_and_equal_ones_stand_together(payout_books: Books, firm: Firm) -> None:
    editor = await firm.person(Role.EDITOR)
    payouts = [await payout_books.asked_for(10_000 + number) for number in range(3)]
    earned = (await payout_books.rows("SELECT id FROM commissions ORDER BY seq LIMIT 1"))[0]["id"]
    partner = (await payout_books.rows("SELECT id FROM partners WHERE code = 'ANNA'"))[0]["id"]
    about = [("payout_blocked", "payout", str(payout.number)) for payout in payouts]
    about += [("manual_commission", "commission", str(earned)), ("manual_line", "partner", str(partner))]
    about += [("connection_broken", "connection", "lexoffice")]
    for kind, subject, subject_id in about:
        await payout_books.rows(
            "INSERT INTO tasks (tenant_id, kind, subject, subject_id, reason, actions)"
            " VALUES ($1, $2, $3, $4, 'Es fehlt etwas.', '{done}')",
            firm.tenant.id, kind, subject, subject_id,
        )  # fmt: skip
    [named] = await payout_books.rows("SELECT code, name FROM partners WHERE code = 'ANNA'")
    today = (await editor.get("/admin/heute")).text
    box = today.partition("<h2>Aufgaben</h2>")[2].partition("</section>")[0]
    assert '<span class="figure">6</span>' in box
    assert box.count("/admin/aufgaben?art=payout_blocked") == 1
    assert box.count(f'{named["code"]} <span class="hint">{named["name"]}') == 3, "once for each kind"

    listed = (await editor.get("/admin/aufgaben")).text
    assert listed.count(f'href="/admin/partner/ANNA">ANNA</a><span class="hint">{named["name"]}') == 5
    assert "3 Aufgaben" in listed
    order = [listed.index(payout.number) for payout in payouts]
    assert order == sorted(order)
    [task] = await payout_books.rows("SELECT id FROM tasks WHERE kind = 'manual_commission'")
    assert named["name"] in (await editor.get(f"/admin/aufgaben/{task['id']}")).text


async def test_what_waits_on_another_page_is_linked_and_counted(payout_books: Books, firm: Firm) -> None:
    editor, approver = await firm.person(Role.EDITOR), await firm.person(Role.APPROVER)
    ledger, vault = firm.parts.ledger, firm.parts.vault
    await payout_books.asked_for(10_000)
    async with ledger.transaction(firm.tenant, person=editor.user) as tx:
        partner = await partners.find_by_code(tx, "ANNA")
        assert partner is not None
        await partner_accounts.save_bank_details(
            tx, vault, partner.id,
            NewBankDetails(account_holder="Anna", iban=SecretStr("DE02120300000000202051")), by=f"user:{editor.user}",
        )  # fmt: skip
        own = NewOwnAccount(account_holder="Firma", iban=SecretStr("DE89370400440532013000"))
        await bank_accounts.record(tx, vault, own, by="user:else")
    told = "Eine neue Bankverbindung eines Partners ist zu bestätigen."
    link = f'<a href="/admin/bankverbindungen">{told}</a>'
    for page in ("/admin/heute", "/admin/aufgaben", "/admin/freigaben", "/admin/bankkonten", "/admin/zahlungslaeufe"):
        assert link in (await approver.get(page)).text, page
    today = (await approver.get("/admin/heute")).text
    box = today.partition("<h2>Wartet auf anderen Seiten</h2>")[2].partition("</section>")[0]
    assert ('<span class="figure">2</span>' in box, '<a href="/admin/bankkonten">Ein eigenes' in box) == (True, True)
    assert '<a href="/admin/bankverbindungen">' in (await approver.get("/admin/partner/ANNA")).text
    assert '<a href="/admin/bankverbindungen">' not in (await editor.get("/admin/heute")).text, "may not open it"
    assert told in (await editor.get("/admin/heute")).text


async def test_a_question_stands_where_what_it_is_about_stands(payout_books: Books, firm: Firm) -> None:
    editor = await firm.person(Role.EDITOR)
    await payout_books.asked_for(10_000)
    sale = (await payout_books.rows("SELECT id FROM transactions ORDER BY seq LIMIT 1"))[0]["id"]
    for subject, subject_id in (("transaction", str(sale)), ("partner", "ANNA")):
        await payout_books.rows(
            "INSERT INTO tasks (tenant_id, kind, subject, subject_id, reason, actions)"
            " VALUES ($1, 'question', $2, $3, 'Warum.', '{done}')",
            firm.tenant.id, subject, subject_id,
        )  # fmt: skip
    tasks = {row["subject"]: row["id"] for row in await payout_books.rows("SELECT subject, id FROM tasks")}
    for page, subject in ((f"/admin/transaktionen/{sale}", "transaction"), ("/admin/partner/ANNA", "partner")):
        assert f"/admin/aufgaben/{tasks[subject]}" in (await editor.get(page)).text, page


async def test_the_overview_adds_up_what_is_owed(payout_books: Books, firm: Firm) -> None:
    viewer = await firm.person(Role.VIEWER)
    await payout_books.asked_for(10_000)
    await payout_books.open_credit_note(await payout_books.asked_for(20_000, code="BERT"))
    page = (await viewer.get("/admin/uebersicht")).text
    assert "357,00\xa0€" in page
    assert "Auszahlungen: Wartet auf Freigabe" in page
    assert page.count('<svg viewBox="0 0 440') == 4
    assert page.count('role="img"') == 4


async def test_the_overview_measures_from_the_customers_payment_to_ours(payout_books: Books, firm: Firm) -> None:
    viewer = await firm.person(Role.VIEWER)
    payout = await payout_books.asked_for(10_000)
    await payout_books.rows("UPDATE transactions SET paid_at = now() - interval '6 days'")
    await payout_books.paid(payout, on=clock.today() - timedelta(days=1))
    page = (await viewer.get("/admin/uebersicht")).text
    assert "6,0 Tage" in page
    assert "119,00\xa0€" in page


async def test_the_overview_names_what_stands_still_and_why(payout_books: Books, firm: Firm) -> None:
    editor = await firm.person(Role.EDITOR)
    payout = await payout_books.asked_for(10_000)
    address = f"/admin/auszahlungen/{payout.number}"
    await editor.post(f"{address}/zurueckstellen", {"grund": "Rückfrage <läuft>"}, shown_at=address)
    await payout_books.asked_for(20_000, code="BERT")
    await payout_books.rows(
        "INSERT INTO sale_holds (tenant_id, transaction_id, code)"
        " SELECT tenant_id, id, 'own_purchase' FROM transactions ORDER BY seq LIMIT 1"
    )
    page = (await editor.get("/admin/uebersicht")).text
    assert "Rückfrage &lt;läuft&gt;" in page
    assert "Eigenkauf" in page


async def test_requests_to_lexoffice_are_counted_by_the_hour(payout_books: Books, firm: Firm) -> None:
    viewer = await firm.person(Role.VIEWER)
    for _ in range(3):
        await payout_books.rows("UPDATE api_budgets SET next_free_at = now() WHERE provider = 'lexoffice'")
    page = (await viewer.get("/admin/uebersicht")).text
    assert re.search(r'<span class="figure">3</span>\s*<span class="hint">von 164.160 möglichen in 24 Stunden', page)
    [row] = await payout_books.rows("SELECT requests FROM api_usage")
    assert row["requests"] == 3


async def test_an_empty_ledger_has_pages_too(firm: Firm) -> None:
    admin = await firm.person(Role.ADMIN)
    for path in ("heute", "uebersicht", "freigaben", "auszahlungen"):
        assert (await admin.get(f"/admin/{path}")).status_code == 200, path


async def test_every_link_of_the_menu_leads_somewhere(firm: Firm) -> None:
    admin = await firm.person(Role.ADMIN)
    page = (await admin.get("/admin/heute")).text
    menu = page.split('<nav class="menu"')[1].split("</nav>")[0]
    links = re.findall(r'href="([^"]+)"', menu)
    assert len(links) > 8
    for link in links:
        answer = await admin.get(link)
        assert answer.status_code in (200, 303), link
        if answer.status_code == 200:
            assert f'href="{link}" aria-current="page"' in answer.text, link
