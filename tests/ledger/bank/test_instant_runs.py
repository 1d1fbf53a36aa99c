"""Instant transfers (INST): a choice per run, where the bank takes them for the account."""

from datetime import time

import pytest

from ledger.bank import bank_accounts, bank_runs
from ledger.bank.bank_accounts import OwnAccount, Terms
from ledger.bank.bank_run_rows import BankRun
from ledger.refusals import NotAllowedNow
from ledger.vault import Vault
from tests.fixtures import bank_runs as bank
from tests.fixtures.ledger_shop import Shop


async def offered(shop: Shop, account: OwnAccount, terms: Terms) -> OwnAccount:
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        return await bank_accounts.note_terms(tx, account.id, terms, by=bank.MAKER)


async def chosen(shop: Shop, run: BankRun, *, instant: bool = True) -> BankRun:
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        return await bank_runs.choose_instant(tx, run.number, instant=instant, by=bank.MAKER)


async def test_only_where_the_bank_takes_them(shop: Shop, vault: Vault) -> None:
    await bank.own_account(shop, vault)
    await bank.open_payout(shop, vault)
    with pytest.raises(NotAllowedNow) as refused:
        await chosen(shop, await bank.draft(shop, vault))
    assert refused.value.code == "own_account_takes_no_instant"


async def test_it_voids_an_approval_and_stands_in_the_file(shop: Shop, vault: Vault) -> None:
    account = await bank.own_account(shop, vault)
    noted = await offered(shop, account, Terms(cut_off=time(14, 30), takes_instant=True))
    assert (noted.cut_off, noted.takes_instant) == (time(14, 30), True)
    await bank.open_payout(shop, vault)
    run = await bank.draft(shop, vault)
    await bank.approve(shop, vault, run)
    again = await chosen(shop, run)
    assert (again.state, again.why and again.why.code) == ("draft", "instant_changed")
    assert again.content_hash != run.content_hash
    await bank.approve(shop, vault, again)
    assert b"<Cd>INST</Cd>" in (await bank.download(shop, vault, again)).content
    with pytest.raises(NotAllowedNow):
        await chosen(shop, again, instant=False)


async def test_taken_back_the_run_is_what_it_was(shop: Shop, vault: Vault) -> None:
    await offered(shop, await bank.own_account(shop, vault), Terms(takes_instant=True))
    await bank.open_payout(shop, vault)
    run = await bank.draft(shop, vault)
    await chosen(shop, run)
    assert (await chosen(shop, run, instant=False)).content_hash == run.content_hash
