"""Bank runs in the ledger: who may do what when, what drops out, and that there is one file."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import pytest

from ledger import clock
from ledger.access.four_eyes import SecondPersonNeeded
from ledger.bank import bank_run_cancelling, bank_run_rows, bank_runs
from ledger.bank.bank_days import is_target_day, next_target_day
from ledger.bank.bank_file import control_sum_cents
from ledger.bank.bank_run_rows import BankRun
from ledger.refusals import AlreadyExists, ContentHasChanged, NotAcceptable, NotAllowedNow, NothingDue
from ledger.vault import Vault
from tests.fixtures.bank_runs import (
    MAKER,
    SECOND,
    approve,
    download,
    draft,
    exported,
    held,
    look,
    open_payout,
    own_account,
)
from tests.fixtures.ledger_shop import Shop

Act = Callable[[Shop, Vault, BankRun], Awaitable[Any]]


async def test_a_run_pays_the_documents_gross_to_the_account_of_the_approval(shop: Shop, vault: Vault) -> None:
    account = await own_account(shop, vault)
    payout = await open_payout(shop, vault)
    run = await draft(shop, vault)
    assert (run.number[:3], run.state, run.payments, run.total_cents) == ("ZL-", "draft", 1, 11_900)
    assert is_target_day(run.execution_date)
    await approve(shop, vault, run)
    file = await download(shop, vault, run)
    text = file.content.decode()
    assert control_sum_cents(file.content) == (1, 11_900)
    for part in (
        f"<EndToEndId>{payout.number}</EndToEndId>",
        f"<Ustrd>GS-{payout.number[3:]} Provision {payout.number}</Ustrd>",
        "<Nm>Juergen Gross</Nm>",
        "<Nm>Mueller + Soehne GmbH</Nm>",
        f"<MsgId>{run.number}</MsgId>",
        f"<Dt>{run.execution_date}</Dt>",
    ):
        assert part in text, part
    assert "PstlAdr" not in text
    assert account.iban_last4 in text
    assert (await look(shop, run)).state == "exported"


async def test_every_download_is_that_very_file_and_stands_in_the_trail(shop: Shop, vault: Vault) -> None:
    await own_account(shop, vault)
    await open_payout(shop, vault)
    run = await draft(shop, vault)
    await approve(shop, vault, run)
    first, second = await download(shop, vault, run), await download(shop, vault, run, by=SECOND)
    assert first.content == second.content
    assert [first.downloads, second.downloads] == [1, 2]
    trail = await shop.rows("SELECT actor, detail FROM audit_entries WHERE action = 'bank_run.downloaded' ORDER BY seq")
    assert [(row["actor"], row["detail"]["sha256"]) for row in trail] == [(MAKER, first.sha256), (SECOND, first.sha256)]
    [stored] = await shop.rows("SELECT file_encrypted FROM bank_runs")
    assert first.content not in stored["file_encrypted"]


async def test_two_persons_exporting_at_once_get_one_file(shop: Shop, vault: Vault) -> None:
    await own_account(shop, vault)
    await open_payout(shop, vault)
    run = await draft(shop, vault)
    await approve(shop, vault, run)
    files = await asyncio.gather(*(download(shop, vault, run, by=by) for by in (MAKER, SECOND, "user:third")))
    assert len({file.content for file in files}) == 1
    assert len(await shop.rows("SELECT 1 FROM audit_entries WHERE action = 'bank_run.exported'")) == 1
    assert (await look(shop, run)).downloads == 3


async def test_two_drafts_at_once_never_share_a_payout(shop: Shop, vault: Vault) -> None:
    await own_account(shop, vault)
    for code in ("ANNA", "BERT", "CARL"):
        await open_payout(shop, vault, code)
    made = await asyncio.gather(*(draft(shop, vault) for _ in range(3)), return_exceptions=True)
    runs = [run for run in made if isinstance(run, BankRun)]
    assert [run.payments for run in runs] == [3]
    assert all(isinstance(other, NothingDue) for other in made if other not in runs)


async def test_postgresql_refuses_a_payout_in_a_second_run(shop: Shop, vault: Vault) -> None:
    await own_account(shop, vault)
    await open_payout(shop, vault)
    first = await exported(shop, vault)
    await open_payout(shop, vault, "BERT")
    second = await draft(shop, vault)
    with pytest.raises(AlreadyExists):
        await shop.rows(
            """
            INSERT INTO bank_run_lines (tenant_id, run_id, position, payout_id, bank_details_id, creditor,
                                        amount_cents, end_to_end_id, remittance)
            SELECT tenant_id, $2, 99, payout_id, bank_details_id, creditor, amount_cents, 'other', remittance
              FROM bank_run_lines WHERE run_id = $1
            """,
            first.id,
            second.id,
        )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE bank_run_lines SET amount_cents = amount_cents + 1",
        "UPDATE bank_run_lines SET released_at = now(), released_reason = 'x'",
        "UPDATE bank_run_lines SET creditor = 'Another'",
        "UPDATE bank_runs SET total_cents = total_cents + 1",
        "UPDATE bank_runs SET execution_date = execution_date + 1",
        "UPDATE bank_runs SET file_sha256 = sha256('x')",
        "UPDATE bank_runs SET state = 'draft'",
        "UPDATE payouts SET gross_cents = gross_cents + 1, tax_cents = tax_cents + 1",
    ],
)
async def test_postgresql_keeps_what_was_exported(shop: Shop, vault: Vault, statement: str) -> None:
    await own_account(shop, vault)
    await open_payout(shop, vault)
    await exported(shop, vault)
    with pytest.raises((NotAllowedNow, NotAcceptable)):
        await shop.rows(statement)


async def test_the_sum_of_a_run_is_that_of_its_payments(shop: Shop, vault: Vault) -> None:
    await own_account(shop, vault)
    await open_payout(shop, vault)
    await draft(shop, vault)
    with pytest.raises(NotAcceptable, match="lines_do_not_add_up"):
        await shop.rows("UPDATE bank_runs SET total_cents = total_cents + 1")


async def test_who_made_a_run_does_not_approve_it(shop: Shop, vault: Vault) -> None:
    await own_account(shop, vault)
    await open_payout(shop, vault)
    run = await draft(shop, vault)
    with pytest.raises(SecondPersonNeeded):
        await approve(shop, vault, run, by=MAKER)


async def test_an_approval_names_what_was_seen(shop: Shop, vault: Vault) -> None:
    await own_account(shop, vault)
    await open_payout(shop, vault)
    await open_payout(shop, vault, "BERT")
    run = await draft(shop, vault)
    line = (await held(shop, run))[0]
    async with shop.ledger.transaction(shop.tenant) as tx:
        smaller = await bank_runs.drop(tx, run.number, line.payout, by=MAKER, reason="Später.")
    assert smaller.total_cents == run.total_cents - line.amount_cents
    with pytest.raises(ContentHasChanged):
        await approve(shop, vault, run)
    assert (await approve(shop, vault, smaller)).state == "approved"


# What may be done in which state


async def _approve(shop: Shop, vault: Vault, run: BankRun) -> Any:
    return await approve(shop, vault, await look(shop, run))


async def _download(shop: Shop, vault: Vault, run: BankRun) -> Any:
    return await download(shop, vault, run)


def _plain(what: Callable[..., Awaitable[Any]], **members: Any) -> Act:
    async def act(shop: Shop, vault: Vault, run: BankRun) -> Any:
        async with shop.ledger.transaction(shop.tenant) as tx:
            return await what(tx, run.number, **members)

    return act


def _tomorrow() -> date:
    return next_target_day(clock.today() + timedelta(days=1))


async def _drop(shop: Shop, vault: Vault, run: BankRun) -> Any:
    async with shop.ledger.transaction(shop.tenant) as tx:
        [line] = await bank_run_rows.lines(tx, run.id)
        return await bank_runs.drop(tx, run.number, line.payout, by=MAKER, reason="x")


ACTS: dict[str, Act] = {
    "approve": _approve,
    "download": _download,
    "drop": _drop,
    "reschedule": _plain(bank_runs.reschedule, day=_tomorrow(), by=MAKER),
    "confirm": _plain(bank_runs.confirm, by=MAKER, today=clock.today() + timedelta(days=9)),
    "cancel": _plain(bank_run_cancelling.cancel, by=MAKER, reason="Versehen."),
    "confirm_cancel": _plain(bank_run_cancelling.confirm_cancel, by=SECOND),
    "withdraw_cancel": _plain(bank_run_cancelling.withdraw_cancel, by=SECOND),
}
WAY: dict[str, tuple[str, ...]] = {
    "draft": (),
    "approved": ("approve",),
    "exported": ("approve", "download"),
    "asked": ("approve", "download", "cancel"),
    "confirmed": ("approve", "download", "confirm"),
    "cancelled": ("cancel",),
}
ALLOWED = {
    "draft": {"approve", "drop", "reschedule", "cancel"},
    "approved": {"download", "reschedule", "cancel"},
    "exported": {"download", "confirm", "cancel"},
    "asked": {"download", "confirm_cancel", "withdraw_cancel"},
    "confirmed": {"download"},
    "cancelled": set(),
}


@pytest.mark.parametrize("state", list(WAY))
async def test_each_state_allows_its_acts_and_refuses_the_others(shop: Shop, vault: Vault, state: str) -> None:
    await own_account(shop, vault)
    for act in ACTS:
        payout = await open_payout(shop, vault)
        run = await draft(shop, vault, payout)
        for step in WAY[state]:
            await ACTS[step](shop, vault, run)
        before = await look(shop, run)
        if act in ALLOWED[state]:
            await ACTS[act](shop, vault, run)
        else:
            with pytest.raises(NotAllowedNow):
                await ACTS[act](shop, vault, run)
            assert await look(shop, run) == before, (state, act)


async def test_an_exported_run_is_cancelled_with_a_reason_and_by_two(shop: Shop, vault: Vault) -> None:
    await own_account(shop, vault)
    payout = await open_payout(shop, vault)
    run = await exported(shop, vault)
    async with shop.ledger.transaction(shop.tenant) as tx:
        with pytest.raises(NotAcceptable):
            await bank_run_cancelling.cancel(tx, run.number, by=MAKER, reason="  ")
    async with shop.ledger.transaction(shop.tenant) as tx:
        await bank_run_cancelling.cancel(tx, run.number, by=MAKER, reason="Die Bank hat die Datei abgelehnt.")
    async with shop.ledger.transaction(shop.tenant) as tx:
        with pytest.raises(SecondPersonNeeded):
            await bank_run_cancelling.confirm_cancel(tx, run.number, by=MAKER)
    with pytest.raises(NothingDue):
        await draft(shop, vault)
    async with shop.ledger.transaction(shop.tenant) as tx:
        await bank_run_cancelling.confirm_cancel(tx, run.number, by=SECOND)
    again = await exported(shop, vault)
    [line] = await held(shop, again)
    assert line.payout == payout.number
    with pytest.raises(Exception, match="exported_is_cancelled_by_two"):
        await shop.rows(
            "UPDATE bank_runs SET state = 'cancelled', cancel_reason = 'x', cancel_requested_by = 'a',"
            " cancelled_by = 'a' WHERE id = $1",
            again.id,
        )
