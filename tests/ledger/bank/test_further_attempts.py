"""„Erneut überweisen": what came back goes into one further file, by two persons, on the same document."""

import pytest

from ledger import clock
from ledger.access.four_eyes import SecondPersonNeeded
from ledger.bank import bank_candidates, bank_run_cancelling, bank_run_rows, bank_runs, further_attempts
from ledger.bank.bank_file import control_sum_cents
from ledger.booking import resolutions, settlement
from ledger.booking.resolutions import Answer
from ledger.booking.settlement import Meaning, Verdict
from ledger.payouts import paid_by_person, payouts
from ledger.payouts.paid_by_person import Payment
from ledger.payouts.payouts import Payout
from ledger.refusals import NotAllowedNow, NothingDue
from ledger.types import PaidBy, TaskId
from ledger.vault import Vault
from tests.conftest import Database
from tests.fixtures import bank_runs as bank
from tests.fixtures import payable
from tests.fixtures.bank_statements import DAY, Line
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.told_by_the_bank import BRINGER, IBAN, back, look, out, told
from tests.ledger.bank.test_own_document_bars import delivered, own_payout

NEW_IBAN = bank.iban(7)


@pytest.fixture
async def returned(shop: Shop, vault: Vault) -> Payout:
    """Sent, executed and sent back by the bank; the partner has another account by now."""
    await bank.own_account(shop, vault)
    payout = await bank.open_payout(shop, vault, to=IBAN)
    await bank.exported(shop, vault, payout)
    await told(shop, vault, out(payout), back(payout))
    await bank.bank_details(shop, vault, "ANNA", to=NEW_IBAN)
    return payout


async def answered(shop: Shop, payout: Payout, kind: str, action: str, *, by: str) -> None:
    """The answer to the open question of this kind, as page and API give it."""
    [task] = await shop.rows(
        "SELECT id FROM tasks WHERE subject_id = $1 AND kind = $2 AND state = 'open'", payout.number, kind
    )
    answer = Answer(action=action, reason="Neues Konto vom Partner.")
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await resolutions.resolve(tx, TaskId(task["id"]), answer, actor=by)


async def again(shop: Shop, payout: Payout) -> None:
    await answered(shop, payout, "returned", "transfer_again", by=bank.MAKER)
    await answered(shop, payout, "transfer_again_asked", "confirm", by="user:third")


async def open_questions(shop: Shop, payout: Payout) -> list[str]:
    rows = await shop.rows(
        "SELECT kind FROM tasks WHERE subject_id = $1 AND state = 'open' ORDER BY kind", payout.number
    )
    return [row["kind"] for row in rows]


async def ended(shop: Shop) -> list[tuple[int, str | None]]:
    return [tuple(row) for row in await shop.rows("SELECT attempt, ended_how FROM payment_attempts ORDER BY seq")]


async def sent_again(shop: Shop, vault: Vault, payout: Payout) -> None:
    await again(shop, payout)
    await bank.exported(shop, vault, payout)


def out_again(payout: Payout, reference: str = "R5") -> Line:
    return out(payout, reference, attempt="-2", to=NEW_IBAN)


def back_again(payout: Payout, reference: str = "R6") -> Line:
    return back(payout, reference, attempt="-2", to=NEW_IBAN)


async def shown_in_lexoffice(shop: Shop, payout: Payout, *meanings: Meaning) -> None:
    for meaning in meanings:
        async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
            now = await payouts.lock(tx, payout.number)
            await settlement.settle(tx, now, Verdict(meaning=meaning))


async def test_the_second_attempt_goes_to_the_new_account_under_a_reference_of_its_own(
    shop: Shop, vault: Vault, returned: Payout
) -> None:
    await again(shop, returned)
    run = await bank.draft(shop, vault)
    [line] = await bank.held(shop, run)
    assert (line.end_to_end_id, line.iban_last4) == (f"{returned.number}-2", NEW_IBAN[-4:])
    await bank.approve(shop, vault, run)
    file = await bank.download(shop, vault, run)
    assert control_sum_cents(file.content) == (1, 11_900)
    assert NEW_IBAN.encode() in file.content
    await told(shop, vault, out_again(returned), number=2)
    assert await look(shop, returned) == ("paid", DAY, None)
    assert (await payable.look(shop, returned.number)).payment_reference == f"{returned.number}-2"
    assert (await ended(shop), await open_questions(shop, returned)) == ([(2, "paid")], [])


