"""The pages of payout runs, over runs as their workflow writes them."""

import asyncio
from datetime import date, timedelta
from uuid import UUID, uuid4

from ledger import clock
from ledger.payouts import payout_runs
from ledger.payouts.payout_runs import cut_off_of
from ledger.roles import Role
from tests.fixtures.browsers import Firm
from tests.fixtures.payable import earn
from tests.fixtures.payout_books import Books

PAGE = "/admin/auszahlungslaeufe"


def tomorrow() -> date:
    return clock.today() + timedelta(days=1)


async def begun(books: Books, *, rehearsal: bool = False) -> UUID:
    run = uuid4()
    async with books.ledger.transaction(books.tenant) as tx:
        await payout_runs.begin(tx, run, cut_off=cut_off_of(tomorrow()), rehearsal=rehearsal, requested_by="key:shop")
        partners = await payout_runs.list_remaining_partners(tx, run, after=None, limit=200)
    await payout_runs.take(books.ledger, books.tenant, run, partners)
    return run


async def test_a_rehearsal_shows_who_would_get_what_and_links_no_payout(payout_books: Books, firm: Firm) -> None:
    await earn(payout_books, 10_000)
    run = await begun(payout_books, rehearsal=True)
    page = (await (await firm.person(Role.VIEWER)).get(f"{PAGE}/{run}")).text
    assert "Probelauf" in page
    assert "100,00\xa0€" in page
    assert "käme" in page
    assert "PO-" not in page


async def test_a_run_is_watched_and_its_payouts_are_linked(payout_books: Books, firm: Firm) -> None:
    await earn(payout_books, 10_000)
    run = await begun(payout_books)
    browser = await firm.person(Role.VIEWER)
    page = (await browser.get(f"{PAGE}/{run}")).text
    assert "läuft" in page
    assert 'data-renew="3"' in page
    assert f'href="/admin/auszahlungen/PO-{clock.today().year}-0001"' in page
    assert "Auszahlungslauf" in page
    waiting = (await browser.get(f"{PAGE}/{run}?zeige=wartet")).text
    assert "-0001" not in waiting


async def test_a_run_is_cancelled_with_a_reason_only(payout_books: Books, firm: Firm) -> None:
    run = await begun(payout_books)
    browser = await firm.person(Role.EDITOR)
    refused = await browser.post(f"{PAGE}/{run}/abbrechen", {"reason": " "}, shown_at=f"{PAGE}/{run}")
    assert refused.status_code == 422
    assert "Bitte nennen Sie den Grund." in refused.text
    done = await browser.post(f"{PAGE}/{run}/abbrechen", {"reason": "Falscher Tag."}, shown_at=f"{PAGE}/{run}")
    assert done.status_code == 303
    assert "abgebrochen" in (await browser.get(f"{PAGE}/{run}")).text


async def test_a_day_that_is_none_is_told_and_kept(firm: Firm) -> None:
    browser = await firm.person(Role.EDITOR)
    answer = await browser.post(PAGE, {"stichtag": "31.02.2026", "art": "probe"}, shown_at=PAGE)
    assert answer.status_code == 422
    assert "Bitte nennen Sie den Stichtag als Datum." in answer.text
    assert "31.02.2026" in answer.text


async def test_two_admins_and_a_double_click_begin_one_run_in_one_name(payout_books: Books, firm: Firm) -> None:
    browsers = [await firm.person(Role.ADMIN), await firm.person(Role.ADMIN)]
    form = {"stichtag": tomorrow().isoformat(), "art": "lauf"}
    answers = await asyncio.gather(*(browser.post(PAGE, form, shown_at=PAGE) for browser in browsers for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [303, 422, 422, 422]
    for refused in (answer for answer in answers if answer.status_code == 422):
        assert "Für diesen Zeitraum gibt es bereits einen Lauf." in refused.text
    [run] = await payout_books.rows("SELECT id, requested_by, started_at FROM payout_runs")
    assert run["requested_by"] in {f"user:{browser.user}" for browser in browsers}
    page = (await browsers[0].get(f"{PAGE}/{run['id']}")).text
    assert "läuft" in page


async def test_only_an_admin_sets_the_monthly_day(firm: Firm) -> None:
    admin = await firm.person(Role.ADMIN)
    assert (await admin.post(f"{PAGE}/kalender", {"tag": "29"}, shown_at=PAGE)).status_code == 422
    assert (await admin.post(f"{PAGE}/kalender", {"tag": "5", "stunde": "7"}, shown_at=PAGE)).status_code == 303
    assert "Am 5. jedes Monats um 7 Uhr" in (await admin.get(PAGE)).text
    editor = await firm.person(Role.EDITOR)
    assert (await editor.post(f"{PAGE}/kalender", {"tag": ""}, shown_at=PAGE)).status_code == 403


async def test_another_firms_run_is_not_found(payout_books: Books, other_firm: Firm) -> None:
    run = await begun(payout_books)
    assert (await (await other_firm.person(Role.ADMIN)).get(f"{PAGE}/{run}")).status_code == 404


async def test_a_runs_payouts_are_listed_summed_and_put_in_a_file_by_its_link(payout_books: Books, firm: Firm) -> None:
    alone = await payout_books.asked_for(7_000)
    await earn(payout_books, 10_000)
    run = await begun(payout_books)
    browser = await firm.person(Role.VIEWER)
    listed = f"/admin/auszahlungen?auszahlungslauf={run}"
    assert f'href="{listed}"' in (await browser.get(f"{PAGE}/{run}")).text
    page = (await browser.get(listed)).text
    assert "-0002</a>" in page
    assert f">{alone.number}</a>" not in page
    assert f'<option value="{run}" selected>' in page
    assert f'href="{PAGE}/{run}"' in (await browser.get(f"/admin/auszahlungen/{alone.number[:-1]}2")).text
    lines = (await browser.get(listed.replace("?", ".csv?"))).content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    # A run up to the first of a month is that month's, named by the month that it closes; any other by its day.
    period = f"{tomorrow() - timedelta(days=1):%Y-%m}" if tomorrow().day == 1 else tomorrow().isoformat()
    assert f";{period};" in lines[1]
    assert (await browser.get("/admin/auszahlungen?auszahlungslauf=x")).status_code == 422
    assert (await browser.get(f"/admin/auszahlungen?auszahlungslauf={uuid4()}")).status_code == 404
