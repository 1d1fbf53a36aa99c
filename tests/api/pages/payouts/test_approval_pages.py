"""The queue of approvals: what one may approve, with what is unusual; many at once, each with its result."""

import re
from datetime import date

from ledger.roles import Role
from tests.fixtures.browsers import Browser, Firm
from tests.fixtures.payable import earn, fit_to_be_paid
from tests.fixtures.payout_books import OTHER_IBAN, Books, let_second_factor_age, shown_hash, ticks

QUEUE = "/admin/freigaben"


async def queue(browser: Browser) -> dict[str, str]:
    """Number → content hash, in the order of the page."""
    page = (await browser.get(QUEUE)).text
    return dict(re.findall(r'name="wahl-(PO-[0-9-]+)" value="([0-9a-f]{64})"', page))


def results(page: str) -> list[tuple[str, str]]:
    rows = re.findall(r"<li><a [^>]+>(PO-[0-9-]+)</a>(.*?)</li>", page, re.DOTALL)
    return [(number, re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", rest)).strip()) for number, rest in rows]


async def test_the_queue_shows_what_i_may_approve_the_oldest_first(payout_books: Books, firm: Firm) -> None:
    maker, other = await firm.person(Role.ADMIN), await firm.person(Role.APPROVER)
    small = await payout_books.asked_for(1_000, by=f"user:{maker.user}")
    large = await payout_books.asked_for(200_000, code="BERT", by=f"user:{maker.user}")
    assert list(await queue(other)) == [small.number, large.number]
    assert list(await queue(maker)) == [small.number]
    assert "Eine weitere Auszahlung wartet auf jemand anderen" in (await maker.get(QUEUE)).text


async def test_the_queue_says_what_is_unusual(payout_books: Books, firm: Firm) -> None:
    approver = await firm.person(Role.APPROVER)
    await payout_books.account()
    await payout_books.paid(await payout_books.asked_for(10_000))
    await payout_books.asked_for(15_000)
    await payout_books.asked_for(200_000, code="BERT")
    page = (await approver.get(QUEUE)).text
    anna, bert = page.split("<tr>")[2:4]
    assert "•••• 3000" in anna
    assert "+59,50\xa0€" in anna
    assert "Neue Bankverbindung" in anna
    assert "Erste Auszahlung" not in anna
    assert "Erste Auszahlung" in bert
    assert "Ohne Bankverbindung: Überweisung von Hand" in bert
    assert "Über der Grenze" in bert
    assert '<span class="hint">19 %</span>' in bert


async def test_what_a_partner_owes_in_another_tax_case_stands_beside_each_approval(
    payout_books: Books, firm: Firm
) -> None:
    """It is not netted: a document holds one tax case."""
    approver = await firm.person(Role.APPROVER)
    await earn(payout_books, -12_345, on=date(2026, 3, 2))
    await fit_to_be_paid(payout_books, status="private", valid_from=date(2026, 6, 1))
    payout = await payout_books.asked_for(20_000)
    await payout_books.asked_for(1_000, code="BERT")
    said = "Schuldet 123,45\xa0€ (Regelbesteuert, 19 % USt)"
    page = (await approver.get(QUEUE)).text
    assert page.count(said) == 2, "once for wide and once for narrow screens"
    assert said in (await approver.get(f"/admin/auszahlungen/{payout.number}")).text
    assert said in (await approver.get("/admin/heute")).text


async def test_many_are_approved_at_once_each_with_its_result(payout_books: Books, firm: Firm) -> None:
    approver = await firm.person(Role.APPROVER)
    await payout_books.account()
    await payout_books.account("BERT", iban=OTHER_IBAN)
    first, second, third = [await payout_books.asked_for(1_000, code=code) for code in ("ANNA", "BERT", "ANNA")]
    shown = await queue(approver)
    await payout_books.rows("UPDATE partners SET street = 'Neuer Weg 1' WHERE code = 'BERT'")
    answer = await approver.post(QUEUE, ticks(*shown.items()) | {"entscheidung": "freigeben"}, shown_at=QUEUE)
    assert results(answer.text) == [
        (first.number, "Freigegeben"),
        (second.number, "Der Inhalt der Auszahlung hat sich seit der Anzeige geändert. Bitte erneut prüfen."),
        (third.number, "Freigegeben"),
    ]
    assert [await payout_books.in_state(one.number) for one in (first, second, third)] == [
        "approved", "awaiting_approval", "approved",
    ]  # fmt: skip
    assert "Über 3 Auszahlungen ist entschieden." in answer.text


async def test_more_than_a_few_go_on_by_themselves_with_progress(payout_books: Books, firm: Firm) -> None:
    approver = await firm.person(Role.APPROVER)
    await payout_books.account()
    for n in range(7):
        await payout_books.asked_for(1_000 + n)
    shown = await queue(approver)
    page = (await approver.post(QUEUE, ticks(*shown.items()) | {"entscheidung": "freigeben"}, shown_at=QUEUE)).text
    assert len(results(page)) == 5
    assert '<progress max="7" value="5"' in page
    rest = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.split('id="rest"')[1]))
    page = (await approver.post(QUEUE, {k: v for k, v in rest.items() if k != "csrf"}, shown_at=QUEUE)).text
    assert len(results(page)) == 2
    assert "Über 7 Auszahlungen ist entschieden." in page
    assert await queue(approver) == {}


