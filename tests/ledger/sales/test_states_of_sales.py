"""States of sales and commissions: what invoices, refunds and payouts move along the arrows of rules.md."""

import asyncio
import random
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from ledger.payouts import payout_lines, payouts
from ledger.reasons import Reason
from ledger.refusals import NothingDue
from ledger.types import EventState, PayoutState
from tests.fixtures.invoices import apply, booked, give_back, paid, sell, still, unpaid
from tests.fixtures.ledger_shop import Shop


async def row_states(shop: Shop, sale: UUID) -> tuple[str, list[tuple[int, int, str, str]]]:
    """State of the sale; (level, cents, state, kind) of its commissions."""
    commissions = [(level, cents, state, kind) for level, _, cents, state, kind in await shop.commissions(sale)]
    return (await shop.transaction(sale))["state"], commissions


def levels(state: str) -> list[tuple[int, int, str, str]]:
    return [(1, 1000, state, "sale"), (2, 500, state, "sale"), (3, 200, state, "sale")]


async def paid_sale(shop: Shop) -> tuple[UUID, Any]:
    sale = await sell(shop)
    invoice = paid(order_references=("pi_1",))
    await apply(shop, invoice)
    return sale, invoice


@pytest.mark.parametrize("was_paid", [True, False])
async def test_a_voided_invoice_refunds_its_sale(shop: Shop, was_paid: bool) -> None:
    sale = await sell(shop)
    invoice = paid(order_references=("pi_1",))
    await apply(shop, invoice if was_paid else unpaid(invoice))
    outcome = await apply(shop, still(invoice, status="voided"))
    assert outcome.changes["state"] == ["approved" if was_paid else "pending", "refunded"]
    assert await row_states(shop, sale) == ("refunded", levels("reversed"))
    assert (await shop.transaction(sale))["state_reason_code"] == "invoice_was_voided"
    assert (await apply(shop, still(invoice, status="voided"))).state is EventState.UNCHANGED


async def test_voided_before_paid_books_nothing(shop: Shop) -> None:
    outcome = await apply(shop, paid(status="voided", partner_code="ANNA"))
    assert outcome.state is EventState.UNCHANGED
    assert await shop.rows("SELECT 1 FROM transactions") == []


async def test_a_voided_invoice_that_names_a_known_sale_refunds_it(shop: Shop) -> None:
    sale = await sell(shop)
    await apply(shop, paid(order_references=("pi_1",), status="voided"))
    assert (await shop.transaction(sale))["state"] == "refunded"


async def test_an_invoice_written_anew_takes_the_place_of_the_voided_one(shop: Shop) -> None:
    sale, first = await paid_sale(shop)
    await apply(shop, still(first, status="voided"))
    second = paid(order_references=("pi_1",), voucher_number="RE-2", net_cents=9000, base_cents=9000, gross_cents=10710)
    await apply(shop, unpaid(second))
    assert (await shop.transaction(sale))["state"] == "pending"
    await apply(shop, second)
    assert await row_states(shop, sale) == (
        "approved",
        [(1, 900, "approved", "sale"), (2, 450, "approved", "sale"), (3, 180, "approved", "sale")],
    )
    assert await shop.history(sale) == [
        ("", "pending"),
        ("pending", "approved"),
        ("approved", "refunded"),
        ("refunded", "pending"),
        ("pending", "approved"),
    ]
    # What lexoffice repeats about the first one no longer concerns the sale.
    late = await apply(shop, still(first, status="voided"))
    assert late.state is EventState.UNCHANGED
    assert (await shop.transaction(sale))["state"] == "approved"


async def test_a_deleted_draft_is_detached_and_refunds_nothing(shop: Shop) -> None:
    sale = await sell(shop)
    draft = paid(order_references=("pi_1",), status="draft", paid_cents=0, paid_at=None)
    assert (await apply(shop, draft)).changes["invoice_number"] == [None, "RE-1"]
    assert (await shop.transaction(sale))["provisional"] is True
    outcome = await apply(shop, still(draft, status="deleted"))
    assert outcome.changes["invoice_number"] == ["RE-1", None]
    assert (await shop.transaction(sale))["state"] == "pending"
    assert (await apply(shop, still(draft, status="deleted"))).state is EventState.UNCHANGED
    await apply(shop, paid(order_references=("pi_1",), voucher_number="RE-2"))
    assert await row_states(shop, sale) == ("approved", levels("approved"))


