"""Bank runs in the ledger: who may do what when, what drops out, and that there is one file."""

import asyncio
import xml.etree.ElementTree as ET
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from api.http.language import in_words
from ledger.access.four_eyes import SecondPersonNeeded
from ledger.bank import bank_accounts, bank_candidates, bank_run_cancelling, bank_run_rows, bank_runs
from ledger.bank.bank_days import is_target_day, next_target_day
from ledger.bank.bank_file import control_sum_cents
from ledger.bank.bank_run_rows import BankRun
from ledger.booking import resolutions
from ledger.booking.resolutions import Answer
from ledger.payouts import objections
from ledger.reasons import Reason
from ledger.refusals import AlreadyExists, ContentHasChanged, NotAcceptable, NotAllowedNow, NothingDue
from ledger.types import BERLIN, TaskId
from ledger.vault import Vault
from tests.fixtures.bank_runs import (
    MAKER,
    SECOND,
    approve,
    bank_details,
    download,
    draft,
    exported,
    held,
    iban,
    look,
    open_payout,
    own_account,
    refresh,
)
from tests.fixtures.ledger_shop import Shop
from words import sentence

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
    return next_target_day(datetime.now(BERLIN).date() + timedelta(days=1))


async def _drop(shop: Shop, vault: Vault, run: BankRun) -> Any:
    async with shop.ledger.transaction(shop.tenant) as tx:
        [line] = await bank_run_rows.lines(tx, run.id)
        return await bank_runs.drop(tx, run.number, line.payout, by=MAKER, reason="x")


ACTS: dict[str, Act] = {
    "approve": _approve,
    "download": _download,
    "drop": _drop,
    "reschedule": _plain(bank_runs.reschedule, day=_tomorrow(), by=MAKER),
    "confirm": _plain(bank_runs.confirm, by=MAKER),
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


# What may not be paid


async def _judged(shop: Shop, vault: Vault) -> dict[str, str | None]:
    async with shop.ledger.transaction(shop.tenant) as tx:
        return {one.number: in_words(one.barred) for one in await bank_candidates.judged(tx, vault)}


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE payouts SET reopened = true", "Entwurf"),
        (
            "INSERT INTO payout_holds (tenant_id, payout_id, code)"
            " SELECT tenant_id, id, 'partner_stopped' FROM payouts",
            "zurückgestellt",
        ),
        ("UPDATE payouts SET blocked_code = 'connection_broken', blocked_params = '{}'", "blockiert"),
        ("UPDATE payouts SET objected_at = now(), objection_reason = 'x'", "widersprochen"),
        ("UPDATE payouts SET bank_details_id = NULL", "keine Bankverbindung"),
        ("UPDATE external_documents SET status = 'voided'", "nicht offen"),
        ("UPDATE external_documents SET open_cents = open_cents - 1", "schon etwas bezahlt"),
        ("UPDATE external_documents SET gross_cents = gross_cents + 1, open_cents = open_cents + 1", "weicht"),
        ("UPDATE external_documents SET net_cents = net_cents + 1", "weicht"),
        ("UPDATE external_documents SET created_totals = NULL", "zurückgelesen"),
        ("UPDATE creation_intents SET content_hash = 'another'", "letzten Freigabe"),
        ("UPDATE partners SET agreement_accepted_at = NULL", "Vereinbarung"),
        ("UPDATE tenants SET agreement_version = 'neu'", "Vereinbarung"),
        ("UPDATE partner_tax_statuses SET status = 'private'", "Steuerfall"),
        ("UPDATE provider_connections SET small_business = true", "Kleinunternehmer"),
        (
            "INSERT INTO tasks (tenant_id, kind, subject, subject_id, reason, actions)"
            " SELECT tenant_id, 'objected', 'payout', number, 'x', '{done}' FROM payouts",
            "Aufgabe offen",
        ),
        (
            "INSERT INTO tasks (tenant_id, kind, subject, subject_id, reason, actions)"
            " SELECT tenant_id, 'document_deviates', 'payout', number, 'x', '{done}' FROM payouts",
            "weicht",
        ),
    ],
)
async def test_what_is_not_as_approved_drops_out_with_the_reason(
    shop: Shop, vault: Vault, statement: str, reason: str
) -> None:
    await own_account(shop, vault)
    payout = await open_payout(shop, vault)
    run = await draft(shop, vault)
    await shop.rows(statement)
    with pytest.raises(ContentHasChanged):
        await approve(shop, vault, run)
    [dropped] = await refresh(shop, vault, run)
    assert (dropped.payout, reason in str(in_words(dropped.why_released))) == (payout.number, True)
    after = await look(shop, run)
    assert (after.payments, after.total_cents) == (0, 0)
    with pytest.raises(NotAllowedNow, match="bank_run_empty"):
        await approve(shop, vault, after)
    assert reason in str((await _judged(shop, vault))[payout.number])


