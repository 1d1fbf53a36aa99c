"""What a Storno does next, by what became of the voucher that it takes back."""

from datetime import timedelta

from activities.models import Step
from activities.payouts.reversal_steps import plan_reversal_step
from activities.payouts.voucher_again import open_booking_again
from ledger.booking import voucher_ends
from ledger.payouts import decisions, own_reversal_rows, own_reversals, payouts
from ledger.payouts.own_reversal_rows import Ground
from ledger.payouts.own_reversals import Wanted
from ledger.payouts.payouts import Payout
from ledger.types import PayoutState
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.own_payouts import deliver, handed_out
from tests.fixtures.payable import ask_for, look

WAIT = timedelta(minutes=15)
WANTED = Wanted(ground=Ground.ERROR, reason="falscher Satz")


async def deleted(shop: Shop, payout: Payout) -> None:
    """Its voucher is gone in lexoffice."""
    await shop.rows(
        """
        INSERT INTO external_documents (tenant_id, provider, organization_id, kind, resource_id, payout_id,
                                        own_document_id, status, net_cents, tax_cents, gross_cents, open_cents)
        SELECT p.tenant_id, 'lexoffice', gen_random_uuid(), 'purchaseinvoice', gen_random_uuid(), p.id, d.id,
               'deleted', p.net_cents, p.tax_cents, p.gross_cents, p.gross_cents
          FROM payouts p JOIN own_documents d ON d.payout_id = p.id WHERE p.number = $1
        """,
        payout.number,
    )


async def next_step(shop: Shop, payout: Payout) -> Step:
    """Of the payout's Storno, asked for and issued here."""
    async with shop.ledger.transaction(shop.tenant) as tx:
        asked = await own_reversals.ask(tx, payout.number, WANTED, by="key:chief")
    async with shop.ledger.transaction(shop.tenant) as tx:
        await own_reversal_rows.issue(tx, asked.id)
    async with shop.ledger.transaction(shop.tenant) as tx:
        held = await own_reversal_rows.hold(tx, asked.id)
        return (await plan_reversal_step(tx, held, unclear_wait=WAIT)).step


async def test_what_was_deleted_in_the_books_is_not_taken_back_there_a_second_time(shop: Shop) -> None:
    payout = await handed_out(shop, 10_000)
    await deleted(shop, payout)
    assert await next_step(shop, payout) is Step.DELIVER
    assert await shop.rows("SELECT 1 FROM creation_intents") == []
    assert await shop.rows("SELECT 1 FROM tasks") == []


async def test_deleted_before_anybody_had_it_the_storno_ends_at_once(shop: Shop) -> None:
    payout = await ask_for(shop, 10_000)
    await deliver(shop, payout, handed_out=False)
    await shop.rows("UPDATE payouts SET document_stage = 'booked' WHERE number = $1", payout.number)
    await deleted(shop, payout)
    assert await next_step(shop, payout) is Step.END
    assert (await look(shop, payout.number)).state is PayoutState.CANCELLED


async def test_what_is_being_taken_back_is_not_booked_once_more(shop: Shop) -> None:
    payout = await handed_out(shop, 10_000)
    await deleted(shop, payout)
    async with shop.ledger.transaction(shop.tenant) as tx:
        await own_reversals.ask(tx, payout.number, WANTED, by="key:chief")
    async with shop.ledger.transaction(shop.tenant) as tx:
        detail = {"kind": voucher_ends.GONE, "action": "book_again"}
        await decisions.resolve(tx, payout.number, actor="key:x", reason="x", detail=detail)
        locked = await payouts.get(tx, payout.number)
        assert await voucher_ends.find_order(tx, payout.id) is not None
        assert await open_booking_again(tx, locked) is None
