"""Which debts are netted within the limit, in what order, and what becomes of those that stay."""

import asyncio
from collections.abc import Sequence
from datetime import date
from uuid import UUID

import pytest

from ledger.booking import settlement
from ledger.booking.settlement import Meaning, Verdict
from ledger.commissions import commission_list, debts, manual_lines
from ledger.commissions.commission_list import CommissionFilter
from ledger.commissions.manual_lines import NewManualLine
from ledger.database import TenantTransaction
from ledger.payouts import clawbacks, decisions, due, payout_hands, payouts, tax_questions
from ledger.programme.calculation import Rate
from ledger.programme.tiers import TierMode
from ledger.refusals import NotAcceptable, NothingDue
from ledger.sales import transactions
from ledger.tax import tax_statuses
from ledger.tax.tax_statuses import NewTaxStatus
from ledger.types import PayoutState, TaxCase, TaxStatus, TransactionId
from tests.fixtures import payable
from tests.fixtures.invoices import give_back
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.payable import EARNED_ON
from tests.money.selling import close, lines_of_months, plan_from_march, sell, tiers
from tests.money.test_refunds import approved_sale, balance, of_level, settle


async def limit(shop: Shop, percent: int) -> None:
    await shop.rows("UPDATE tenants SET clawback_limit_percent = $1", percent)


async def netted(shop: Shop) -> dict[str, int]:
    """Of each payout's claw-backs, by the sale that they answer: what they take, below zero."""
    rows = await shop.rows(
        """
        SELECT t.payment_intent, sum(l.net_cents)::bigint AS cents
          FROM payout_lines l
          JOIN commissions c ON c.id = l.commission_id JOIN transactions t ON t.id = c.transaction_id
          JOIN payouts p ON p.id = l.payout_id
         WHERE l.net_cents < 0 AND l.released_at IS NULL AND p.state = 'awaiting_approval' GROUP BY 1
        """
    )
    return {row["payment_intent"]: row["cents"] for row in rows}


async def owes_for_two_sales(shop: Shop) -> None:
    """10,00 for each of two sales, paid and taken back, the first one first."""
    for reference in ("pi_1", "pi_2"):
        await approved_sale(shop, reference, voucher_number=f"RE-{reference}")
    await settle(shop)
    for reference in ("pi_1", "pi_2"):
        await give_back(shop, reference)


async def test_the_rest_of_a_split_claw_back_is_netted_before_a_younger_one(shop: Shop) -> None:
    await owes_for_two_sales(shop)
    await limit(shop, 60)
    await approved_sale(shop, "pi_3", voucher_number="RE-3")
    await settle(shop)
    assert (await balance(shop)).open_cents == -1400
    await approved_sale(shop, "pi_4", voucher_number="RE-4")
    await shop.payout("ANNA")
    # 6,00 of the first went with the payout before; now its other 4,00, and 2,00 of the second.
    assert await netted(shop) == {"pi_1": -400, "pi_2": -200}


async def test_a_debt_that_came_back_with_its_payout_is_as_old_as_it_was(shop: Shop) -> None:
    await owes_for_two_sales(shop)
    await limit(shop, 60)
    await approved_sale(shop, "pi_3", voucher_number="RE-3")
    number = await settle(shop)
    await came_back(shop, number)
    await approved_sale(shop, "pi_4", voucher_number="RE-4")
    await shop.payout("ANNA")
    # 20,00 are earned, so that 12,00 may be netted: all of the first, and 2,00 of the second.
    assert await netted(shop) == {"pi_1": -1000, "pi_2": -200}


async def came_back(shop: Shop, number: str) -> None:
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        for state in (PayoutState.RETURNED, PayoutState.CANCELLED):
            payout = await payouts.lock(tx, number)
            await payouts.change_state(tx, payout, state)
        await clawbacks.give_back(tx, payout.id, was_paid=True)


async def voided(tx: TenantTransaction, number: str) -> None:
    """Its credit note, which was open and of which nothing was paid."""
    await tx.execute("UPDATE payouts SET state = 'credit_note_open' WHERE number = $1", number)
    await tx.execute("UPDATE creation_intents SET closed_at = now() WHERE marker = $1", number)
    payout = await payouts.get(tx, number)
    await settlement.settle(tx, payout, Verdict(meaning=Meaning.VOIDED))


async def voids(shop: Shop, number: str) -> None:
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await voided(tx, number)


async def due_to_anna(shop: Shop) -> list[tuple[TaxCase, int]]:
    async with shop.ledger.transaction(shop.tenant) as tx:
        found = await due.of_partner(tx, shop.partner["ANNA"].id)
    return [(group.tax_case, group.net_cents) for group in found.groups]


