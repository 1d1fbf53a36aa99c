"""Scenes of what runs by itself: schedules, PDFs, payout runs, sweeps, subscriptions, mails."""

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from temporalio.exceptions import ApplicationError

from ledger.access import memberships, users
from ledger.payouts import payout_run_starts, payout_runs
from ledger.roles import Role
from ledger.types import BERLIN
from sandbox.webhook_receiver import receiving
from tests.fixtures.desk import (
    earned,
    fault,
    handed_over,
    mended,
    with_open_credit_note,
)
from tests.fixtures.house import Shop, until
from tests.fixtures.statement_desk import bring, out, sent_by_file
from tests.record_histories.recorder import Recorder
from tests.record_histories.waiting import Handle, count_attempts, count_events, is_under_way, rests, wait_until_ended
from workflows.messages import (
    EndpointInput,
    PayoutRunInput,
    RunProgress,
    events_out_workflow_id,
    papers_workflow_id,
    statement_workflow_id,
)


async def schedules(to: Recorder) -> None:
    shop = await to.shop()
    await earned(shop, 1_000)
    engine = to.product.house.engine
    for name, workflow, argument in (
        ("handover", "HandoverWorkflow", None),
        ("subscriptions", "SubscriptionsWorkflow", shop.tenant),
        ("sweep", "SweepWorkflow", {"tenant": shop.tenant}),
    ):
        handle: Handle = await engine.start_workflow(
            workflow,
            args=[] if argument is None else [argument],
            id=f"{name}/{shop.tenant.slug}-recorded",
            task_queue="payouts",
        )
        await handle.result()
        await to.keep(name, handle)


async def papers(to: Recorder) -> None:
    """The PDFs of a tenant's credit notes: kept, of a draft which has none, and with a key that is refused."""
    for name in ("kept", "missed", "refused"):
        shop = await to.shop()
        payouts = [await with_open_credit_note(shop) for _ in range(2)]
        if name == "missed":
            await shop.click(payouts[0]["credit_note_id"], "reopen")
        if name == "refused":
            await fault(shop, "unauthorized_401", method="GET", times=1)
        await shop.rows("UPDATE papers_wanted SET next_try_at = now()")
        await handed_over(shop.house)
        handle: Handle = to.product.house.engine.get_workflow_handle(papers_workflow_id(shop.tenant))
        await wait_until_ended(handle)
        await to.keep(f"papers-{name}", handle)


async def statements(to: Recorder) -> None:
    """A file of the bank, compared with the payouts."""
    shop = await to.shop()
    payout = await sent_by_file(shop)
    await bring(shop, out(payout))
    [file] = await shop.rows("SELECT id FROM statement_files")
    handle: Handle = to.product.house.engine.get_workflow_handle(statement_workflow_id(shop.tenant, file["id"]))
    await wait_until_ended(handle)
    await to.keep("statement-compared", handle)


async def events_out(to: Recorder) -> None:
    """An endpoint that is told, one that takes nothing yet, and the same once it does."""
    async with receiving() as hearer:
        hearer.answering = lambda call: 204 if call.path.endswith("/well") else 500
        for name, taken in (("told", "/well"), ("waits", "/ill")):
            shop = await to.shop()
            endpoint = await shop.api("POST", "/webhook-endpoints", {"url": hearer.url + taken})
            await shop.api("POST", f"/webhook-endpoints/{endpoint['id']}/ping")
            await handed_over(to.product.house)
            told = EndpointInput(tenant=shop.tenant, endpoint=endpoint["id"])
            handle: Handle = to.product.house.engine.get_workflow_handle(events_out_workflow_id(told))
            if name == "waits":
                await until(lambda handle=handle: rests(handle), bool, "the wait for another try")  # type: ignore[misc]
                await to.keep("events_out-waits", handle)
                hearer.answering = lambda call: 204
                await shop.partner("EMIL")
                await handed_over(to.product.house)
                name = "woken"
            await wait_until_ended(handle)
            await to.keep(f"events_out-{name}", handle)


