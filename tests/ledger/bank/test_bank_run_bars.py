"""What a bank run may not pay, and when it cannot be made at all."""

import xml.etree.ElementTree as ET

import pytest

from api.http.language import in_words
from ledger.bank import bank_accounts, bank_candidates
from ledger.bank.bank_file import control_sum_cents
from ledger.booking import resolutions
from ledger.booking.resolutions import Answer
from ledger.payouts import objections
from ledger.reasons import Reason
from ledger.refusals import ContentHasChanged, NotAcceptable, NotAllowedNow
from ledger.types import TaskId
from ledger.vault import Vault
from tests.conftest import Database
from tests.fixtures.bank_runs import (
    MAKER,
    SECOND,
    SWISS_BIC,
    approve,
    bank_details,
    download,
    draft,
    held,
    iban,
    look,
    open_payout,
    own_account,
    refresh,
)
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.planted_differences import plant
from words import sentence


async def _judged(shop: Shop, vault: Vault) -> dict[str, str | None]:
    async with shop.ledger.transaction(shop.tenant) as tx:
        return {one.number: in_words(one.barred) for one in await bank_candidates.judged(tx, vault)}


async def test_a_document_is_judged_by_the_books_that_it_is_in(shop: Shop, vault: Vault) -> None:
    payout = await open_payout(shop, vault)
    # Nobody has confirmed a word for its tax case in the books that the tenant has now.
    await shop.rows("UPDATE tenants SET books = 'easybill', small_business = true")
    assert await _judged(shop, vault) == {payout.number: None}


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


async def test_an_account_beyond_the_eea_needs_its_bic_and_the_payers_town(
    shop: Shop, vault: Vault, database: Database
) -> None:
    await own_account(shop, vault)
    await open_payout(shop, vault, to=iban(country="CH"))
    run = await draft(shop, vault)
    await approve(shop, vault, run)
    tree = ET.fromstring((await download(shop, vault, run)).content)
    assert [one.text for one in tree.findall(".//{*}CdtrAgt//{*}BICFI")] == [SWISS_BIC]
    assert tree.findtext(".//{*}Dbtr/{*}PstlAdr/{*}Ctry") == "DE"
    another = await open_payout(shop, vault)
    bic = "UPDATE partner_bank_details SET bic = $2 WHERE tenant_id = $1"
    await plant(database, bic, shop.tenant.id, None)  # as recorded before 1.0
    assert (await _judged(shop, vault))[another.number] == "Für ein Konto außerhalb des EWR fehlt der BIC."
    await plant(database, bic, shop.tenant.id, SWISS_BIC)
    await shop.rows("UPDATE tenants SET city = NULL")
    assert (await _judged(shop, vault))[another.number] is not None


async def test_a_payment_to_a_non_resident_that_must_be_reported_says_so(shop: Shop, vault: Vault) -> None:
    await own_account(shop, vault)
    home = await open_payout(shop, vault, net_cents=6_000_000)
    abroad = await open_payout(shop, vault, "BERT", net_cents=6_000_000)
    small = await open_payout(shop, vault, "CARL")
    await shop.rows("UPDATE partners SET country_code = 'CH' WHERE code IN ('BERT', 'CARL')")
    async with shop.ledger.transaction(shop.tenant) as tx:
        judged = {one.number: one.must_be_reported for one in await bank_candidates.judged(tx, vault)}
    assert judged == {home.number: False, abroad.number: True, small.number: False}


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
    assert booked == ["false"], "one block, in which the bank is told to book each payment"


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
