"""Payouts on pages: found, understood, decided, put back, noted; each with its reason and its trace."""

import re
import time
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from ledger import clock
from ledger.access import totp
from ledger.payouts import payout_runs
from ledger.roles import Role
from tests.fixtures.browsers import Firm
from tests.fixtures.payable import earn
from tests.fixtures.payout_books import Books, let_second_factor_age, shown_hash

LIST = "/admin/auszahlungen"


def sentence(page: str) -> str:
    """What the payout waits for, as it stands on top."""
    found = re.search(r'<div class="now [a-z]+">.*?<p>(.*?)</p>', page, re.DOTALL)
    assert found
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[1])).strip().replace("\xa0", " ")


async def test_the_list_is_filtered_and_sums_what_the_filter_leaves(payout_books: Books, firm: Firm) -> None:
    first = await payout_books.asked_for(10_000)
    await payout_books.paid(first, "GS-2026-0007")
    second = await payout_books.asked_for(20_000, code="BERT")
    browser = await firm.person(Role.VIEWER)
    page = (await browser.get(LIST)).text
    assert first.number in page
    assert second.number in page
    assert "119,00\xa0€" in page
    only = (await browser.get(f"{LIST}?status=awaiting_approval")).text
    assert second.number in only
    assert first.number not in only
    assert "Ausgezahlt" in only  # the sums are of all states
    assert first.number not in (await browser.get(f"{LIST}?partner=BERT")).text
    assert first.number in (await browser.get(f"{LIST}?nummer=gs-2026-0007")).text
    assert second.number not in (await browser.get(f"{LIST}?nummer={first.number}")).text
    assert "Hier ist keine Auszahlung." in (await browser.get(f"{LIST}?bis=2020-01-01")).text


async def test_a_filter_that_makes_no_sense_is_told_and_kept(payout_books: Books, firm: Firm) -> None:
    browser = await firm.person(Role.VIEWER)
    answer = await browser.get(f"{LIST}?partner=NIEMAND&von=2026-01-01")
    assert answer.status_code == 422
    assert "Einen Partner mit diesem Code gibt es nicht." in answer.text
    assert 'value="NIEMAND"' in answer.text
    assert 'value="2026-01-01"' in answer.text


async def test_pages_of_the_list_follow_each_other_without_gaps(payout_books: Books, firm: Firm) -> None:
    made = [(await payout_books.asked_for(1_000 + n)).number for n in range(53)]
    browser = await firm.person(Role.VIEWER)
    page = (await browser.get(LIST)).text
    following = re.search(r'href="([^"]+)" rel="next"', page)
    assert following
    rest = (await browser.get(following[1].replace("&amp;", "&"))).text
    seen = re.findall(r'href="/admin/auszahlungen/(PO-[0-9-]+)"', page + rest)
    assert seen == list(reversed(made))
    assert "Zum Anfang" in rest


async def test_the_file_holds_every_row_of_the_filter(payout_books: Books, firm: Firm) -> None:
    payout = await payout_books.asked_for(12_345)
    browser = await firm.person(Role.VIEWER)
    answer = await browser.get(f"{LIST}.csv?partner=ANNA")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    lines = answer.content.decode("utf-8-sig").split("\r\n")
    assert lines[0].startswith("Nummer;Status;Partner")
    assert lines[1].startswith(f"{payout.number};Wartet auf Freigabe;ANNA;Anna Ader;20.11.2026;20.11.2026;123,45;23,46")
    assert "filename=" in answer.headers["content-disposition"]


async def test_a_payout_is_requested_on_a_page_and_a_refusal_keeps_what_was_typed(
    payout_books: Books, firm: Firm
) -> None:
    browser = await firm.person(Role.EDITOR)
    refused = await browser.post(f"{LIST}/neu", {"partner": "anna"}, shown_at=f"{LIST}/neu")
    assert refused.status_code == 422
    assert 'value="anna"' in refused.text
    assert "keine freigegebene Provision" in refused.text
    await payout_books.asked_for(5_000)
    await payout_books.rows("UPDATE payouts SET state = 'cancelled'")
    await payout_books.rows("UPDATE payout_lines SET released_at = now()")
    await payout_books.rows("UPDATE commissions SET state = 'approved'")
    made = await browser.post(f"{LIST}/neu", {"partner": "anna"}, shown_at=f"{LIST}/neu")
    assert made.status_code == 303
    page = await browser.get(made.headers["location"])
    assert "Die Auszahlung ist angefordert" in page.text
    assert "Angefordert" in page.text


