"""What a statement tells beside the rule: paid twice, counted twice, decided once, of another account."""

from dataclasses import replace
from uuid import UUID

import pytest

from ledger import clock
from ledger.bank import (
    bank_candidates,
    bank_run_cancelling,
    bank_runs,
    payment_evidence,
    payment_matching,
    statement_files,
    unassigned,
)
from ledger.bank.bank_run_rows import BankRun
from ledger.bank.statement_files import Handed
from ledger.booking import resolutions, settlement_by_bank
from ledger.booking.resolutions import Answer
from ledger.payouts import payouts
from ledger.payouts.payouts import Payout
from ledger.refusals import NotAcceptable, NotAllowedNow
from ledger.types import TaskId
from ledger.vault import Vault
from tests.fixtures.bank_runs import (
    MAKER,
    OWN_IBAN,
    SECOND,
    approve,
    download,
    draft,
    exported,
    iban,
    look,
    open_payout,
    own_account,
    refresh,
)
from tests.fixtures.bank_statements import Line, camt
from tests.fixtures.ledger_shop import Shop

IBAN, OTHER = iban(1), iban(2)


async def told(
    shop: Shop, vault: Vault, *lines: Line, number: int = 1, message: str = "053", change: tuple[str, str] = ("", "")
) -> None:
    """The bank tells, and every booked entry is compared. `change`: of the file's text."""
    content = camt(*lines, number=number, message=message, made=f"2026-11-30T{10 + number}:00:00")
    content = content.replace(change[0].encode(), change[1].encode())
    handed = Handed(name="a.xml", content=content, by="user:1", how="page")
    [outcome] = await statement_files.bring(shop.ledger, vault, shop.tenant, [handed])
    assert outcome.refused is None, outcome.refused
    async with shop.ledger.transaction(shop.tenant) as tx:
        waiting = await payment_matching.list_waiting(tx, limit=100)
    for entry in waiting:
        async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
            matched = await payment_matching.match(tx, entry)
            for number_of in matched.payouts:
                await settlement_by_bank.apply(tx, await payouts.lock(tx, number_of))


async def entries(shop: Shop) -> list[tuple[str, str | None]]:
    rows = await shop.rows("SELECT state, outcome_code FROM bank_entries WHERE concerns_us ORDER BY seq")
    return [tuple(row) for row in rows]


async def evidence(shop: Shop) -> list[tuple[str, int]]:
    rows = await shop.rows("SELECT kind, amount_cents FROM payment_evidence ORDER BY seq")
    return [tuple(row) for row in rows]


async def the_entry(shop: Shop) -> UUID:
    [row] = await shop.rows("SELECT id FROM bank_entries WHERE concerns_us AND state = 'unresolved'")
    return UUID(str(row["id"]))


async def assign(shop: Shop, payout: Payout) -> None:
    entry = await the_entry(shop)
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await unassigned.assign(tx, entry, payout.number, by=SECOND)


async def state(shop: Shop, payout: Payout) -> str:
    [row] = await shop.rows("SELECT state FROM payouts WHERE number = $1", payout.number)
    return str(row["state"])


async def cancel(shop: Shop, run: BankRun) -> None:
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await bank_run_cancelling.cancel(tx, run.number, by=MAKER, reason="Nicht ausgeführt.")
        await bank_run_cancelling.confirm_cancel(tx, run.number, by=SECOND)


async def why_not(shop: Shop, vault: Vault, payout: Payout) -> str | None:
    async with shop.ledger.transaction(shop.tenant) as tx:
        [one] = await bank_candidates.judged(tx, vault, payouts=[payout.id])
    return one.why_not


@pytest.fixture
async def carried(shop: Shop, vault: Vault, payout: Payout) -> BankRun:
    """A file of that payout alone, which the bank has."""
    return await exported(shop, vault, payout)


@pytest.fixture
async def payout(shop: Shop, vault: Vault) -> Payout:
    await own_account(shop, vault)
    return await open_payout(shop, vault, to=IBAN)


def out(payout: Payout, cents: int = 11_900, reference: str = "R1", to: str | None = IBAN) -> Line:
    return Line(-cents, payout.number, to, reference=reference)


def back(payout: Payout, cents: int = 11_900, reference: str = "R2", to: str | None = IBAN) -> Line:
    return Line(cents, payout.number, to, reference=reference, return_code="AC04", code="PMNT-ICDT-RRTN")


