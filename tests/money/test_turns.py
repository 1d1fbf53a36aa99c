"""Who wants the same payouts and commissions at one moment takes turns, and nobody is ended for it."""

import asyncio

from ledger.booking.outcome import read_state, settled
from ledger.payouts import clawbacks, decisions, payout_requests, payouts
from ledger.sales import transactions
from ledger.types import TransactionId
from tests.fixtures.ledger_shop import Shop
from tests.money.test_netting import somebody_waits
from tests.money.test_refunds import approved_sale, of_level


async def test_an_invoice_that_lowers_the_base_and_a_cancelled_payout_take_turns(shop: Shop) -> None:
    sale = TransactionId(await approved_sale(shop))
    number = await shop.payout("ANNA")

    async def lower() -> None:
        async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
            before = await read_state(tx, (await transactions.lock(tx, sale)).id)
            await tx.execute("UPDATE transactions SET base_cents = base_cents / 2 WHERE id = $1", sale)
            await settled(tx, before, sale)

    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await payouts.lock(tx, number)
        lowering = asyncio.create_task(lower())
        await somebody_waits(tx)
        await decisions.cancel(tx, number, actor="user:second", reason="Test")
    await lowering
    assert [(cents, state) for cents, state, _ in await of_level(shop, sale)] == [(500, "approved")]


async def test_what_a_payout_takes_while_its_sale_is_looked_at_is_seen(shop: Shop) -> None:
    sale = TransactionId(await approved_sale(shop))

    async def hold() -> frozenset[str]:
        async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
            await transactions.lock(tx, sale)
            return frozenset(await clawbacks.hold(tx, sale))

    await shop.payout("ANNA")
    [payout] = await shop.rows("SELECT number FROM payouts")
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await decisions.cancel(tx, payout["number"], actor="user:second", reason="Test")
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        made = await payout_requests.request_payout(tx, partner_code="ANNA", actor="key:test")
        holding = asyncio.create_task(hold())
        await somebody_waits(tx)
    assert await holding == frozenset([made.number])