async def test_a_partner_without_a_possible_document_becomes_one_task_however_it_is_asked_for(
    payout_books: Books, firm: Firm
) -> None:
    await earn(payout_books, 10_000)
    await payout_books.rows("UPDATE partners SET agreement_accepted_at = NULL WHERE code = 'ANNA'")
    browser = await firm.person(Role.EDITOR)
    for _ in range(2):
        refused = await browser.post(f"{LIST}/neu", {"partner": "anna"}, shown_at=f"{LIST}/neu")
        assert "Die Vereinbarung über die Abrechnung per Gutschrift fehlt." in refused.text
    run = uuid4()
    async with payout_books.ledger.transaction(payout_books.tenant) as tx:
        cut_off = payout_runs.cut_off_of(clock.today() + timedelta(days=1))
        await payout_runs.begin(tx, run, cut_off=cut_off, rehearsal=False, requested_by="key:shop")
    await payout_runs.take(payout_books.ledger, payout_books.tenant, run, [payout_books.partner["ANNA"].id])
    tasks = await payout_books.rows("SELECT id, kind FROM tasks WHERE state = 'open'")
    assert [task["kind"] for task in tasks] == ["partner_without_document"]
    page = (await browser.get(f"/admin/aufgaben/{tasks[0]['id']}")).text
    assert "Für den Partner ist kein Beleg möglich" in page
    assert 'href="/admin/partner/ANNA"' in page


async def test_a_payout_says_what_it_waits_for_and_who_can_act(payout_books: Books, firm: Firm) -> None:
    payout = await payout_books.asked_for(10_000)
    approver = await firm.person(Role.APPROVER)
    viewer = await firm.person(Role.VIEWER)
    address = f"{LIST}/{payout.number}"
    assert sentence((await approver.get(address)).text) == (
        "Wartet auf Freigabe seit weniger als einer Minute. Nur Sie können handeln."
    )
    assert approver.email in sentence((await viewer.get(address)).text)
    await payout_books.open_credit_note(payout)
    assert "auf die Überweisung von 119,00 € und darauf, dass GS-2026-0001" in sentence(
        (await viewer.get(address)).text
    )


async def test_above_the_limit_a_second_person_is_waited_for(
    payout_books: Books, firm: Firm, schema_owner: asyncpg.Connection
) -> None:
    maker, other = await firm.person(Role.ADMIN), await firm.person(Role.APPROVER)
    payout = await payout_books.asked_for(200_000, by=f"user:{maker.user}")
    await payout_books.move(payout, timedelta(days=3, hours=1), schema_owner)
    address = f"{LIST}/{payout.number}"
    mine, theirs = (await maker.get(address)).text, (await other.get(address)).text
    assert sentence(theirs).startswith("Wartet auf Freigabe durch eine zweite Person seit 3 Tagen.")
    assert "Nur Sie können handeln." in sentence(theirs)
    assert f"Handeln können: {other.email}." in sentence(mine)
    assert f'formaction="{address}/freigeben"' not in mine
    assert f'formaction="{address}/freigeben"' in theirs
    assert "Über der Grenze" in theirs


async def test_approving_names_what_was_seen(payout_books: Books, firm: Firm) -> None:
    payout = await payout_books.asked_for(10_000)
    approver = await firm.person(Role.APPROVER)
    address = f"{LIST}/{payout.number}"
    seen = await shown_hash(approver, payout.number)
    await payout_books.rows("UPDATE partners SET street = 'Anderer Weg 3' WHERE code = 'ANNA'")
    stale = await approver.post(f"{address}/freigeben", {"inhalt": seen, "grund": "passt"}, shown_at=address)
    assert stale.status_code == 409
    assert "hat sich seit der Anzeige geändert" in stale.text
    assert ">passt</textarea>" in stale.text
    done = await approver.post(
        f"{address}/freigeben",
        {"inhalt": await shown_hash(approver, payout.number), "von-hand": "1"},
        shown_at=address,
    )
    assert done.headers["location"] == f"{address}?hinweis=freigegeben"
    assert await payout_books.in_state(payout.number) == "approved"
    [decision] = await payout_books.rows("SELECT decided_by, kind FROM decisions")
    assert (decision["decided_by"], decision["kind"]) == (f"user:{approver.user}", "approve")


