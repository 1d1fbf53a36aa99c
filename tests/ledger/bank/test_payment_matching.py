"""What statements prove of payouts, and what follows: one booking after the other, in any order."""

from itertools import permutations

import pytest

from ledger.bank import payment_evidence, payment_matching
from ledger.booking import settlement_by_bank
from ledger.payouts import payouts
from ledger.payouts.payouts import Payout
from ledger.types import PaidBy, PayoutState
from ledger.vault import Vault
from tests.fixtures.bank_runs import exported, held, iban, open_payout, own_account
from tests.fixtures.bank_statements import DAY, Line
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.told_by_the_bank import IBAN, back, choose, look, out, told, why

OTHER = iban(2)


@pytest.fixture
async def sent(shop: Shop, vault: Vault) -> Payout:
    """A payout of 119,00 in a file that the bank has."""
    await own_account(shop, vault)
    payout = await open_payout(shop, vault, to=IBAN)
    await exported(shop, vault, payout)
    return payout


def reversed_(payout: Payout, reference: str = "R3") -> Line:
    return Line(11_900, payout.number, IBAN, reference=reference, reversal=True)


async def test_by_default_the_bank_proves_and_lexoffice_says_paid(shop: Shop, vault: Vault, sent: Payout) -> None:
    await told(shop, vault, out(sent))
    assert await look(shop, sent) == ("credit_note_open", DAY, None)
    assert await why(shop) == [("matched", None)]


async def test_where_the_bank_says_paid_its_booking_pays(shop: Shop, vault: Vault, sent: Payout) -> None:
    await choose(shop, PaidBy.BANK)
    await told(shop, vault, out(sent))
    assert await look(shop, sent) == ("paid", DAY, None)
    [row] = await shop.rows("SELECT payment_reference, paid_on FROM payouts")
    assert tuple(row) == (sent.number, DAY)
    assert {row["state"] for row in await shop.rows("SELECT state FROM commissions")} == {"paid"}


async def test_where_both_must_say_paid_the_bank_alone_is_not_enough(shop: Shop, vault: Vault, sent: Payout) -> None:
    await choose(shop, PaidBy.BOTH)
    await told(shop, vault, out(sent))
    assert (await look(shop, sent))[0] == "credit_note_open"
    await shop.rows("UPDATE external_documents SET status = 'paidoff'")
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await settlement_by_bank.apply(tx, await payouts.lock(tx, sent.number))
    assert (await look(shop, sent))[0] == "paid"


async def test_a_preview_proves_nothing(shop: Shop, vault: Vault, sent: Payout) -> None:
    await choose(shop, PaidBy.BANK)
    await told(shop, vault, out(sent), message="052")
    assert await look(shop, sent) == ("credit_note_open", None, None)
    await told(shop, vault, out(sent), number=2)
    assert (await look(shop, sent))[0] == "paid"


@pytest.mark.parametrize("first", [PaidBy.LEXOFFICE, PaidBy.BANK])
async def test_a_return_makes_it_returned_in_the_banks_words(
    shop: Shop, vault: Vault, sent: Payout, first: PaidBy
) -> None:
    await choose(shop, first)
    await told(shop, vault, out(sent))
    await told(shop, vault, back(sent), number=2)
    assert await look(shop, sent) == ("returned", None, "bank_returned")
    [task] = await shop.rows("SELECT reason_code, reason_params FROM tasks WHERE kind = 'returned' AND state = 'open'")
    assert task["reason_params"]["why"]["code"] == "return_account_closed"
    async with shop.ledger.transaction(shop.tenant) as tx:
        account = await tx.fetchval("SELECT bank_details_id FROM payouts WHERE number = $1", sent.number)
        assert (await payment_evidence.of_account(tx, account)).refused_code == "AC04"


STEPS = {"statement": "out", "again": "out", "details": "out", "return": "back", "return again": "back"}


@pytest.mark.parametrize("order", [*permutations(STEPS)][::17], ids=lambda order: ", ".join(order))
async def test_any_order_of_statements_ends_in_the_same_state(
    shop: Shop, vault: Vault, sent: Payout, order: tuple[str, ...]
) -> None:
    await choose(shop, PaidBy.BANK)
    for number, step in enumerate(order, start=1):
        line = out(sent) if STEPS[step] == "out" else back(sent)
        await told(shop, vault, line, number=number, message="054" if step == "details" else "053")
    evidence = await shop.rows("SELECT kind, amount_cents FROM payment_evidence ORDER BY kind")
    assert [tuple(row) for row in evidence] == [("debit", 11_900), ("return", 11_900)]
    assert (await look(shop, sent))[0] == "returned"