async def test_a_partly_paid_invoice_stays_pending_and_says_so(shop: Shop) -> None:
    sale = await sell(shop)
    await apply(shop, unpaid(paid(order_references=("pi_1",)), paid_cents=4000))
    row = await shop.transaction(sale)
    assert (row["state"], row["paid_cents"], row["state_reason_code"]) == ("pending", 4000, "partly_paid")
    assert row["state_reason_params"] == {"paid": 4000, "gross": 11900}
    assert await row_states(shop, sale) == ("pending", levels("pending"))


async def test_an_unassigned_payment_returns_the_sale_to_pending(shop: Shop) -> None:
    sale, invoice = await paid_sale(shop)
    await apply(shop, unpaid(invoice))
    row = await shop.transaction(sale)
    assert (row["state"], row["paid_cents"], row["paid_at"]) == ("pending", 0, None)
    assert await row_states(shop, sale) == ("pending", levels("pending"))
    await apply(shop, invoice)
    assert await row_states(shop, sale) == ("approved", levels("approved"))


async def test_an_unassigned_payment_leaves_a_payout_that_has_no_document_yet(shop: Shop) -> None:
    sale, invoice = await paid_sale(shop)
    number = await shop.payout("BERT")
    outcome = await apply(shop, unpaid(invoice))
    assert (outcome.state, outcome.payouts) == (EventState.PROCESSED, (number,))
    assert await row_states(shop, sale) == ("pending", levels("pending"))
    assert [row["state"] for row in await shop.rows("SELECT state FROM payouts")] == ["cancelled"]


@pytest.mark.parametrize("settled", ["under way", "paid"])
async def test_an_unassigned_payment_after_the_payout_asks_a_person(shop: Shop, settled: str) -> None:
    sale, invoice = await paid_sale(shop)
    number = await shop.payout("BERT")
    await shop.document_under_way(number)
    if settled == "paid":
        await shop.pay(number)
    outcome = await apply(shop, unpaid(invoice))
    assert outcome.state is EventState.UNCHANGED
    assert (await shop.transaction(sale))["state"] == "approved"
    assert await shop.tasks() == [("unpaid_after_payout", str(sale))]
    await apply(shop, invoice)
    assert await shop.tasks() == []


async def test_an_invoice_not_paid_by_cash_is_refunded_with_the_reason(shop: Shop) -> None:
    sale = await sell(shop)
    reason = Reason.of("written_off_or_set_off")
    await apply(shop, paid(order_references=("pi_1",), base_cents=0, paid_cents=0, reason=reason))
    assert await row_states(shop, sale) == (
        "refunded",
        [(1, 1190, "reversed", "sale"), (2, 595, "reversed", "sale"), (3, 238, "reversed", "sale")],
    )
    assert (await shop.transaction(sale))["state_reason_code"] == reason.code


async def test_an_unknown_invoice_not_paid_by_cash_books_nothing(shop: Shop) -> None:
    outcome = await apply(shop, paid(base_cents=0, paid_cents=0, partner_code="ANNA"))
    assert outcome.state is EventState.UNCHANGED
    assert await shop.rows("SELECT 1 FROM transactions") == []


async def test_what_was_written_off_lowers_the_base(shop: Shop) -> None:
    sale = await sell(shop)
    reason = Reason.of("partly_written_off_or_set_off")
    await apply(shop, paid(order_references=("pi_1",), base_cents=5000, paid_cents=5950, reason=reason))
    assert (await row_states(shop, sale))[1][0] == (1, 500, "approved", "sale")
    assert (await shop.transaction(sale))["state_reason_code"] == reason.code


async def test_a_base_that_shrinks_before_the_payout_changes_the_open_payout(shop: Shop) -> None:
    sale, invoice = await paid_sale(shop)
    number = await shop.payout("ANNA")
    outcome = await apply(shop, still(invoice, base_cents=5000))
    assert outcome.payouts == (number,)
    assert (await row_states(shop, sale))[1] == [
        (1, 500, "approved", "sale"),
        (2, 250, "approved", "sale"),
        (3, 100, "approved", "sale"),
    ]


