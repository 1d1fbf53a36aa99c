"""What bank and lexoffice tell ends in one state, in whatever order it is told; random months found each of these."""

import pytest

from ledger.booking import settlement
from ledger.booking.settlement import Meaning, Verdict
from ledger.payouts import payouts
from ledger.payouts.payouts import Payout
from ledger.types import PaidBy
from ledger.vault import Vault
from tests.fixtures.bank_runs import exported, open_payout, own_account
from tests.fixtures.bank_statements import Line
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.told_by_the_bank import IBAN, back, choose, look, out, told

TAKEN_BACK = ("debit", "reversal", "click")
TWICE = ("debit", "double", "return")


@pytest.fixture
async def payout_at_the_bank(shop: Shop, vault: Vault) -> Payout:
    await own_account(shop, vault)
    payout = await open_payout(shop, vault, to=IBAN)
    await exported(shop, vault, payout)
    return payout


async def click(shop: Shop, payout: Payout) -> None:
    """Somebody marks the document as paid in lexoffice."""
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await tx.execute("UPDATE external_documents SET status = 'paidoff', open_cents = 0")
        await settlement.settle(tx, await payouts.lock(tx, payout.number), Verdict(meaning=Meaning.PAID))


async def happen(shop: Shop, vault: Vault, payout_at_the_bank: Payout, steps: tuple[str, ...]) -> None:
    lines = {
        "debit": out(payout_at_the_bank, "R1"),
        "double": out(payout_at_the_bank, "R7"),
        "return": back(payout_at_the_bank, "R8"),
        "reversal": Line(11_900, payout_at_the_bank.number, IBAN, reference="R3", reversal=True),
    }
    for number, step in enumerate(steps, start=1):
        if step == "click":
            await click(shop, payout_at_the_bank)
        else:
            await told(shop, vault, lines[step], number=number)


async def questions(shop: Shop) -> set[str]:
    return {row["kind"] for row in await shop.rows("SELECT kind FROM tasks WHERE state = 'open'")}


@pytest.mark.parametrize("paid_by", list(PaidBy))
@pytest.mark.parametrize("first", range(3), ids=lambda first: f"{TAKEN_BACK[first]} first")
async def test_what_the_bank_took_back_is_returned_where_everybody_said_paid(
    shop: Shop, vault: Vault, payout_at_the_bank: Payout, paid_by: PaidBy, first: int
) -> None:
    await choose(shop, paid_by)
    await happen(shop, vault, payout_at_the_bank, TAKEN_BACK[first:] + TAKEN_BACK[:first])
    assert (await look(shop, payout_at_the_bank))[0] == "returned"
    assert "returned" in await questions(shop)


@pytest.mark.parametrize("steps", [("debit", "reversal"), ("reversal", "debit")], ids=", ".join)
async def test_what_the_bank_took_back_is_open_again_while_nobody_else_said_paid(
    shop: Shop, vault: Vault, payout_at_the_bank: Payout, steps: tuple[str, ...]
) -> None:
    await happen(shop, vault, payout_at_the_bank, steps)
    assert (await look(shop, payout_at_the_bank))[0] == "credit_note_open"
    assert await questions(shop) == set()


@pytest.mark.parametrize("first", range(3), ids=lambda first: f"{TWICE[first]} first")
async def test_what_left_twice_and_came_back_once_is_paid(
    shop: Shop, vault: Vault, payout_at_the_bank: Payout, first: int
) -> None:
    await happen(shop, vault, payout_at_the_bank, TWICE[first:] + TWICE[:first])
    assert (await look(shop, payout_at_the_bank))[0] == "paid"
    assert await questions(shop) == set()