async def test_what_was_refunded_while_its_credit_note_was_open_is_not_owed_when_that_is_voided(shop: Shop) -> None:
    """Within a limit of claw-backs the commission would be paid, and half of it taken back."""
    sale = await approved_sale(shop)
    number = await settle(shop, pay=False)
    await give_back(shop)
    await limit(shop, 50)
    await voids(shop, number)
    assert await of_level(shop, sale) == [(1000, "reversed", "sale"), (-1000, "reversed", "clawback")]
    assert await due_to_anna(shop) == []


async def test_what_was_refunded_in_part_is_owed_as_the_rest_in_the_tax_case_of_today(shop: Shop) -> None:
    """A claw-back keeps the case of its line: in another one it would never meet the commission that it answers."""
    await approved_sale(shop)
    number = await settle(shop, pay=False)
    await give_back(shop, refunded_cents=5950)
    await voids(shop, number)
    new = NewTaxStatus(status=TaxStatus.REGULAR, valid_from=date(2026, 1, 1), tax_number="12/345/67890")
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await tax_statuses.record_tax_status(tx, shop.partner["ANNA"].id, new, by="test")
    assert await due_to_anna(shop) == [(TaxCase.REGULAR, 500)]


async def test_what_was_refunded_after_it_was_paid_is_not_owed_when_the_payout_comes_back(shop: Shop) -> None:
    sale = await approved_sale(shop)
    number = await settle(shop)
    await give_back(shop)
    await came_back(shop, number)
    assert await of_level(shop, sale) == [
        (1000, "paid", "sale"),
        (-1000, "reversed", "clawback"),
        (1000, "reversed", "reissue"),
    ]
    assert await due_to_anna(shop) == []


async def test_a_refund_at_the_moment_of_the_voiding_waits_and_sees_what_was_given_back(shop: Shop) -> None:
    sale = await approved_sale(shop)
    number = await settle(shop, pay=False)
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await voided(tx, number)
        refund = asyncio.create_task(give_back(shop))
        await somebody_waits(tx)
    await refund
    assert await of_level(shop, sale) == [(1000, "reversed", "sale")]


async def test_a_voiding_at_the_moment_of_a_refund_waits_and_nets_it(shop: Shop) -> None:
    sale = await approved_sale(shop)
    number = await settle(shop, pay=False)
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await tx.execute("UPDATE transactions SET refunded_cents = 5950, refund_cause = 'provider_refund',"
                         " refund_document = 'pi_1' WHERE id = $1", sale)  # fmt: skip
        held = await clawbacks.hold(tx, TransactionId(sale))
        await clawbacks.follow(tx, await transactions.get(tx, TransactionId(sale)), held)
        voiding = asyncio.create_task(voids(shop, number))
        await somebody_waits(tx)
    await voiding
    assert await of_level(shop, sale) == [(500, "approved", "sale"), (-500, "reversed", "clawback")]


async def somebody_waits(tx: TenantTransaction) -> None:
    """For a lock that this transaction holds."""
    for _ in range(2_000):
        if await tx.fetchval(
            "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
        ):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("nobody waits")


async def test_a_payout_that_is_cancelled_after_its_document_was_refused_nets_as_well(shop: Shop) -> None:
    """A refund had been answered by a claw-back, because the document might have been made."""
    first = await approved_sale(shop)
    second = await approved_sale(shop, "pi_2", voucher_number="RE-2")
    number = await settle(shop, pay=False)
    await give_back(shop, refunded_cents=5950)
    await shop.rows("UPDATE creation_intents SET closed_at = now(), refused_at = now() WHERE marker = $1", number)
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await decisions.cancel(tx, number, actor="user:second", reason="Test")
    assert await of_level(shop, first) == [(500, "approved", "sale"), (-500, "reversed", "clawback")]
    assert await of_level(shop, second) == [(1000, "approved", "sale")]


async def corrected(shop: Shop, cents: int) -> UUID:
    new = NewManualLine(kind="correction", net_cents=cents, service_date=EARNED_ON, reason="Doppelt gezahlt")
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        line = await manual_lines.write(tx, shop.partner["ANNA"].id, new, by="user:editor")
        await manual_lines.decide(tx, line, confirmed=True, by="user:second", reason=None)
    return line


async def test_a_line_that_a_second_person_confirmed_bars_nobody_in_the_payout_that_holds_it_again(shop: Shop) -> None:
    await corrected(shop, 2000)
    await came_back(shop, await settle(shop))
    number = await shop.payout("ANNA")
    async with shop.ledger.transaction(shop.tenant) as tx:
        found = await payout_hands.of_payout(tx, await payouts.get(tx, number))
    assert "user:editor" not in [hand.actor for hand in found]