async def test_a_file_whose_debits_are_told_is_not_cancelled(
    shop: Shop, vault: Vault, payout: Payout, carried: BankRun
) -> None:
    await told(shop, vault, out(payout))
    with pytest.raises(NotAllowedNow, match="bank_run_paid"):
        await cancel(shop, carried)
    await told(shop, vault, Line(11_900, payout.number, IBAN, reference="R3", reversal=True), number=2)
    await cancel(shop, carried)
    assert await why_not(shop, vault, payout) is None


async def test_of_a_file_carried_out_in_part_only_the_rest_is_paid_again(
    shop: Shop, vault: Vault, payout: Payout
) -> None:
    other = await open_payout(shop, vault, "CARL", to=OTHER)
    run = await exported(shop, vault, payout, other)
    await told(shop, vault, out(payout))
    await cancel(shop, run)
    assert (await why_not(shop, vault, payout), await why_not(shop, vault, other)) == ("left_already", None)
    with pytest.raises(NotAcceptable, match="payout_not_payable"):
        await draft(shop, vault, payout)


@pytest.mark.parametrize("batch", [False, True])
async def test_a_debit_told_after_the_cancelling_bars_the_next_file_until_a_person_decides(
    shop: Shop, vault: Vault, payout: Payout, carried: BankRun, batch: bool
) -> None:
    await cancel(shop, carried)
    again = await draft(shop, vault, payout)
    line = Line(-11_900, batch=carried.number, batch_number=1, reference="R1") if batch else out(payout)
    await told(shop, vault, line)
    assert await entries(shop) == [("unresolved", "paid_of_a_cancelled_run")]
    [dropped] = await refresh(shop, vault, again)
    assert dropped.released_code == "barred_left_already"
    entry = await the_entry(shop)
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await unassigned.set_aside(tx, entry, by=SECOND, reason="Die Bank hat sich geirrt.")
    assert await why_not(shop, vault, payout) is None


async def test_what_somebody_seems_to_have_typed_at_the_bank_enters_no_file_until_it_is_decided(
    shop: Shop, vault: Vault, payout: Payout
) -> None:
    run = await draft(shop, vault, payout)
    await told(shop, vault, Line(-11_900, None, IBAN, text="Provision", reference="R1"))
    assert await entries(shop) == [("unresolved", "looks_like_a_transfer")]
    assert [line.released_code for line in await refresh(shop, vault, run)] == ["barred_left_already"]
    entry = await the_entry(shop)
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await unassigned.set_aside(tx, entry, by=SECOND, reason="Miete.")
    assert await why_not(shop, vault, payout) is None


async def test_what_a_person_assigned_as_paid_enters_no_file(shop: Shop, vault: Vault, payout: Payout) -> None:
    await told(shop, vault, Line(-11_900, None, IBAN, text=f"Provision {payout.number}", reference="R1"))
    await assign(shop, payout)
    assert await evidence(shop) == [("debit", 11_900)]
    assert await why_not(shop, vault, payout) == "left_already"


async def test_only_what_is_left_of_a_booking_is_assigned_and_once(
    shop: Shop, vault: Vault, payout: Payout, carried: BankRun
) -> None:
    other = await open_payout(shop, vault, "CARL", to=OTHER)
    parts = (Line(-11_900, payout.number, IBAN), Line(-11_900, other.number, OTHER))
    await told(shop, vault, Line(-23_800, reference="R1", details=parts))
    assert await entries(shop) == [("unresolved", "paid_without_a_file")]
    with pytest.raises(NotAllowedNow, match="booking_decided"):
        await assign(shop, payout)
    await assign(shop, other)
    assert await evidence(shop) == [("debit", 11_900), ("debit", 11_900)]


async def test_a_credit_that_is_no_return_takes_back_only_its_own_amount(
    shop: Shop, vault: Vault, payout: Payout, carried: BankRun
) -> None:
    await told(shop, vault, out(payout))
    await told(shop, vault, Line(5_000, payout.number, IBAN, reference="R2"), number=2)
    with pytest.raises(NotAllowedNow, match="credit_is_no_return"):
        await assign(shop, payout)
    entry = await the_entry(shop)
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await unassigned.set_aside(tx, entry, by=SECOND, reason="Eine andere Sache.")
    await told(shop, vault, Line(11_900, payout.number, IBAN, reference="R3"), number=3)
    await assign(shop, payout)
    assert await evidence(shop) == [("debit", 11_900), ("return", 11_900)]


