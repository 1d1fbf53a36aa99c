"""A key is saved, or an answer lost, while an activity is under way: what it learned too late breaks nothing."""

from typing import Any
from uuid import UUID

from temporalio.client import WorkflowHandle
from temporalio.testing import ActivityEnvironment

from activities.books.lexoffice.documents import content_of
from activities.models import ConcludeInput, Delivery, FetchedDocument
from activities.notifications.conclusions import ConclusionActivities
from activities.notifications.fetching import FetchActivities
from ledger.documents import intents
from ledger.types import EventId, IntentId
from lexoffice.new_documents import NewInvoice
from tests.fixtures.desk import fault, handed_over, mended, requested, save_key, task
from tests.fixtures.house import Shop, until
from tests.workflows.test_creating_invoices_once import wanted
from worker import hands_of


async def connection(shop: Shop) -> str:
    return str((await shop.api("GET", "/providers/lexoffice"))["state"])


async def test_a_post_with_the_old_key_breaks_no_new_key(connected_shop: Shop) -> None:
    await fault(connected_shop, "unauthorized_401", times=1, delayMs=2_500)
    payout = await requested(connected_shop)
    await connected_shop.approve(payout)
    await until(
        lambda: connected_shop.hook("GET", "faults"), lambda seen: seen["injected"] == {"unauthorized_401": 1}, "a POST"
    )
    await save_key(connected_shop)
    await connected_shop.payout_when(payout["number"], "credit_note_open")
    assert await connection(connected_shop) == "connected"


async def test_a_payout_is_not_blocked_by_a_connection_that_was_mended_meanwhile(connected_shop: Shop) -> None:
    payout = await requested(connected_shop)
    await fault(connected_shop, "rate_limit_429")
    await connected_shop.approve(payout)
    await until(
        lambda: connected_shop.rows("SELECT 1 FROM creation_intents WHERE refused_at IS NOT NULL"), bool, "a try"
    )
    async with connected_shop.house.ledger.transaction(connected_shop.tenant) as tx:
        await tx.execute("SELECT 1 FROM payouts WHERE number = $1 FOR UPDATE", payout["number"])
        await connected_shop.rows("UPDATE provider_connections SET state = 'broken' WHERE provider = 'lexoffice'")
        await until(
            lambda: _waiting_for_payouts(connected_shop), bool, "the activity that has seen a broken connection"
        )
        await mended(connected_shop)
        await save_key(connected_shop)
    seen = await connected_shop.payout_when(payout["number"], "credit_note_open")
    assert (seen["blocked_reason"], await connection(connected_shop)) == (None, "connected")


async def _waiting_for_payouts(shop: Shop) -> int:
    [row] = await shop.rows(
        """
        SELECT count(*) AS waiting FROM pg_stat_activity
         WHERE wait_event_type = 'Lock' AND query LIKE '%FROM payouts%FOR UPDATE%'
        """
    )
    return int(row["waiting"])


async def test_the_writer_of_a_lost_invoice_hears_of_it_though_the_answer_of_the_booking_was_lost(
    hasty_shop: Shop,
) -> None:
    shop, house = hasty_shop, hasty_shop.house
    await shop.hook("PUT", "notification-faults", {"dropRate": 1.0, "seed": 1})
    await shop.rows("UPDATE tenants SET four_eyes_limit_cents = 118999")
    await fault(shop, "timeout_504_before", path="/v1/invoices", times=1)
    await wanted(shop)
    await task(shop, "invoice_outcome_unknown")
    [row] = await shop.rows("SELECT id FROM creation_intents")
    intent = IntentId(row["id"])
    async with hands_of(house.settings) as hands:
        async with house.ledger.transaction(shop.tenant) as tx:
            content = content_of(await intents.get(tx, intent))
        assert isinstance(content, NewInvoice)
        async with await hands.door.creating(shop.tenant) as client:
            made = await client.create_invoice(content)
        fetched = await _told_of(shop, made.id)
        fetched = await ActivityEnvironment().run(FetchActivities(house.ledger, hands.door).fetch_document, fetched)
        conclude = ConclusionActivities(house.ledger).conclude
        first = await ActivityEnvironment().run(conclude, ConcludeInput(gathered=fetched, last_look=False))
        assert first.found_invoice == intent
        # The worker died after its COMMIT: the engine asks again, and nothing is found any more.
        await ActivityEnvironment().run(conclude, ConcludeInput(gathered=fetched, last_look=False))
    await handed_over(house)
    workflow: WorkflowHandle[Any, Any] = house.engine.get_workflow_handle(f"invoice/{shop.tenant.slug}/{intent}")
    await workflow.result()
    [row] = await shop.rows("SELECT resource_id, closed_at IS NOT NULL AS closed FROM creation_intents")
    assert (row["resource_id"], row["closed"]) == (made.id, True)
    assert await shop.tasks("invoice_outcome_unknown") == []


async def _told_of(shop: Shop, invoice: UUID) -> FetchedDocument:
    [event] = await shop.rows(
        """
        INSERT INTO events (tenant_id, provider, event_type, resource_id, body, state, handed_over_at)
        VALUES ($1, 'lexoffice', 'invoice.status.changed', $2, '', 'received', now()) RETURNING id
        """,
        shop.tenant.id,
        str(invoice),
    )
    return FetchedDocument(
        tenant=shop.tenant,
        resource_id=invoice,
        deliveries=(Delivery(event=EventId(event["id"]), number=1, unknown=False),),
    )
