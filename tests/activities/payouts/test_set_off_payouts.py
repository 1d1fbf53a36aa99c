"""A payout that is set off in whole: its document is issued and delivered, and nobody transfers anything."""

import pytest

from ledger.bank import bank_candidates
from ledger.booking import settlement
from ledger.booking.settlement import Meaning, Verdict
from ledger.payouts import payouts
from ledger.types import EventState, PayoutState
from ledger.vault import Vault
from tests.activities.payouts.test_own_payouts import OwnDesk
from tests.fixtures.ledger_shop import Shop
from tests.ledger.payouts.test_set_offs import netted
from tests.money.invariants import broken


async def test_what_is_set_off_in_whole_is_paid_by_its_delivery(shop: Shop, vault: Vault) -> None:
    desk = OwnDesk(shop, (await netted(shop, 1_000)).number)
    await desk.approve()
    await desk.issue()
    await desk.deliver()
    paid = await desk.now()
    assert (paid.state, paid.payment_reference) == (PayoutState.PAID, paid.own_document_number)
    assert await desk.commissions() == {"paid"}
    async with shop.ledger.transaction(shop.tenant) as tx:
        assert (await bank_candidates.preview(tx, vault)).payouts == 0
    [document] = await shop.rows("SELECT transfer_cents FROM own_documents ORDER BY seq DESC LIMIT 1")
    assert document["transfer_cents"] == 0
    assert await broken(shop.ledger, shop.tenant) == []


async def test_the_rest_of_one_that_is_set_off_in_part_is_transferred(shop: Shop, vault: Vault) -> None:
    desk = OwnDesk(shop, (await netted(shop, 10_000)).number)
    await desk.approve()
    await desk.issue()
    await desk.deliver()
    assert (await desk.now()).state is PayoutState.CREDIT_NOTE_OPEN
    async with shop.ledger.transaction(shop.tenant) as tx:
        assert (await bank_candidates.preview(tx, vault)).gross_cents == 7_140


@pytest.mark.parametrize("meaning", [Meaning.OPEN, Meaning.PARTLY_PAID])
async def test_a_voucher_that_is_open_still_returns_nothing_that_is_set_off_in_whole(
    shop: Shop, meaning: Meaning
) -> None:
    desk = OwnDesk(shop, (await netted(shop, 1_000)).number)
    await desk.approve()
    await desk.issue()
    await desk.deliver()
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        told = await settlement.settle(tx, await payouts.lock(tx, desk.number), Verdict(meaning=meaning))
    assert (told.state, (await desk.now()).state) == (EventState.UNCHANGED, PayoutState.PAID)
