"""What is due and why the rest is not, for one partner and for all of them."""

from typing import Any

import pytest

from ledger.payouts import due, final_settlement, payout_requests
from ledger.payouts.due import NotDue, PartnerDue
from ledger.refusals import Blocked, NotAllowedNow, NothingDue
from ledger.types import TaxCase
from tests.fixtures import invoices
from tests.fixtures.ledger_shop import Shop, at
from tests.fixtures.payable import earn, fit_to_be_paid, fit_to_pay, request
from tests.money.selling import invoice, sell
from words import sentence


async def owed(shop: Shop, code: str = "ANNA", **more: Any) -> PartnerDue:
    async with shop.ledger.transaction(shop.tenant) as tx:
        return await due.of_partner(tx, shop.partner[code].id, **more)


async def ready(shop: Shop) -> None:
    await fit_to_pay(shop)
    await fit_to_be_paid(shop)


def reasons(found: PartnerDue) -> dict[NotDue, int]:
    return {waiting.reason: waiting.cents for waiting in found.waiting}


async def test_a_campaigns_hold_comes_before_the_tenants(shop: Shop) -> None:
    await ready(shop)
    await shop.rows("UPDATE tenants SET hold_days = 30")
    await sell(shop, 100_000, day=10)
    cut_off = at("2026-03-25T00:00+01:00")
    assert reasons(await owed(shop, cut_off=cut_off)) == {NotDue.HOLD: 10_000}
    await shop.rows("UPDATE campaigns SET hold_days = 14")
    assert [group.net_cents for group in (await owed(shop, cut_off=cut_off)).payable] == [10_000]


async def test_a_payout_waits_for_the_hold_and_says_until_when(shop: Shop) -> None:
    await ready(shop)
    await shop.rows("UPDATE tenants SET hold_days = 14")
    await sell(shop, 100_000, paid_at=at("2090-03-10T12:00+01:00"))
    with pytest.raises(NothingDue, match="hold_until") as refused:
        await request(shop)
    said = sentence(refused.value.code, refused.value.params)
    assert said == "Für 100,00\xa0€ läuft die Stornofrist noch bis 24.03.2090."


async def test_each_reason_is_said_with_its_sum(shop: Shop) -> None:
    await ready(shop)
    await shop.rows("UPDATE tenants SET hold_days = 5")
    await sell(shop, 100_000, day=2)
    await sell(shop, 200_000, day=8)
    await sell(shop, 300_000, day=12)
    await invoices.sell(shop, "pi_provisional")
    open_invoice = invoice(500_000, day=2)
    await invoices.apply(shop, open_invoice)
    await invoices.apply(shop, invoices.still(open_invoice, status="open", paid_cents=0, paid_at=None))
    [held] = await sell(shop, 600_000, day=2)
    await shop.rows(
        "INSERT INTO sale_holds (tenant_id, transaction_id, code) VALUES ($1, $2, 'dispute')", shop.tenant.id, held
    )
    found = await owed(shop, cut_off=at("2026-03-10T00:00+01:00"))
    assert [group.net_cents for group in found.payable] == [10_000]
    assert reasons(found) == {
        NotDue.HOLD: 20_000,
        NotDue.AFTER_CUT_OFF: 30_000,
        NotDue.PROVISIONAL: 1_190,
        NotDue.NOT_PAID: 50_000,
        NotDue.SALE_HELD: 60_000,
    }
    hold = found.waits_for(NotDue.HOLD)
    assert hold is not None
    assert hold.until == at("2026-03-13T00:00+01:00")


async def test_nothing_is_due_to_a_stopped_partner(shop: Shop) -> None:
    await ready(shop)
    await earn(shop, 10_000)
    await shop.rows(
        "UPDATE partners SET payouts_stopped_reason = 'Klärung', payouts_stopped_by = 'x', payouts_stopped_at = now()"
    )
    assert reasons(await owed(shop)) == {NotDue.PARTNER_STOPPED: 10_000}
    with pytest.raises(Blocked) as refused:
        await request(shop)
    assert refused.value.code == "partner_stopped"


