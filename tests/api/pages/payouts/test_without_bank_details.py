"""Pages about a partner without bank details in force: who gets nothing and why, and what an approval asks."""

import pytest

from ledger.roles import Role
from tests.api.pages.payouts.test_approval_pages import QUEUE, queue, results
from tests.api.pages.payouts.test_run_pages import PAGE as RUNS
from tests.api.pages.payouts.test_run_pages import begun
from tests.fixtures.browsers import Firm
from tests.fixtures.payable import earn
from tests.fixtures.payout_books import Books, shown_hash, ticks

_BY_HAND = "Ohne Bankverbindung: Überweisung von Hand"
_CONFIRMS = "Ich überweise den Betrag von Hand."


async def _hold(books: Books) -> None:
    await books.rows("UPDATE tenants SET without_bank_details = 'hold'")


@pytest.mark.parametrize("rehearsal", [True, False])
async def test_a_run_and_its_rehearsal_show_them_under_who_gets_nothing(
    payout_books: Books, firm: Firm, rehearsal: bool
) -> None:
    await _hold(payout_books)
    await payout_books.account()
    await earn(payout_books, 10_000)
    await earn(payout_books, 20_000, code="BERT")
    run = await begun(payout_books, rehearsal=rehearsal)
    page = (await (await firm.person(Role.VIEWER)).get(f"{RUNS}/{run}")).text
    waiting = page.split("Wer nichts bekommt, und warum")[-1].split("</table>")[0]
    [reason] = waiting.split("<tbody>")[1].split("</tr>")[:-1]
    assert "Keine Bankverbindung" in reason
    assert "200,00\xa0€" in reason
    assert "BERT" in (await (await firm.person(Role.VIEWER)).get(f"{RUNS}/{run}?zeige=wartet")).text


async def test_the_page_of_what_is_due_and_a_request_say_it(payout_books: Books, firm: Firm) -> None:
    await _hold(payout_books)
    await earn(payout_books, 10_000)
    editor = await firm.person(Role.EDITOR)
    page = (await editor.get("/admin/partner/ANNA/faelligkeit")).text
    assert "Zurzeit ist nichts fällig." in page
    assert "Keine Bankverbindung" in page
    new = "/admin/auszahlungen/neu"
    refused = await editor.post(new, {"partner": "anna"}, shown_at=new)
    assert "Für den Partner ist keine Bankverbindung hinterlegt." in refused.text


async def test_an_approval_asks_whether_the_money_is_transferred_by_hand(payout_books: Books, firm: Firm) -> None:
    payout = await payout_books.asked_for(10_000)
    approver = await firm.person(Role.APPROVER)
    address = f"/admin/auszahlungen/{payout.number}"
    page = (await approver.get(address)).text
    assert _BY_HAND in page
    assert _CONFIRMS in page
    form = {"inhalt": await shown_hash(approver, payout.number), "grund": "passt"}
    refused = await approver.post(f"{address}/freigeben", form, shown_at=address)
    assert refused.status_code == 409
    assert "von Hand überwiesen wird" in refused.text
    assert ">passt</textarea>" in refused.text
    assert await payout_books.in_state(payout.number) == "awaiting_approval"
    done = await approver.post(f"{address}/freigeben", form | {"von-hand": "1"}, shown_at=address)
    assert done.status_code == 303
    assert await payout_books.in_state(payout.number) == "approved"
    assert _BY_HAND in (await approver.get(address)).text


async def test_with_an_account_in_force_the_approval_asks_nothing(payout_books: Books, firm: Firm) -> None:
    await payout_books.account()
    payout = await payout_books.asked_for(10_000)
    page = (await (await firm.person(Role.APPROVER)).get(f"/admin/auszahlungen/{payout.number}")).text
    assert _BY_HAND not in page
    assert _CONFIRMS not in page


async def test_many_approvals_at_once_leave_them_out_with_the_reason(payout_books: Books, firm: Firm) -> None:
    approver = await firm.person(Role.APPROVER)
    await payout_books.account()
    with_account, without = await payout_books.asked_for(1_000), await payout_books.asked_for(1_000, code="BERT")
    form = ticks(*(await queue(approver)).items()) | {"entscheidung": "freigeben", "von-hand": "1"}
    found = dict(results((await approver.post(QUEUE, form, shown_at=QUEUE)).text))
    assert found[with_account.number] == "Freigegeben"
    assert "nur einzeln freigeben" in found[without.number]
    assert await payout_books.in_state(without.number) == "awaiting_approval"
