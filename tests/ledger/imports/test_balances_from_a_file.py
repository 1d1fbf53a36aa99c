"""What partners were owed when the programme was taken over: lines that a second person confirms."""

import zipfile

import pytest

from api.http.language import in_words
from ledger.imports import confirming
from ledger.imports.columns import Kind
from ledger.imports.confirming import Decision
from ledger.reports import evidence_bundle
from ledger.vault import Vault
from tests.fixtures import payable
from tests.fixtures.importing import bring, counts, seen, taken
from tests.fixtures.ledger_shop import Shop

HEAD = "Partner;Saldo;Stichtag;Grund\n"
FILE = HEAD + 'ANNA;1.234,56;30.06.2026;"Bestand; alt"\nBERT;-7,00;30.06.2026;Bestand\nCARL;0;30.06.2026;Nichts\n'


async def _lines(shop: Shop) -> list[tuple[str, int, str]]:
    rows = await shop.rows(
        """
        SELECT p.code, c.net_cents, c.state FROM commissions c JOIN partners p ON p.id = c.partner_id
          JOIN manual_lines m ON m.commission_id = c.id AND m.kind = 'opening_balance' ORDER BY c.seq
        """
    )
    return [tuple(row) for row in rows]


async def _confirm_all(shop: Shop) -> None:
    from ledger.commissions import manual_lines

    for row in await shop.rows("SELECT commission_id FROM manual_lines WHERE decided_at IS NULL"):
        async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
            await manual_lines.decide(tx, row["commission_id"], confirmed=True, by="user:second", reason=None)


async def test_balances_wait_for_a_second_person_who_is_asked_once(shop: Shop, vault: Vault) -> None:
    file = await taken(shop, vault, FILE)
    assert (file.kind, counts(file)) == (Kind.OPENING_BALANCES, (2, 0, 1, 0))
    assert await _lines(shop) == [("ANNA", 123_456, "pending"), ("BERT", -700, "pending")]
    assert await shop.tasks() == [("import_to_confirm", str(file.id))]
    [hand] = await shop.rows("SELECT actor, act FROM hands WHERE subject = 'commission' LIMIT 1")
    assert tuple(hand) == ("user:maker", "partner.opening_balance_written")
    assert counts(await seen(shop, vault, await bring(shop, vault, FILE))) == (0, 0, 3, 0)


async def test_a_corrected_balance_takes_back_what_nobody_confirmed(shop: Shop, vault: Vault) -> None:
    await taken(shop, vault, FILE)
    await taken(shop, vault, FILE.replace("1.234,56", "1.000,00"))
    assert await _lines(shop) == [
        ("ANNA", 123_456, "reversed"),
        ("BERT", -700, "pending"),
        ("ANNA", 100_000, "pending"),
    ]


async def test_a_corrected_balance_adds_what_lacks_to_what_was_confirmed(shop: Shop, vault: Vault) -> None:
    await taken(shop, vault, FILE)
    await _confirm_all(shop)
    await taken(shop, vault, FILE.replace("1.234,56", "1.000,00"))
    await taken(shop, vault, FILE.replace("1.234,56", "1.100,00"))
    assert await _lines(shop) == [
        ("ANNA", 123_456, "approved"),
        ("BERT", -700, "approved"),
        ("ANNA", -23_456, "reversed"),
        ("ANNA", -13_456, "pending"),
    ]


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("NIEMAND;1,00;30.06.2026;x", "partner_code", "unknown_partner"),
        ("ANNA;1,00;30.06.2099;x", "service_date", "service_date_to_come"),
        ("ANNA;1000001,00;30.06.2026;x", "net_cents", "cell_not_acceptable"),
        ("ANNA;1,00;30.06.2026;", "reason", "cell_missing"),
        ("BERT;2,00;30.06.2026;x", "partner_code", "row_twice"),
    ],
)
async def test_what_is_wrong_with_a_balance_is_told(shop: Shop, vault: Vault, row: str, column: str, code: str) -> None:
    told = await seen(shop, vault, await bring(shop, vault, f"{HEAD}BERT;1,00;30.06.2026;x\n{row}\n"))
    assert [(one.line, one.column, one.code) for one in told.problems] == [(3, column, code)]


async def test_the_papers_of_a_payout_tell_who_brought_a_balance_and_who_confirmed_it(shop: Shop, vault: Vault) -> None:
    await payable.fit_to_pay(shop)
    await payable.fit_to_be_paid(shop)
    file = await taken(shop, vault, FILE)
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        waits = await confirming.waiting(tx, vault, file.id)
        await confirming.decide_lines(tx, vault, Decision(import_id=file.id, seen=waits.seen, by="user:second"))
    assert await shop.tasks() == []
    payout = await payable.request(shop)
    async with shop.ledger.transaction(shop.tenant) as tx:
        papers = await evidence_bundle.build(tx, payout.number, in_words=in_words)
    with papers, zipfile.ZipFile(papers) as packed:
        trail = packed.read("pruefpfad.csv").decode("utf-8-sig")
    for who, act in (("user:maker", "import.taken_over"), ("user:second", "import.balances_confirmed")):
        assert f";{who};{act};import;{file.id};" in trail
