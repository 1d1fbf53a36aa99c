"""A partner is asked for other bank details where a return's reason is the account: once, and only while it helps."""

from typing import Any

import asyncpg
import pytest

from activities.mail import letter_facts
from activities.mail.letter import written
from ledger.bank import payment_matching
from ledger.bank.return_reasons import OF_THE_ACCOUNT
from ledger.mail import mail_kinds
from ledger.mail.mail_kinds import MailKind
from ledger.mail.outbox import Mail
from ledger.payouts.payouts import Payout
from ledger.vault import Vault
from tests.fixtures import bank_runs as bank
from tests.fixtures.bank_statements import DAY
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.told_by_the_bank import IBAN, back, out, told
from tests.ledger.bank.test_further_attempts import NEW_IBAN, back_again, out_again, sent_again


@pytest.fixture
async def in_a_file(shop: Shop, vault: Vault) -> Payout:
    """A payout of 119,00 to ANNA, in a file that the bank has."""
    await bank.own_account(shop, vault)
    payout = await bank.open_payout(shop, vault, to=IBAN)
    await bank.exported(shop, vault, payout)
    return payout


async def mails(shop: Shop) -> list[asyncpg.Record]:
    return await shop.rows("SELECT * FROM mails WHERE kind = 'bank_details_wanted' ORDER BY seq")


async def facts(shop: Shop, row: asyncpg.Record) -> dict[str, Any] | None:
    """What the mail says if it is sent now."""
    mail = Mail(
        id=row["id"],
        kind=MailKind(row["kind"]),
        user_id=None,
        partner_id=row["partner_id"],
        address=row["address"],
        about=(row["about"],),
        facts={},
        link=None,
        created_at=row["created_at"],
        taken_at=row["created_at"],
    )
    async with shop.ledger.transaction(shop.tenant, cause="mail") as tx:
        return await letter_facts.of_tenant_mail(tx, mail)


@pytest.mark.parametrize("code", sorted(OF_THE_ACCOUNT))
async def test_a_return_because_of_the_account_asks_the_partner(
    shop: Shop, vault: Vault, in_a_file: Payout, code: str
) -> None:
    await told(shop, vault, out(in_a_file), back(in_a_file, why=code))
    [mail] = await mails(shop)
    assert (mail["address"], mail["partner_id"], mail["user_id"]) == ("anna@p.example", in_a_file.partner_id, None)


@pytest.mark.parametrize("code", ["MS03", "FOCR", "TECH", "XX99"])
async def test_a_return_for_another_reason_asks_nobody(shop: Shop, vault: Vault, in_a_file: Payout, code: str) -> None:
    await told(shop, vault, out(in_a_file), back(in_a_file, why=code))
    assert await shop.rows("SELECT 1 FROM payment_evidence WHERE kind = 'return'")
    assert await mails(shop) == []


async def test_a_return_that_is_told_again_asks_once(shop: Shop, vault: Vault, in_a_file: Payout) -> None:
    lines = (out(in_a_file), back(in_a_file))
    await told(shop, vault, *lines)
    await told(shop, vault, *lines)
    await told(shop, vault, *lines, number=2)
    await told(shop, vault, *lines, number=3, message="054")
    assert len(await mails(shop)) == 1
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        for row in await tx.fetch("SELECT entry_id FROM payment_evidence"):
            await payment_matching.match(tx, row["entry_id"])
    assert len(await mails(shop)) == 1


async def test_the_return_of_a_further_attempt_asks_again(shop: Shop, vault: Vault, in_a_file: Payout) -> None:
    await told(shop, vault, out(in_a_file), back(in_a_file))
    await bank.bank_details(shop, vault, "ANNA", to=NEW_IBAN)
    await sent_again(shop, vault, in_a_file)
    await told(shop, vault, out_again(in_a_file), back_again(in_a_file), number=2)
    first, second = await mails(shop)
    said = await facts(shop, second)
    assert await facts(shop, first) is None
    assert said is not None
    assert said["last4"] == NEW_IBAN[-4:]


async def test_it_names_payout_amount_reason_and_the_end_of_the_iban(
    shop: Shop, vault: Vault, in_a_file: Payout
) -> None:
    await told(shop, vault, out(in_a_file), back(in_a_file, cents=11_500))
    [mail] = await mails(shop)
    found = await facts(shop, mail)
    assert found is not None
    assert (found["payout"], found["amount_cents"], found["booked_on"]) == (in_a_file.number, 11_900, DAY)
    for language, amount, reason in (
        ("de", "119,00\xa0€", "Das Konto ist aufgelöst."),
        ("en", "€119.00", "The account is closed."),
    ):
        letter = written(mail["kind"], language, found, public_url="https://partner.example.com", outside=True)
        assert in_a_file.number in letter.subject
        for part in (in_a_file.number, amount, reason, IBAN[-4:]):
            assert part in letter.text
        for leaked in (IBAN, IBAN[4:], "/admin"):
            assert leaked not in letter.text + letter.html


@pytest.mark.parametrize(("country", "is_english_too"), [(None, False), ("DE", False), ("FR", True)])
async def test_a_partner_abroad_reads_it_in_both_languages(
    shop: Shop, vault: Vault, in_a_file: Payout, country: str | None, is_english_too: bool
) -> None:
    await told(shop, vault, out(in_a_file), back(in_a_file))
    await shop.rows("UPDATE partners SET country_code = $1 WHERE code = 'ANNA'", country)
    found = await facts(shop, (await mails(shop))[0])
    assert found is not None
    assert found["in_english_too"] is is_english_too


@pytest.mark.parametrize("confirmed", [True, False])
async def test_who_has_given_other_bank_details_meanwhile_is_not_asked(
    shop: Shop, vault: Vault, in_a_file: Payout, confirmed: bool
) -> None:
    await told(shop, vault, out(in_a_file), back(in_a_file))
    [mail] = await mails(shop)
    await bank.bank_details(shop, vault, "ANNA", to=NEW_IBAN, confirmed=confirmed)
    assert await facts(shop, mail) is None


async def test_an_account_that_took_money_since_is_not_asked_about(shop: Shop, vault: Vault, in_a_file: Payout) -> None:
    await told(shop, vault, out(in_a_file), back(in_a_file))
    [mail] = await mails(shop)
    await sent_again(shop, vault, in_a_file)  # to the same account: two persons said so
    assert await facts(shop, mail) is not None
    await told(shop, vault, out(in_a_file, "R5", attempt="-2"), number=2)
    assert await facts(shop, mail) is None


async def test_nobody_is_asked_without_an_address_or_where_the_tenant_does_not_want_it(
    shop: Shop, vault: Vault, in_a_file: Payout
) -> None:
    async with shop.ledger.transaction(shop.tenant) as tx:
        await mail_kinds.switch(tx, None, frozenset({MailKind.BANK_DETAILS_WANTED}), actor="user:1")
    await told(shop, vault, out(in_a_file), back(in_a_file))
    assert await mails(shop) == []
    async with shop.ledger.transaction(shop.tenant) as tx:
        await mail_kinds.switch(tx, None, frozenset(), actor="user:1")
    await shop.rows("UPDATE partners SET email = NULL WHERE code = 'ANNA'")
    await bank.bank_details(shop, vault, "ANNA", to=NEW_IBAN)
    await sent_again(shop, vault, in_a_file)
    await told(shop, vault, out_again(in_a_file), back_again(in_a_file), number=2)
    assert await mails(shop) == []