async def test_rejecting_needs_a_reason_and_keeps_what_was_ticked(payout_books: Books, firm: Firm) -> None:
    approver = await firm.person(Role.APPROVER)
    payout = await payout_books.asked_for()
    form = ticks(*(await queue(approver)).items()) | {"entscheidung": "ablehnen"}
    refused = await approver.post(QUEUE, form, shown_at=QUEUE)
    assert refused.status_code == 422
    assert "Grund der Ablehnung" in refused.text
    assert re.search(rf'name="wahl-{payout.number}"[^>]+ checked', refused.text)
    done = await approver.post(QUEUE, form | {"grund": "doppelt"}, shown_at=QUEUE)
    assert results(done.text) == [(payout.number, "Abgelehnt")]
    assert await payout_books.in_state(payout.number) == "rejected"
    [decision] = await payout_books.rows("SELECT reason FROM decisions")
    assert decision["reason"] == "doppelt"


async def test_nothing_chosen_is_said(payout_books: Books, firm: Firm) -> None:
    approver = await firm.person(Role.APPROVER)
    await payout_books.asked_for()
    answer = await approver.post(QUEUE, {"entscheidung": "freigeben"}, shown_at=QUEUE)
    assert (answer.status_code, "mindestens eine Auszahlung" in answer.text) == (422, True)


async def test_above_the_limit_the_queue_wants_a_fresh_second_factor(payout_books: Books, firm: Firm) -> None:
    approver = await firm.person(Role.APPROVER)
    await payout_books.account()
    payout = await payout_books.asked_for(200_000)
    form = ticks((payout.number, await shown_hash(approver, payout.number))) | {"entscheidung": "freigeben"}
    await let_second_factor_age(firm, approver)
    asked = await approver.post(QUEUE, form, shown_at=QUEUE)
    assert (asked.status_code, asked.headers["location"].partition("&")[0]) == (
        303,
        "/second-factor?weiter=%2Fadmin%2Ffreigaben",
    )
    assert await payout_books.in_state(payout.number) == "awaiting_approval"
    held = asked.headers["location"].partition("fortsetzen=")[2]
    await approver.show_code(steps=1)
    assert results((await approver.http.post(QUEUE, data={"fortsetzen": held})).text) == [
        (payout.number, "Freigegeben")
    ]


async def test_a_factor_that_grows_old_among_many_is_said_of_each(payout_books: Books, firm: Firm) -> None:
    approver = await firm.person(Role.APPROVER)
    payout = await payout_books.asked_for(200_000)
    form = ticks((payout.number, await shown_hash(approver, payout.number))) | {"entscheidung": "freigeben"}
    await let_second_factor_age(firm, approver)
    token = await approver.token(QUEUE)
    page = (await approver.http.post(QUEUE, data={"csrf": token, **form}, headers={"HX-Request": "true"})).text
    assert "/second-factor?weiter=%2Fadmin%2Ffreigaben" in page
    assert await payout_books.in_state(payout.number) == "awaiting_approval"


async def test_whoever_made_it_does_not_get_past_the_queue_by_hand(payout_books: Books, firm: Firm) -> None:
    maker = await firm.person(Role.ADMIN)
    await firm.person(Role.APPROVER)
    payout = await payout_books.asked_for(200_000, by=f"user:{maker.user}")
    form = ticks((payout.number, payout.content_hash)) | {"entscheidung": "freigeben"}
    page = (await maker.post(QUEUE, form, shown_at=QUEUE)).text
    assert "gibt sie jemand anderes frei" in page
    assert await payout_books.in_state(payout.number) == "awaiting_approval"
