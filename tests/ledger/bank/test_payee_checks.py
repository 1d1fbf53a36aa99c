"""Verification of Payee: no match pays nothing until a second person confirms, a close match proposes a name."""

import pytest

from ledger.access.four_eyes import SecondPersonNeeded
from ledger.bank import bank_candidates, bank_run_cancelling, payee_checks
from ledger.bank.payee_checks import NewCheck, Result
from ledger.payouts.payouts import Payout
from ledger.refusals import NotAcceptable, NotAllowedNow
from ledger.vault import Vault
from tests.fixtures import bank_runs as bank
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.told_by_the_bank import IBAN, back, out, told
from tests.ledger.bank.test_status_reports import bring, report

THIRD = "user:third"


@pytest.fixture
async def open_payout(shop: Shop, vault: Vault) -> Payout:
    await bank.own_account(shop, vault)
    return await bank.open_payout(shop, vault, to=IBAN)


async def recorded(
    shop: Shop, run: str, payout: Payout, result: Result, holder: str | None = None, *, by: str = bank.SECOND
) -> None:
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        new = NewCheck(result=result, holder_at_bank=holder)
        await payee_checks.record(tx, run, payout.number, new, by=by)


async def counting(shop: Shop, payout: Payout) -> str | None:
    """The result that counts of the payout's account."""
    async with shop.ledger.transaction(shop.tenant) as tx:
        found: str | None = await tx.fetchval(
            """
            SELECT k.result FROM payouts p CROSS JOIN payee_check_that_counts(p.tenant_id, p.bank_details_id) k
             WHERE p.number = $1
            """,
            payout.number,
        )
    return found


async def why_not(shop: Shop, vault: Vault, payout: Payout) -> str | None:
    async with shop.ledger.transaction(shop.tenant) as tx:
        judged = await bank_candidates.judged(tx, vault, payouts=[payout.id])
    return judged[0].why_not


@pytest.mark.parametrize(
    ("result", "holder", "drops_out"),
    [("match", None, False), ("close", "Juergen Gross", False), ("not_possible", None, False), ("none", None, True)],
)
async def test_only_no_match_takes_a_payment_out_of_its_draft(
    shop: Shop, vault: Vault, open_payout: Payout, result: Result, holder: str | None, drops_out: bool
) -> None:
    run = await bank.draft(shop, vault)
    await recorded(shop, run.number, open_payout, result, holder)
    dropped = await bank.refresh(shop, vault, run)
    assert [line.released_code for line in dropped] == (["barred_payee_unlike"] if drops_out else [])


async def test_a_file_of_the_bank_lifts_no_bar_that_a_person_has_to_lift(
    shop: Shop, vault: Vault, open_payout: Payout
) -> None:
    run = await bank.exported(shop, vault, open_payout)
    assert await bring(shop, vault, report(run.number, (open_payout.number, "RVNM", "X"))) is None
    assert await bring(shop, vault, report(run.number, (open_payout.number, "RCVC", "X"))) is None
    assert await counting(shop, open_payout) == "none"
    await recorded(shop, run.number, open_payout, "match", by=THIRD)
    assert await bring(shop, vault, report(run.number, (open_payout.number, "RVNA", "X"))) is None
    assert await counting(shop, open_payout) == "not_possible"


async def test_a_second_person_confirms_an_account_whose_name_does_not_fit(
    shop: Shop, vault: Vault, open_payout: Payout
) -> None:
    run = await bank.draft(shop, vault)

    async def confirmed(by: str) -> None:
        async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
            await payee_checks.confirm(tx, run.number, open_payout.number, by=by)

    with pytest.raises(NotAllowedNow) as refused:
        await confirmed(THIRD)
    assert refused.value.code == "payee_check_bars_nothing"
    await recorded(shop, run.number, open_payout, "none")
    for first in (bank.MAKER, bank.SECOND):  # who recorded the account, and the result
        with pytest.raises(SecondPersonNeeded):
            await confirmed(first)
    await confirmed(THIRD)
    assert await bank.refresh(shop, vault, run) == []
    # The next check asks anew.
    await recorded(shop, run.number, open_payout, "none")
    assert len(await bank.refresh(shop, vault, run)) == 1