async def test_a_return_to_another_account_is_not_ours(
    shop: Shop, vault: Vault, payout: Payout, carried: BankRun
) -> None:
    """Two tenants may share an account at the bank, and the numbers of payouts are everybody's."""
    await told(shop, vault, out(payout))
    await told(shop, vault, back(payout, to=OTHER), number=2)
    reversal = Line(11_900, payout.number, OTHER, reference="R3", reversal=True)
    await told(shop, vault, reversal, number=3)
    await told(shop, vault, Line(5_000, payout.number, IBAN, reference="R4", reversal=True), number=4)
    assert await entries(shop) == [
        ("matched", None),
        ("unresolved", "paid_to_another_account"),
        ("unresolved", "paid_to_another_account"),
        ("unresolved", "nothing_to_reverse"),
    ]
    assert await evidence(shop) == [("debit", 11_900)]


async def test_the_account_of_the_statement_is_never_the_other_sides(
    shop: Shop, vault: Vault, payout: Payout, carried: BankRun
) -> None:
    own = f"<DbtrAcct><Id><IBAN>{OWN_IBAN}</IBAN></Id></DbtrAcct>"
    await told(shop, vault, out(payout, to=None), change=("</RltdPties>", f"{own}</RltdPties>"))
    assert await entries(shop) == [("matched", None)]
    assert await shop.rows("SELECT 1 FROM bank_entry_details WHERE other_iban_last4 IS NULL")


async def test_what_a_person_decided_stays_when_details_come(shop: Shop, vault: Vault, payout: Payout) -> None:
    other = await open_payout(shop, vault, "CARL", to=OTHER)
    run = await exported(shop, vault, payout, other)
    await told(shop, vault, Line(-11_900, batch=run.number, batch_number=1, reference="R1"))
    assert await entries(shop) == [("unresolved", "batch_differs")]
    entry = await the_entry(shop)
    await assign(shop, other)
    detailed = Line(-11_900, batch=run.number, reference="R1", details=(replace(out(payout), reference=None),))
    await told(shop, vault, detailed, number=2, message="054")
    assert (await entries(shop), await evidence(shop)) == ([("matched", "batch_differs")], [("debit", 11_900)])
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        assert (await payment_matching.match(tx, entry)).payouts == ()
    [row] = await shop.rows("SELECT decided_by FROM bank_entries")
    assert row["decided_by"] == SECOND


async def test_a_payment_that_dropped_out_of_a_draft_is_in_no_file(shop: Shop, vault: Vault, payout: Payout) -> None:
    other = await open_payout(shop, vault, "CARL", to=OTHER)
    drafted = await draft(shop, vault, payout, other)
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await bank_runs.drop(tx, drafted.number, payout.number, by=MAKER, reason="Später.")
    await exported_as(shop, vault, drafted)
    await told(shop, vault, out(payout))
    assert (await entries(shop), await evidence(shop)) == ([("unresolved", "paid_without_a_file")], [])


async def exported_as(shop: Shop, vault: Vault, run: BankRun) -> None:
    now = await look(shop, run)
    await approve(shop, vault, now)
    await download(shop, vault, now)


async def test_a_booking_without_a_day_proves_nothing_and_says_so(
    shop: Shop, vault: Vault, payout: Payout, carried: BankRun
) -> None:
    day = f"<BookgDt><Dt>{out(payout).day}</Dt></BookgDt>"
    await told(shop, vault, out(payout), change=(day, ""))
    assert (await entries(shop), await evidence(shop)) == ([("unresolved", "booking_unclear")], [])


async def test_details_are_no_more_than_their_booking(
    shop: Shop, vault: Vault, payout: Payout, carried: BankRun
) -> None:
    await told(shop, vault, Line(-100, reference="R1", details=(replace(out(payout), reference=None),)))
    assert (await entries(shop), await evidence(shop)) == ([("unresolved", "details_exceed_booking")], [])


async def test_two_transfers_of_one_booking_add_up(shop: Shop, vault: Vault, payout: Payout, carried: BankRun) -> None:
    parts = (out(payout, 6_000), out(payout, 5_900))
    await told(shop, vault, Line(-11_900, reference="R1", details=parts))
    assert await evidence(shop) == [("debit", 11_900)]
    async with shop.ledger.transaction(shop.tenant) as tx:
        assert (await payment_evidence.sum_up(tx, payout.id)).is_complete


