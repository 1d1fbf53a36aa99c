"""What the bank pays: once, and the same amount wherever somebody reads it."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from activities.mail import letter_facts
from api.http.language import in_words
from ledger.bank import bank_candidates, bank_export, bank_run_cancelling
from ledger.bank.bank_run_rows import BankRun
from ledger.booking import resolutions, settlement
from ledger.booking.resolutions import Answer
from ledger.booking.settlement import Meaning, Verdict
from ledger.payouts import decisions, payout_lines, payouts
from ledger.payouts.payouts import Payout
from ledger.refusals import NotAllowedNow
from ledger.reports import partner_portal, reports, statements
from ledger.types import TaskId
from ledger.vault import Vault
from tests.fixtures import bank_runs as bank
from tests.fixtures import payable
from tests.fixtures.ledger_shop import Shop


async def voided_after_export(shop: Shop, vault: Vault) -> tuple[Payout, BankRun]:
    await bank.own_account(shop, vault)
    payout = await bank.open_payout(shop, vault)
    run = await bank.exported(shop, vault, payout)
    await shop.rows("UPDATE external_documents SET status = 'voided' WHERE payout_id = $1", payout.id)
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        now = await payouts.lock(tx, payout.number)
        await settlement.settle(tx, now, Verdict(meaning=Meaning.VOIDED))
    return payout, run


async def test_a_returned_payout_whose_credit_note_is_voided_counts_in_no_sum(shop: Shop, vault: Vault) -> None:
    await voided_after_export(shop, vault)
    async with shop.ledger.transaction(shop.tenant) as tx:
        today = await tx.fetchval("SELECT (now() AT TIME ZONE 'Europe/Berlin')::date")
        report = await reports.reconcile(tx, today)
    assert report.different == ()
    assert (report.approved_gross_cents, report.document_gross_cents) == (0, 0)


async def test_what_a_file_may_still_pay_is_not_owed_anew(shop: Shop, vault: Vault) -> None:
    """Else the commissions stand in two files, and each may be carried out."""
    payout, run = await voided_after_export(shop, vault)
    [task] = await shop.rows("SELECT id FROM tasks WHERE kind = 'returned' AND state = 'open'")
    answer = Answer(action="cancelled", reason="Es wurde nichts überwiesen.")

    async def answered() -> None:
        async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
            await resolutions.resolve(tx, TaskId(task["id"]), answer, actor=bank.MAKER)

    with pytest.raises(NotAllowedNow) as refused:
        await answered()
    assert refused.value.code == "in_an_exported_run"
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await bank_run_cancelling.cancel(tx, run.number, by=bank.MAKER, reason="Nicht hochgeladen.")
        await bank_run_cancelling.confirm_cancel(tx, run.number, by=bank.SECOND)
    await answered()
    assert (await payable.look(shop, payout.number)).state == "cancelled"


async def test_the_statement_of_a_rejected_payout_adds_up(shop: Shop) -> None:
    await payable.fit_to_pay(shop)
    await payable.fit_to_be_paid(shop)
    refunded, _ = await payable.earn(shop, 10_000, 5_000)
    payout = await payable.request(shop)
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        assert await payout_lines.take_out(tx, cast(Any, refunded))
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await decisions.reject(tx, payout.number, actor="key:chief", reason="Doppelt.")
    async with shop.ledger.transaction(shop.tenant) as tx:
        statement = await statements.of_payout(tx, payout.number, in_words=in_words)
    assert statement.net_cents == 5_000
    assert [line.net_cents for line in statement.lines] == [5_000]


async def test_the_amount_paid_is_the_documents_wherever_the_partner_reads_it(shop: Shop, vault: Vault) -> None:
    await bank.own_account(shop, vault)
    payout = await bank.open_payout(shop, vault)
    await shop.rows(
        "UPDATE external_documents SET tax_cents = tax_cents + 1, gross_cents = gross_cents + 1,"
        " open_cents = open_cents + 1, created_totals = jsonb_build_object('gross_cents', gross_cents + 1)"
    )
    async with shop.ledger.transaction(shop.tenant) as tx:
        preview = await bank_candidates.preview(tx, vault)
    run = await bank.exported(shop, vault, payout)
    async with shop.ledger.transaction(shop.tenant) as tx:
        statement = await statements.of_payout(tx, payout.number, in_words=in_words)
        [own], _ = await partner_portal.payouts_of(tx, payout.partner_id)
        mail = SimpleNamespace(about=[payout.number], partner_id=payout.partner_id)
        letter = await letter_facts._document(tx, cast(Any, mail))
    assert letter is not None
    assert run.total_cents == 11_901
    assert {
        "statement": statement.gross_cents,
        "/p": own.gross_cents,
        "mail": letter["gross_cents"],
        "preview": preview.gross_cents,
    } == dict.fromkeys(("statement", "/p", "mail", "preview"), 11_901)
    assert statement.net_cents + statement.tax_cents == statement.gross_cents


async def test_the_daily_mail_asks_for_no_transfer_that_has_left(shop: Shop, vault: Vault) -> None:
    await bank.own_account(shop, vault)
    payout = await bank.open_payout(shop, vault)
    mail = cast(Any, SimpleNamespace(user_id=None, created_at=datetime.now(UTC)))

    async def to_pay() -> int:
        async with shop.ledger.transaction(shop.tenant) as tx:
            found = await letter_facts._digest(tx, mail, datetime.now(UTC) - timedelta(days=1))
        return 0 if found is None else found["to_pay"]

    assert await to_pay() == 1
    await bank.exported(shop, vault, payout)
    assert await to_pay() == 0


async def test_after_a_restore_no_new_file_is_made_and_an_old_one_is_still_there(shop: Shop, vault: Vault) -> None:
    """The ledger may have forgotten files that the bank has had since the backup."""
    await bank.own_account(shop, vault)
    before = await bank.exported(shop, vault, await bank.open_payout(shop, vault))
    later = await bank.approve(shop, vault, await bank.draft(shop, vault, await bank.open_payout(shop, vault)))
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        assert await bank_export.download(tx, vault, before.number, by=bank.MAKER, in_recovery=True)
        with pytest.raises(NotAllowedNow) as refused:
            await bank_export.download(tx, vault, later.number, by=bank.MAKER, in_recovery=True)
    assert refused.value.code == "recovery"


async def test_a_file_that_the_bank_has_had_is_not_cancelled_because_its_payments_came_back(
    shop: Shop, vault: Vault
) -> None:
    await bank.own_account(shop, vault)
    payout = await bank.open_payout(shop, vault)
    run = await bank.exported(shop, vault, payout)
    for meaning in (Meaning.PAID, Meaning.VOIDED):
        async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
            now = await payouts.lock(tx, payout.number)
            await settlement.settle(tx, now, Verdict(meaning=meaning))
    assert (await payable.look(shop, payout.number)).state == "returned"
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        with pytest.raises(NotAllowedNow) as refused:
            await bank_run_cancelling.cancel(tx, run.number, by=bank.MAKER, reason="Kam zurück.")
    assert refused.value.code == "bank_run_paid"
