"""What the bank has proved, against what becomes of the document: nothing that has left is owed a second time."""

import pytest

from ledger.bank import payment_matching, statement_files, unassigned
from ledger.bank.statement_files import Handed
from ledger.booking import settlement, settlement_by_bank
from ledger.booking.settlement import Meaning, Verdict
from ledger.payouts import payouts
from ledger.payouts.payouts import Payout
from ledger.types import PaidBy, PayoutState
from ledger.vault import Vault
from tests.fixtures.bank_runs import exported, iban, open_payout, own_account
from tests.fixtures.bank_statements import Line, camt
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.own_payouts import reverse
from tests.fixtures.payable import look
from tests.fixtures.told_by_the_bank import back, choose, out, told
from tests.ledger.bank.test_own_document_bars import delivered, own_payout

ANNAS = iban(int.from_bytes(b"ANNA", "big") % 10**9)


async def assigned_by_hand(shop: Shop, vault: Vault, payout: Payout) -> None:
    """It was typed into the bank's page, in no file of ours; a person says which payout it paid."""
    line = Line(-11_900, None, ANNAS, reference="R1", text=f"Provision {payout.number}")
    handed = Handed(name="a.xml", content=camt(line, number=1, made="2026-11-30T11:00:00"), by="user:1", how="page")
    [outcome] = await statement_files.bring(shop.ledger, vault, shop.tenant, [handed])
    assert outcome.refused is None, outcome.refused
    async with shop.ledger.transaction(shop.tenant) as tx:
        [entry] = await payment_matching.list_waiting(tx, limit=100)
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await payment_matching.match(tx, entry)
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await unassigned.assign(tx, entry, payout.number, by="user:1")
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await settlement_by_bank.apply(tx, await payouts.lock(tx, payout.number))


async def shows(shop: Shop, payout: Payout, meaning: Meaning) -> PayoutState:
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await settlement.settle(tx, await payouts.lock(tx, payout.number), Verdict(meaning=meaning))
    return (await look(shop, payout.number)).state


async def test_the_storno_of_what_the_bank_saw_leave_returns_it(shop: Shop, vault: Vault) -> None:
    await own_account(shop, vault)
    payout, row = await own_payout(shop, vault, books="lexoffice")
    await delivered(shop, row)
    await assigned_by_hand(shop, vault, payout)
    assert (await look(shop, payout.number)).state is PayoutState.CREDIT_NOTE_OPEN, "lexoffice says paid"
    await reverse(shop, payout)
    assert (await look(shop, payout.number)).state is PayoutState.RETURNED
    assert {row["state"] for row in await shop.rows("SELECT state FROM commissions")} == {"in_payout"}


@pytest.mark.parametrize("meaning", [Meaning.VOIDED, Meaning.DELETED])
async def test_a_credit_note_that_is_undone_after_the_bank_saw_it_leave_returns_it(
    shop: Shop, vault: Vault, meaning: Meaning
) -> None:
    await own_account(shop, vault)
    payout = await open_payout(shop, vault)
    await assigned_by_hand(shop, vault, payout)
    assert await shows(shop, payout, meaning) is PayoutState.RETURNED
    assert {row["state"] for row in await shop.rows("SELECT state FROM commissions")} == {"in_payout"}


async def test_without_books_the_bank_says_paid_whatever_the_tenant_chose(shop: Shop, vault: Vault) -> None:
    await own_account(shop, vault)
    payout, row = await own_payout(shop, vault, books="none")
    await delivered(shop, row)
    await assigned_by_hand(shop, vault, payout)
    assert (await look(shop, payout.number)).state is PayoutState.PAID


@pytest.mark.parametrize("meaning", [Meaning.OPEN, Meaning.PARTLY_PAID])
async def test_where_the_bank_says_paid_an_open_document_is_no_contradiction(
    shop: Shop, vault: Vault, meaning: Meaning
) -> None:
    await own_account(shop, vault)
    payout = await open_payout(shop, vault, to=iban(1))
    await exported(shop, vault, payout)
    await choose(shop, PaidBy.BANK)
    await told(shop, vault, out(payout))
    assert await shows(shop, payout, meaning) is PayoutState.PAID
    assert await shows(shop, payout, Meaning.VOIDED) is PayoutState.RETURNED


async def test_a_further_attempt_that_the_bank_proved_stays_paid_while_its_document_is_open(
    shop: Shop, vault: Vault
) -> None:
    await own_account(shop, vault)
    payout = await open_payout(shop, vault, to=iban(1))
    await exported(shop, vault, payout)
    await told(shop, vault, out(payout))
    await told(shop, vault, back(payout), number=2)
    await told(shop, vault, out(payout, "R9"), number=3)
    assert (await look(shop, payout.number)).state is PayoutState.PAID
    assert await shows(shop, payout, Meaning.OPEN) is PayoutState.PAID


async def test_where_lexoffice_says_paid_a_document_that_is_open_again_is_a_contradiction(
    shop: Shop, vault: Vault
) -> None:
    payout = await open_payout(shop, vault)
    assert await shows(shop, payout, Meaning.PAID) is PayoutState.PAID
    assert await shows(shop, payout, Meaning.OPEN) is PayoutState.RETURNED
