"""A Storno beside the booking of its original, and its own: nothing is taken back that is not settled in the books."""

import asyncio

import pytest

from ledger.documents import intents
from ledger.documents.intents import MaySend
from ledger.documents.own import issuing
from ledger.documents.own.issuing import OwnDocumentRow
from ledger.payouts import decisions, own_reversal_rows, own_reversals, own_stages, payouts
from ledger.payouts.payouts import Payout
from ledger.refusals import NotAllowedNow
from ledger.types import IntentId, PayoutState
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.own_payouts import deliver, handed_out
from tests.fixtures.payable import ask_for, look
from tests.ledger.payouts.test_own_reversals import ask, limit
from tests.money.test_netting import somebody_waits


async def booked(shop: Shop, payout: Payout) -> OwnDocumentRow:
    """Issued and in the books; nobody was given it."""
    issued = await deliver(shop, payout, handed_out=False)
    await shop.rows("UPDATE payouts SET document_stage = 'booked' WHERE number = $1", payout.number)
    return issued


async def intend(shop: Shop, payout: Payout, document: OwnDocumentRow) -> IntentId:
    """The document is about to be booked."""
    [row] = await shop.rows(
        """
        INSERT INTO creation_intents (tenant_id, kind, payout_id, own_document_id, marker, organization_id, content,
                                      content_hash, net_cents, gross_cents)
        VALUES ($1, 'purchaseinvoice', $2, $3, 'm', gen_random_uuid(), '{}', '', 1, 1) RETURNING id
        """,
        shop.tenant.id,
        payout.id,
        document.id,
    )
    return IntentId(row["id"])


async def test_before_its_booking_is_settled_nothing_is_taken_back(shop: Shop) -> None:
    """Else a credit note stands in the books against a voucher that may never have been made."""
    payout = await ask_for(shop, 10_000)
    document = await deliver(shop, payout, handed_out=False)
    with pytest.raises(NotAllowedNow, match="nothing_to_reverse_yet"):
        await ask(shop, payout.number)
    intent = await intend(shop, payout, document)
    with pytest.raises(NotAllowedNow, match="nothing_to_reverse_yet"):
        await ask(shop, payout.number)
    await shop.rows("UPDATE creation_intents SET sent_at = now(), deadline = now() WHERE id = $1", intent)
    with pytest.raises(NotAllowedNow, match="booking_under_way"):
        await ask(shop, payout.number)
    await shop.rows("UPDATE creation_intents SET closed_at = now() WHERE id = $1", intent)
    with pytest.raises(NotAllowedNow, match="nothing_to_reverse_yet"):
        await ask(shop, payout.number)
    await shop.rows("UPDATE creation_intents SET resource_id = gen_random_uuid() WHERE id = $1", intent)
    assert (await ask(shop, payout.number)).is_open


async def test_a_booking_of_which_nothing_was_sent_is_given_up_for_the_storno(shop: Shop) -> None:
    """One that waits for a person, of a document that was to be booked once more."""
    payout = await handed_out(shop, 10_000)
    async with shop.ledger.transaction(shop.tenant) as tx:
        document = await issuing.find_of_payout(tx, payout.id)
    assert document is not None
    await intend(shop, payout, document)
    assert (await ask(shop, payout.number)).is_open
    [row] = await shop.rows("SELECT closed_at FROM creation_intents")
    assert row["closed_at"] is not None


async def test_a_document_whose_storno_is_issued_is_not_closed_beside_it(shop: Shop) -> None:
    payout = await ask_for(shop, 10_000)
    await booked(shop, payout)
    asked = await ask(shop, payout.number)
    async with shop.ledger.transaction(shop.tenant) as tx:
        await own_reversal_rows.issue(tx, asked.id)
    with pytest.raises(NotAllowedNow, match="reversal_exists"):
        async with shop.ledger.transaction(shop.tenant) as tx:
            await decisions.cancel(tx, payout.number, actor="key:chief", reason="doch nicht")
    async with shop.ledger.transaction(shop.tenant) as tx:
        await own_stages.want_cancelled(tx, await payouts.lock(tx, payout.number), by="key:chief", reason="x")
        assert await own_stages.undo_cancelled(tx, await payouts.get(tx, payout.number)) is False
    assert (await look(shop, payout.number)).state is PayoutState.APPROVED


async def test_where_no_storno_comes_its_payout_looks_again(shop: Shop) -> None:
    payout = await ask_for(shop, 10_000)
    await booked(shop, payout)
    asked = await ask(shop, payout.number)
    assert await wants_recheck(shop, payout) is False
    async with shop.ledger.transaction(shop.tenant) as tx:
        await own_reversals.withdraw(tx, asked.id, by="key:chief", reason="doch richtig")
    assert await wants_recheck(shop, payout) is True
    await shop.rows("UPDATE payouts SET recheck_wanted_at = NULL")
    await limit(shop, 1)
    asked = await ask(shop, payout.number)
    async with shop.ledger.transaction(shop.tenant) as tx:
        await own_reversals.decide(tx, asked.id, confirmed=False, by="key:second", reason="stimmt doch")
    assert await wants_recheck(shop, payout) is True


async def wants_recheck(shop: Shop, payout: Payout) -> bool:
    [row] = await shop.rows("SELECT recheck_wanted_at FROM payouts WHERE id = $1", payout.id)
    return row["recheck_wanted_at"] is not None


async def test_a_storno_that_is_being_sent_is_not_withdrawn(shop: Shop) -> None:
    payout = await handed_out(shop, 10_000)
    asked = await ask(shop, payout.number)
    async with shop.ledger.transaction(shop.tenant) as tx:
        issued = await own_reversal_rows.issue(tx, asked.id)
    [row] = await shop.rows(
        """
        INSERT INTO creation_intents (tenant_id, kind, own_document_id, marker, organization_id, content, content_hash,
                                      net_cents, gross_cents)
        VALUES ($1, 'purchasecreditnote', $2, 'm', gen_random_uuid(), '{}', '', 1, 1) RETURNING id
        """,
        shop.tenant.id,
        issued.document_id,
    )

    async def withdraw() -> None:
        async with shop.ledger.transaction(shop.tenant) as tx:
            await own_reversals.withdraw(tx, asked.id, by="key:chief", reason="doch richtig")

    async with shop.ledger.transaction(shop.tenant) as tx:
        assert (await intents.may_send(tx, IntentId(row["id"]))).verdict is MaySend.YES
        withdrawing = asyncio.create_task(withdraw())
        await somebody_waits(tx)
    with pytest.raises(NotAllowedNow, match="reversal_is_booked"):
        await withdrawing
    async with shop.ledger.transaction(shop.tenant) as tx:
        assert (await own_reversal_rows.get(tx, asked.id)).is_open
