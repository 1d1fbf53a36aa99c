"""Money of one sale that two sources say went back: it may be the same, so it is not taken from partners twice."""

from datetime import timedelta
from typing import Any

import pytest

from ledger.booking import resolutions
from ledger.booking.provider_reports import DisputeReport, RefundReport
from ledger.booking.resolutions import Answer
from ledger.sales.references import Reference
from ledger.types import TaskId, TransactionId
from tests.fixtures.invoices import sell
from tests.fixtures.ledger_shop import Shop
from tests.ledger.booking.told_sales import SOLD_AT, refund, report

CALLED = SOLD_AT + timedelta(days=1)


def by_caller(sale: TransactionId, cents: int, step: str = "r-1") -> RefundReport:
    return RefundReport(
        source="api",
        more_references=(Reference(kind="sale", reference=str(sale)),),
        step=f"{sale}:{step}",
        charge_cents=None,
        refunded_cents=cents,
        currency="EUR",
        sold_at=SOLD_AT,
        as_of=CALLED,
    )


def lost_dispute(cents: int) -> DisputeReport:
    return DisputeReport(
        payment_intent="pi_1",
        dispute="dp_1",
        status="lost",
        charge_cents=11900,
        disputed_cents=cents,
        currency="eur",
        sold_at=SOLD_AT,
        as_of=CALLED,
    )


async def refunded(shop: Shop) -> int:
    [sale] = await shop.rows("SELECT refunded_cents FROM transactions")
    return int(sale["refunded_cents"])


@pytest.mark.parametrize("stripe_first", [True, False])
@pytest.mark.parametrize("by_stripe", [refund(2000, as_of=CALLED), lost_dispute(2000)], ids=["refund", "dispute"])
async def test_the_same_part_told_by_stripe_and_by_a_caller_counts_once_and_is_asked_about(
    shop: Shop, by_stripe: Any, stripe_first: bool
) -> None:
    sale = await sell(shop)
    both = [by_stripe, by_caller(sale, 2000)]
    for told in both if stripe_first else both[::-1]:
        await report(shop, told)
    assert await refunded(shop) == 2000
    assert await shop.tasks() == [("refund_told_twice", str(sale))]


async def test_of_two_parts_the_larger_counts_until_a_person_says_that_both_do(shop: Shop) -> None:
    sale = await sell(shop)
    await report(shop, refund(2000, as_of=CALLED))
    await report(shop, by_caller(sale, 3000))
    assert await refunded(shop) == 3000
    [task] = await shop.rows("SELECT id, reason_params FROM tasks")
    assert task["reason_params"] == {"sources": "api, stripe"}
    async with shop.ledger.transaction(shop.tenant, cause="user:editor") as tx:
        await resolutions.resolve(tx, TaskId(task["id"]), Answer(action="both_count"), actor="user:editor")
    assert await refunded(shop) == 5000
    await report(shop, by_caller(sale, 3000))
    assert (await refunded(shop), await shop.tasks()) == (5000, [])


async def test_what_one_source_tells_step_by_step_adds_up_and_asks_nobody(shop: Shop) -> None:
    sale = await sell(shop)
    await report(shop, by_caller(sale, 2000))
    await report(shop, by_caller(sale, 2000, "r-2"))
    assert (await refunded(shop), await shop.tasks()) == (4000, [])


async def test_of_a_sale_that_went_back_wholly_nobody_is_asked(shop: Shop) -> None:
    sale = await sell(shop)
    await report(shop, by_caller(sale, 2000))
    await report(shop, refund(11900, as_of=CALLED))
    assert (await refunded(shop), await shop.tasks()) == (11900, [])


async def test_the_question_ends_once_all_of_it_went_back(shop: Shop) -> None:
    sale = await sell(shop)
    await report(shop, refund(2000, as_of=CALLED))
    await report(shop, by_caller(sale, 3000))
    assert await shop.tasks() == [("refund_told_twice", str(sale))]
    await report(shop, refund(11900, as_of=CALLED + timedelta(hours=1)))
    assert (await refunded(shop), await shop.tasks()) == (11900, [])


async def test_what_was_told_before_sources_were_kept_counts_as_it_did(shop: Shop) -> None:
    sale = await sell(shop)
    await report(shop, by_caller(sale, 2000))
    await shop.rows("UPDATE refunds SET source = NULL")
    await report(shop, refund(2000, as_of=CALLED))
    assert (await refunded(shop), await shop.tasks()) == (4000, [])


def failed(cents: int) -> RefundReport:
    return refund(cents, as_of=CALLED + timedelta(hours=1)).model_copy(update={"failed_refund": "re_1"})


async def test_a_refund_that_fails_is_taken_off_what_was_set_apart(shop: Shop) -> None:
    sale = await sell(shop)
    await report(shop, refund(2000, as_of=CALLED))
    await report(shop, by_caller(sale, 3000))
    [task] = await shop.rows("SELECT id FROM tasks")
    async with shop.ledger.transaction(shop.tenant, cause="user:editor") as tx:
        await resolutions.resolve(tx, TaskId(task["id"]), Answer(action="both_count"), actor="user:editor")
    await report(shop, failed(2000))
    assert await refunded(shop) == 3000


async def test_a_refund_that_fails_is_taken_off_one_that_was_told_before_sources_were_kept(shop: Shop) -> None:
    await sell(shop)
    await report(shop, refund(2000, as_of=CALLED))
    await shop.rows("UPDATE refunds SET source = NULL")
    await report(shop, failed(2000))
    assert await refunded(shop) == 0
