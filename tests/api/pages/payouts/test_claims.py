"""A negative balance on the partner's page: documented, then a claim on its own page, paid back or written off."""

from uuid import UUID

from ledger.payouts import final_settlement, own_reversal_rows
from ledger.roles import Role
from tests.fixtures.browsers import Firm
from tests.fixtures.own_payouts import handed_out, pay, take_effect
from tests.fixtures.payable import earn
from tests.fixtures.payout_books import Books
from tests.fixtures.sale_books import said
from tests.ledger.payouts.test_set_offs import netted

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


async def test_the_approver_sees_what_is_set_off_and_a_person_may_take_it_off(payout_books: Books, firm: Firm) -> None:
    payout = await netted(payout_books)
    approver, viewer = await firm.person(Role.APPROVER), await firm.person(Role.VIEWER)
    address = f"/admin/auszahlungen/{payout.number}"
    page = said((await approver.get(address)).text)
    assert "Überwiesen wird 71,40 €" in page
    assert "119,00 € gesamt überwiesen: 71,40 €" in page
    assert f"verrechnet mit {payout.number}" in said((await viewer.get(await claim_page(payout_books))).text)
    assert (await viewer.post(f"{address}/nicht-verrechnen", {"grund": "x"}, shown_at=address)).status_code == 403
    await approver.post(f"{address}/nicht-verrechnen", {"grund": "zahlt selbst"}, shown_at=address)
    page = said((await approver.get(address)).text)
    assert "Gegen den Partner sind 47,60 € offen." in page
    assert "Verrechnung mit der Auszahlung zurückgenommen" in page  # a hand
    await approver.post(f"{address}/verrechnen", {}, shown_at=address)
    assert "Überwiesen wird 71,40 €" in said((await approver.get(address)).text)


async def claim_page(payout_books: Books) -> str:
    [claim] = await payout_books.rows("SELECT id FROM claims")
    return f"/admin/forderungen/{claim['id']}"


async def test_a_clerk_assigns_a_credit_to_a_claim(payout_books: Books, firm: Firm) -> None:
    await owing(payout_books)
    [payout] = await payout_books.rows("SELECT partner_id, id FROM payouts")
    [claim] = await payout_books.rows(
        "INSERT INTO claims (tenant_id, partner_id, cause, payout_id, amount_cents)"
        " VALUES ($1, $2, 'overpaid', $3, 500) RETURNING id",
        firm.tenant.id,
        payout["partner_id"],
        payout["id"],
    )
    entry = await a_credit(payout_books, 700)
    editor = await firm.person(Role.EDITOR)
    address = f"/admin/nicht-zugeordnet/{entry}"
    assert "Einer Forderung zuordnen" in said((await editor.get(address)).text)
    await editor.post(f"{address}/forderung", {"forderung": str(claim["id"])}, shown_at=address)
    assert "Zahlt 5,00 € einer Forderung gegen ANNA zurück" in said((await editor.get(address)).text)
    assert "laut Kontoauszug bezahlt" in said((await editor.get(f"/admin/forderungen/{claim['id']}")).text)
    nowhere = await editor.post(f"{address}/forderung", {"forderung": "x"}, shown_at=address)
    assert nowhere.status_code == 404


async def a_credit(payout_books: Books, cents: int) -> UUID:
    """A booking that a person has to explain."""
    [row] = await payout_books.rows(
        """
        WITH account AS (
             INSERT INTO tenant_bank_accounts (tenant_id, account_holder, iban_encrypted, iban_hmac, iban_last4, bic,
                                               recorded_by)
             VALUES ($1, 'Firma', '', sha256('own'), '3000', 'COBADEFFXXX', 'key:x') RETURNING id),
             file AS (
             INSERT INTO statement_files (tenant_id, sha256, name, format, size_bytes, content_encrypted, brought_by,
                                          brought_how)
             VALUES ($1, sha256('x'), 'a.xml', 'camt.053.001.08', 1, '', 'test', 'page') RETURNING id),
             statement AS (
             INSERT INTO bank_statements (tenant_id, file_id, account_id, kind, told_by, entries, new_entries)
             SELECT $1, file.id, account.id, 'statement', 'camt', 1, 1 FROM file, account RETURNING id, account_id)
        INSERT INTO bank_entries (tenant_id, account_id, statement_id, booked_by, booked_on, known_by, bank_references,
                                  amount_cents, currency, direction, reversal, refers_to, text, concerns_us, state)
        SELECT $1, account_id, id, id, '2026-11-27', sha256('x'), '{}', $2, 'EUR', 'credit', false, 'one:', 'zurück',
               true, 'unresolved' FROM statement RETURNING id
        """,
        payout_books.tenant.id,
        cents,
    )
    found: UUID = row["id"]
    return found