async def test_above_the_limit_the_second_factor_is_asked_for_again(payout_books: Books, firm: Firm) -> None:
    payout = await payout_books.asked_for(200_000)
    approver = await firm.person(Role.APPROVER)
    address = f"{LIST}/{payout.number}"
    seen = await shown_hash(approver, payout.number)
    await let_second_factor_age(firm, approver)
    asked = await approver.post(f"{address}/freigeben", {"inhalt": seen, "von-hand": "1"}, shown_at=address)
    assert asked.headers["location"].startswith(f"/second-factor?weiter=%2Fadmin%2Fauszahlungen%2F{payout.number}&")
    assert await payout_books.in_state(payout.number) == "awaiting_approval"
    held = asked.headers["location"].partition("fortsetzen=")[2]
    code = totp.code_of(approver.secret, at=time.time() + totp.PERIOD_S)
    done = await approver.post("/second-factor", {"code": code, "fortsetzen": held})
    assert (done.status_code, done.headers["location"]) == (307, f"{address}/freigeben")
    await approver.http.post(done.headers["location"], data={"fortsetzen": held})
    assert await payout_books.in_state(payout.number) == "approved"


async def test_rejecting_needs_a_reason_that_stands_on_the_payout(payout_books: Books, firm: Firm) -> None:
    payout = await payout_books.asked_for()
    approver = await firm.person(Role.APPROVER)
    address = f"{LIST}/{payout.number}"
    form = {"inhalt": await shown_hash(approver, payout.number)}
    assert "nennen Sie den Grund" in (await approver.post(f"{address}/ablehnen", form, shown_at=address)).text
    await approver.post(f"{address}/ablehnen", form | {"grund": "Partner <b>gekündigt</b>"}, shown_at=address)
    page = (await approver.get(address)).text
    assert await payout_books.in_state(payout.number) == "rejected"
    assert "Partner &lt;b&gt;gekündigt&lt;/b&gt;" in page
    assert "Abgelehnt am" in sentence(page)


async def test_a_payout_is_put_back_and_taken_up_again(payout_books: Books, firm: Firm) -> None:
    payout = await payout_books.asked_for()
    editor, approver = await firm.person(Role.EDITOR), await firm.person(Role.APPROVER)
    address = f"{LIST}/{payout.number}"
    await editor.post(f"{address}/zurueckstellen", {"grund": "Rückfrage beim Partner"}, shown_at=address)
    page = (await approver.get(address)).text
    assert sentence(page).startswith(
        f"Zurückgestellt seit weniger als einer Minute von {editor.email}: Rückfrage beim Partner"
    )
    form = {"inhalt": await shown_hash(approver, payout.number)}
    assert (await approver.post(f"{address}/freigeben", form, shown_at=address)).status_code == 409
    assert payout.number not in (await approver.get("/admin/freigaben")).text
    again = await editor.post(f"{address}/zurueckstellen", {"grund": "noch einmal"}, shown_at=address)
    assert "bereits zurückgestellt" in again.text
    await approver.post(f"{address}/aufnehmen", {"grund": "geklärt"}, shown_at=address)
    assert sentence((await approver.get(address)).text).startswith("Wartet auf Freigabe")
    assert (await firm.actions())[-2:] == ["payout.put_back", "payout.taken_up"]


async def test_what_has_a_document_is_not_put_back(payout_books: Books, firm: Firm) -> None:
    payout = await payout_books.open_credit_note(await payout_books.asked_for())
    editor = await firm.person(Role.EDITOR)
    address = f"{LIST}/{payout.number}"
    answer = await editor.post(f"{address}/zurueckstellen", {"grund": "zu spät"}, shown_at=address)
    assert answer.status_code == 422
    assert "noch keine Gutschrift" in answer.text


async def test_a_stopped_partner_stays_stopped_when_a_person_takes_the_payout_up(
    payout_books: Books, firm: Firm
) -> None:
    payout = await payout_books.asked_for()
    editor = await firm.person(Role.EDITOR)
    address = f"{LIST}/{payout.number}"
    await editor.post(f"{address}/zurueckstellen", {"grund": "a"}, shown_at=address)
    await payout_books.rows(
        "UPDATE partners SET payouts_stopped_reason = 'x', payouts_stopped_by = 'y', payouts_stopped_at = now()"
    )
    await editor.post(f"{address}/aufnehmen", {"grund": "b"}, shown_at=address)
    assert "Die Auszahlungen an diesen Partner sind angehalten." in sentence((await editor.get(address)).text)


