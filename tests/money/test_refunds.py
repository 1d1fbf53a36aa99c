"""What money that went back does to commissions: in parts, in any order, before and after the payout, and back."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from ledger.booking import credited_invoices, provider_reports
from ledger.booking.credited_invoices import CreditFacts
from ledger.booking.outcome import Outcome
from ledger.booking.provider_reports import DisputeReport, RefundReport
from ledger.commissions import debts
from ledger.payouts import partner_balance, payout_lines, payout_requests, payouts
from ledger.payouts.partner_balance import Balance
from ledger.refusals import NothingDue
from ledger.types import EventState, PayoutState
from tests.fixtures.invoices import SOLD_AT, apply, booked, give_back, paid, sell, still
from tests.fixtures.ledger_shop import Shop, approve_directly

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


async def approved_sale(shop: Shop, reference: str = "pi_1", **more: Any) -> UUID:
    """100,00 € net: 10,00 € for ANNA, 5,00 € for BERT, 2,00 € for CARL."""
    sale = await sell(shop, reference)
    await apply(shop, paid(order_references=(reference,), **more))
    return sale


async def settle(shop: Shop, code: str = "ANNA", *, pay: bool = True) -> str:
    number = await shop.payout(code)
    await shop.document_under_way(number)
    if pay:
        await shop.pay(number)
    return number


async def of_level(shop: Shop, sale: UUID, level: int = 1) -> list[tuple[int, str, str]]:
    return [(cents, state, kind) for at, _, cents, state, kind in await shop.commissions(sale) if at == level]


async def refund_fails(shop: Shop, cents: int, *, refund: str = "re_1", intent: str = "pi_1") -> Outcome:
    async with shop.ledger.transaction(shop.tenant, cause="stripe:test") as tx:
        return await provider_reports.record_refund(
            tx,
            RefundReport(
                payment_intent=intent,
                charge_cents=None,
                refunded_cents=cents,
                currency="eur",
                sold_at=SOLD_AT,
                as_of=datetime.now(UTC),
                failed_refund=refund,
            ),
        )


async def dispute(shop: Shop, status: Any, cents: int, *, name: str = "dp_1", **more: Any) -> Outcome:
    at: dict[str, Any] = {"sold_at": SOLD_AT, "as_of": datetime.now(UTC)}
    async with shop.ledger.transaction(shop.tenant, cause="stripe:test") as tx:
        return await provider_reports.record_dispute(
            tx,
            DisputeReport(
                payment_intent="pi_1",
                dispute=name,
                status=status,
                charge_cents=11900,
                disputed_cents=cents,
                currency="eur",
                **at | more,
            ),
        )


async def credit(shop: Shop, note: CreditFacts) -> Outcome | None:
    async with shop.ledger.transaction(shop.tenant, cause="event:test") as tx:
        return await credited_invoices.apply_credit(tx, note)


def credit_note(invoice: UUID, gross_cents: int, **more: Any) -> CreditFacts:
    members: dict[str, Any] = {"status": "paidoff", "voucher_number": "GS-7", "updated_at": NOW, "resource_id": uuid4()}
    return CreditFacts(**members | {"gross_cents": gross_cents, "invoice_ids": (invoice,)} | more)


async def balance(shop: Shop, code: str = "ANNA") -> Balance:
    async with shop.ledger.transaction(shop.tenant) as tx:
        return await partner_balance.of_partner(tx, shop.partner[code].id)


async def rows(shop: Shop, sale: UUID, kind: str) -> Sequence[asyncpg.Record]:
    return await shop.rows("SELECT * FROM commissions WHERE transaction_id = $1 AND kind = $2 ORDER BY seq", sale, kind)


async def test_parts_refunded_one_after_another_sum_to_the_whole(shop: Shop) -> None:
    sale = await approved_sale(shop)
    left = []
    for refunded in (3967, 7933, 11899, 11900):
        await give_back(shop, refunded_cents=refunded)
        left.append([(await of_level(shop, sale, level))[0][:2] for level in (1, 2, 3)])
    # 10,00, 5,00 and 2,00 less round(commission × refunded ÷ 119,00), each time of all that was refunded so far.
    assert left == [
        [(667, "approved"), (333, "approved"), (133, "approved")],
        [(333, "approved"), (167, "approved"), (67, "approved")],
        [(1000, "reversed"), (500, "reversed"), (200, "reversed")],
        [(1000, "reversed"), (500, "reversed"), (200, "reversed")],
    ]
    assert (await balance(shop)).reversed_cents == 1000


async def test_a_part_refunded_before_the_document_leaves_the_payout_and_voids_the_approval(shop: Shop) -> None:
    sale = await approved_sale(shop)
    await approved_sale(shop, "pi_2", voucher_number="RE-2")
    number = await shop.payout("ANNA")
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await approve_directly(tx, number)
    await give_back(shop, refunded_cents=5950)
    async with shop.ledger.transaction(shop.tenant) as tx:
        payout = await payouts.get(tx, number)
    assert (payout.state, payout.net_cents) == (PayoutState.AWAITING_APPROVAL, 1000)
    assert await of_level(shop, sale) == [(500, "approved", "sale")]
    assert (await balance(shop)).open_cents == 500


async def test_a_payout_that_is_left_with_nothing_is_cancelled(shop: Shop) -> None:
    await approved_sale(shop)
    number = await shop.payout("ANNA")
    await give_back(shop, refunded_cents=1000)
    [row] = await shop.rows("SELECT state FROM payouts WHERE number = $1", number)
    assert row["state"] == "cancelled"


@pytest.mark.parametrize("pay", [False, True])
async def test_what_is_settled_is_clawed_back_with_document_sale_and_cause(shop: Shop, pay: bool) -> None:
    sale = await approved_sale(shop)
    await settle(shop, pay=pay)
    await give_back(shop, refunded_cents=1190)
    await give_back(shop, refunded_cents=5950)
    held = "paid" if pay else "in_payout"
    assert await of_level(shop, sale) == [
        (1000, held, "sale"),
        (-100, "approved", "clawback"),
        (-400, "approved", "clawback"),
    ]
    for row in await rows(shop, sale, "clawback"):
        assert (row["transaction_id"], row["cause"], row["cause_document"]) == (sale, "provider_refund", "pi_1")
        assert row["tax_case"] == "private"
    assert (await balance(shop)).open_cents == -500


async def test_a_claw_back_keeps_the_tax_case_of_its_line_when_the_partner_changes(shop: Shop) -> None:
    sale = await approved_sale(shop)
    await settle(shop)
    await give_back(shop, refunded_cents=5950)
    # Found out later: on that day the partner was a regular business already.
    await shop.rows(
        "INSERT INTO partner_tax_statuses (tenant_id, partner_id, status, valid_from, tax_number)"
        " SELECT tenant_id, id, 'regular', '2026-01-01', '12/345/67890' FROM partners WHERE code = 'ANNA'"
    )
    await approved_sale(shop, "pi_2", voucher_number="RE-2")
    number = await request(shop)
    held = await shop.rows(
        "SELECT p.tax_case, l.net_cents FROM payout_lines l JOIN payouts p ON p.id = l.payout_id WHERE p.number = $1",
        number,
    )
    assert [(row["tax_case"], row["net_cents"]) for row in held] == [("regular", 1000)]
    assert await of_level(shop, sale) == [(1000, "paid", "sale"), (-500, "approved", "clawback")]


async def request(shop: Shop, code: str = "ANNA") -> str:
    """A payout of what is due, with the partner as it is."""
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        made = await payout_requests.request_payout(tx, partner_code=code, actor="key:test")
    return made.number


async def test_a_refund_that_fails_takes_the_newest_claw_back_back_first(shop: Shop) -> None:
    sale = await approved_sale(shop)
    await settle(shop)
    await give_back(shop, refunded_cents=1190)
    await give_back(shop, refunded_cents=5950)
    await refund_fails(shop, 4760)
    assert await of_level(shop, sale) == [
        (1000, "paid", "sale"),
        (-100, "approved", "clawback"),
        (-400, "reversed", "clawback"),
    ]
    await refund_fails(shop, 595, refund="re_2")
    assert (await of_level(shop, sale))[1:] == [(-50, "approved", "clawback"), (-400, "reversed", "clawback")]
    assert (await balance(shop)).open_cents == -50


async def test_a_refund_that_fails_after_it_was_netted_is_earned_again(shop: Shop) -> None:
    sale = await approved_sale(shop)
    await settle(shop)
    await give_back(shop, refunded_cents=5950)
    await approved_sale(shop, "pi_2", voucher_number="RE-2")
    await settle(shop)
    await refund_fails(shop, 5950)
    assert await of_level(shop, sale) == [
        (1000, "paid", "sale"),
        (-500, "paid", "clawback"),
        (500, "approved", "reissue"),
    ]
    assert (await refund_fails(shop, 5950)).state is EventState.UNCHANGED


async def test_a_refund_that_failed_before_a_later_look_at_its_charge_counts_once(shop: Shop) -> None:
    sale = await approved_sale(shop)
    await give_back(shop, refunded_cents=5950)
    await refund_fails(shop, 5950)
    await give_back(shop, refunded_cents=1190)  # Stripe has taken the failed one off already
    assert await of_level(shop, sale) == [(900, "approved", "sale")]


async def test_refund_and_lost_dispute_of_one_charge_add_up(shop: Shop) -> None:
    sale = await approved_sale(shop)
    await give_back(shop, refunded_cents=5950)
    await dispute(shop, "open", 5950)
    assert (await shop.transaction(sale))["open_holds"] == ["dispute"]
    await dispute(shop, "lost", 5950)
    row = await shop.transaction(sale)
    assert (row["state"], row["refunded_cents"], row["open_holds"]) == ("refunded", 11900, None)
    await dispute(shop, "won", 5950)
    assert await of_level(shop, sale) == [(500, "approved", "sale")]


async def test_two_disputes_hold_until_both_are_decided(shop: Shop) -> None:
    sale = await approved_sale(shop)
    await dispute(shop, "open", 1000)
    await dispute(shop, "open", 1000, name="dp_2")
    await dispute(shop, "won", 1000)
    assert (await shop.transaction(sale))["open_holds"] == ["dispute"]
    await dispute(shop, "won", 1000, name="dp_2")
    assert await of_level(shop, sale) == [(1000, "approved", "sale")]


async def test_a_sale_whose_dispute_was_known_first_is_of_its_own_day(shop: Shop) -> None:
    """Partner, plan, tier and tax status are those of the day of the sale."""
    in_may = SOLD_AT.replace(month=5)
    await dispute(shop, "won", 5950, sold_at=in_may, as_of=in_may)
    sale = await sell(shop)
    assert (await shop.transaction(sale))["sold_at"] == SOLD_AT
    days = await shop.rows("SELECT DISTINCT service_date FROM commissions WHERE transaction_id = $1", sale)
    assert [row["service_date"] for row in days] == [SOLD_AT.date()]


async def test_a_credit_note_that_names_the_invoice_is_a_refund_until_it_is_voided(shop: Shop) -> None:
    invoice = paid(partner_code="ANNA")
    sale = booked(await apply(shop, invoice))
    note = credit_note(invoice.resource_id, 2380)
    outcome = await credit(shop, note)
    assert outcome is not None
    assert outcome.changes["refunded_cents"] == [0, 2380]
    assert await of_level(shop, sale) == [(800, "approved", "sale")]
    again = await credit(shop, note)
    assert again is not None
    assert again.state is EventState.UNCHANGED
    await credit(shop, note.model_copy(update={"status": "voided", "updated_at": NOW + timedelta(hours=1)}))
    assert await of_level(shop, sale) == [(1000, "approved", "sale")]


async def test_a_credit_note_over_the_whole_invoice_reverses_the_sale(shop: Shop) -> None:
    invoice = paid(partner_code="ANNA")
    sale = booked(await apply(shop, invoice))
    await settle(shop)
    await credit(shop, credit_note(invoice.resource_id, 11900))
    assert (await shop.transaction(sale))["state"] == "refunded"
    [back] = [row for row in await rows(shop, sale, "clawback") if row["level"] == 1]
    assert (back["net_cents"], back["cause"], back["cause_document"]) == (-1000, "credit_note", "GS-7")


async def test_a_credit_note_that_names_no_invoice_of_a_sale_is_none_of_ours(shop: Shop) -> None:
    assert await credit(shop, credit_note(uuid4(), 1000)) is None


async def test_the_same_money_given_back_by_stripe_and_by_a_credit_note_counts_once(shop: Shop) -> None:
    sale = await sell(shop)
    invoice = paid(order_references=("pi_1",))
    await apply(shop, invoice)
    await give_back(shop, refunded_cents=5950)
    await credit(shop, credit_note(invoice.resource_id, 5950))
    assert await of_level(shop, sale) == [(500, "approved", "sale")]
    # lexoffice shows it among the payments as well: the base is lower, and nothing more is taken.
    await apply(shop, still(invoice, base_cents=5000, paid_cents=5950, credited_cents=5950))
    assert await of_level(shop, sale) == [(500, "approved", "sale")]
    await give_back(shop, refunded_cents=11900)
    assert (await of_level(shop, sale))[0][1] == "reversed"


async def test_a_payment_that_a_credit_note_replaced_is_clawed_back_by_the_base(shop: Shop) -> None:
    invoice = paid(partner_code="ANNA")
    sale = booked(await apply(shop, invoice))
    await settle(shop)
    await apply(shop, still(invoice, base_cents=7500, paid_cents=8925, credited_cents=2975))
    [back] = [row for row in await rows(shop, sale, "clawback") if row["level"] == 1]
    assert (back["net_cents"], back["cause"], back["cause_document"]) == (-250, "credit_note", "RE-1")
    assert (await of_level(shop, sale, 2)) == [(375, "approved", "sale")]


@pytest.mark.parametrize(
    ("base", "cash", "earned"),
    [(5000, 5950, 500), (9700, 11543, 970)],
    ids=["half of it written off", "3 % of discount that lowers the base"],
)
async def test_all_that_was_paid_given_back_reverses_all_that_was_earned(
    shop: Shop, base: int, cash: int, earned: int
) -> None:
    sale = await sell(shop)
    invoice = paid(order_references=("pi_1",), base_cents=base, paid_cents=cash, written_off_cents=11900 - cash)
    await apply(shop, invoice)
    assert await of_level(shop, sale) == [(earned, "approved", "sale")]
    half = credit_note(invoice.resource_id, cash // 2)
    await credit(shop, half)
    assert await of_level(shop, sale) == [(earned // 2, "approved", "sale")]
    await credit(shop, credit_note(invoice.resource_id, cash - cash // 2))
    assert await of_level(shop, sale) == [(earned, "reversed", "sale")]


async def test_debts_beyond_what_is_due_are_carried_and_shown(shop: Shop) -> None:
    await approved_sale(shop)
    await settle(shop)
    await give_back(shop)
    owed = await balance(shop)
    assert (owed.open_cents, owed.paid_cents, owed.owes_since is not None) == (-1000, 1000, True)
    await approved_sale(shop, "pi_2", base_cents=4000, net_cents=4000, gross_cents=4760, voucher_number="RE-2")
    with pytest.raises(NothingDue, match="not_above_zero"):
        await shop.payout("ANNA")
    assert (await balance(shop)).open_cents == -600


@pytest.mark.parametrize(("percent", "cents", "netted"), [(50, None, 500), (100, 300, 300), (25, 9999, 250)])
async def test_a_payout_is_lowered_within_the_limit_and_the_rest_waits(
    shop: Shop, percent: int, cents: int | None, netted: int
) -> None:
    sale = await approved_sale(shop)
    await settle(shop)
    await give_back(shop)
    await shop.rows("UPDATE tenants SET clawback_limit_percent = $1, clawback_limit_cents = $2", percent, cents)
    await approved_sale(shop, "pi_2", voucher_number="RE-2")
    number = await shop.payout("ANNA")
    [payout] = await shop.rows("SELECT net_cents FROM payouts WHERE number = $1", number)
    assert payout["net_cents"] == 1000 - netted
    back = await rows(shop, sale, "clawback")
    of_anna = [(row["net_cents"], row["state"], row["tax_case"]) for row in back if row["level"] == 1]
    assert of_anna == [(-netted, "in_payout", "private"), (netted - 1000, "approved", "private")]
    assert (await balance(shop)).open_cents == netted - 1000


async def test_a_debt_of_180_days_is_a_task_until_it_is_gone(shop: Shop) -> None:
    await approved_sale(shop)
    await settle(shop)
    await give_back(shop)

    async def look() -> int:
        async with shop.ledger.transaction(shop.tenant) as tx:
            return await debts.ask_about_old_debts(tx)

    assert await look() == 0
    await shop.rows("UPDATE commissions SET created_at = created_at - interval '181 days' WHERE kind = 'clawback'")
    assert await look() == 1
    assert await shop.tasks() == [("partner_owes_too_long", str(shop.partner["ANNA"].id))]
    await refund_fails(shop, 11900)
    assert (await look(), await shop.tasks()) == (0, [])


async def test_a_payout_that_came_back_counts_no_more_and_its_claw_backs_count_once(shop: Shop) -> None:
    sale = await approved_sale(shop)
    first = await settle(shop)
    await give_back(shop, refunded_cents=5950)
    await approved_sale(shop, "pi_2", voucher_number="RE-2")
    second = await settle(shop)
    for number in (second, first):
        async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
            payout = await payouts.lock(tx, number)
            await payouts.change_state(tx, payout, PayoutState.RETURNED)
            returned = await payouts.lock(tx, number)
            await payouts.change_state(tx, returned, PayoutState.CANCELLED)
            await payout_lines.release(tx, payout.id)
            await payout_lines.reissue_paid(tx, payout.id)
    owed = await balance(shop)
    assert (owed.paid_cents, owed.open_cents) == (0, 500 + 1000)
    await give_back(shop)
    assert (await balance(shop)).open_cents == 1000
    await refund_fails(shop, 11900)
    assert (await balance(shop)).open_cents == 2000
    assert sale is not None