async def test_an_objection_bars_a_payout_until_it_is_answered(shop: Shop, vault: Vault) -> None:
    await own_account(shop, vault)
    payout = await open_payout(shop, vault)
    async with shop.ledger.transaction(shop.tenant) as tx:
        await objections.object_to(tx, shop.partner["ANNA"].id, payout.number, reason="Der Mai fehlt")
    assert "widersprochen" in str((await _judged(shop, vault))[payout.number])
    [task] = await shop.rows("SELECT id FROM tasks WHERE kind = 'payout_objected'")
    async with shop.ledger.transaction(shop.tenant) as tx:
        answer = Answer(action="done", reason="Der Mai kommt mit der nächsten")
        await resolutions.resolve(tx, TaskId(task["id"]), answer, actor=SECOND)
    assert (await _judged(shop, vault))[payout.number] is None


async def test_new_bank_details_take_a_payout_out_and_void_the_approval(shop: Shop, vault: Vault) -> None:
    await own_account(shop, vault)
    await open_payout(shop, vault)
    await open_payout(shop, vault, "BERT", net_cents=5_000)
    run = await draft(shop, vault)
    await approve(shop, vault, run)
    await bank_details(shop, vault, "ANNA", to=iban(77), confirmed=False)
    with pytest.raises(ContentHasChanged):
        await download(shop, vault, run)
    [dropped] = await refresh(shop, vault, run)
    assert dropped.partner_code == "ANNA"
    assert dropped.why_released == Reason.of("barred_account_pending")
    after = await look(shop, run)
    assert (after.state, after.payments, after.total_cents, after.approved_by) == ("draft", 1, 5_950, None)
    assert after.why == Reason.of("payment_dropped_out")
    await approve(shop, vault, after)
    assert control_sum_cents((await download(shop, vault, after)).content) == (1, 5_950)


async def test_an_account_that_replaced_that_of_the_approval_bars_the_payout(shop: Shop, vault: Vault) -> None:
    await own_account(shop, vault)
    payout = await open_payout(shop, vault)
    await bank_details(shop, vault, "ANNA", to=iban(78))
    assert "nicht mehr die der Freigabe" in str((await _judged(shop, vault))[payout.number])
    with pytest.raises(NotAcceptable, match="payout_not_payable") as refused:
        await draft(shop, vault, payout)
    assert "nicht mehr die der Freigabe" in sentence(refused.value.code, refused.value.params)


async def test_accounts_outside_sepa_go_on_a_list(shop: Shop, vault: Vault) -> None:
    await own_account(shop, vault)
    abroad = await open_payout(shop, vault, to=iban(country="AE"))
    swiss = await open_payout(shop, vault, "BERT", to=iban(country="CH"))
    async with shop.ledger.transaction(shop.tenant) as tx:
        judged = {one.number: one for one in await bank_candidates.judged(tx, vault)}
    assert judged[abroad.number].outside_sepa == "AE"
    run = await draft(shop, vault)
    assert [line.payout for line in await held(shop, run)] == [swiss.number]


async def test_without_an_own_account_in_force_nothing_is_paid(shop: Shop, vault: Vault) -> None:
    await open_payout(shop, vault)
    with pytest.raises(NotAllowedNow, match="no_own_account"):
        await draft(shop, vault)
    account = await own_account(shop, vault)
    run = await draft(shop, vault)
    await approve(shop, vault, run)
    async with shop.ledger.transaction(shop.tenant) as tx:
        await bank_accounts.end(tx, account.id, by=MAKER, reason="Gekündigt.")
    with pytest.raises(NotAllowedNow, match="own_account_not_active"):
        await download(shop, vault, run)


async def test_a_day_that_has_passed_is_named_before_the_file_is_made(shop: Shop, vault: Vault) -> None:
    await own_account(shop, vault)
    await open_payout(shop, vault)
    run = await draft(shop, vault)
    await approve(shop, vault, run)
    await shop.rows("UPDATE bank_runs SET execution_date = '2026-01-05'")
    with pytest.raises(NotAcceptable, match="execution_date_past"):
        await download(shop, vault, run)


async def test_a_booking_for_each_payment_is_a_setting_of_the_account(shop: Shop, vault: Vault) -> None:
    await own_account(shop, vault, batch=False)
    await open_payout(shop, vault)
    await open_payout(shop, vault, "BERT")
    run = await draft(shop, vault)
    await approve(shop, vault, run)
    tree = ET.fromstring((await download(shop, vault, run)).content)
    assert [one.text for one in tree.iter("{*}BtchBookg")] == []
    booked = [one.text for one in tree.findall(".//{*}BtchBookg")]
    assert booked == ["false", "false"]


async def test_a_claw_back_bars_no_payout_when_its_day_is_judged_anew(shop: Shop, vault: Vault) -> None:
    """It keeps the tax case of the line that it answers, whatever is recorded for its day later."""
    await own_account(shop, vault)
    payout = await open_payout(shop, vault)
    await shop.rows(
        """
        UPDATE commissions SET tax_case = 'regular', service_date = '2019-06-01'
         WHERE id = (SELECT commission_id FROM payout_lines WHERE payout_id = $1)
        """,
        payout.id,
    )
    run = await draft(shop, vault)
    assert [line.payout for line in await held(shop, run)] == [payout.number]
