"""Worker killed, engine gone, database gone: a payout goes on where it was, with one credit note."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import WorkflowExecutionStatus

from ledger.audit import unannounced
from ledger.audit.unannounced import Unannounced
from sandbox.postgres import PostgresAddresses, PostgresServer
from sandbox.processes import free_port
from tests.fixtures.desk import answer, credit_notes, earned, fault, handed_over, mended, posts, requested, task
from tests.fixtures.house import House, Shop, until
from tests.fixtures.products import OwnProduct, own_product
from tests.fixtures.worker_processes import worker_process
from workflows.messages import PAYOUTS


async def unannounced_of(house: House) -> list[Unannounced]:
    """What the engine has still to be told of."""
    return await unannounced.list_in_turns(house.ledger, older_than=timedelta(0), of_each=100, at_most=100)


@asynccontextmanager
async def fragile_product(state: Path) -> AsyncIterator[tuple[OwnProduct, PostgresServer]]:
    """A product whose PostgreSQL is its own as well, and that has no workers but those a test starts."""
    postgres = PostgresServer(state / "postgres", free_port(), durable=False)
    addresses: PostgresAddresses = await postgres.start()
    try:
        async with own_product(
            addresses,
            state / "rest",
            staffed=False,
            create_seconds=3.0,
            certain_seconds=4.0,
            unclear_outcome_seconds=0.6,
            handover_after_seconds=0.0,
        ) as product:
            yield product, postgres
    finally:
        await postgres.stop()


@pytest.fixture(scope="module")
async def fragile(
    database: object, temporal_cli: Path, stack_state: Path
) -> AsyncIterator[tuple[OwnProduct, PostgresServer]]:
    async with fragile_product(stack_state / "fragile") as both:
        yield both


async def shop_of(product: OwnProduct) -> Shop:
    shop = await product.house.shop()
    await shop.partners("ANNA")
    return shop


async def intent(shop: Shop) -> dict[str, Any] | None:
    rows = await shop.rows("SELECT * FROM creation_intents")
    return dict(rows[0]) if rows else None


async def test_a_worker_killed_at_any_step_leaves_one_credit_note(
    fragile: tuple[OwnProduct, PostgresServer], tmp_path: Path
) -> None:
    """Four payouts, each held at another step by a fault or a lock, when the worker is killed."""
    product, _ = fragile
    shops = {step: await shop_of(product) for step in ("before_sent", "unsent_post", "lost_answer", "unread")}
    payouts = {step: await requested(shop) for step, shop in shops.items()}
    # The POST is executed, and its answer is late: the worker dies in between.
    await fault(shops["lost_answer"], "slow", delayMs=60_000, times=1)
    # The POST is not executed; lexoffice is silent before it says so.
    await fault(shops["unsent_post"], "reset_before", delayMs=60_000, times=1)
    # No slot of the budget: the intent is there, nothing was sent.
    await shops["before_sent"].rows("UPDATE api_budgets SET next_free_at = now() + interval '1 hour'")
    await shops["before_sent"].rows("UPDATE api_budgets SET next_creation_at = now() + interval '1 hour'")
    # The document is made and its id stored, and it cannot be read back yet.
    await fault(shops["unread"], "unavailable_503", method="GET", path="/v1/credit-notes")
    async with worker_process(product, tmp_path) as first:
        for step, shop in shops.items():
            await shop.approve(payouts[step])

        async def held() -> dict[str, bool]:
            rows = {step: await intent(shop) for step, shop in shops.items()}
            return {
                "before_sent": rows["before_sent"] is not None,
                "unsent_post": bool(rows["unsent_post"] and rows["unsent_post"]["sent_at"]),
                "lost_answer": bool(await credit_notes(shops["lost_answer"])),
                "unread": bool(rows["unread"] and rows["unread"]["resource_id"]),
            }

        await until(held, lambda found: all(found.values()), "every step")
        await first.kill()
    rows = await shops["before_sent"].rows("SELECT sent_at FROM creation_intents")
    assert rows[0]["sent_at"] is None
    await shops["before_sent"].rows("UPDATE api_budgets SET next_free_at = now(), next_creation_at = now()")
    await mended(shops["unread"])
    async with worker_process(product, tmp_path):
        for step, shop in shops.items():
            await until(
                lambda shop=shop, step=step: shop.api("GET", f"/payouts/{payouts[step]['number']}"),  # type: ignore[misc]
                lambda found: found["state"] == "credit_note_open",
                f"the payout that was killed at {step}",
            )
    found = {step: len(await credit_notes(shop)) for step, shop in shops.items()}
    assert found == dict.fromkeys(shops, 1)


async def test_what_was_committed_while_the_engine_was_away_is_handed_over(
    fragile: tuple[OwnProduct, PostgresServer], tmp_path: Path
) -> None:
    product, _ = fragile
    shop, other = await shop_of(product), await shop_of(product)
    waiting = await requested(other)
    invoice = await other.write_invoice()
    await earned(shop, 10_000)
    await product.engine.stop()
    payout = await shop.api("POST", "/payouts", {"partner": "ANNA"})
    await shop.approve(payout)
    assert (await answer_of_rejection(other, waiting)) == 202
    sale = await other.sale()
    [row] = await other.rows("SELECT id FROM transactions WHERE payment_intent = $1", sale)
    written = await other.call("POST", f"/transactions/{row['id']}/invoice", CUSTOMER)
    assert written.status_code < 400, written.text
    told = await other.notify(
        {
            "organizationId": other.organization,
            "eventType": "invoice.status.changed",
            "resourceId": invoice["id"],
            "eventDate": "2026-11-22T12:00:00.000+01:00",
        }
    )
    assert (told.status_code, told.json()["status"]) == (200, "accepted")
    # Counted in the ledger: what a call of its own still announces, once the engine is back, no pass has to.
    assert len(await unannounced_of(product.house)) >= 4
    await product.engine.restart()
    async with worker_process(product, tmp_path):
        await handed_over(product.house)
        assert await unannounced_of(product.house) == []
        await shop.payout_when(payout["number"], "credit_note_open")
        assert await other.payout_workflow(waiting["number"]).result() == "rejected"
        await other.events_ended(invoice["id"])

        async def invoices() -> list[Any]:
            return [d for d in (await other.hook("GET", "documents"))["content"] if "Bestellung" in str(d)]

        await until(invoices, bool, "the invoice that we write")
    assert len(await credit_notes(shop)) == 1


async def test_what_a_person_says_of_a_lost_invoice_while_the_engine_is_away_is_followed(
    fragile: tuple[OwnProduct, PostgresServer], tmp_path: Path
) -> None:
    product, _ = fragile
    shop = await shop_of(product)
    await shop.rows("UPDATE tenants SET four_eyes_limit_cents = 100")
    await fault(shop, "timeout_504_before", path="/v1/invoices", times=1)
    sale = await shop.transaction(await shop.sale())
    async with worker_process(product, tmp_path):
        await shop.api("POST", f"/transactions/{sale['id']}/invoice", CUSTOMER)
        asked = await task(shop, "invoice_outcome_unknown")
    await product.engine.stop()
    answered = await shop.call(
        "POST", f"/tasks/{asked['id']}/resolve", {"action": "create_again", "reason": "Dort ist keine."}
    )
    assert answered.status_code == 202, answered.text
    await product.engine.restart()
    async with worker_process(product, tmp_path):
        await handed_over(product.house)
        await until(
            lambda: shop.api("GET", f"/transactions/{sale['id']}"),
            lambda row: row["invoice_number"] is not None,
            "the invoice's number",
        )
    assert (await shop.calls())["POST /v1/invoices"] == 2


async def test_a_worker_that_is_asked_to_stop_ends_what_it_has_begun(
    fragile: tuple[OwnProduct, PostgresServer], tmp_path: Path
) -> None:
    """SIGTERM while a POST is under way: its answer is awaited and written, and nothing is unclear afterwards."""
    product, _ = fragile
    shop = await shop_of(product)
    await fault(shop, "slow", delayMs=2_000, times=1)
    payout = await requested(shop)
    async with worker_process(product, tmp_path) as stopping:
        await shop.approve(payout)
        await until(lambda: credit_notes(shop), bool, "the credit note, whose answer is still on its way")
        await stopping.stop(grace_s=20)  # SIGTERM, and SIGKILL only after this time
    [row] = await shop.rows("SELECT resource_id, unclear_at FROM creation_intents")
    assert (row["resource_id"] is not None, row["unclear_at"]) == (True, None)
    assert (await shop.api("GET", f"/payouts/{payout['number']}"))["state"] == "approved"
    async with worker_process(product, tmp_path):
        await shop.payout_when(payout["number"], "credit_note_open")
    assert (len(await credit_notes(shop)), await posts(shop)) == (1, 1)


CUSTOMER = {"name": "Kunde AG", "street": "Weg 3", "zip": "50667", "city": "Köln", "country_code": "DE"}


async def answer_of_rejection(shop: Shop, payout: dict[str, Any]) -> int:
    answered = await shop.call("POST", f"/payouts/{payout['number']}/reject", {"reason": "Nein."}, key="approve")
    return answered.status_code


async def test_while_the_database_is_away_activities_wait_and_no_workflow_fails(
    fragile: tuple[OwnProduct, PostgresServer], tmp_path: Path
) -> None:
    product, postgres = fragile
    shop = await shop_of(product)
    payout = await requested(shop)
    handle = shop.payout_workflow(payout["number"])
    async with worker_process(product, tmp_path):
        await fault(shop, "slow", delayMs=2_000, times=1)
        await shop.approve(payout)
        await until(lambda: credit_notes(shop), bool, "the credit note, whose answer is still on its way")
        passing = await product.house.engine.start_workflow(
            "HandoverWorkflow", id=f"handover-{uuid4()}", task_queue=PAYOUTS, start_delay=timedelta(seconds=1)
        )
        await postgres.kill()
        await handle.signal("recheck")
        await asyncio.sleep(2.5)  # the answer comes, and there is nowhere to write it
        assert (await handle.describe()).status is WorkflowExecutionStatus.RUNNING
        assert (await passing.describe()).status is WorkflowExecutionStatus.RUNNING
        await postgres.restart()

        async def look() -> str:
            answered = await shop.call("GET", f"/payouts/{payout['number']}")
            return str(answered.json()["state"]) if answered.status_code == 200 else str(answered.status_code)

        await until(look, lambda seen: seen == "credit_note_open", "the payout's credit note")
        await passing.result()
        history = await passing.fetch_history()
        asked = [event.activity_task_scheduled_event_attributes for event in history.events]
        ends = [one.schedule_to_close_timeout.ToSeconds() for one in asked if one.activity_id]
        assert ends == [0], "it would be tried for hours, too"
    assert (len(await credit_notes(shop)), await posts(shop)) == (1, 1)


async def test_a_task_answered_while_no_worker_runs_is_followed_later(
    fragile: tuple[OwnProduct, PostgresServer], tmp_path: Path
) -> None:
    product, _ = fragile
    shop = await shop_of(product)
    await fault(shop, "forbidden_403")
    payout = await requested(shop)
    async with worker_process(product, tmp_path):
        await shop.approve(payout)
        asked = await task(shop, "credit_note_refused")
    await mended(shop)
    assert (await answer(shop, asked, "retry")).status_code == 202
    async with worker_process(product, tmp_path):
        await shop.payout_when(payout["number"], "credit_note_open")