async def test_a_base_that_shrinks_after_the_payout_is_clawed_back(shop: Shop) -> None:
    sale, invoice = await paid_sale(shop)
    await shop.document_under_way(await shop.payout("ANNA"))
    await apply(shop, still(invoice, base_cents=5000))
    assert (await row_states(shop, sale))[1] == [
        (1, 1000, "in_payout", "sale"),
        (2, 250, "approved", "sale"),
        (3, 100, "approved", "sale"),
        (1, -500, "approved", "clawback"),
    ]
    await apply(shop, invoice)
    assert (await row_states(shop, sale))[1][3] == (1, -500, "reversed", "clawback")


async def test_a_refund_before_the_creation_intent_takes_the_line_out(shop: Shop) -> None:
    sale, invoice = await paid_sale(shop)
    number = await shop.payout("ANNA")
    outcome = await apply(shop, still(invoice, status="voided"))
    assert outcome.payouts == (number,)
    assert await row_states(shop, sale) == ("refunded", levels("reversed"))


async def test_a_refund_once_the_document_is_under_way_is_clawed_back_once(shop: Shop) -> None:
    sale, invoice = await paid_sale(shop)
    await shop.document_under_way(await shop.payout("ANNA"))
    voided = still(invoice, status="voided")
    assert (await apply(shop, voided)).payouts == ()
    expected = [
        (1, 1000, "in_payout", "sale"),
        (2, 500, "reversed", "sale"),
        (3, 200, "reversed", "sale"),
        (1, -1000, "approved", "clawback"),
    ]
    assert await row_states(shop, sale) == ("refunded", expected)
    assert (await apply(shop, voided)).state is EventState.UNCHANGED
    await give_back(shop)
    assert await row_states(shop, sale) == ("refunded", expected)


async def test_a_refund_after_the_payment_is_clawed_back_in_the_tax_case_of_its_line(shop: Shop) -> None:
    sale, invoice = await paid_sale(shop)
    number = await shop.payout("ANNA")
    await shop.document_under_way(number)
    await shop.pay(number)
    await apply(shop, still(invoice, status="voided"))
    rows = await shop.rows(
        "SELECT kind, net_cents, service_date, origin_id, id FROM commissions WHERE level = 1 ORDER BY seq"
    )
    assert [(row["kind"], row["net_cents"]) for row in rows] == [("sale", 1000), ("clawback", -1000)]
    assert rows[1]["service_date"] == rows[0]["service_date"]
    assert rows[1]["origin_id"] == rows[0]["id"]
    assert (await row_states(shop, sale))[0] == "refunded"


async def test_a_refund_taken_back_takes_the_clawback_back(shop: Shop) -> None:
    sale, invoice = await paid_sale(shop)
    number = await shop.payout("ANNA")
    await shop.document_under_way(number)
    await shop.pay(number)
    await apply(shop, still(invoice, status="voided"))
    await apply(shop, paid(order_references=("pi_1",), voucher_number="RE-2"))
    assert await row_states(shop, sale) == (
        "approved",
        [
            (1, 1000, "paid", "sale"),
            (2, 500, "approved", "sale"),
            (3, 200, "approved", "sale"),
            (1, -1000, "reversed", "clawback"),
        ],
    )


async def test_a_refund_taken_back_after_the_clawback_was_netted_is_earned_again(shop: Shop) -> None:
    sale, invoice = await paid_sale(shop)
    number = await shop.payout("ANNA")
    await shop.document_under_way(number)
    await shop.pay(number)
    await apply(shop, still(invoice, status="voided"))
    # Another, larger sale of ANNA is paid out together with the clawback.
    other = booked(await apply(shop, paid(partner_code="ANNA", base_cents=50000, net_cents=50000, gross_cents=59500)))
    netted = await shop.payout("ANNA")
    await shop.document_under_way(netted)
    await shop.pay(netted)
    second = paid(order_references=("pi_1",), voucher_number="RE-2")
    await apply(shop, second)
    of_anna = [row for row in (await row_states(shop, sale))[1] if row[0] == 1]
    assert of_anna == [
        (1, 1000, "paid", "sale"),
        (1, -1000, "paid", "clawback"),
        (1, 1000, "approved", "reissue"),
    ]
    await apply(shop, still(second, status="voided"))
    assert [row for row in (await row_states(shop, sale))[1] if row[3] == "reissue"] == [
        (1, 1000, "reversed", "reissue")
    ]
    assert (await row_states(shop, other))[1][0] == (1, 5000, "paid", "sale")


