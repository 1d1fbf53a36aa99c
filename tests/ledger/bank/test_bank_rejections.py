"""What the bank rejected is free for another file once a second person has confirmed it, and never by itself."""

import pytest

from ledger.access.four_eyes import SecondPersonNeeded
from ledger.bank import bank_candidates, bank_rejections
from ledger.bank.bank_run_rows import BankRun
from ledger.payouts.payouts import Payout
from ledger.refusals import NotAllowedNow, NothingDue
from ledger.vault import Vault
from tests.fixtures import bank_runs as bank
from tests.fixtures.bank_statements import Line
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.told_by_the_bank import look, out, told, why
from tests.ledger.bank.test_status_reports import bring, report

THIRD = "user:third"


async def confirmed(shop: Shop, run: BankRun, *, by: str = THIRD) -> None:
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await bank_rejections.confirm(tx, run.number, by=by)


async def open_questions(shop: Shop) -> list[str]:
    return [row["kind"] for row in await shop.rows("SELECT kind FROM tasks WHERE state = 'open' ORDER BY kind")]


async def test_a_rejected_payment_is_free_once_a_second_person_has_confirmed_it(
    shop: Shop, vault: Vault, file_of_two: tuple[BankRun, Payout, Payout]
) -> None:
    run, anna, _ = file_of_two
    assert await bring(shop, vault, report(run.number, (anna.number, "RJCT", "AC01"))) is None
    with pytest.raises(NothingDue):
        await bank.draft(shop, vault)
    with pytest.raises(SecondPersonNeeded):
        await confirmed(shop, run, by="user:1")  # who brought the report
    await confirmed(shop, run)
    assert await open_questions(shop) == []
    [line] = await bank.held(shop, await bank.draft(shop, vault))
    assert (line.payout, line.end_to_end_id) == (anna.number, anna.number)
    with pytest.raises(NotAllowedNow) as refused:
        await confirmed(shop, run)
    assert refused.value.code == "nothing_rejected"


async def test_whoever_sent_the_file_confirms_what_somebody_else_brought_but_not_what_nobody_did(
    shop: Shop, vault: Vault, file_of_two: tuple[BankRun, Payout, Payout]
) -> None:
    run, anna, carl = file_of_two
    [sent] = await shop.rows("SELECT exported_by FROM bank_runs WHERE number = $1", run.number)
    assert await bring(shop, vault, report(run.number, (anna.number, "RJCT", "AC01")), by="folder") is None
    with pytest.raises(SecondPersonNeeded):
        await confirmed(shop, run, by=sent["exported_by"])
    await confirmed(shop, run)
    assert await bring(shop, vault, report(run.number, (carl.number, "RJCT", "AC01"))) is None
    await confirmed(shop, run, by=sent["exported_by"])


async def test_a_rejected_file_frees_all_of_it(
    shop: Shop, vault: Vault, file_of_two: tuple[BankRun, Payout, Payout]
) -> None:
    run, *_ = file_of_two
    assert await bring(shop, vault, report(run.number, whole="RJCT")) is None
    await confirmed(shop, run)
    assert len(await bank.held(shop, await bank.draft(shop, vault))) == 2


async def test_nothing_is_freed_of_what_was_booked(
    shop: Shop, vault: Vault, file_of_two: tuple[BankRun, Payout, Payout]
) -> None:
    run, anna, _ = file_of_two
    await told(shop, vault, out(anna))
    assert await bring(shop, vault, report(run.number, (anna.number, "RJCT", "AC01"))) is None
    with pytest.raises(NotAllowedNow) as refused:
        await confirmed(shop, run)
    assert refused.value.code == "rejected_but_booked"


async def test_what_was_booked_keeps_nothing_else_in_the_file(
    shop: Shop, vault: Vault, file_of_two: tuple[BankRun, Payout, Payout]
) -> None:
    run, anna, carl = file_of_two
    await told(shop, vault, out(anna))
    assert await bring(shop, vault, report(run.number, whole="RJCT")) is None
    await confirmed(shop, run)
    assert [line.payout for line in await bank.held(shop, run)] == [anna.number]
    assert [line.payout for line in await bank.held(shop, await bank.draft(shop, vault))] == [carl.number]
    with pytest.raises(NotAllowedNow) as refused:
        await confirmed(shop, run)
    assert (refused.value.code, refused.value.params) == ("rejected_but_booked", {"number": anna.number})


async def test_a_debit_that_comes_later_keeps_it_out_of_the_next_file(
    shop: Shop, vault: Vault, file_of_two: tuple[BankRun, Payout, Payout]
) -> None:
    run, anna, _ = file_of_two
    assert await bring(shop, vault, report(run.number, (anna.number, "RJCT", "AC01"))) is None
    await confirmed(shop, run)
    await told(shop, vault, out(anna))
    async with shop.ledger.transaction(shop.tenant) as tx:
        [judged] = await bank_candidates.judged(tx, vault, payouts=[anna.id])
    assert judged.why_not == "left_already"


async def test_booked_by_both_files_it_is_a_question(
    shop: Shop, vault: Vault, file_of_two: tuple[BankRun, Payout, Payout]
) -> None:
    run, anna, _ = file_of_two
    assert await bring(shop, vault, report(run.number, (anna.number, "RJCT", "AC01"))) is None
    await confirmed(shop, run)
    await bank.exported(shop, vault, anna)
    await told(shop, vault, out(anna), out(anna, "R7"))
    assert await open_questions(shop) == ["paid_too_much"]


async def test_a_batch_is_the_file_without_what_was_rejected(
    shop: Shop, vault: Vault, file_of_two: tuple[BankRun, Payout, Payout]
) -> None:
    run, anna, carl = file_of_two
    assert await bring(shop, vault, report(run.number, (anna.number, "RJCT", "AC01"))) is None
    await told(shop, vault, Line(-11_900, batch=run.number, batch_number=1, reference="R1"))
    assert [(await look(shop, one))[1] is not None for one in (anna, carl)] == [False, True]


async def test_a_batch_that_is_told_before_its_rejections_is_compared_once_more(
    shop: Shop, vault: Vault, file_of_two: tuple[BankRun, Payout, Payout]
) -> None:
    run, anna, carl = file_of_two
    await told(shop, vault, Line(-11_900, batch=run.number, batch_number=1, reference="R1"))
    assert await why(shop) == [("unresolved", "batch_differs")]
    assert await bring(shop, vault, report(run.number, (anna.number, "RJCT", "AC01"))) is None
    await told(shop, vault, Line(-100, reference="R2"), number=2)
    assert (await why(shop), await open_questions(shop)) == ([("matched", None)], ["bank_rejected"])
    assert [(await look(shop, one))[1] is not None for one in (anna, carl)] == [False, True]