async def hold_payout_runs(to: Recorder) -> None:
    """A run under way and done, a rehearsal, one that is not held, one that was cancelled, one that goes on as new."""
    engine = to.product.house.engine

    async def row(shop: Shop, *, rehearsal: bool = False) -> UUID:
        async with to.product.house.ledger.transaction(shop.tenant) as tx:
            run = await payout_run_starts.request(tx, cut_off=cut_off, rehearsal=rehearsal, by="key:recorder")
        return run.id

    async def begun(shop: Shop, name: str, **wanted: Any) -> Handle:
        handle: Handle = await engine.start_workflow(
            "PayoutRunWorkflow",
            PayoutRunInput(tenant=shop.tenant, **wanted),
            id=f"payout-run/{shop.tenant.slug}/{name}",
            task_queue="payouts",
        )
        return handle

    shop = await to.shop()
    await earned(shop, 10_000, 20_000)
    cut_off = payout_runs.cut_off_of(datetime.now(BERLIN).date())
    rehearsed = await begun(shop, "rehearsal", run=await row(shop, rehearsal=True))
    assert await rehearsed.result() == "done"
    await to.keep("payout_run-rehearsal", rehearsed)
    wanted = await row(shop)
    async with to.product.house.ledger.transaction(shop.tenant) as tx:
        await tx.execute("SELECT 1 FROM partners FOR UPDATE")  # the batch waits for us
        running = await begun(shop, "run", run=wanted)
        await until(lambda: count_events(running), lambda found: found >= 17, "the batch is under way")
        await to.keep("payout_run-running", running)
    assert await running.result() == "done"
    await to.keep("payout_run-done", running)
    again = await begun(shop, "again", run=uuid4())
    assert await again.result() == "not held"
    await to.keep("payout_run-not_held", again)
    other = await to.shop()
    run = uuid4()
    async with to.product.house.ledger.transaction(other.tenant) as tx:
        await payout_runs.begin(tx, run, cut_off=cut_off, rehearsal=False, requested_by="key:recorder")
        await payout_runs.cancel(tx, run, by="key:recorder", reason="Test")
    progress = RunProgress(run=run, period=payout_runs.period_of(cut_off), rehearsal=False)
    cancelled_one = await begun(other, "cancelled", run=run, progress=progress)
    assert await cancelled_one.result() == "cancelled"
    await to.keep("payout_run-cancelled", cancelled_one)
    large = await to.shop()
    await _many_partners(large, 5_100)
    goes_on = await begun(large, "continued", run=await row(large, rehearsal=True))
    first = (await goes_on.describe()).run_id
    assert await goes_on.result() == "done"
    await to.keep("payout_run-continued", engine.get_workflow_handle(goes_on.id, run_id=first))
    await to.keep("payout_run-continued-done", engine.get_workflow_handle(goes_on.id))


async def _many_partners(shop: Shop, count: int) -> None:
    """With something open each, so that a run has more batches than fit into one history."""
    await shop.rows(
        """
        WITH sale AS (INSERT INTO transactions (tenant_id, source, base_cents, gross_cents, provisional, sold_at)
                      VALUES ($1, 'api', 1000, 1190, true, now()) RETURNING id),
             many AS (INSERT INTO partners (tenant_id, code, name)
                      SELECT $1, 'M' || n, 'M' FROM generate_series(1, $2::int) n RETURNING id)
        INSERT INTO commissions (tenant_id, kind, transaction_id, partner_id, level, base_cents, net_cents, state,
                                 provisional, service_date)
        SELECT $1, 'correction', sale.id, many.id, 1, 1000, 100, 'pending', true, now()::date FROM sale, many
        """,
        shop.tenant.id,
        count,
    )


async def passes(to: Recorder) -> None:
    """Sweeps and the upkeep of subscriptions: how they end, and while lexoffice is away."""
    engine = to.product.house.engine

    async def begun(name: str, workflow: str, shop: Shop) -> Handle:
        argument = {"tenant": shop.tenant} if workflow == "SweepWorkflow" else shop.tenant
        handle: Handle = await engine.start_workflow(
            workflow, argument, id=f"{name}/{shop.tenant.slug}-recorded", task_queue="payouts"
        )
        return handle

    async def ended(name: str, workflow: str, shop: Shop, result: str) -> None:
        handle = await begun(name, workflow, shop)
        assert await handle.result() == result, name
        await to.keep(name, handle)

    async def away(name: str, workflow: str, path: str) -> None:
        shop = await to.shop()
        await fault(shop, "unavailable_503", method="GET", path=path)
        handle = await begun(name, workflow, shop)
        await until(lambda: count_attempts(handle), lambda seen: seen >= 2, f"{name} tries again")
        await to.keep(name, handle)
        await mended(shop)
        await wait_until_ended(handle)

    shop = await to.shop()
    await shop.hook("PUT", "notification-faults", {"dropRate": 1.0, "seed": 1})
    invoice = await shop.write_invoice(remark="Partner: ANNA")
    await shop.click(invoice["id"], "pay")
    await ended("sweep-found", "SweepWorkflow", shop, "1 found")
    await ended("sweep-nothing_new", "SweepWorkflow", shop, "0 found")
    await fault(shop, "forbidden_403", method="GET", path="voucherlist")
    await ended("sweep-not_finished", "SweepWorkflow", shop, "not finished")
    await shop.api("DELETE", "/providers/lexoffice/key")
    await ended("sweep-not_connected", "SweepWorkflow", shop, "not connected")
    await away("sweep-lexoffice_away", "SweepWorkflow", "voucherlist")

    shop = await to.shop()
    await fault(shop, "conflict_409", path="event-subscriptions")
    await ended("subscriptions-failing", "SubscriptionsWorkflow", shop, "failing")
    await mended(shop)
    await ended("subscriptions-set_up", "SubscriptionsWorkflow", shop, "healthy")
    await ended("subscriptions-nothing_to_do", "SubscriptionsWorkflow", shop, "healthy")
    await away("subscriptions-lexoffice_away", "SubscriptionsWorkflow", "event-subscriptions")


