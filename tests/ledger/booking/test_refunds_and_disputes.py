"""What refunds and disputes take from a sale, in whatever order they are told."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

from ledger.types import EventState
from tests.fixtures.ledger_shop import Shop
from tests.ledger.booking.told_sales import booked, dispute, only_sale, refund, report, sale


async def test_a_full_refund_reverses_every_level(shop: Shop) -> None:
    await report(shop, sale(partner_code="ANNA"))
    outcome = await report(shop, refund(11900))
    row = await shop.transaction(booked(outcome))
    assert (row["state"], row["refunded_cents"], row["state_reason_code"]) == ("refunded", 11900, "refunded_by_stripe")
    assert {entry[3] for entry in await shop.commissions(row["id"])} == {"reversed"}
    assert (await report(shop, refund(11900))).state is EventState.UNCHANGED


async def test_a_part_refund_takes_its_share_of_every_level(shop: Shop) -> None:
    await report(shop, sale(partner_code="ANNA"))
    long_ago = datetime.now(UTC)
    outcome = await report(shop, refund(2000))
    row = await shop.transaction(booked(outcome))
    assert (row["state"], row["refunded_cents"]) == ("pending", 2000)
    assert [entry[2:4] for entry in await shop.commissions(row["id"])] == [
        (990, "pending"),
        (495, "pending"),
        (198, "pending"),
    ]
    assert await shop.tasks() == []
    # An earlier step told late takes nothing back; the last step makes it whole.
    assert (await report(shop, refund(1000, as_of=long_ago))).state is EventState.UNCHANGED
    await report(shop, refund(11900))
    assert (await shop.transaction(row["id"]))["state"] == "refunded"


async def test_a_refund_before_its_sale_is_not_revived_by_it(shop: Shop) -> None:
    first = await report(shop, refund(11900))
    later = await report(shop, sale(checkout_session="cs_1", partner_code="ANNA", tax_cents=1900))
    assert later.transaction_id == first.transaction_id
    row = await only_sale(shop)
    assert (row["state"], row["checkout_session"], row["base_cents"]) == ("refunded", "cs_1", 10000)
    assert [(entry[2], entry[3]) for entry in await shop.commissions(row["id"])] == [
        (1000, "reversed"),
        (500, "reversed"),
        (200, "reversed"),
    ]


async def test_sale_and_refund_at_once_end_refunded(shop: Shop) -> None:
    for number in range(5):
        pair = (sale(f"pi_{number}", partner_code="ANNA"), refund(11900, f"pi_{number}"))
        await asyncio.gather(*(report(shop, what) for what in pair))
    states = await shop.rows(
        "SELECT t.state, c.state FROM transactions t JOIN commissions c ON c.transaction_id = t.id"
    )
    assert {tuple(row) for row in states} == {("refunded", "reversed")}
    assert len(states) == 15


async def approve(shop: Shop, transaction_id: UUID) -> None:
    """As a paid invoice would."""
    async with shop.ledger.transaction(shop.tenant) as tx:
        await tx.execute(
            "UPDATE transactions SET state = 'approved', provisional = false WHERE id = $1", transaction_id
        )
        await tx.execute("UPDATE commissions SET state = 'approved', provisional = false")


async def test_an_open_dispute_holds_and_a_won_one_frees(shop: Shop) -> None:
    transaction_id = booked(await report(shop, sale(partner_code="ANNA")))
    await approve(shop, transaction_id)
    await report(shop, dispute("open"))
    row = await shop.transaction(transaction_id)
    assert (row["state"], row["open_holds"]) == ("approved", ["dispute"])
    assert {entry[3] for entry in await shop.commissions(transaction_id)} == {"pending"}
    await report(shop, dispute("won"))
    assert (await shop.transaction(transaction_id))["open_holds"] is None
    assert {entry[3] for entry in await shop.commissions(transaction_id)} == {"approved"}


async def test_a_lost_dispute_refunds(shop: Shop) -> None:
    transaction_id = booked(await report(shop, sale(partner_code="ANNA")))
    await report(shop, dispute("open"))
    await report(shop, dispute("lost"))
    row = await shop.transaction(transaction_id)
    assert (row["state"], row["open_holds"]) == ("refunded", None)
    assert {entry[3] for entry in await shop.commissions(transaction_id)} == {"reversed"}


async def test_a_won_dispute_does_not_free_an_own_purchase(shop: Shop) -> None:
    transaction_id = booked(await report(shop, sale(partner_code="ANNA", customer_email="anna@p.example")))
    await report(shop, dispute("open"))
    assert (await shop.transaction(transaction_id))["open_holds"] == ["own_purchase", "dispute"]
    await report(shop, dispute("won"))
    assert (await shop.transaction(transaction_id))["open_holds"] == ["own_purchase"]


async def test_a_dispute_lost_in_part_takes_its_share(shop: Shop) -> None:
    await report(shop, sale(partner_code="ANNA"))
    outcome = await report(shop, dispute("lost", disputed_cents=5950))
    assert (await shop.transaction(booked(outcome)))["state"] == "pending"
    assert [entry[2] for entry in await shop.commissions(booked(outcome))] == [595, 297, 119]


async def test_a_payout_loses_what_a_dispute_holds(shop: Shop) -> None:
    transaction_id = booked(await report(shop, sale(partner_code="CARL")))
    await approve(shop, transaction_id)
    number = await shop.payout("CARL")
    outcome = await report(shop, dispute("open"))
    assert outcome.payouts == (number,)
    assert await shop.commissions(transaction_id) == [(1, "CARL", 1190, "pending", "sale")]
