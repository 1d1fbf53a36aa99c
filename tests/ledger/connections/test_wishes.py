"""What somebody wants while another thing is under way is still wanted when that has ended."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from ledger import tasks
from ledger.access import tenants
from ledger.booking import resolutions
from ledger.booking.resolutions import Answer
from ledger.connections import connection_health, connections, wanted_schedules
from ledger.connections.wanted_schedules import ScheduleKind
from ledger.inbox import sweeps
from ledger.payouts import payouts
from ledger.reasons import Reason
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.payable import ask_for

WHY = Reason.of("connection_broken")


async def test_a_recheck_that_began_earlier_and_was_committed_later_stands(shop: Shop) -> None:
    payout = await ask_for(shop)
    async with shop.ledger.transaction(shop.tenant) as slow:
        await slow.execute("SELECT 1")
        async with shop.ledger.transaction(shop.tenant) as quick:
            await payouts.want_recheck(quick, payout.id)
        async with shop.ledger.transaction(shop.tenant) as tx:
            seen = await payouts.recheck_wanted(tx, payout.id)
        assert seen is not None
        # Here the quick one's wish is announced: the workflow sees nothing of the slow one.
        await payouts.want_recheck(slow, payout.id)
    async with shop.ledger.transaction(shop.tenant) as tx:
        await payouts.mark_rechecked(tx, payout.number, seen)
        assert await payouts.recheck_wanted(tx, payout.id) is not None


async def test_a_wish_to_look_back_outlives_the_pass_that_was_under_way(shop: Shop) -> None:
    tenant, long_ago = shop.tenant, datetime.now(UTC) - timedelta(days=30)

    async def ends(planned: sweeps.SweepState, *, compared_open: bool) -> None:
        seen = (planned.swept_until, planned.open_swept_at)
        async with shop.ledger.transaction(tenant) as tx:
            await sweeps.finish_pass(
                tx, began_at=planned.now, seen=seen, compared_open=compared_open, found=0, left_out=False
            )

    async def state() -> sweeps.SweepState:
        async with shop.ledger.transaction(tenant) as tx:
            return await sweeps.get_state(tx)

    await ends(await state(), compared_open=True)
    under_way = await state()
    async with shop.ledger.transaction(tenant) as tx:
        await sweeps.look_back(tx, to=long_ago, all_open=True)
    await ends(under_way, compared_open=True)
    wished = await state()
    assert (wished.swept_until, wished.open_swept_at) == (long_ago, None)
    await ends(wished, compared_open=True)
    assert (await state()).swept_until == wished.now


async def test_a_schedule_stays_wanted_when_its_day_changes_while_it_is_set(shop: Shop) -> None:
    tenant, kind = shop.tenant, ScheduleKind.PAYOUT_RUN

    async def day(day: int | None) -> None:
        async with shop.ledger.transaction(tenant) as tx:
            await tenants.change(tx, {"payout_run_day": day}, actor="key:x")

    async def wish() -> wanted_schedules.Wish | None:
        async with shop.ledger.transaction(tenant) as tx:
            return await wanted_schedules.read(tx, kind)

    async def is_set(as_wished: wanted_schedules.Wish) -> bool:
        async with shop.ledger.transaction(tenant) as tx:
            return await wanted_schedules.fulfilled(tx, kind, as_wished)

    await day(5)
    first = await wish()
    await day(20)
    second = await wish()
    assert first is not None
    assert second is not None
    assert (first.day, second.day) == (5, 20)
    assert await is_set(second)
    assert await wish() is None
    assert not await is_set(first), "whose word reached the engine last is unknown"
    third = await wish()
    assert third is not None
    assert (third.day, await is_set(third), await wish()) == (20, True, None)


async def both(first: Any, second: Any) -> list[BaseException | None]:
    outcomes: list[BaseException | None] = await asyncio.gather(first, second, return_exceptions=True)
    return [outcome for outcome in outcomes if isinstance(outcome, asyncpg.DeadlockDetectedError)]


async def test_two_refusals_of_one_key_at_once_do_not_wait_for_each_other(shop: Shop) -> None:
    asked_at, first_holds = datetime.now(UTC) + timedelta(hours=1), asyncio.Event()
    await shop.rows(
        """
        UPDATE provider_connections
           SET state = 'connected', secret_encrypted = '\\x00', secret_last4 = 'abcd', secret_saved_at = now(),
               organization_id = gen_random_uuid()
         WHERE provider = 'lexoffice'
        """
    )

    async def refused() -> None:
        async with shop.ledger.transaction(shop.tenant) as tx:
            await connections.has_key_since(tx, asked_at)
            first_holds.set()
            await asyncio.sleep(0.1)  # the other one asks here, and waits
            await connection_health.mark_broken(tx, Reason.of("api_key_rejected"))

    async def after_the_first() -> None:
        await first_holds.wait()
        await refused()

    assert await both(refused(), after_the_first()) == []


async def test_an_answer_and_the_end_of_its_question_do_not_wait_for_each_other(shop: Shop) -> None:
    payout = await ask_for(shop)
    about: Any = {"subject": "payout", "subject_id": payout.number}
    async with shop.ledger.transaction(shop.tenant) as tx:
        task = await tasks.ask(tx, tasks.NewTask(kind="payout_blocked", reason=WHY, actions=("retry",), **about))
    held = asyncio.Event()

    async def engine() -> None:
        async with shop.ledger.transaction(shop.tenant) as tx:
            await payouts.lock(tx, payout.number)
            held.set()
            await asyncio.sleep(0.2)  # the person's answer comes here
            await tasks.close_questions(tx, kinds=("payout_blocked",), by="engine", **about)

    async def person() -> None:
        await held.wait()
        async with shop.ledger.transaction(shop.tenant) as tx:
            await resolutions.resolve(tx, task, Answer(action="retry", reason="x"), actor="key:x")

    assert await both(engine(), person()) == []