async def subscriptions_asked_for_twice(to: Recorder) -> None:
    """While lexoffice is away somebody asks again: the upkeep begins once more when it has ended."""
    shop = await to.shop()
    await fault(shop, "unavailable_503", method="GET", path="event-subscriptions")
    handle = to.product.house.engine.get_workflow_handle(f"subscriptions/{shop.tenant.slug}")
    for _ in range(2):
        await shop.api("POST", "/providers/lexoffice/subscriptions")
        await until(lambda: count_attempts(handle), lambda seen: seen >= 2, "another try")
    await to.keep("subscriptions-asked_again", handle)
    await mended(shop)
    await wait_until_ended(handle)
    await to.keep("subscriptions-begun_once_more", handle)


async def profiles(to: Recorder) -> None:
    """A sweep that looks at the tax profile as well, and one whose look is refused."""
    for name, refused in (("sweep-profile_read", False), ("sweep-profile_refused", True)):
        shop = await to.shop()
        await shop.rows("UPDATE provider_connections SET checked_at = NULL WHERE provider = 'lexoffice'")
        if refused:
            await fault(shop, "forbidden_403", method="GET", path="profile")
        handle: Handle = await to.product.house.engine.start_workflow(
            "SweepWorkflow", {"tenant": shop.tenant}, id=f"{name}/{shop.tenant.slug}-recorded", task_queue="payouts"
        )
        await handle.result()
        await to.keep(name, handle)


async def mails(to: Recorder) -> None:
    """One that was sent, one that nobody had to be told any more, one refused, one tried again, one given up."""
    house, box = to.product.house, to.product.house.postbox
    assert box is not None

    async def begun(name: str, address: str) -> Handle:
        """Stripe's connection breaks, of which admins are told."""
        shop = await to.shop()
        user, _ = await users.add(house.ledger, address)
        async with house.ledger.transaction(shop.tenant, person=user) as tx:
            await memberships.add(tx, user, Role.ADMIN, by=None, actor="recorder")
        await shop.rows("UPDATE provider_connections SET state = 'broken' WHERE provider = 'stripe' RETURNING 1")
        if name == "idle":
            await shop.rows("UPDATE provider_connections SET state = 'connected' WHERE provider = 'stripe' RETURNING 1")
        await handed_over(house)
        [mail] = await shop.rows("SELECT id FROM mails")
        return house.engine.get_workflow_handle(f"mail/{shop.tenant.slug}/{mail['id']}")

    for name, address in (("sent", "a@x.example"), ("idle", "b@x.example"), ("refused", "unbekannt@x.example")):
        handle = await begun(name, address)
        assert await handle.result() == name
        await to.keep(f"mail-{name}", handle)
    box.answers["c@x.example"] = ["451 later"] * 2
    handle = await begun("tried", "c@x.example")
    await until(lambda: count_attempts(handle), lambda seen: seen >= 2, "another try")
    await to.keep("mail-tried_again", handle)
    await wait_until_ended(handle)
    box.held["d@x.example"] = asyncio.Event()
    handle = await begun("given_up", "d@x.example")
    await until(lambda: is_under_way(handle), bool, "the mail is being sent")
    # As the engine says it after three days.
    await house.engine.get_async_activity_handle(workflow_id=handle.id, run_id=None, activity_id="1").fail(
        ApplicationError("over", type="Over", non_retryable=True)
    )
    assert await handle.result() == "given_up"
    box.held["d@x.example"].set()
    await to.keep("mail-given_up", handle)
    daily: Handle = await house.engine.start_workflow(
        "DailyMailWorkflow", id="daily-mail-recorded", task_queue="payouts"
    )
    await daily.result()
    await to.keep("daily_mail", daily)