async def test_a_return_may_be_less_than_was_sent(shop: Shop, vault: Vault, sent: Payout) -> None:
    await told(shop, vault, out(sent))
    await told(shop, vault, back(sent, cents=11_400, why="FOCR", to=None), number=2)
    assert (await look(shop, sent))[0] == "returned"


async def test_a_reversal_opens_an_unpaid_payout_again_and_returns_a_paid_one(
    shop: Shop, vault: Vault, sent: Payout
) -> None:
    await told(shop, vault, out(sent))
    await told(shop, vault, reversed_(sent), number=2)
    assert await look(shop, sent) == ("credit_note_open", None, None)
    await choose(shop, PaidBy.BANK)
    await told(shop, vault, out(sent, "R9"), number=3)
    assert (await look(shop, sent))[0] == "paid"
    await told(shop, vault, reversed_(sent, "R8"), number=4)
    assert await look(shop, sent) == ("returned", None, "bank_reversed")


async def test_a_batch_proves_each_payment_of_its_file_and_details_add_nothing(shop: Shop, vault: Vault) -> None:
    await own_account(shop, vault)
    both = [await open_payout(shop, vault, code, to=to) for code, to in (("ANNA", IBAN), ("CARL", OTHER))]
    run = await exported(shop, vault, *both)
    lines = await held(shop, run)
    batch = Line(-23_800, batch=run.number, batch_number=2, reference="R1")
    each = tuple(
        Line(-line.amount_cents, line.end_to_end_id, to) for line, to in zip(lines, (IBAN, OTHER), strict=True)
    )
    await told(shop, vault, batch)
    assert {(await look(shop, one))[1] for one in both} == {DAY}
    await told(shop, vault, Line(-23_800, batch=run.number, reference="R1", details=each), number=2, message="054")
    assert len(await shop.rows("SELECT 1 FROM payment_evidence")) == 2


async def test_a_file_may_name_the_account_while_a_booking_of_it_is_compared(
    shop: Shop, vault: Vault, sent: Payout
) -> None:
    await told(shop, vault, out(sent))
    [entry] = await shop.rows("SELECT id FROM bank_entries")
    async with shop.ledger.transaction(shop.tenant, cause="test") as comparing:
        await payment_matching.match(comparing, entry["id"])
        async with shop.ledger.transaction(shop.tenant, cause="test") as making:
            # What a foreign key to the account takes; who makes a file holds its payouts by then.
            assert await making.fetch("SELECT 1 FROM tenant_bank_accounts FOR KEY SHARE NOWAIT")


async def test_a_batch_of_another_sum_proves_nothing(shop: Shop, vault: Vault, sent: Payout) -> None:
    [run] = await shop.rows("SELECT number FROM bank_runs")
    await told(shop, vault, Line(-11_899, batch=run["number"], batch_number=1, reference="R1"))
    assert await why(shop) == [("unresolved", "batch_differs")]
    assert (await look(shop, sent))[1] is None


async def test_twice_paid_is_asked_about(shop: Shop, vault: Vault, sent: Payout) -> None:
    await told(shop, vault, out(sent), out(sent, "R7"))
    [task] = await shop.rows("SELECT reason_params FROM tasks WHERE kind = 'paid_too_much' AND state = 'open'")
    assert task["reason_params"] == {"more": 11_900}
    await told(shop, vault, back(sent, "R8"), number=2)
    assert not await shop.rows("SELECT 1 FROM tasks WHERE kind = 'paid_too_much' AND state = 'open'")
    # As if the return had been told between the two: what is out left after something came back.
    assert await look(shop, sent) == ("paid", DAY, None)


async def test_what_a_person_typed_is_proposed_and_books_nothing(shop: Shop, vault: Vault, sent: Payout) -> None:
    await told(shop, vault, Line(-11_900, None, IBAN, text=f"Provision {sent.number}", reference="R1"))
    assert await why(shop) == [("unresolved", "looks_like_a_transfer")]
    assert not await shop.rows("SELECT 1 FROM payment_evidence")


async def test_another_tenants_payout_of_the_same_number_does_not_meet(shop: Shop, vault: Vault, sent: Payout) -> None:
    await told(shop, vault, Line(-5_000, sent.number, OTHER, reference="R1"))
    assert await why(shop) == [("unrelated", None)]


async def test_a_paid_payout_whose_document_changed_is_a_contradiction(shop: Shop, vault: Vault, sent: Payout) -> None:
    await choose(shop, PaidBy.BANK)
    await shop.rows("UPDATE payouts SET reopened = true")
    await told(shop, vault, out(sent))
    assert (await look(shop, sent))[0] == PayoutState.RETURNED
    assert (await look(shop, sent))[2] == "paid_but_document_changed"
