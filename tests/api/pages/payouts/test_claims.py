"""A negative balance on the partner's page: documented, then a claim on its own page, paid back or written off."""

from ledger.payouts import final_settlement, own_reversal_rows
from ledger.roles import Role
from tests.fixtures.browsers import Firm
from tests.fixtures.own_payouts import handed_out, pay, take_effect
from tests.fixtures.payable import earn
from tests.fixtures.payout_books import Books
from tests.fixtures.sale_books import said

DUE = "/admin/partner/ANNA/faelligkeit"


async def owing(payout_books: Books) -> None:
    """ANNA leaves, was paid 100,00 and owes 40,00."""
    await pay(payout_books, await handed_out(payout_books, 10_000))
    await earn(payout_books, -4_000)
    async with payout_books.ledger.transaction(payout_books.tenant) as tx:
        await final_settlement.begin(tx, payout_books.partner["ANNA"].id, by="key:desk")


async def claimed(payout_books: Books) -> str:
    """The page of the claim that comes of the correcting document."""
    [row] = await payout_books.rows("SELECT id FROM own_reversals WHERE kind = 'correction'")
    async with payout_books.ledger.transaction(payout_books.tenant) as tx:
        asked = await own_reversal_rows.get(tx, row["id"])
    await take_effect(payout_books, asked)
    [claim] = await payout_books.rows("SELECT id FROM claims")
    return f"/admin/forderungen/{claim['id']}"


async def test_an_approver_documents_a_negative_balance_and_its_claim_is_paid_back(
    payout_books: Books, firm: Firm
) -> None:
    await owing(payout_books)
    approver, viewer = await firm.person(Role.APPROVER), await firm.person(Role.VIEWER)
    assert "Korrigierenden Beleg verlangen" not in said((await viewer.get(DUE)).text)
    form = {"steuerfall": "regular", "grund": "ausgeschieden"}
    await approver.post("/admin/partner/ANNA/korrektur", form, shown_at=DUE)
    page = said((await approver.get(DUE)).text)
    assert "Korrigierender Beleg über 47,60 € wird ausgestellt" in page
    again = await approver.post("/admin/partner/ANNA/korrektur", form, shown_at=DUE)
    assert "schuldet der Partner nichts" in said(again.text)
    address = await claimed(payout_books)
    assert "47,60 €" in said((await viewer.get("/admin/forderungen?status=open&partner=ANNA")).text)
    assert address in (await viewer.get("/admin/partner/ANNA")).text
    shown = said((await viewer.get(address)).text)
    assert "Als bezahlt vermerken" not in shown
    paid = {"tag": "2026-11-20", "verwendungszweck": "Auszug 12", "betrag": "50,00"}
    refused = await approver.post(f"{address}/bezahlt", paid, shown_at=address)
    assert (refused.status_code, "Offen sind noch 47,60 €" in said(refused.text)) == (409, True)
    await approver.post(f"{address}/bezahlt", paid | {"betrag": ""}, shown_at=address)
    page = said((await viewer.get(address)).text)
    assert "Bezahlt" in page
    assert "Auszug 12" in page
    file = (await viewer.get("/admin/forderungen.csv?status=settled")).text
    assert file.count("\n") == 2
    assert "47,60;47,60;0,00" in file


async def test_above_the_limit_a_second_person_writes_a_claim_off_among_the_tasks(
    payout_books: Books, firm: Firm
) -> None:
    await owing(payout_books)
    await payout_books.rows("UPDATE tenants SET four_eyes_limit_cents = 4759")
    maker, second = await firm.person(Role.APPROVER), await firm.person(Role.APPROVER)
    form = {"steuerfall": "regular", "grund": "ausgeschieden"}
    await maker.post("/admin/partner/ANNA/korrektur", form, shown_at=DUE)
    [task] = await payout_books.rows("SELECT id FROM tasks WHERE kind = 'own_reversal_asked'")
    about = f"/admin/aufgaben/{task['id']}"
    assert f'href="{DUE}"' in (await second.get(about)).text
    await second.post(about, {"action": "confirm"}, shown_at=about)
    address = await claimed(payout_books)
    await maker.post(f"{address}/ausbuchen", {"grund": "insolvent"}, shown_at=address)
    assert "wartet auf eine zweite Person" in said((await maker.get(address)).text)
    [task] = await payout_books.rows("SELECT id FROM tasks WHERE kind = 'claim_write_off_asked'")
    about = f"/admin/aufgaben/{task['id']}"
    assert f'href="{address}"' in (await second.get(about)).text
    await second.post(about, {"action": "confirm"}, shown_at=about)
    assert "Ausgebucht" in said((await maker.get(address)).text)