@pytest.mark.parametrize("cancelled", [False, True])
async def test_a_payment_that_its_run_dropped_is_confirmed_all_the_same(
    shop: Shop, vault: Vault, open_payout: Payout, cancelled: bool
) -> None:
    run = await bank.draft(shop, vault)
    await recorded(shop, run.number, open_payout, "none")
    if cancelled:
        async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
            await bank_run_cancelling.cancel(tx, run.number, by=bank.MAKER, reason="Der Name passt nicht.")
    else:
        assert len(await bank.refresh(shop, vault, run)) == 1
    assert await why_not(shop, vault, open_payout) == "payee_unlike"
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await payee_checks.confirm(tx, run.number, open_payout.number, by=THIRD)
    assert len(await bank.held(shop, await bank.draft(shop, vault))) == 1


async def test_no_match_is_not_recorded_away_by_whoever_recorded_it_or_the_account(
    shop: Shop, vault: Vault, open_payout: Payout
) -> None:
    run = await bank.draft(shop, vault)
    await recorded(shop, run.number, open_payout, "none")
    for first in (bank.MAKER, bank.SECOND):
        with pytest.raises(SecondPersonNeeded):
            await recorded(shop, run.number, open_payout, "match", by=first)
    await recorded(shop, run.number, open_payout, "match", by=THIRD)
    assert await bank.refresh(shop, vault, run) == []


async def test_the_banks_name_waits_for_a_second_person_like_any_bank_details(
    shop: Shop, vault: Vault, open_payout: Payout
) -> None:
    run = await bank.exported(shop, vault, open_payout)
    told_of = report(run.number, (open_payout.number, "RVMC", "X")).replace(
        b"</Rsn>", b"</Rsn><AddtlInf>Juergen Gro\xc3\x9f-Weber</AddtlInf>"
    )
    assert await bring(shop, vault, told_of) is None
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        proposed = await payee_checks.take_name(tx, vault, run.number, open_payout.number, by=bank.SECOND)
    assert (proposed.account_holder, proposed.state, proposed.iban_last4) == (
        "Juergen Groß-Weber",
        "pending",
        IBAN[-4:],
    )
    [kept] = await shop.rows("SELECT result, reported FROM payee_checks")
    assert tuple(kept) == ("close", True)


async def test_no_account_is_proposed_that_another_has_replaced(shop: Shop, vault: Vault, open_payout: Payout) -> None:
    run = await bank.exported(shop, vault, open_payout)
    await recorded(shop, run.number, open_payout, "close", "Juergen Gross")
    await bank.bank_details(shop, vault, "ANNA", to=bank.iban(5))
    with pytest.raises(NotAllowedNow) as refused:
        async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
            await payee_checks.take_name(tx, vault, run.number, open_payout.number, by=bank.SECOND)
    assert refused.value.code == "account_decided"


async def test_no_match_in_a_report_leaves_the_file_and_keeps_the_account_out_of_the_next(
    shop: Shop, vault: Vault, open_payout: Payout
) -> None:
    run = await bank.exported(shop, vault, open_payout)
    assert await bring(shop, vault, report(run.number, (open_payout.number, "RVNM", "X"))) is None
    assert len(await bank.held(shop, run)) == 1
    later = await bank.open_payout(shop, vault)
    assert await why_not(shop, vault, later) == "payee_unlike"


@pytest.mark.parametrize(("result", "holder"), [("close", None), ("match", "Juergen Gross")])
async def test_a_name_belongs_to_a_close_match(
    shop: Shop, vault: Vault, open_payout: Payout, result: Result, holder: str | None
) -> None:
    run = await bank.draft(shop, vault)
    with pytest.raises(NotAcceptable) as refused:
        await recorded(shop, run.number, open_payout, result, holder)
    assert refused.value.code == "payee_check_name"


async def test_an_account_that_the_bank_refused_enters_no_file_until_it_is_replaced(
    shop: Shop, vault: Vault, open_payout: Payout
) -> None:
    await bank.exported(shop, vault, open_payout)
    await told(shop, vault, out(open_payout), back(open_payout, why="AC04"))
    later = await bank.open_payout(shop, vault)
    assert await why_not(shop, vault, later) == "account_refused"
    await bank.bank_details(shop, vault, "ANNA", to=bank.iban(5))
    newest = await bank.open_payout(shop, vault)
    assert await why_not(shop, vault, newest) is None


async def test_a_return_that_is_not_about_the_account_bars_nothing(
    shop: Shop, vault: Vault, open_payout: Payout
) -> None:
    await bank.exported(shop, vault, open_payout)
    await told(shop, vault, out(open_payout), back(open_payout, why="MS03"))
    assert await why_not(shop, vault, await bank.open_payout(shop, vault)) is None
