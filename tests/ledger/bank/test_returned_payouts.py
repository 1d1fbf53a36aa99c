"""A payout that came back and that a person marks as paid: on which day and by which transfer the partner was paid."""

from datetime import date, timedelta
from typing import Any

import pytest

from api.http.language import in_words
from ledger.bank import bank_days
from ledger.booking import resolutions, settlement
from ledger.booking.resolutions import Answer
from ledger.booking.settlement import Meaning, Verdict
from ledger.payouts import payouts
from ledger.payouts.payouts import Payout
from ledger.refusals import NotAcceptable
from ledger.reports import reports, statements
from ledger.types import PayoutState, TaskId
from ledger.vault import Vault
from tests.fixtures import bank_runs as bank
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.payable import look


async def today(shop: Shop) -> date:
    [row] = await shop.rows("SELECT (now() AT TIME ZONE 'Europe/Berlin')::date AS day")
    return row["day"]  # type: ignore[no-any-return]


async def shows(shop: Shop, payout: Payout, meaning: Meaning, **more: Any) -> None:
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        now = await payouts.lock(tx, payout.number)
        await settlement.settle(tx, now, Verdict(meaning=meaning, **more))


async def answered(shop: Shop, payout: Payout, **detail: str) -> Payout:
    [task] = await shop.rows(
        "SELECT id FROM tasks WHERE kind = 'returned' AND state = 'open' AND subject_id = $1", payout.number
    )
    answer = Answer(action="paid", reason="Steht auf dem Kontoauszug.", detail=detail)
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await resolutions.resolve(tx, TaskId(task["id"]), answer, actor=bank.SECOND)
    return await look(shop, payout.number)


async def voided_after_export(shop: Shop, vault: Vault) -> Payout:
    await bank.own_account(shop, vault)
    payout = await bank.open_payout(shop, vault)
    await bank.exported(shop, vault, payout)
    await shows(shop, payout, Meaning.VOIDED)
    return await look(shop, payout.number)


async def test_the_day_that_a_person_names_stands_wherever_the_payout_is_shown(shop: Shop, vault: Vault) -> None:
    payout, day = await voided_after_export(shop, vault), await today(shop)
    paid = await answered(shop, payout, paid_on=day.isoformat())
    assert (paid.state, paid.paid_on, paid.payment_reference) == (PayoutState.PAID, day, payout.number)
    async with shop.ledger.transaction(shop.tenant) as tx:
        statement = await statements.of_payout(tx, payout.number, in_words=in_words)
    assert (statement.paid_on, statement.payment_reference) == (day, payout.number)
    listed = b"".join(
        [
            part
            async for part in reports.csv_of(
                lambda: shop.ledger.transaction(shop.tenant), shop.tenant, reports.PAYOUTS, in_words=in_words
            )
        ]
    )
    assert f";{payout.number};{day:%d.%m.%Y};" in listed.decode("utf-8-sig")


async def test_without_a_known_day_the_person_is_asked_for_it(shop: Shop, vault: Vault) -> None:
    payout = await voided_after_export(shop, vault)  # the bank executes it on its next day, which is not today
    assert bank_days.next_target_day(await today(shop)) > await today(shop)
    with pytest.raises(NotAcceptable) as refused:
        await answered(shop, payout)
    assert refused.value.code == "paid_on_missing"
    assert (await look(shop, payout.number)).state is PayoutState.RETURNED


async def test_a_reference_that_a_person_names_is_that_of_the_transfer_that_arrived(shop: Shop, vault: Vault) -> None:
    payout, day = await voided_after_export(shop, vault), await today(shop)
    paid = await answered(shop, payout, paid_on=day.isoformat(), payment_reference="ÜB-9")
    assert (paid.paid_on, paid.payment_reference) == (day, "ÜB-9")


async def test_one_that_was_paid_before_keeps_its_day_unless_another_is_named(shop: Shop, vault: Vault) -> None:
    payout = await bank.open_payout(shop, vault)
    day = await today(shop)
    await shows(shop, payout, Meaning.PAID, voucher_number="GS-1", paid_on=day)
    await shows(shop, payout, Meaning.OPEN)
    again = await answered(shop, payout)
    assert (again.paid_on, again.payment_reference) == (day, "GS-1")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("gestern", "paid_on_unreadable"),
        ("2026-02-30", "paid_on_unreadable"),
        ("1999-01-01", "paid_on_not_acceptable"),
        ("tomorrow", "paid_on_not_acceptable"),
    ],
)
async def test_a_day_that_cannot_be_is_refused(shop: Shop, vault: Vault, said: str, code: str) -> None:
    payout = await voided_after_export(shop, vault)
    if said == "tomorrow":
        said = (await today(shop) + timedelta(days=1)).isoformat()
    with pytest.raises(NotAcceptable) as refused:
        await answered(shop, payout, paid_on=said)
    assert refused.value.code == code


async def test_what_lexoffice_says_to_be_paid_without_a_day_was_paid_when_it_said_so(shop: Shop, vault: Vault) -> None:
    payout = await bank.open_payout(shop, vault)
    await shows(shop, payout, Meaning.PAID, voucher_number="GS-1")
    assert (await look(shop, payout.number)).paid_on == await today(shop)


async def test_what_was_settled_by_hand_is_owed_no_more(shop: Shop, vault: Vault) -> None:
    payout = await voided_after_export(shop, vault)
    [task] = await shop.rows("SELECT id FROM tasks WHERE kind = 'returned' AND state = 'open'")
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        before = await tx.fetchval("SELECT clock_timestamp()")
        answer = Answer(action="settled_manually", reason="Verrechnet.")
        await resolutions.resolve(tx, TaskId(task["id"]), answer, actor=bank.SECOND)
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        now = await tx.fetchval("SELECT clock_timestamp()")
        owed = [(await reports.open_commissions(tx, at)).net_cents for at in (before, now)]
    assert owed == [payout.net_cents, 0]
    assert (await look(shop, payout.number)).paid_on is None