async def test_nothing_is_transferred_again_without_a_second_person(shop: Shop, vault: Vault, returned: Payout) -> None:
    with pytest.raises(NothingDue):
        await bank.draft(shop, vault)
    await answered(shop, returned, "returned", "transfer_again", by=bank.SECOND)
    with pytest.raises(NothingDue):
        await bank.draft(shop, vault)
    for one in (bank.SECOND, bank.MAKER, BRINGER):  # who asked, who recorded the account, who brought the statement
        with pytest.raises(SecondPersonNeeded):
            await answered(shop, returned, "transfer_again_asked", "confirm", by=one)
    await answered(shop, returned, "transfer_again_asked", "refuse", by="user:third")
    with pytest.raises(NothingDue):
        await bank.draft(shop, vault)
    assert (await ended(shop), await open_questions(shop, returned)) == ([(2, "refused")], ["returned"])
    [hand] = await shop.rows("SELECT actor FROM hands WHERE act = 'payout.transfer_again_asked'")
    assert hand["actor"] == bank.SECOND


async def test_another_account_after_the_question_is_asked_about_anew(
    shop: Shop, vault: Vault, returned: Payout
) -> None:
    await answered(shop, returned, "returned", "transfer_again", by=bank.MAKER)
    await bank.bank_details(shop, vault, "ANNA", to=bank.iban(8))
    with pytest.raises(NotAllowedNow) as refused:
        await answered(shop, returned, "transfer_again_asked", "confirm", by="user:third")
    assert refused.value.code == "transfer_again_other_account"


async def test_what_is_still_out_is_not_transferred_again(shop: Shop, vault: Vault) -> None:
    await bank.own_account(shop, vault)
    payout = await bank.open_payout(shop, vault, to=IBAN)
    await bank.exported(shop, vault, payout)
    await told(shop, vault, out(payout))
    await shown_in_lexoffice(shop, payout, Meaning.PAID, Meaning.OPEN)
    with pytest.raises(NotAllowedNow) as refused:
        await answered(shop, payout, "returned", "transfer_again", by=bank.MAKER)
    assert refused.value.code == "transfer_again_still_out"


async def test_an_undone_document_is_not_transferred_again(shop: Shop, vault: Vault, returned: Payout) -> None:
    await shop.rows("UPDATE external_documents SET status = 'voided'")
    with pytest.raises(NotAllowedNow) as refused:
        await answered(shop, returned, "returned", "transfer_again", by=bank.MAKER)
    assert refused.value.code == "transfer_again_document_gone"


@pytest.mark.parametrize("paid_by", PaidBy)
async def test_the_third_attempt_follows_when_the_second_came_back(
    shop: Shop, vault: Vault, returned: Payout, paid_by: PaidBy
) -> None:
    await shop.rows("UPDATE tenants SET paid_by = $1", paid_by)
    await sent_again(shop, vault, returned)
    await told(shop, vault, out_again(returned), back_again(returned), number=2)
    assert (await look(shop, returned))[0] == "returned"
    assert await open_questions(shop, returned) == ["returned"]
    await sent_again(shop, vault, returned)
    [line] = await shop.rows("SELECT end_to_end_id FROM bank_run_lines WHERE released_at IS NULL")
    assert line["end_to_end_id"] == f"{returned.number}-3"
    await told(shop, vault, out(returned, "R7", attempt="-3", to=NEW_IBAN), number=3)
    assert (await look(shop, returned))[0] == "paid"


@pytest.mark.parametrize("at_once", [True, False])
async def test_a_return_that_is_told_after_the_second_transfer_ends_in_one_payment(
    shop: Shop, vault: Vault, at_once: bool
) -> None:
    """A person knew before the bank's file did. Until it is told, the payout is paid twice as far as the bank says."""
    await bank.own_account(shop, vault)
    payout = await bank.open_payout(shop, vault, to=IBAN)
    await bank.exported(shop, vault, payout)
    await shown_in_lexoffice(shop, payout, Meaning.PAID, Meaning.OPEN)
    await bank.bank_details(shop, vault, "ANNA", to=NEW_IBAN)
    await sent_again(shop, vault, payout)
    if at_once:
        await told(shop, vault, out(payout), out_again(payout), back(payout), number=2)
    else:
        await told(shop, vault, out(payout), out_again(payout), number=2)
        [task] = await shop.rows("SELECT reason_code, reason_params FROM tasks WHERE kind = 'paid_too_much'")
        assert (task["reason_code"], task["reason_params"]) == ("paid_twice", {"more": 11_900})
        await told(shop, vault, back(payout), number=3)
    assert await look(shop, payout) == ("paid", DAY, None)
    assert await open_questions(shop, payout) == []


