"""„Nicht zugeordnet": a person says what a booking is that proves nothing alone, with a hand in what follows."""

import re
from dataclasses import replace
from uuid import uuid4

import pytest

from ledger.roles import Role
from tests.fixtures.bank_runs import iban
from tests.fixtures.bank_statements import Line
from tests.fixtures.browsers import Browser, Firm
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.people import firm, http, other_firm, people_app, people_settings
from tests.fixtures.told_bookings import told, typed_by_hand

__all__ = ["firm", "http", "other_firm", "people_app", "people_settings"]

PAGE = "/admin/nicht-zugeordnet"


async def _entry(browser: Browser, query: str = "") -> str:
    """The only one that the list shows."""
    [found] = {*re.findall(rf'href="({PAGE}/[0-9a-f-]{{36}})"', (await browser.get(PAGE + query)).text)}
    return str(found)


async def test_a_proposal_is_confirmed_by_one_click_and_is_a_hand_in_the_payout(
    firm: Firm, accounts_office: Shop
) -> None:
    payout, line = await typed_by_hand(accounts_office, firm.parts.vault)
    await told(accounts_office, firm.parts.vault, line)
    editor = await firm.person(Role.EDITOR)
    page = (await editor.get(PAGE)).text
    [button] = re.findall(r'name="nur" value="([^"]+)"', page)
    assert button.endswith(payout.number)
    for _twice in range(2):  # the second time all is done already
        assert (await editor.post(PAGE, {"nur": button}, shown_at=PAGE)).status_code == 303
    assert "Hier wartet kein Umsatz." in (await editor.get(PAGE)).text
    [evidence] = await firm.rows("SELECT kind, assigned_by FROM payment_evidence")
    assert (evidence["kind"], evidence["assigned_by"]) == ("debit", f"user:{editor.user}")
    [hand] = await firm.rows("SELECT actor FROM hands WHERE act = 'payout.bank_assigned'")
    assert hand["actor"] == f"user:{editor.user}"
    assert payout.number in (await editor.get(f"{PAGE}?status=matched")).text


async def test_proposals_are_confirmed_together_and_one_that_is_refused_holds_up_no_other(
    firm: Firm, accounts_office: Shop
) -> None:
    made = [await typed_by_hand(accounts_office, firm.parts.vault, code) for code in ("ANNA", "BERTA")]
    await told(accounts_office, firm.parts.vault, *(line for _, line in made))
    editor = await firm.person(Role.EDITOR)
    ticks = dict(re.findall(r'name="(vorschlag-[^"]+)" value="([^"]+)"', (await editor.get(PAGE)).text))
    assert sorted(ticks.values()) == sorted(payout.number for payout, _ in made)
    page = await editor.post(PAGE, {**ticks, f"vorschlag-{uuid4()}": "PO-2026-9999", "vorschlag-x": "y"}, shown_at=PAGE)
    assert page.status_code == 422
    assert "PO-2026-9999: Umsatz nicht gefunden." in page.text
    assert len(await firm.rows("SELECT 1 FROM payment_evidence")) == 2
    assert (await editor.post(PAGE, shown_at=PAGE)).status_code == 422


@pytest.mark.parametrize("sought", ["{number}", "{partner}", "{amount}", "{document}"])
async def test_a_payout_is_found_by_what_a_person_has_in_hand(firm: Firm, accounts_office: Shop, sought: str) -> None:
    payout, _ = await typed_by_hand(accounts_office, firm.parts.vault)
    await told(accounts_office, firm.parts.vault, Line(-payout.gross_cents, payout.number, iban(9), reference="R9"))
    editor = await firm.person(Role.EDITOR)
    entry = await _entry(editor)
    [partner] = await firm.rows("SELECT code FROM partners WHERE id = $1", payout.partner_id)
    [document] = await firm.rows("SELECT voucher_number FROM external_documents WHERE payout_id = $1", payout.id)
    written = sought.format(
        number=payout.number, partner=partner["code"], amount="119,00", document=document["voucher_number"]
    )
    page = (await editor.http.get(entry, params={"suche": written})).text
    assert f'name="auszahlung" value="{payout.number}"' in page


async def test_a_person_assigns_by_hand_what_is_not_proposed(firm: Firm, accounts_office: Shop) -> None:
    payout, _ = await typed_by_hand(accounts_office, firm.parts.vault)
    await told(accounts_office, firm.parts.vault, Line(-payout.gross_cents, payout.number, iban(9), name="Ganz Anders"))
    editor = await firm.person(Role.EDITOR)
    entry = await _entry(editor)
    assert "Ganz Anders" in (await editor.get(entry)).text
    wrong = await editor.post(f"{entry}/zuordnen", {"auszahlung": "PO-2026-9999"}, shown_at=entry)
    assert (wrong.status_code, "Auszahlung nicht gefunden" in wrong.text) == (422, True)
    for _twice in range(2):
        sent = await editor.post(f"{entry}/zuordnen", {"auszahlung": payout.number}, shown_at=PAGE)
        assert sent.status_code == 303
    assert len(await firm.rows("SELECT 1 FROM payment_evidence")) == 1
    page = (await editor.get(entry)).text
    assert "von Hand zugeordnet" in page
    assert "Beiseitelegen" not in page
    assert (await editor.post(f"{entry}/beiseite", {"reason": "Doch nicht"}, shown_at=PAGE)).status_code == 422
    assert len(await firm.rows("SELECT 1 FROM payment_evidence")) == 1