async def test_a_batch_some_of_whose_details_name_nothing_is_compared_by_its_sum(
    shop: Shop, vault: Vault, payout: Payout
) -> None:
    other = await open_payout(shop, vault, "CARL", to=OTHER)
    run = await exported(shop, vault, payout, other)
    parts = (out(payout), Line(-11_900, None, None))
    await told(shop, vault, Line(-23_800, batch=run.number, reference="R1", details=parts))
    assert await evidence(shop) == [("debit", 11_900), ("debit", 11_900)]


async def test_an_assigned_debit_is_compared_with_what_the_document_says(
    shop: Shop, vault: Vault, payout: Payout
) -> None:
    """It may be a cent more or less than the payout's gross."""
    await shop.rows(
        "UPDATE external_documents SET tax_cents = tax_cents + 1, gross_cents = gross_cents + 1,"
        " open_cents = open_cents + 1, created_totals = jsonb_build_object('gross_cents', gross_cents + 1)"
    )
    await told(shop, vault, Line(-11_901, None, IBAN, text=f"Provision {payout.number}", reference="R1"))
    await assign(shop, payout)
    async with shop.ledger.transaction(shop.tenant) as tx:
        proved = await payment_evidence.sum_up(tx, payout.id)
    assert (proved.open_cents, proved.transfer_cents) == (11_901, 11_901)


async def test_a_booking_that_nobody_can_assign_alone_is_asked_about_until_it_is_decided(
    shop: Shop, vault: Vault, payout: Payout, carried: BankRun
) -> None:
    asked = "SELECT reason_code FROM tasks WHERE kind = 'bank_booking_unclear' AND state = 'open'"
    await told(shop, vault, out(payout, to=OTHER))
    assert [row["reason_code"] for row in await shop.rows(asked)] == ["paid_to_another_account"]
    entry = await the_entry(shop)
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await unassigned.set_aside(tx, entry, by=SECOND, reason="Das Konto ist ein anderes.")
    assert await shop.rows(asked) == []


async def answer(shop: Shop, payout: Payout, action: str) -> None:
    [task] = await shop.rows("SELECT id FROM tasks WHERE kind = 'returned' AND state = 'open'")
    said = Answer(action=action, reason="Steht auf dem Kontoauszug.", detail={"paid_on": clock.today().isoformat()})
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await resolutions.resolve(tx, TaskId(task["id"]), said, actor=SECOND)


async def test_a_debit_of_what_was_settled_otherwise_is_paid_twice(
    shop: Shop, vault: Vault, payout: Payout, carried: BankRun
) -> None:
    await told(shop, vault, out(payout))
    await told(shop, vault, back(payout), number=2)
    await answer(shop, payout, "settled_manually")
    await told(shop, vault, out(payout, reference="R9"), number=3)
    [task] = await shop.rows("SELECT reason_params FROM tasks WHERE kind = 'paid_too_much' AND state = 'open'")
    assert (task["reason_params"], await state(shop, payout)) == ({"more": 11_900}, "settled_manually")


async def test_a_persons_paid_stands_when_the_debit_is_told_after_its_return(
    shop: Shop, vault: Vault, payout: Payout, carried: BankRun
) -> None:
    await told(shop, vault, back(payout))
    await answer(shop, payout, "paid")
    await told(shop, vault, out(payout), number=2)
    assert await state(shop, payout) == "paid"
    await told(shop, vault, out(payout, reference="R8"), number=3)
    await told(shop, vault, back(payout, reference="R9"), number=4)
    assert await state(shop, payout) == "returned"


async def test_a_reversal_told_before_its_debit_takes_it_back(
    shop: Shop, vault: Vault, payout: Payout, carried: BankRun
) -> None:
    await told(shop, vault, Line(11_900, payout.number, IBAN, reference="R3", reversal=True))
    assert (await evidence(shop), await state(shop, payout)) == ([("reversal", 11_900)], "credit_note_open")
    await told(shop, vault, out(payout), number=2)
    async with shop.ledger.transaction(shop.tenant) as tx:
        assert (await payment_evidence.sum_up(tx, payout.id)).open_cents == 0
    assert await state(shop, payout) == "credit_note_open"