async def test_a_debit_of_the_first_attempt_that_comes_late_keeps_the_second_out_of_every_file(
    shop: Shop, vault: Vault, returned: Payout
) -> None:
    await again(shop, returned)
    await told(shop, vault, out(returned, "R9"), number=2)
    async with shop.ledger.transaction(shop.tenant) as tx:
        judged = await bank_candidates.judged(tx, vault, payouts=[returned.id])
    assert [one.why_not for one in judged] in (["left_already"], ["not_waiting"])
    with pytest.raises(NothingDue):
        await bank.draft(shop, vault)


async def test_paid_in_lexoffice_all_along_says_nothing_of_the_second_attempt(shop: Shop, vault: Vault) -> None:
    await bank.own_account(shop, vault)
    payout = await bank.open_payout(shop, vault, to=IBAN)
    await bank.exported(shop, vault, payout)
    await shop.rows("UPDATE external_documents SET status = 'paid', open_cents = 0")
    await told(shop, vault, out(payout))
    await shown_in_lexoffice(shop, payout, Meaning.PAID)
    await told(shop, vault, back(payout), number=2)
    await bank.bank_details(shop, vault, "ANNA", to=NEW_IBAN)
    await sent_again(shop, vault, payout)
    await shown_in_lexoffice(shop, payout, Meaning.PAID)
    assert (await look(shop, payout))[0] == "returned"
    # Somebody opens it there, and assigns the new booking.
    await shown_in_lexoffice(shop, payout, Meaning.OPEN, Meaning.PAID)
    assert (await look(shop, payout))[0] == "paid"


async def test_a_person_says_paid_of_an_attempt_that_nobody_else_tells_of(
    shop: Shop, vault: Vault, returned: Payout
) -> None:
    await sent_again(shop, vault, returned)
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        payment = Payment(paid_on=clock.today(), reference="Kontoauszug 12")
        await paid_by_person.record_payment(tx, returned.number, payment, actor=bank.SECOND)
    assert (await look(shop, returned))[0] == "paid"
    assert await ended(shop) == [(2, "paid")]


async def test_what_a_run_without_a_file_holds_is_taken_out_there_first(shop: Shop, vault: Vault) -> None:
    """Else the run would be approved with a payment that its file does not have."""
    await bank.own_account(shop, vault)
    payout, other = await bank.open_payout(shop, vault, to=IBAN), await bank.open_payout(shop, vault, "CARL")
    run = await bank.draft(shop, vault)
    await shown_in_lexoffice(shop, payout, Meaning.PAID, Meaning.OPEN)
    await answered(shop, payout, "returned", "transfer_again", by=bank.MAKER)
    with pytest.raises(NotAllowedNow) as refused:
        await answered(shop, payout, "transfer_again_asked", "confirm", by="user:third")
    assert (refused.value.code, refused.value.params) == ("transfer_again_in_a_run", {"run": run.number})
    assert [line.payout for line in await bank.refresh(shop, vault, run)] == [payout.number]
    await answered(shop, payout, "transfer_again_asked", "confirm", by="user:third")
    run = await bank.approve(shop, vault, await bank.look(shop, run))
    assert control_sum_cents((await bank.download(shop, vault, run)).content) == (1, other.gross_cents)
    assert (run.payments, run.total_cents) == (1, other.gross_cents)


@pytest.mark.parametrize("paid_again", [False, True])
async def test_the_day_of_the_first_payment_keeps_the_second_file_from_no_cancelling(
    shop: Shop, vault: Vault, paid_again: bool
) -> None:
    await shop.rows("UPDATE tenants SET paid_by = 'bank'")
    await bank.own_account(shop, vault)
    payout = await bank.open_payout(shop, vault, to=IBAN)
    await bank.exported(shop, vault, payout)
    await told(shop, vault, out(payout))
    await told(shop, vault, back(payout), number=2)
    await bank.bank_details(shop, vault, "ANNA", to=NEW_IBAN)
    await again(shop, payout)
    second = await bank.exported(shop, vault, payout)
    if paid_again:
        await told(shop, vault, out_again(payout), number=3)
    async with shop.ledger.transaction(shop.tenant) as tx:
        assert await bank_run_rows.count_paid_payouts(tx, second.id) == (int(paid_again), 1)


