"""What the bank transferred too much is a claim, for as long as it is out; a credit may repay it, as a person says."""

from uuid import UUID

import pytest

from ledger.bank import bank_entries, unassigned
from ledger.payouts.claims import ClaimState
from ledger.payouts.payouts import Payout
from ledger.refusals import NotAllowedNow
from ledger.vault import Vault
from tests.fixtures.bank_runs import exported, open_payout, own_account
from tests.fixtures.bank_statements import Line
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.told_by_the_bank import IBAN, back, out, told, why
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


async def test_a_person_learns_that_the_bank_took_back_what_was_repaid(
    shop: Shop, vault: Vault, in_the_file: Payout
) -> None:
    await told(shop, vault, out(in_the_file), out(in_the_file, "R7"))
    [claim] = await claims_of(shop)
    await paid_back(shop, claim.id, 900)
    asked = "SELECT reason_params FROM tasks WHERE kind = 'claim_settled_twice' AND state = 'open'"
    assert await shop.rows(asked) == []
    await told(shop, vault, back(in_the_file, "R8"), number=2)
    assert [row["reason_params"] for row in await shop.rows(asked)] == [{"more": 900}]
    await told(shop, vault, out(in_the_file, "R9"), number=3)
    assert await shop.rows(asked) == []


async def credited(shop: Shop, vault: Vault, cents: int, reference: str, number: int) -> UUID:
    """A credit from ANNA's account, without a reference of ours."""
    await told(shop, vault, Line(cents, None, IBAN, text="zurück", reference=reference), number=number)
    [entry] = await shop.rows("SELECT id FROM bank_entries WHERE direction = 'credit' ORDER BY seq DESC LIMIT 1")
    found: UUID = entry["id"]
    return found


async def test_a_credit_is_proposed_to_a_claim_and_repays_what_is_owed(
    shop: Shop, vault: Vault, in_the_file: Payout
) -> None:
    await told(shop, vault, out(in_the_file), out(in_the_file, "R7"))
    [claim] = await claims_of(shop)
    first = await credited(shop, vault, 900, "R8", 2)
    assert await why(shop) == [("matched", None), ("matched", None), ("unresolved", "looks_like_repayment")]
    async with shop.ledger.transaction(shop.tenant) as tx:
        assert (await bank_entries.get(tx, first)).proposed_claim == claim.id
        assert (await unassigned.assign_to_claim(tx, first, claim.id, by="user:clerk")).state == "matched"
        with pytest.raises(NotAllowedNow, match="booking_decided"):
            await unassigned.assign_to_claim(tx, first, claim.id, by="user:clerk")
    more = await credited(shop, vault, 11_500, "R9", 3)
    async with shop.ledger.transaction(shop.tenant) as tx:
        entry = await unassigned.assign_to_claim(tx, more, claim.id, by="user:clerk")
        # 5,00 more than was owed wait for a person.
        assert (entry.state, [one.amount_cents for one in entry.repayments]) == ("unresolved", [11_000])
        with pytest.raises(NotAllowedNow, match="booking_decided"):
            await unassigned.assign_to_claim(tx, more, claim.id, by="user:clerk")
    [ended] = await claims_of(shop)
    assert (ended.state, ended.settled_cents) == (ClaimState.SETTLED, 11_900)


async def test_a_credit_for_a_claim_that_is_set_off_by_now_is_shown_to_a_person(
    shop: Shop, vault: Vault, in_the_file: Payout
) -> None:
    await told(shop, vault, out(in_the_file), out(in_the_file, "R7"))
    [claim] = await claims_of(shop)
    await paid_back(shop, claim.id, 900)
    await shop.rows(
        "INSERT INTO set_offs (tenant_id, payout_id, claim_id, amount_cents) VALUES ($1, $2, $3, 11000)",
        shop.tenant.id,
        in_the_file.id,
        claim.id,
    )
    entry = await credited(shop, vault, 11_000, "R8", 2)
    async with shop.ledger.transaction(shop.tenant) as tx:
        assert (await bank_entries.get(tx, entry)).proposed_claim == claim.id
        with pytest.raises(NotAllowedNow, match="claim_is_over"):
            await unassigned.assign_to_claim(tx, entry, claim.id, by="user:clerk")


async def test_a_debit_repays_nothing(shop: Shop, vault: Vault, in_the_file: Payout) -> None:
    await told(shop, vault, out(in_the_file), out(in_the_file, "R7"))
    [claim] = await claims_of(shop)
    await told(shop, vault, Line(-900, None, IBAN, text=in_the_file.number, reference="R8"), number=2)
    await shop.rows("UPDATE bank_entries SET state = 'unresolved' WHERE amount_cents = 900")
    [entry] = await shop.rows("SELECT id FROM bank_entries WHERE amount_cents = 900")
    async with shop.ledger.transaction(shop.tenant) as tx:
        with pytest.raises(NotAllowedNow, match="booking_is_no_repayment"):
            await unassigned.assign_to_claim(tx, entry["id"], claim.id, by="user:clerk")