async def test_a_final_settlement_ignores_the_minimum_and_waits_for_the_hold(shop: Shop) -> None:
    await ready(shop)
    await shop.rows("UPDATE tenants SET minimum_payout_cents = 50000, hold_days = 14")
    await sell(shop, 100_000, day=10)
    anna = shop.partner["ANNA"].id
    async with shop.ledger.transaction(shop.tenant) as tx:
        await final_settlement.begin(tx, anna, by="user:1")
        with pytest.raises(NotAllowedNow):
            await final_settlement.begin(tx, anna, by="user:1")
    assert (await owed(shop, cut_off=at("2026-03-23T00:00+01:00"))).payable == ()
    assert len((await owed(shop, cut_off=at("2026-03-24T00:00+01:00"))).payable) == 1
    async with shop.ledger.transaction(shop.tenant) as tx:
        await final_settlement.take_back(tx, anna, by="user:1")
    assert reasons(await owed(shop)) == {NotDue.BELOW_MINIMUM: 10_000}
    assert [row["action"] for row in await shop.rows("SELECT action FROM audit_entries ORDER BY seq DESC LIMIT 2")] == [
        "partner.final_settlement_taken_back",
        "partner.final_settlement_begun",
    ]


async def test_what_is_said_to_be_due_is_what_a_payout_holds_also_where_claw_backs_are_limited(shop: Shop) -> None:
    await ready(shop)
    paid = invoice(300_000)
    await invoices.apply(shop, paid)
    number = await shop.payout("ANNA")
    await shop.document_under_way(number)
    await shop.pay(number)
    await invoices.apply(shop, invoices.still(paid, status="voided"))
    await shop.rows("UPDATE sale_holds SET released_at = now(), released_by = 'test'")
    await sell(shop, 400_000)
    await shop.rows("UPDATE tenants SET clawback_limit_percent = 25")
    found = await owed(shop)
    clawed = await shop.rows("SELECT count(*) AS n FROM commissions WHERE kind = 'clawback'")
    if clawed[0]["n"]:
        assert [group.net_cents for group in found.payable] == [30_000]
        assert reasons(found) == {NotDue.CLAWBACK_LIMIT: -20_000}
    async with shop.ledger.transaction(shop.tenant) as tx:
        case = found.payable[0].tax_case
        made = await payout_requests.request_payout(tx, partner_code="ANNA", actor="key:test", tax_case=case)
    assert made.net_cents == found.payable[0].net_cents


async def test_what_has_no_document_waits_with_the_reason_and_the_rest_is_paid(shop: Shop) -> None:
    await fit_to_pay(shop)
    await fit_to_be_paid(shop, valid_from=at("2026-03-05T00:00+01:00").date())
    await sell(shop, 100_000, day=3)
    await sell(shop, 200_000, day=7)
    found = await owed(shop)
    assert [(group.tax_case, group.net_cents) for group in found.payable] == [(TaxCase.REGULAR, 20_000)]
    waiting = found.waits_for(NotDue.NO_DOCUMENT)
    assert waiting is not None
    assert (waiting.code, waiting.cents) == ("tax_status_missing", 10_000)


async def test_several_at_once_are_told_the_same_as_one_by_one(shop: Shop) -> None:
    await fit_to_pay(shop)
    for code in shop.partner:
        await fit_to_be_paid(shop, code)
    await sell(shop, 100_000, 333_333, day=4)
    await earn(shop, -500, code="BERT")
    async with shop.ledger.transaction(shop.tenant) as tx:
        known = sorted(partner.id for partner in shop.partner.values())
        everybody = await due.of_partners(tx, known[::-1])
        assert everybody == [await due.of_partner(tx, partner) for partner in known]
