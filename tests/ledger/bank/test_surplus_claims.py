"""What the bank transferred too much is a claim, for as long as it is out."""

import pytest

from ledger.payouts.claims import ClaimState
from ledger.payouts.payouts import Payout
from ledger.vault import Vault
from tests.fixtures.bank_runs import exported, open_payout, own_account
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.told_by_the_bank import IBAN, back, out, told
from tests.ledger.payouts.test_claims import paid_back
from tests.ledger.payouts.test_corrections import claims_of


@pytest.fixture
async def in_the_file(shop: Shop, vault: Vault) -> Payout:
    """A payout of 119,00 in a file that the bank has."""
    await own_account(shop, vault)
    payout = await open_payout(shop, vault, to=IBAN)
    await exported(shop, vault, payout)
    return payout


async def test_a_surplus_is_claimed_until_the_bank_takes_it_back(shop: Shop, vault: Vault, in_the_file: Payout) -> None:
    await told(shop, vault, out(in_the_file))
    assert await claims_of(shop) == []
    await told(shop, vault, out(in_the_file, "R7"), number=2)
    [claim] = await claims_of(shop)
    assert (claim.cause, claim.payout_number, claim.open_cents) == ("overpaid", in_the_file.number, 11_900)
    await told(shop, vault, back(in_the_file, "R8"), number=3)
    assert [(one.state, one.open_cents) for one in await claims_of(shop)] == [(ClaimState.VOID, 0)]
    await told(shop, vault, out(in_the_file, "R9"), number=4)
    assert [(one.state, one.open_cents) for one in await claims_of(shop)] == [(ClaimState.OPEN, 11_900)]


async def test_what_was_paid_back_of_a_surplus_stays(shop: Shop, vault: Vault, in_the_file: Payout) -> None:
    await told(shop, vault, out(in_the_file), out(in_the_file, "R7"))
    [claim] = await claims_of(shop)
    await paid_back(shop, claim.id, 900)
    await told(shop, vault, back(in_the_file, "R8"), number=2)
    [ended] = await claims_of(shop)
    assert (ended.state, ended.amount_cents, ended.settled_cents) == (ClaimState.SETTLED, 900, 900)