async def test_a_clawed_back_commission_that_leaves_its_payout_is_reversed_with_the_clawback(shop: Shop) -> None:
    """The credit note was voided in lexoffice after the refund: nothing was paid, nothing is to be taken back."""
    sale, invoice = await paid_sale(shop)
    number = await shop.payout("ANNA")
    await shop.document_under_way(number)
    await apply(shop, still(invoice, status="voided"))
    await cancel_payouts(shop)
    await apply(shop, still(invoice, status="voided"))
    of_anna = [row for row in (await row_states(shop, sale))[1] if row[0] == 1]
    assert of_anna == [(1, 1000, "reversed", "sale"), (1, -1000, "reversed", "clawback")]


async def test_a_held_sale_approves_without_releasing_its_commissions(shop: Shop) -> None:
    sale = await sell(shop, customer_email="anna@p.example")
    await apply(shop, paid(order_references=("pi_1",)))
    assert await row_states(shop, sale) == ("approved", levels("pending"))


async def test_a_payout_requested_while_an_invoice_is_voided_pays_nothing_for_it(shop: Shop) -> None:
    """Whoever comes second: no open commission of a refunded sale stays in a payout without a clawback."""
    for number in range(4):
        reference = f"pi_{number}"
        sale = await sell(shop, reference)
        invoice = paid(order_references=(reference,))
        await apply(shop, invoice)
        await asyncio.gather(apply(shop, still(invoice, status="voided")), shop.payout("ANNA"), return_exceptions=True)
        assert await row_states(shop, sale) == ("refunded", levels("reversed"))


async def cancel_payouts(shop: Shop) -> None:
    """The credit notes were voided before anything was transferred."""
    async with shop.ledger.transaction(shop.tenant) as tx:
        rows = await tx.fetch(
            "SELECT number FROM payouts WHERE state IN ('awaiting_approval', 'approved') ORDER BY seq FOR UPDATE"
        )
        await tx.execute("UPDATE creation_intents SET closed_at = now() WHERE closed_at IS NULL")
        for row in rows:
            payout = await payouts.get(tx, row["number"])
            await payouts.change_state(tx, payout, PayoutState.CANCELLED)
            await payout_lines.release(tx, payout.id)


@pytest.mark.parametrize("seed", range(8))
async def test_whatever_happens_each_level_is_given_exactly_what_its_sale_is_worth(shop: Shop, seed: int) -> None:
    """Payments, un-payments, voids and rewrites between payouts that go on, are paid or are cancelled."""
    chance = random.Random(seed)
    # Enough of other sales that a clawback never makes a payout negative.
    for number in range(3):
        await apply(shop, paid(partner_code="ANNA", order_references=(f"other-{number}",)))
    sale, invoice = await paid_sale(shop)
    for _ in range(14):
        step = chance.choice(["pay", "unpay", "void", "rewrite", "request", "under way", "transfer", "cancel"])
        if step == "pay":
            await apply(shop, invoice)
        elif step == "unpay":
            await apply(shop, unpaid(invoice))
        elif step == "void":
            await apply(shop, still(invoice, status="voided"))
        elif step == "rewrite":
            await apply(shop, still(invoice, status="voided"))
            invoice = paid(order_references=("pi_1",))
            await apply(shop, invoice)
        elif step == "request":
            try:
                await shop.payout(chance.choice(["ANNA", "BERT", "CARL"]))
            except NothingDue:
                pass  # everything is in a payout already
        elif step == "cancel":
            await cancel_payouts(shop)
        else:
            wanted = "awaiting_approval" if step == "under way" else "approved"
            for row in await shop.rows("SELECT number FROM payouts WHERE state = $1", wanted):
                await (shop.document_under_way if step == "under way" else shop.pay)(row["number"])
        state, rows = await row_states(shop, sale)
        for level, worth in ((1, 1000), (2, 500), (3, 200)):
            given = sum(cents for at, cents, its_state, _ in rows if at == level and its_state != "reversed")
            assert given == (0 if state == "refunded" else worth), (seed, step, state, rows)


async def test_the_cause_of_each_change_is_remembered(shop: Shop) -> None:
    sale, _ = await paid_sale(shop)
    causes: list[asyncpg.Record] = await shop.rows(
        "SELECT cause FROM state_changes WHERE subject_id = $1 ORDER BY seq", sale
    )
    assert [row["cause"] for row in causes] == ["stripe:test", "event:test"]