async def test_commissions_are_owed_anew_only_once_no_file_can_pay_them(
    shop: Shop, vault: Vault, database: Database, returned: Payout
) -> None:
    """Taking a further transfer back does not make the first file a thing of the past."""
    [first] = await shop.rows("SELECT number FROM bank_runs")
    await again(shop, returned)
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await further_attempts.withdraw(tx, returned.number, by=bank.MAKER, reason="Doch neu.")
    with pytest.raises(NotAllowedNow) as refused:
        await answered(shop, returned, "returned", "cancelled", by=bank.SECOND)
    assert (refused.value.code, refused.value.params) == ("in_an_exported_run", {"run": first["number"]})
    await bank.execution_day_comes(database, first["number"])
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await bank_runs.confirm(tx, first["number"], by=bank.MAKER, today=clock.today())
    await answered(shop, returned, "returned", "cancelled", by=bank.SECOND)
    assert (await look(shop, returned))[0] == "cancelled"


async def test_it_is_withdrawn_by_one_person_while_no_run_holds_it(shop: Shop, vault: Vault, returned: Payout) -> None:
    async def withdrawn() -> None:
        async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
            await further_attempts.withdraw(tx, returned.number, by=bank.MAKER, reason="Doch verrechnet.")

    await again(shop, returned)
    run = await bank.draft(shop, vault)
    with pytest.raises(NotAllowedNow) as refused:
        await withdrawn()
    assert refused.value.params == {"run": run.number}
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await bank_run_cancelling.cancel(tx, run.number, by=bank.MAKER, reason="Doch nicht.")
    await withdrawn()
    with pytest.raises(NothingDue):
        await bank.draft(shop, vault)
    assert (await ended(shop), await open_questions(shop, returned)) == ([(2, "withdrawn")], ["returned"])


async def test_the_first_run_keeps_its_payment_and_can_be_confirmed(
    shop: Shop, vault: Vault, database: Database, returned: Payout
) -> None:
    [first] = await shop.rows("SELECT number FROM bank_runs")
    await sent_again(shop, vault, returned)
    await bank.execution_day_comes(database, first["number"])
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        with pytest.raises(NotAllowedNow) as refused:
            await bank_run_cancelling.cancel(tx, first["number"], by=bank.MAKER, reason="Kam zurück.")
        assert refused.value.code == "bank_run_paid"
        run = await bank_runs.confirm(tx, first["number"], by=bank.MAKER, today=clock.today())
    assert (run.state, run.payments, run.total_cents) == ("confirmed", 1, 11_900)


async def test_postgresql_keeps_a_payment_of_a_file_that_nobody_decided_about(
    shop: Shop, vault: Vault, returned: Payout
) -> None:
    with pytest.raises(NotAllowedNow) as refused:
        async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
            await tx.execute(
                "UPDATE bank_run_lines SET released_at = now(), released_code = 'transferred_again',"
                " released_params = '{}' WHERE tenant_id = $1",
                tx.tenant.id,
            )
    assert refused.value.code == "bank_run_fixed"


@pytest.mark.parametrize("books", ["none", "lexoffice"])
async def test_a_document_of_our_own_is_transferred_again_as_well(shop: Shop, vault: Vault, books: str) -> None:
    await bank.own_account(shop, vault)
    payout, row = await own_payout(shop, vault, books=books)
    await delivered(shop, row)
    await bank.exported(shop, vault, payout)
    debit = Line(-11_900, payout.number, None, reference="R1")
    credit = Line(11_900, payout.number, None, reference="R2", return_code="MS03", code="PMNT-ICDT-RRTN")
    await told(shop, vault, debit, credit)
    assert (await look(shop, payout))[0] == "returned"
    await sent_again(shop, vault, payout)
    [line] = await shop.rows("SELECT end_to_end_id FROM bank_run_lines WHERE released_at IS NULL")
    assert line["end_to_end_id"] == f"{payout.number}-2"
    await told(shop, vault, Line(-11_900, f"{payout.number}-2", None, reference="R3"), number=2)
    assert (await look(shop, payout))[0] == "paid"
