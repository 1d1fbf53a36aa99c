"""How far a bank run has come, in the bank's words: by its state, by what was rejected, by what was booked."""

from api.http.language import in_words, speaking
from ledger import clock
from ledger.bank import bank_rejections, bank_run_cancelling, bank_run_rows, bank_run_stages, bank_runs
from ledger.bank.bank_run_rows import BankRun
from ledger.bank.bank_run_stages import RunStage
from ledger.payouts.payouts import Payout
from ledger.vault import Vault
from tests.conftest import Database
from tests.fixtures import bank_runs as bank
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.told_by_the_bank import back, out, told
from tests.ledger.bank.test_status_reports import bring, report
from words import GERMAN


async def stage(shop: Shop, run: BankRun) -> tuple[RunStage, str]:
    """As list and page show it."""
    async with shop.ledger.transaction(shop.tenant) as tx:
        runs, _ = await bank_run_rows.list_runs(tx)
        [listed] = [one for one in runs if one.id == run.id]
        found = (await bank_run_stages.of_runs(tx, runs))[run.id]
        assert found == await bank_run_stages.of_run(tx, listed)
    with speaking(GERMAN):
        return found, in_words(bank_run_stages.said(found))


async def test_a_file_is_handed_in_then_partly_then_wholly_executed_whatever_comes_back(
    shop: Shop, vault: Vault, file_of_two: tuple[BankRun, Payout, Payout]
) -> None:
    run, anna, carl = file_of_two
    assert await stage(shop, run) == (RunStage.HANDED_IN, "an die Bank gegeben")
    await told(shop, vault, out(anna))
    assert await stage(shop, run) == (RunStage.PARTLY_EXECUTED, "teilweise ausgeführt")
    await told(shop, vault, back(anna), number=2)
    assert (await stage(shop, run))[0] is RunStage.PARTLY_EXECUTED
    await told(shop, vault, out(carl, "R3", to=bank.iban(2)), number=3)
    assert await stage(shop, run) == (RunStage.EXECUTED, "ausgeführt")


async def test_what_the_bank_rejects_is_said_before_and_after_a_second_person_confirmed_it(
    shop: Shop, vault: Vault, file_of_two: tuple[BankRun, Payout, Payout]
) -> None:
    run, anna, carl = file_of_two
    assert await bring(shop, vault, report(run.number, (anna.number, "RJCT", "AC01"))) is None
    assert await stage(shop, run) == (RunStage.PARTLY_REJECTED, "von der Bank teilweise abgelehnt")
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await bank_rejections.confirm(tx, run.number, by="user:third")
    assert (await stage(shop, run))[0] is RunStage.PARTLY_REJECTED
    assert await bring(shop, vault, report(run.number, (carl.number, "RJCT", "AC01"))) is None
    assert await stage(shop, run) == (RunStage.REJECTED, "von der Bank abgelehnt")


async def test_a_file_is_withdrawn_by_two_persons_and_a_draft_is_discarded(
    shop: Shop, vault: Vault, file_of_two: tuple[BankRun, Payout, Payout]
) -> None:
    run, *_ = file_of_two
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await bank_run_cancelling.cancel(tx, run.number, by=bank.MAKER, reason="Falsches Konto.")
    assert (await stage(shop, run))[0] is RunStage.WITHDRAWAL_ASKED
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await bank_run_cancelling.confirm_cancel(tx, run.number, by=bank.SECOND)
    assert await stage(shop, run) == (RunStage.WITHDRAWN, "zurückgezogen")
    draft = await bank.draft(shop, vault)
    assert await stage(shop, draft) == (RunStage.DRAFT, "Entwurf")
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await bank_run_cancelling.cancel(tx, draft.number, by=bank.MAKER, reason="Doch nicht.")
    assert await stage(shop, draft) == (RunStage.DISCARDED, "verworfen")


async def test_a_persons_word_that_the_bank_executed_counts(
    shop: Shop, vault: Vault, database: Database, file_of_two: tuple[BankRun, Payout, Payout]
) -> None:
    run, anna, _ = file_of_two
    await told(shop, vault, out(anna))
    await bank.execution_day_comes(database, run.number)
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await bank_runs.confirm(tx, run.number, by=bank.MAKER, today=clock.today())
    assert await stage(shop, run) == (RunStage.EXECUTED, "ausgeführt")


async def test_what_the_bank_rejected_and_booked_all_the_same_was_executed(
    shop: Shop, vault: Vault, file_of_two: tuple[BankRun, Payout, Payout]
) -> None:
    run, anna, carl = file_of_two
    assert await bring(shop, vault, report(run.number, (anna.number, "RJCT", "AC01"))) is None
    await told(shop, vault, out(anna))
    assert (await stage(shop, run))[0] is RunStage.PARTLY_EXECUTED
    await told(shop, vault, out(carl, "R3", to=bank.iban(2)), number=2)
    assert (await stage(shop, run))[0] is RunStage.EXECUTED
