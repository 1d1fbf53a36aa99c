"""The page after login and the overview: figures that are those of the ledger, plots with their tables."""

import re
from datetime import date, timedelta

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
    assert "GS-2026-0099 in lexoffice" in page
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
    await payout_books.paid(payout, on=date.today() - timedelta(days=1))  # noqa: DTZ011
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
