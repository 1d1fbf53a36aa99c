"""A month step by step: where its payouts stand, what is next, and when it is reconciled."""

from datetime import date

import pytest

from ledger import tasks
from ledger.bank import open_vouchers, voucher_assignments
from ledger.payouts.payouts import Payout
from ledger.reasons import Reason
from ledger.refusals import NotAcceptable, NotAllowedNow
from ledger.reports import month_file, month_strip
from ledger.reports.month_strip import Month, Stage
from ledger.types import PaidBy
from ledger.vault import Vault
from tests.fixtures import bank_runs as bank
from tests.fixtures import payable
from tests.fixtures.bank_statements import Line
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.told_by_the_bank import IBAN, back, choose, out, told

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)


async def see(shop: Shop, month: date = NOVEMBER) -> Month:
    async with shop.ledger.transaction(shop.tenant) as tx:
        return await month_strip.of_month(tx, month)


def lacks(month: Month, stage: Stage) -> dict[str, object]:
    return {reason.code: reason.params.get("n") for reason in month.step(stage).missing}


async def sent(shop: Shop, vault: Vault, code: str = "ANNA", to: str = IBAN) -> Payout:
    payout = await bank.open_payout(shop, vault, code, to=to)
    await bank.exported(shop, vault, payout)
    return payout


async def paid(shop: Shop, vault: Vault, *, by: PaidBy = PaidBy.BANK) -> Payout:
    await choose(shop, by)
    await bank.own_account(shop, vault)
    payout = await sent(shop, vault)
    await told(shop, vault, out(payout))
    return payout


async def test_a_payout_is_counted_at_each_step_that_it_has_got_past(shop: Shop, vault: Vault) -> None:
    await bank.own_account(shop, vault)
    payout = await payable.ask_for(shop, 10_000)
    waiting = await see(shop)
    assert (waiting.step(Stage.RUN).number, waiting.step(Stage.RUN).cents) == (1, 11_900)
    assert lacks(waiting, Stage.APPROVAL) == {"month_awaiting_approval": 1}
    assert waiting.next == "month_awaiting_approval"
    await payable.approve(shop, payout)
    approved = await see(shop)
    assert approved.step(Stage.APPROVAL).number == 1
    assert lacks(approved, Stage.DOCUMENTS) == {"month_documents_to_come": 1}
    assert approved.minutes == pytest.approx(1 / 18), "lexoffice's 18 a minute"
    await bank.open_credit_note(shop, payout.number)
    assert (await see(shop)).next == "month_in_no_file"
    assert (await see(shop, DECEMBER)).step(Stage.RUN).number == 0


async def test_a_file_is_followed_from_its_draft_to_the_bank(shop: Shop, vault: Vault) -> None:
    await bank.own_account(shop, vault)
    payout = await bank.open_payout(shop, vault, to=IBAN)
    run = await bank.draft(shop, vault, payout)
    drafted = await see(shop)
    assert (drafted.next, drafted.bank_run) == ("month_files_to_approve", run.number)
    await bank.approve(shop, vault, run)
    assert (await see(shop)).next == "month_files_to_make"
    await bank.download(shop, vault, run)
    handed_in = await see(shop)
    assert (handed_in.next, handed_in.bank_run) == ("month_not_on_a_statement", None)
    assert handed_in.step(Stage.RECONCILED).cents == 0
    assert lacks(handed_in, Stage.PAID) == {"month_to_mark_paid": 1}, "lexoffice says paid"
    assert handed_in.step(Stage.FILE).number == 1


async def test_what_the_bank_paid_and_lexoffice_has_open_keeps_the_month_from_being_reconciled(
    shop: Shop, vault: Vault
) -> None:
    await paid(shop, vault)
    month = await see(shop)
    assert month.step(Stage.PAID).number == 1
    assert lacks(month, Stage.RECONCILED) == {"month_open_in_books": 1}
    assert (month.step(Stage.RECONCILED).number, month.step(Stage.RECONCILED).cents) == (0, 0)
    assert not month.is_reconciled
    await shop.rows("UPDATE external_documents SET status = 'paidoff', open_cents = 0")
    assert (await see(shop)).is_reconciled


async def test_a_person_says_who_assigns_it_and_takes_that_back(shop: Shop, vault: Vault) -> None:
    payout = await paid(shop, vault)
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        assert await voucher_assignments.assign(tx, NOVEMBER, to="Steuerbüro Meier", by="user:clerk") == 1
    month = await see(shop)
    assert month.is_reconciled
    assert month.open_vouchers.assigned_to == ("Steuerbüro Meier",)
    trail = await shop.rows("SELECT subject_id FROM audit_entries WHERE action = 'payout.voucher_assigned'")
    hands = await shop.rows("SELECT subject_id FROM hands WHERE act = 'payout.voucher_assigned'")
    assert [row["subject_id"] for row in trail] == [row["subject_id"] for row in hands] == [payout.number]
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        assert await voucher_assignments.withdraw(tx, NOVEMBER, by="user:clerk") == 1
    assert not (await see(shop)).is_reconciled


