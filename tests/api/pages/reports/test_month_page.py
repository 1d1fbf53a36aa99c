"""The page of a month: the one next act for whoever looks, and the acts that it offers."""

import re
from datetime import timedelta

from ledger import clock
from ledger.roles import Role
from tests.conftest import Database
from tests.fixtures.browsers import Firm
from tests.fixtures.payout_books import Books
from tests.fixtures.planted_differences import superuser

PAGE = "/admin/monat"
_LAST = (clock.today().replace(day=1) - timedelta(days=1)).strftime("%Y-%m")


async def test_it_leads_from_the_rehearsal_to_the_run(payout_books: Books, firm: Firm) -> None:
    editor, viewer = await firm.person(Role.EDITOR), await firm.person(Role.VIEWER)
    page = (await editor.get(PAGE)).text
    assert 'name="art" value="probe"' in page
    assert "Es gab noch keinen Probelauf." in page
    assert 'name="art"' not in (await viewer.get(PAGE)).text
    begun = await editor.post(f"{PAGE}/lauf", {"monat": _LAST, "art": "probe"}, shown_at=PAGE)
    assert begun.headers["location"] == f"{PAGE}?monat={_LAST}"
    [row] = await payout_books.rows("SELECT period, rehearsal, state FROM payout_runs")
    assert (row["period"], row["rehearsal"]) == (_LAST, True)
    await payout_books.rows("UPDATE payout_runs SET state = 'done', ended_at = now()")
    assert 'name="art" value="lauf"' in (await editor.get(PAGE)).text
    assert (await editor.post(f"{PAGE}/lauf", {"monat": _LAST, "art": "lauf"}, shown_at=PAGE)).status_code == 303
    again = await editor.post(f"{PAGE}/lauf", {"monat": _LAST, "art": "lauf"}, shown_at=PAGE)
    assert again.status_code == 422
    assert 'role="alert"' in again.text


async def test_whoever_may_approve_is_led_to_all_that_waits(payout_books: Books, firm: Firm) -> None:
    approver, viewer = await firm.person(Role.APPROVER), await firm.person(Role.VIEWER)
    payout = await payout_books.asked_for(10_000)
    month = f"{PAGE}?monat={payout.period_to:%Y-%m}"
    assert 'href="/admin/freigaben?alle=1"' in (await approver.get(month)).text
    assert "/admin/freigaben" not in (await viewer.get(month)).text


async def test_what_is_usual_is_ticked_where_all_are_shown_and_what_is_not_is_left(
    payout_books: Books, firm: Firm, database: Database
) -> None:
    approver = await firm.person(Role.APPROVER)
    to_look_at = await payout_books.asked_for(10_000)
    await payout_books.account("BERT")
    async with superuser(database) as everywhere:
        await everywhere.execute(
            "UPDATE partner_bank_details SET recorded_at = now() - interval '400 days' WHERE tenant_id = $1",
            firm.tenant.id,
        )
    usual = await payout_books.asked_for(20_000, code="BERT")
    for address, ticked in (("/admin/freigaben?alle=1", [usual.number]), ("/admin/freigaben", [])):
        boxes = re.findall(r'name="wahl-(PO-[0-9-]+)"[^>]*?( checked)?>', (await approver.get(address)).text)
        assert {number for number, _ in boxes} == {usual.number, to_look_at.number}
        assert [number for number, checked in boxes if checked] == ticked


async def test_who_assigns_is_said_on_the_page_and_taken_back(payout_books: Books, firm: Firm) -> None:
    editor = await firm.person(Role.EDITOR)
    payout = await payout_books.paid(await payout_books.asked_for(10_000), "GS-2026-0099")
    await payout_books.rows(
        "UPDATE external_documents SET status = 'open', open_cents = gross_cents, net_cents = 10000, tax_cents = 1900"
    )
    month = f"{payout.period_to:%Y-%m}"
    page = (await editor.get(f"{PAGE}?monat={month}")).text
    assert "Eine ist bezahlt und in der Buchhaltung offen" in page
    assert "GS-2026-0099" in (await editor.get(f"/admin/in-lexoffice?monat={month}")).text
    wrong = await editor.post(f"{PAGE}/zuordnung", {"monat": month, "wer": "1"}, shown_at=PAGE)
    assert wrong.status_code == 422
    said = await editor.post(f"{PAGE}/zuordnung", {"monat": month, "wer": "Steuerbüro Meier"}, shown_at=PAGE)
    assert said.status_code == 303
    page = (await editor.get(f"{PAGE}?monat={month}")).text
    assert "Einen Beleg ordnet Steuerbüro Meier in der Buchhaltung zu." in page
    assert "Steuerbüro Meier ordnet zu" in (await editor.get(f"/admin/in-lexoffice?monat={month}")).text
    report = f"/admin/berichte/abstimmung?monat={month}"
    assert "nicht abgestimmt" not in (await editor.get(report)).text
    back = await editor.post(f"{PAGE}/zuordnung/zuruecknehmen", {"monat": month}, shown_at=PAGE)
    assert back.status_code == 303
    assert "nicht abgestimmt" in (await editor.get(report)).text
    assert "payout.voucher_assignment_withdrawn" in await firm.actions()


async def test_a_month_that_is_none_is_refused(payout_books: Books, firm: Firm) -> None:
    viewer = await firm.person(Role.VIEWER)
    for page in (PAGE, f"{PAGE}/auszahlungen.csv", "/admin/in-lexoffice"):
        assert (await viewer.get(f"{page}?monat=2026-13")).status_code == 422