async def test_a_note_stands_in_the_way_of_the_payout(payout_books: Books, firm: Firm) -> None:
    payout = await payout_books.asked_for()
    editor = await firm.person(Role.EDITOR)
    address = f"{LIST}/{payout.number}"
    assert (await editor.post(f"{address}/notiz", {"notiz": ""}, shown_at=address)).status_code == 422
    await editor.post(f"{address}/notiz", {"notiz": "Bert hat angerufen."}, shown_at=address)
    page = (await editor.get(address)).text
    assert "Bert hat angerufen." in page
    assert "Notiz" in page
    assert (await firm.actions())[-1] == "payout.note_written"


async def test_the_document_is_sent_to_the_partner_again(payout_books: Books, firm: Firm) -> None:
    payout = await payout_books.open_credit_note(await payout_books.asked_for())
    editor = await firm.person(Role.EDITOR)
    address = f"{LIST}/{payout.number}"
    before = len(await payout_books.rows("SELECT 1 FROM mails WHERE kind = 'partner_document'"))
    sent = await editor.post(f"{address}/beleg-senden", {"grund": "verloren"}, shown_at=address)
    assert sent.headers["location"].endswith("hinweis=gesendet")
    mails = await payout_books.rows("SELECT about, address FROM mails WHERE kind = 'partner_document' ORDER BY seq")
    assert len(mails) == before + 1
    assert (mails[-1]["about"], mails[-1]["address"]) == (payout.number, "anna@p.example")
    assert "Beleg erneut an den Partner gesendet" in (await editor.get(address)).text


async def test_the_way_of_a_paid_payout_names_people_and_evidence(payout_books: Books, firm: Firm) -> None:
    editor = await firm.person(Role.EDITOR)
    payout = await payout_books.paid(await payout_books.asked_for(by=f"user:{editor.user}"), "GS-2026-0042")
    page = (await editor.get(f"{LIST}/{payout.number}")).text
    steps = re.findall(r"<strong>([^<]+)</strong>", page.split('class="timeline"')[1])
    assert steps == [
        "Angefordert", "Freigegeben", "Gutschrift GS-2026-0042 in der Buchhaltung angelegt",
        "Gutschrift zurückgelesen und geprüft", "Ausgezahlt",
    ]  # fmt: skip
    assert f"/permalink/credit-notes/view/{payout.credit_note_id}" in page
    assert editor.email in page
    assert sentence(page) == f"Ausgezahlt am {clock.today():%d.%m.%Y}, Zahlungsreferenz GS-2026-0042."


async def test_a_payout_of_another_tenant_is_like_one_that_does_not_exist(
    payout_books: Books, firm: Firm, other_firm: Firm
) -> None:
    payout = await payout_books.asked_for()
    stranger = await other_firm.person(Role.ADMIN)
    answers = [await stranger.get(f"{LIST}/{number}") for number in (payout.number, "PO-1999-0001", "x")]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert len({answer.text.replace(payout.number, "N") for answer in answers}) <= 3
    assert "Auszahlung nicht gefunden." in answers[0].text


async def test_the_engine_is_linked_for_operators_only(payout_books: Books, firm: Firm) -> None:
    payout = await payout_books.asked_for()
    ops, viewer = await firm.platform_admin(), await firm.person(Role.VIEWER)
    await ops.post("/admin/mandant", {"tenant": firm.tenant.slug})
    link = f"/workflows/payout%2F{firm.tenant.slug}%2F{payout.number}"
    assert link in (await ops.get(f"{LIST}/{payout.number}")).text
    assert link not in (await viewer.get(f"{LIST}/{payout.number}")).text
    assert "In der Buchhaltung" not in (await ops.get(f"{LIST}/{payout.number}")).text


async def test_the_same_in_english(payout_books: Books, firm: Firm) -> None:
    payout = await payout_books.asked_for()
    viewer = await firm.person(Role.VIEWER)
    await viewer.post("/sprache", {"sprache": "en"})
    page = (await viewer.get(f"{LIST}/{payout.number}")).text
    assert "Awaiting approval for less than a minute." in sentence(page)
    assert "€119.00" in page
    assert "20 Nov 2026" in page


@pytest.mark.parametrize("place", ["²", "-1", "x", "99999999999"])
async def test_a_place_in_the_lines_that_is_none_is_their_beginning(
    payout_books: Books, firm: Firm, place: str
) -> None:
    payout = await payout_books.asked_for(10_000)
    browser = await firm.person(Role.VIEWER)
    page = await browser.get(f"{LIST}/{payout.number}?ab={place}")
    assert page.status_code == 200
    assert "100,00\xa0€" in page.text