async def test_what_is_said_covers_what_was_open_then(shop: Shop, vault: Vault) -> None:
    await paid(shop, vault)
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await voucher_assignments.assign(tx, NOVEMBER, to="Steuerbüro Meier", by="user:clerk")
    later = await sent(shop, vault, "BERT", bank.iban(3))
    await told(shop, vault, Line(-later.gross_cents, later.number, bank.iban(3), reference="R9"), number=2)
    month = await see(shop)
    assert lacks(month, Stage.RECONCILED) == {"month_open_in_books": 1}
    assert (month.open_vouchers.vouchers, month.open_vouchers.assigned) == (2, 1)


async def test_nobody_answers_for_what_is_not_open(shop: Shop, vault: Vault) -> None:
    await payable.ask_for(shop, 10_000)
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        with pytest.raises(NotAllowedNow):
            await voucher_assignments.assign(tx, NOVEMBER, to="Steuerbüro Meier", by="user:clerk")
        with pytest.raises(NotAllowedNow):
            await voucher_assignments.withdraw(tx, NOVEMBER, by="user:clerk")
        with pytest.raises(NotAcceptable):
            await voucher_assignments.assign(tx, NOVEMBER, to=" 1 ", by="user:clerk")


async def test_what_came_back_is_told_and_no_hindrance(shop: Shop, vault: Vault) -> None:
    payout = await paid(shop, vault)
    await told(shop, vault, back(payout), number=2)
    month = await see(shop)
    assert lacks(month, Stage.BANK) == {"month_returned": 1}
    assert month.is_reconciled, "its document is rightly open: it is owed"
    assert month.step(Stage.PAID).number == 0


async def test_a_booking_that_nobody_explained_keeps_the_month_open(shop: Shop, vault: Vault) -> None:
    payout = await paid(shop, vault)
    await shop.rows("UPDATE external_documents SET status = 'paidoff', open_cents = 0")
    await told(shop, vault, Line(-11_900, payout.number, bank.iban(2), reference="R7"), number=2)
    month = await see(shop)
    assert lacks(month, Stage.RECONCILED) == {"month_entries_unexplained": 1}
    assert not month.is_reconciled
    assert lacks(await see(shop, date(2026, 9, 1)), Stage.RECONCILED) == {}


async def test_the_working_list_shows_the_banks_line_and_ticks_off_what_lexoffice_calls_paid(
    shop: Shop, vault: Vault
) -> None:
    payout = await paid(shop, vault, by=PaidBy.LEXOFFICE)
    async with shop.ledger.transaction(shop.tenant) as tx:
        found = await open_vouchers.list_vouchers(tx, month=NOVEMBER)
    [one] = found.vouchers
    assert (found.open, found.open_cents, one.payout, one.bank_reference) == (1, 11_900, payout.number, "R1")
    assert not one.is_closed
    reconciled = (await see(shop)).step(Stage.RECONCILED)
    assert (reconciled.number, reconciled.cents) == (0, 0), "the bank proved it, nobody has paid it yet"
    await shop.rows(
        "UPDATE external_documents SET status = 'paidoff', open_cents = 0, document_updated_at = now(),"
        " changed_at = clock_timestamp()"
    )
    async with shop.ledger.transaction(shop.tenant) as tx:
        ticked = await open_vouchers.list_vouchers(tx)
    assert (ticked.open, ticked.closed_today, ticked.vouchers[0].is_closed) == (0, 1, True)
    async with shop.ledger.transaction(shop.tenant) as tx:
        assert (await open_vouchers.list_vouchers(tx, month=DECEMBER)).vouchers == ()


async def test_the_advisers_file_names_documents_transfers_and_who_assigns(shop: Shop, vault: Vault) -> None:
    payout = await paid(shop, vault)
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await voucher_assignments.assign(tx, NOVEMBER, to="=Steuerbüro", by="user:clerk")
        content = (await month_file.csv_of_month(tx, NOVEMBER)).decode("utf-8-sig")
    heading, line = content.splitlines()
    assert heading.startswith("Auszahlung;Zustand;Partner;Beleg;Betrag")
    assert line.startswith(f"{payout.number};paid;ANNA;{payout.credit_note_number};119,00;ZL-")
    assert line.endswith(";ja;'=Steuerbüro")


async def test_what_the_bank_asks_of_a_file_is_told_with_its_question(shop: Shop, vault: Vault) -> None:
    await bank.own_account(shop, vault)
    payout = await bank.open_payout(shop, vault, to=IBAN)
    run = await bank.exported(shop, vault, payout)
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        question = await tasks.ask(
            tx,
            tasks.NewTask(
                kind="names_checked",
                subject="bank_run",
                subject_id=run.number,
                reason=Reason.of("names_do_not_fit", run=run.number, close=1, none=0),
            ),
        )
    month = await see(shop)
    assert lacks(month, Stage.BANK) == {"month_not_on_a_statement": 1, "month_names_do_not_fit": 1}
    assert (month.next, month.question) == ("month_names_do_not_fit", question)
    assert (await see(shop, DECEMBER)).question is None