async def test_what_is_set_aside_needs_a_reason_and_can_be_taken_up_again(firm: Firm, accounts_office: Shop) -> None:
    payout, _ = await typed_by_hand(accounts_office, firm.parts.vault)
    await told(accounts_office, firm.parts.vault, Line(-payout.gross_cents, payout.number, iban(9)))
    open_questions = "SELECT id FROM tasks WHERE kind = 'bank_booking_unclear' AND state = 'open'"
    [question] = await firm.rows(open_questions)
    editor = await firm.person(Role.EDITOR)
    entry = await _entry(editor)
    assert f'href="{entry}"' in (await editor.get(f"/admin/aufgaben/{question['id']}")).text
    assert (await editor.post(f"{entry}/beiseite", {"reason": " "}, shown_at=entry)).status_code == 422
    for _twice in range(2):
        assert (await editor.post(f"{entry}/beiseite", {"reason": "Miete"}, shown_at=PAGE)).status_code == 303
    assert await firm.rows(open_questions) == []
    assert entry == await _entry(editor, "?status=set_aside")
    assert (await editor.post(f"{entry}/wieder", shown_at=entry)).status_code == 303
    assert entry == await _entry(editor)
    assert len(await firm.rows(open_questions)) == 1
    assert (await editor.post(f"{entry}/wieder", shown_at=entry)).status_code == 422
    assert {"statement.entry_set_aside", "statement.entry_taken_up"} <= {*await firm.actions()}


async def test_who_may_only_look_sees_no_button(firm: Firm, accounts_office: Shop) -> None:
    _, line = await typed_by_hand(accounts_office, firm.parts.vault)
    await told(accounts_office, firm.parts.vault, line)
    viewer = await firm.person(Role.VIEWER)
    entry = await _entry(viewer)
    for page in (PAGE, entry):
        assert "Bestätigen" not in (await viewer.get(page)).text
        assert "Zuordnen" not in (await viewer.get(page)).text
    assert (await viewer.post(f"{entry}/zuordnen", {"auszahlung": "PO-2026-0001"})).status_code == 403


async def test_filters_leave_what_they_say(firm: Firm, accounts_office: Shop) -> None:
    payout, line = await typed_by_hand(accounts_office, firm.parts.vault)
    await told(
        accounts_office, firm.parts.vault, line, Line(-payout.gross_cents, payout.number, iban(9), reference="R2")
    )
    editor = await firm.person(Role.EDITOR)
    [account] = await firm.rows("SELECT id FROM tenant_bank_accounts")
    for query, number in (
        ("", 2),
        ("?vorschlag=1", 1),
        (f"?konto={account['id']}", 2),
        (f"?konto={uuid4()}", 0),
        ("?bis=2026-11-29", 0),
        ("?von=2026-11-30&bis=2026-11-30", 2),
        ("?status=set_aside", 0),
        ("?status=quatsch", 0),
    ):
        page = (await editor.get(PAGE + query)).text
        assert len({*re.findall(rf'href="{PAGE}/([0-9a-f-]{{36}})"', page)}) == number, query


async def test_two_bookings_are_not_confirmed_for_one_payout_in_one_go(firm: Firm, accounts_office: Shop) -> None:
    payout, line = await typed_by_hand(accounts_office, firm.parts.vault)
    await told(accounts_office, firm.parts.vault, line, replace(line, reference="R2"))
    editor = await firm.person(Role.EDITOR)
    ticks = dict(re.findall(r'name="(vorschlag-[^"]+)" value="([^"]+)"', (await editor.get(PAGE)).text))
    assert [*ticks.values()] == [payout.number] * 2
    page = await editor.post(PAGE, ticks, shown_at=PAGE)
    assert (page.status_code, "ordnen Sie diesen einzeln zu" in page.text) == (422, True)
    assert len(await firm.rows("SELECT 1 FROM payment_evidence")) == 1


async def test_what_nobody_has_assigned_stands_among_todays_work(firm: Firm, accounts_office: Shop) -> None:
    payout, line = await typed_by_hand(accounts_office, firm.parts.vault)
    editor = await firm.person(Role.EDITOR)
    assert "nicht zugeordnet (" not in (await editor.get("/admin/heute")).text
    await told(accounts_office, firm.parts.vault, line)
    told_today = '<a href="/admin/nicht-zugeordnet">Ein Umsatz der Bank ist nicht zugeordnet (119,00\xa0€).</a>'
    assert told_today in (await editor.get("/admin/heute")).text
    await editor.post(PAGE, {f"vorschlag-{(await _entry(editor))[-36:]}": payout.number}, shown_at=PAGE)
    assert "nicht zugeordnet (" not in (await editor.get("/admin/heute")).text