async def test_a_correction_that_does_not_fit_is_split(shop: Shop) -> None:
    await approved_sale(shop)
    await settle(shop)
    await corrected(shop, -700)
    await give_back(shop, refunded_cents=4760)  # 4,00 of the commission
    await limit(shop, 50)
    await approved_sale(shop, "pi_2", voucher_number="RE-2")
    number = await shop.payout("ANNA")
    [payout] = await shop.rows("SELECT net_cents FROM payouts WHERE number = $1", number)
    assert payout["net_cents"] == 1000 - 500
    assert (await balance(shop)).open_cents == -200 - 400
    async with shop.ledger.transaction(shop.tenant) as tx:
        shown, _ = await commission_list.list_commissions(tx, CommissionFilter())
    assert [(row.net_cents, row.state) for row in shown if row.reason == "Doppelt gezahlt"] == [
        (-200, "approved"),
        (-500, "in_payout"),
    ]


async def test_a_line_is_split_again_and_its_parts_stay_what_was_written(shop: Shop) -> None:
    await corrected(shop, -2_000)
    await limit(shop, 50)
    for reference, left in (("pi_1", -1_500), ("pi_2", -1_000), ("pi_3", -500), ("pi_4", 0)):
        await approved_sale(shop, reference, voucher_number=f"RE-{reference}")
        await settle(shop)
        assert (await balance(shop)).open_cents == left
    with pytest.raises(NotAcceptable, match="parts_differ"):
        await shop.rows(
            """
            INSERT INTO commissions (tenant_id, kind, transaction_id, partner_id, level, base_cents, net_cents, state,
                                     provisional, service_date, recorded_by, split_of)
            SELECT tenant_id, kind, transaction_id, partner_id, level, base_cents, -1, 'approved', false, service_date,
                   recorded_by, id
              FROM commissions WHERE kind = 'correction' AND split_of IS NULL
            """
        )


async def test_the_line_of_a_month_that_does_not_fit_is_split(shop: Shop) -> None:
    """A cap takes 300,00 of what was paid already; 100,00 are earned after it, and half of them may be netted."""
    await plan_from_march(shop, Rate(level=1, percent=10), cap_per_month_cents=50_000)
    await sell(shop, 400_000, 400_000)
    await settle(shop)
    await close(shop)
    await limit(shop, 50)
    await payable.earn(shop, 10_000)
    number = await shop.payout("ANNA")
    [payout] = await shop.rows("SELECT net_cents FROM payouts WHERE number = $1", number)
    assert (payout["net_cents"], (await balance(shop)).open_cents) == (5_000, -25_000)
    assert (await close(shop)).written == ()
    assert sorted(line["net_cents"] for line in await lines_of_months(shop)) == [-25_000, -5_000]


async def debts_asked_about(shop: Shop) -> list[str]:
    async with shop.ledger.transaction(shop.tenant) as tx:
        await debts.ask_about_old_debts(tx)
    return [kind for kind, _ in await shop.tasks() if kind == debts.OWES_TOO_LONG]


async def test_an_old_debt_of_a_correction_is_a_task_too(shop: Shop) -> None:
    await corrected(shop, -700)
    assert (await balance(shop)).owes_since is not None
    assert await debts_asked_about(shop) == []
    await aged(shop)
    assert await debts_asked_about(shop) == [debts.OWES_TOO_LONG]


async def test_an_old_debt_of_a_months_close_is_a_task_too(shop: Shop) -> None:
    await plan_from_march(
        shop, Rate(level=1, percent=10, tiers=tiers((500_000, 12))), tier_mode=TierMode.FLAT, cap_per_month_cents=30_000
    )
    await sell(shop, 600_000)
    await close(shop)
    await shop.rows("UPDATE commissions SET state = 'reversed' WHERE kind = 'sale'")
    assert (await balance(shop)).open_cents == -30_000
    await aged(shop)
    assert await debts_asked_about(shop) == [debts.OWES_TOO_LONG]


async def aged(shop: Shop) -> None:
    await shop.rows("UPDATE commissions SET created_at = created_at - interval '181 days'")


async def nothing(shop: Shop) -> Sequence[object]:
    return await shop.rows("SELECT id FROM commissions WHERE net_cents = 0 AND state = 'approved'")


async def test_a_commission_of_nothing_is_in_no_payout_and_asks_nobody(shop: Shop) -> None:
    """Two cents of 10 per cent are none: no line of 0,00 in a document, no question why there is no document."""
    await payable.fit_to_pay(shop)
    await payable.fit_to_be_paid(shop, status=None)
    await sell(shop, 2)
    assert len(await nothing(shop)) > 0
    async with shop.ledger.transaction(shop.tenant) as tx:
        found = await due.of_partner(tx, shop.partner["ANNA"].id)
        assert (found.groups, found.waiting) == ((), ())
        assert not await tax_questions.ask_or_close(tx, shop.partner["ANNA"].id)
    with pytest.raises(NothingDue):
        await payable.request(shop)
    await payable.fit_to_be_paid(shop)
    await sell(shop, 10_000)
    payout = await payable.request(shop)
    lines = await shop.rows("SELECT net_cents FROM payout_lines WHERE payout_id = $1", payout.id)
    assert [line["net_cents"] for line in lines] == [1_000]
