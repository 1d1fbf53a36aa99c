import pytest

from ledger.bank.bank_run_rows import BankRun
from ledger.payouts.payouts import Payout
from ledger.vault import Vault
from tests.fixtures.bank_runs import exported, iban, open_payout, own_account
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.told_by_the_bank import IBAN


@pytest.fixture
async def file_of_two(shop: Shop, vault: Vault) -> tuple[BankRun, Payout, Payout]:
    """Two payouts in a file that the bank has."""
    await own_account(shop, vault)
    both = [await open_payout(shop, vault, code, to=to) for code, to in (("ANNA", IBAN), ("CARL", iban(2)))]
    return await exported(shop, vault, *both), both[0], both[1]
