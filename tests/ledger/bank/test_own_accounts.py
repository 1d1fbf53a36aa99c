"""The tenant's own accounts: recorded by one, put into force by another, and never shown whole."""

import pytest
from pydantic import SecretStr

from ledger.access.four_eyes import SecondPersonNeeded
from ledger.bank import bank_accounts
from ledger.bank.bank_accounts import NewOwnAccount
from ledger.refusals import NotAcceptable, NotAllowedNow
from ledger.vault import Vault
from tests.fixtures.bank_runs import MAKER, OWN_IBAN, SECOND, iban, own_account
from tests.fixtures.ledger_shop import Shop


def new(to: str = OWN_IBAN, **members: object) -> NewOwnAccount:
    return NewOwnAccount.model_validate({"account_holder": "Firma", "iban": SecretStr(to), **members})


async def test_an_account_waits_for_a_second_person(shop: Shop, vault: Vault) -> None:
    async with shop.ledger.transaction(shop.tenant) as tx:
        made = await bank_accounts.record(tx, vault, new(), by=MAKER)
        assert (made.state, made.bic, made.masked_iban) == ("pending", "COBADEFFXXX", "•••• 3000")
        with pytest.raises(NotAllowedNow):
            await bank_accounts.get_active(tx, None)
        with pytest.raises(SecondPersonNeeded):
            await bank_accounts.confirm(tx, made.id, by=MAKER)
        confirmed = await bank_accounts.confirm(tx, made.id, by=SECOND)
        assert confirmed.state == "active"
        assert await bank_accounts.iban_of(tx, vault, made.id) == OWN_IBAN
        with pytest.raises(NotAllowedNow):
            await bank_accounts.confirm(tx, made.id, by=SECOND)


async def test_a_change_is_another_row_that_replaces_the_old_one_when_confirmed(shop: Shop, vault: Vault) -> None:
    old = await own_account(shop, vault)
    async with shop.ledger.transaction(shop.tenant) as tx:
        made = await bank_accounts.record(tx, vault, new(batch_booking=False), by=SECOND)
        assert (await bank_accounts.get_active(tx, None)).id == old.id
        await bank_accounts.confirm(tx, made.id, by=MAKER)
        assert (await bank_accounts.get_active(tx, None)).id == made.id
        assert (await bank_accounts.get(tx, old.id)).state == "retired"


async def test_with_several_accounts_one_is_named(shop: Shop, vault: Vault) -> None:
    first = await own_account(shop, vault)
    async with shop.ledger.transaction(shop.tenant) as tx:
        second = await bank_accounts.record(tx, vault, new(iban(5)), by=MAKER)
        with pytest.raises(NotAllowedNow, match="account_recorded"):
            await bank_accounts.record(tx, vault, new(iban(5)), by=MAKER)
        await bank_accounts.confirm(tx, second.id, by=SECOND)
        with pytest.raises(NotAllowedNow, match="own_account_unclear"):
            await bank_accounts.get_active(tx, None)
        assert (await bank_accounts.get_active(tx, first.id)).id == first.id


@pytest.mark.parametrize(
    ("account", "code"),
    [
        (new("DE89370400440532013001"), "iban_invalid"),
        (new(bic="NOPE"), "bic_invalid"),
        (new(iban(country="AE")), "iban_outside_sepa"),
        (new(account_holder="ꙮ"), "holder_not_sepa"),
    ],
)
async def test_what_no_bank_would_take_is_refused(shop: Shop, vault: Vault, account: NewOwnAccount, code: str) -> None:
    async with shop.ledger.transaction(shop.tenant) as tx:
        with pytest.raises(NotAcceptable) as refused:
            await bank_accounts.record(tx, vault, account, by=MAKER)
        assert refused.value.code == code
        assert "DE89" not in str(refused.value)


async def test_no_iban_stands_in_the_trail(shop: Shop, vault: Vault) -> None:
    await own_account(shop, vault)
    trail = [str(dict(row)) for row in await shop.rows("SELECT * FROM audit_entries")]
    assert any("own_account.confirmed" in entry for entry in trail)
    assert not any("3000" in entry and "532013" in entry for entry in trail)
