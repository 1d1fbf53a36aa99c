"""`python -m tests.record_histories SET [SCENE …]`: record real histories of every workflow, one per state, open ones
included; or of the named scenes only, which is what a new state needs.

They go to tests/histories/SET/, which must not exist yet: what is stored is never changed (docs/upgrades.md). Whatever
names this machine is written over, so that a history says nothing about where it was recorded.
"""

import asyncio
import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from temporalio.api.enums.v1 import PendingActivityState
from temporalio.client import WorkflowExecutionDescription, WorkflowHandle
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from ledger.access import memberships, users
from ledger.payouts import payout_runs
from ledger.roles import Role
from ledger.types import BERLIN
from sandbox.postgres import PostgresServer
from sandbox.processes import free_port
from tests.fixtures.desk import (
    answer,
    approved,
    decide,
    earned,
    fault,
    handed_over,
    mended,
    requested,
    save_key,
    task,
    with_open_credit_note,
)
from tests.fixtures.house import Shop, until
from tests.fixtures.postbox import open_postbox
from tests.fixtures.products import OwnProduct, own_product
from workflows.messages import PayoutRunInput, RunProgress, papers_workflow_id

HISTORIES = Path(__file__).parent / "histories"
MANIFEST = HISTORIES / "manifest.json"
CUSTOMER = {"name": "Kunde AG", "street": "Weg 2", "zip": "53111", "city": "Bonn"}
NEVER = 600_000

Handle = WorkflowHandle[Any, Any]


@dataclass
class Recorder:
    product: OwnProduct
    histories: dict[str, str] = field(default_factory=dict)
    runs: dict[str, str | None] = field(default_factory=dict)
    """Of each document's workflow the run that was recorded last."""

    async def shop(self) -> Shop:
        shop = await self.product.house.shop()
        await shop.partners("ANNA")
        return shop

    async def keep(self, name: str, handle: Handle) -> None:
        history = await handle.fetch_history()
        told = _without_machine(json.loads(history.to_json()))
        self.histories[name] = json.dumps({"workflow_id": handle.id, "history": told}, sort_keys=True)
        print(f"{name}: {len(told['events'])} events", file=sys.stderr, flush=True)

    async def payout(self, name: str, shop: Shop, payout: dict[str, Any]) -> None:
        handle = shop.payout_workflow(payout["number"])

        async def at_rest() -> bool:
            """Nothing under way but what retries: a history in the middle of a task says nothing of its state."""
            seen = await handle.describe()
            return not seen.raw_description.HasField("pending_workflow_task")

        await until(at_rest, bool, f"{name} at rest")
        await self.keep(f"payout-{name}", handle)

    async def document(self, name: str, shop: Shop, resource: str) -> None:
        """The next run of a document's workflow, once it has ended."""
        handle = shop.document_workflow(resource)

        async def newer() -> str | None:
            seen = await _describe(handle)
            over = seen is not None and seen.close_time is not None and seen.run_id != self.runs.get(resource)
            return seen.run_id if seen and over else None

        self.runs[resource] = await until(newer, bool, f"{name} ended")
        await self.keep(f"document-{name}", handle)


# Payouts


async def awaiting_approval(to: Recorder) -> None:
    shop = await to.shop()
    payout = await requested(shop)
    await until(lambda: _events(shop.payout_workflow(payout["number"])), lambda found: found >= 4, "a first task")
    await to.payout("awaiting_approval", shop, payout)
    await shop.payout_workflow(payout["number"]).signal("approve", "nobody")
    await task(shop, "signal_refused")
    await until(lambda: _events(shop.payout_workflow(payout["number"])), lambda found: found >= 14, "the refusal")
    await to.payout("awaiting_approval-signal_refused", shop, payout)
    await decide(shop, payout, "reject")
    await shop.payout_workflow(payout["number"]).result()
    await to.payout("rejected", shop, payout)


async def cancelled(to: Recorder) -> None:
    shop = await to.shop()
    payout = await requested(shop)
    await decide(shop, payout, "cancel")
    await shop.payout_workflow(payout["number"]).result()
    await to.payout("cancelled", shop, payout)


async def blocked_and_voided_approval(to: Recorder) -> None:
    shop = await to.shop()
    await shop.api("DELETE", "/providers/lexoffice/key")
    payout = await approved(shop)
    await task(shop, "payout_blocked")
    await _looks(shop, payout, "approved")
    await to.payout("approved-blocked", shop, payout)
    await shop.api("PATCH", "/partners/ANNA", {"city": "Potsdam"})
    await shop.payout_when(payout["number"], "awaiting_approval")
    await _looks(shop, payout, "awaiting_approval")
    await to.payout("awaiting_approval-void", shop, payout)


async def refused_then_retried(to: Recorder) -> None:
    shop = await to.shop()
    await fault(shop, "forbidden_403")
    payout = await approved(shop)
    asked = await task(shop, "credit_note_refused")
    await _looks(shop, payout, "approved")
    await to.payout("approved-refused", shop, payout)
    await mended(shop)
    await answer(shop, asked, "retry")
    await shop.payout_when(payout["number"], "credit_note_open")
    await _looks(shop, payout, "credit_note_open")
    await to.payout("credit_note_open-retried", shop, payout)


async def open_then_paid(to: Recorder) -> None:
    shop = await to.shop()
    payout = await with_open_credit_note(shop)
    note = payout["credit_note_id"]
    await shop.events_ended(note)
    await to.document("credit_note-unchanged", shop, note)
    await _looks(shop, payout, "credit_note_open")
    await to.payout("credit_note_open", shop, payout)
    await shop.click(note, "pay", amount="19.00")
    await until(
        lambda: shop.api("GET", f"/payouts/{payout['number']}"),
        lambda found: found["credit_note_open_cents"] == 10_000,
        "the part payment",
    )
    await shop.click(note, "pay")
    await shop.payout_workflow(payout["number"]).result()
    await to.payout("paid", shop, payout)
    await to.document("credit_note-paid", shop, note)
    await shop.events_ended(note)
    await shop.click(note, "unpay")
    await shop.payout_when(payout["number"], "returned")
    await to.document("credit_note-taken_back", shop, note)


async def reopened_deviating_deleted(to: Recorder) -> None:
    shop = await to.shop()
    payout = await with_open_credit_note(shop)
    note = payout["credit_note_id"]
    await shop.click(note, "edit", force=True, remark="ohne Kennzeichen")
    await task(shop, "document_deviates")
    await _looks(shop, payout, "credit_note_open", tasks=["document_deviates"])
    await to.payout("credit_note_open-deviates", shop, payout)
    await shop.click(note, "reopen")
    await shop.click(note, "delete")
    await shop.payout_workflow(payout["number"]).result()
    await to.payout("cancelled-deleted", shop, payout)
    await to.document("credit_note-deleted", shop, note)


async def voided(to: Recorder) -> None:
    shop = await to.shop()
    payout = await with_open_credit_note(shop)
    await shop.click(payout["credit_note_id"], "void")
    await shop.payout_workflow(payout["number"]).result()
    await to.payout("cancelled-voided", shop, payout)
    payout = await with_open_credit_note(shop)
    await shop.click(payout["credit_note_id"], "pay", amount="19.00")
    await until(
        lambda: shop.api("GET", f"/payouts/{payout['number']}"),
        lambda found: found["credit_note_open_cents"] != found["gross_cents"],
        "the part payment",
    )
    await shop.click(payout["credit_note_id"], "void", force=True)
    await shop.payout_workflow(payout["number"]).result()
    await to.payout("returned", shop, payout)


async def lost_and_adopted(to: Recorder) -> None:
    shop = await to.shop()
    await fault(shop, "timeout_504_after", times=1)
    payout = await approved(shop)
    await shop.payout_when(payout["number"], "outcome_unknown")
    await _looks(shop, payout, "outcome_unknown")
    await to.payout("outcome_unknown-searching", shop, payout)
    await shop.payout_when(payout["number"], "credit_note_open")
    await _looks(shop, payout, "credit_note_open")
    await to.payout("credit_note_open-adopted", shop, payout)


async def lost_and_asked(to: Recorder) -> None:
    shop = await to.shop()
    await shop.rows("UPDATE tenants SET four_eyes_limit_cents = 1")
    await fault(shop, "timeout_504_before", times=1)
    payout = await approved(shop)
    asked = await task(shop, "outcome_unknown")
    await _looks(shop, payout, "outcome_unknown", tasks=["outcome_unknown"])
    await to.payout("outcome_unknown-asked", shop, payout)
    await answer(shop, asked, "create_again")
    await shop.payout_when(payout["number"], "credit_note_open")
    await _looks(shop, payout, "credit_note_open")
    await to.payout("credit_note_open-created_again", shop, payout)


async def created_again_by_the_machine(to: Recorder) -> None:
    shop = await to.shop()
    await fault(shop, "unavailable_503", times=1)
    payout = await approved(shop)
    await shop.payout_when(payout["number"], "credit_note_open")
    await _looks(shop, payout, "credit_note_open")
    await to.payout("credit_note_open-not_found", shop, payout)


async def key_refused_after_the_post(to: Recorder) -> None:
    shop = await to.shop()
    await fault(shop, "unauthorized_401", method="GET")
    payout = await approved(shop)
    await task(shop, "payout_blocked")
    await _looks(shop, payout, "approved", tasks=["payout_blocked"])
    await to.payout("approved-unread", shop, payout)
    await mended(shop)
    await save_key(shop)
    await handed_over(to.product.house)
    await shop.payout_when(payout["number"], "credit_note_open")
    await _looks(shop, payout, "credit_note_open")
    await to.payout("credit_note_open-unblocked", shop, payout)


# Documents, invoices that we write, schedules


async def invoices(to: Recorder) -> None:
    shop = await to.shop()
    payment_intent = await shop.sale()
    invoice = await shop.write_invoice(remark=f"Bestellung: {payment_intent}")
    await to.document("invoice-open", shop, invoice["id"])
    await shop.click(invoice["id"], "pay")
    await shop.transaction(payment_intent, lambda sale: sale["state"] == "approved")
    await to.document("invoice-paid", shop, invoice["id"])
    await fault(shop, "stale_read", method="GET", path="invoices", times=1)
    await shop.click(invoice["id"], "unpay")
    await shop.transaction(payment_intent, lambda sale: sale["state"] == "pending")
    await to.document("invoice-looked_again", shop, invoice["id"])
    await fault(shop, "unavailable_503", method="GET", path="invoices")
    await shop.click(invoice["id"], "void")
    handle = shop.document_workflow(invoice["id"])
    await until(lambda: _running_events(handle), lambda found: found >= 5, "a fetch under way")
    await to.keep("document-invoice-fetching", handle)
    await mended(shop)
    await fault(shop, "unauthorized_401", method="GET")
    await to.document("unfetched", shop, invoice["id"])


async def contact_and_payment(to: Recorder) -> None:
    shop = await to.shop()
    contact = await shop.hook("POST", "contacts", {"name": "Kunde AG", "note": "Partner: ANNA"})
    invoice = await shop.hook("POST", "invoices", {"contactId": contact["id"], "net": "100.00"})
    await shop.click(invoice["id"], "pay")
    await shop.events_ended(invoice["id"])
    await to.document("invoice-contact", shop, invoice["id"])


async def written_invoices(to: Recorder) -> None:
    async def written(name: str, **members: Any) -> tuple[Shop, Handle]:
        shop = await to.shop()
        if name != "made":
            await fault(shop, name, path="/v1/invoices", times=1)
        if members.get("late"):
            await fault(shop, "late_index", method="GET", path="voucherlist", delayMs=NEVER)
            await shop.hook("PUT", "notification-faults", {"dropRate": 1.0, "seed": 1})
        sale = await shop.sale()
        [row] = await shop.rows("SELECT id FROM transactions WHERE payment_intent = $1", sale)
        await shop.api("POST", f"/transactions/{row['id']}/invoice", CUSTOMER)
        [intent] = await shop.rows("SELECT id FROM creation_intents")
        return shop, to.product.house.engine.get_workflow_handle(f"invoice/{shop.tenant.slug}/{intent['id']}")

    for name in ("made", "timeout_504_after", "forbidden_403"):
        _, handle = await written(name)
        await _ended(handle)
        await to.keep(f"invoice-{name}", handle)
    _, handle = await written("timeout_504_before", late=True)
    await until(lambda: _events(handle), lambda found: found >= 11, "the first search's timer")
    await to.keep("invoice-searching", handle)
    await _ended(handle)
    await to.keep("invoice-created_again", handle)


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


async def replacement_window(to: Recorder) -> None:
    """A voided invoice waits for the one that replaces it: still waiting, heard again, over, and replaced."""

    async def voided_invoice(seconds: float) -> tuple[Shop, str, str]:
        shop = await to.shop()
        await shop.rows(
            "UPDATE tenants SET replacement_window = $2 WHERE id = $1", shop.tenant.id, timedelta(seconds=seconds)
        )
        payment_intent = await shop.sale()
        invoice = (await shop.write_invoice(remark=f"Bestellung: {payment_intent}"))["id"]
        await shop.click(invoice, "pay")
        await to.document("to_be_voided", shop, invoice)
        del to.histories["document-to_be_voided"]
        await shop.click(invoice, "void")
        return shop, invoice, payment_intent

    shop, waiting, _ = await voided_invoice(NEVER)
    handle = shop.document_workflow(waiting)
    await _waits_for_replacement(shop, handle)
    await to.keep("document-replacement_window", handle)
    await shop.notify({"eventType": "invoice.changed", "resourceId": waiting})
    await until(lambda: _signals(handle), lambda found: found >= 2, "another notification")
    await _waits_for_replacement(shop, handle)
    await to.keep("document-replacement_window-heard_again", handle)

    shop, over, _ = await voided_invoice(2)
    await to.document("replacement_window-over", shop, over)

    shop, replaced, payment_intent = await voided_invoice(6)
    await _waits_for_replacement(shop, shop.document_workflow(replaced))
    rewritten = await shop.write_invoice(net="900.00", remark=f"Bestellung: {payment_intent}")
    await shop.click(rewritten["id"], "pay")
    await to.document("replacement_window-replaced", shop, replaced)


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
        await _ended(handle)
        await to.keep(f"papers-{name}", handle)


async def payout_runs_(to: Recorder) -> None:
    """A run under way and done, a rehearsal, one that is not held, one that was cancelled, one that goes on as new."""
    engine = to.product.house.engine

    async def begun(shop: Shop, name: str, **wanted: Any) -> Handle:
        handle: Handle = await engine.start_workflow(
            "PayoutRunWorkflow",
            PayoutRunInput(tenant=shop.tenant, requested_by="key:recorder", **wanted),
            id=f"payout-run/{shop.tenant.slug}/{name}",
            task_queue="payouts",
        )
        return handle

    shop = await to.shop()
    await earned(shop, 10_000, 20_000)
    cut_off = payout_runs.cut_off_of(datetime.now(BERLIN).date())
    rehearsed = await begun(shop, "rehearsal", run=uuid4(), cut_off=cut_off, rehearsal=True)
    assert await rehearsed.result() == "done"
    await to.keep("payout_run-rehearsal", rehearsed)
    async with to.product.house.ledger.transaction(shop.tenant) as tx:
        await tx.execute("SELECT 1 FROM partners FOR UPDATE")  # the batch waits for us
        running = await begun(shop, "run", run=uuid4(), cut_off=cut_off)
        await until(lambda: _events(running), lambda found: found >= 17, "the batch is under way")
        await to.keep("payout_run-running", running)
    assert await running.result() == "done"
    await to.keep("payout_run-done", running)
    again = await begun(shop, "again", run=uuid4(), cut_off=cut_off)
    assert await again.result() == "not held"
    await to.keep("payout_run-not_held", again)
    other = await to.shop()
    run = uuid4()
    async with to.product.house.ledger.transaction(other.tenant) as tx:
        await payout_runs.begin(tx, run, cut_off=cut_off, rehearsal=False, requested_by="key:recorder")
        await payout_runs.cancel(tx, run, by="key:recorder", reason="Test")
    progress = RunProgress(run=run, period=payout_runs.period_of(cut_off), rehearsal=False)
    cancelled_one = await begun(other, "cancelled", run=run, cut_off=cut_off, progress=progress)
    assert await cancelled_one.result() == "cancelled"
    await to.keep("payout_run-cancelled", cancelled_one)
    large = await to.shop()
    await _many_partners(large, 5_100)
    goes_on = await begun(large, "continued", run=uuid4(), cut_off=cut_off, rehearsal=True)
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
        await until(lambda: _attempts(handle), lambda seen: seen >= 2, f"{name} tries again")
        await to.keep(name, handle)
        await mended(shop)
        await _ended(handle)

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
        await until(lambda: _attempts(handle), lambda seen: seen >= 2, "another try")
    await to.keep("subscriptions-asked_again", handle)
    await mended(shop)
    await _ended(handle)
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


async def invoices_that_wait(to: Recorder) -> None:
    """One that was written and cannot be read yet; one of which there are two: a person must say which is ours."""

    async def write(shop: Shop) -> Handle:
        sale = await shop.sale()
        [row] = await shop.rows("SELECT id FROM transactions WHERE payment_intent = $1", sale)
        await shop.api("POST", f"/transactions/{row['id']}/invoice", CUSTOMER)
        [intent] = await shop.rows("SELECT id FROM creation_intents")
        return to.product.house.engine.get_workflow_handle(f"invoice/{shop.tenant.slug}/{intent['id']}")

    shop = await to.shop()
    await fault(shop, "unavailable_503", method="GET", path="/v1/invoices")
    handle = await write(shop)
    await until(lambda: _attempts(handle), lambda seen: seen >= 2, "another try to read")
    await to.keep("invoice-unread", handle)

    shop = await to.shop()
    await shop.hook("PUT", "notification-faults", {"dropRate": 1.0, "seed": 1})
    await fault(shop, "timeout_504_after", path="/v1/invoices", times=1)
    handle = await write(shop)
    [intent] = await shop.rows("SELECT marker FROM creation_intents")
    await shop.write_invoice(remark=intent["marker"])
    await task(shop, "invoice_outcome_unknown")
    await until(lambda: _events(handle), lambda found: found >= 30, "the workflow's wait")
    await to.keep("invoice-asked", handle)


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
    await until(lambda: _attempts(handle), lambda seen: seen >= 2, "another try")
    await to.keep("mail-tried_again", handle)
    await _ended(handle)
    box.held["d@x.example"] = asyncio.Event()
    handle = await begun("given_up", "d@x.example")
    await until(lambda: _is_under_way(handle), bool, "the mail is being sent")
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


async def unknown_documents(to: Recorder) -> None:
    """What lexoffice does not know either; and what is no notification at all."""
    shop = await to.shop()
    foreign = str(uuid4())
    await shop.notify({"eventType": "invoice.status.paid", "resourceId": foreign})
    await to.document("unknown", shop, foreign)
    handle = shop.document_workflow(foreign)
    await to.product.house.engine.start_workflow(
        "DocumentWorkflow",
        {"tenant": shop.tenant, "resource_id": foreign},
        id=handle.id,
        task_queue="payouts",
        start_signal="notify",
        start_signal_args=["nothing"],
    )
    await to.document("no_notification", shop, foreign)


SCENES: tuple[Callable[[Recorder], Awaitable[None]], ...] = (
    awaiting_approval,
    cancelled,
    blocked_and_voided_approval,
    refused_then_retried,
    open_then_paid,
    reopened_deviating_deleted,
    voided,
    lost_and_adopted,
    lost_and_asked,
    created_again_by_the_machine,
    key_refused_after_the_post,
    invoices,
    contact_and_payment,
    written_invoices,
    replacement_window,
    schedules,
    papers,
    payout_runs_,
    passes,
    subscriptions_asked_for_twice,
    profiles,
    invoices_that_wait,
    unknown_documents,
    mails,
)


async def _events(handle: Handle) -> int:
    return len((await handle.fetch_history()).events)


async def _attempts(handle: Handle) -> int:
    """Of the activity that is under way; a retry leaves no event."""
    seen = await _describe(handle)
    pending = [] if seen is None else seen.raw_description.pending_activities
    return max((activity.attempt for activity in pending), default=0)


async def _is_under_way(handle: Handle) -> bool:
    seen = await _describe(handle)
    pending = [] if seen is None else seen.raw_description.pending_activities
    return any(activity.state == PendingActivityState.PENDING_ACTIVITY_STATE_STARTED for activity in pending)


async def _describe(handle: Handle) -> WorkflowExecutionDescription | None:
    try:
        return await handle.describe()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return None  # not announced yet


async def _signals(handle: Handle) -> int:
    history = await handle.fetch_history()
    return sum(event.HasField("workflow_execution_signaled_event_attributes") for event in history.events)


async def _waits_for_replacement(shop: Shop, handle: Handle) -> None:
    """Nothing is under way but the timer of the window."""

    async def waits() -> bool:
        seen = await _describe(handle)
        if seen is None or seen.close_time is not None or seen.raw_description.HasField("pending_workflow_task"):
            return False
        blocked = await shop.rows("SELECT 1 FROM transactions WHERE replacement_until IS NOT NULL")
        waiting = await shop.rows("SELECT 1 FROM events WHERE state = 'received'")
        last = (await handle.fetch_history()).events[-1]
        return bool(blocked) and not waiting and last.HasField("timer_started_event_attributes")

    await until(waits, bool, f"{handle.id} waits for another invoice")


async def _running_events(handle: Handle) -> int:
    seen = await _describe(handle)
    return seen.history_length if seen is not None and seen.close_time is None else 0


async def _ended(handle: Handle) -> None:
    async def over() -> bool:
        seen = await _describe(handle)
        return seen is not None and seen.close_time is not None

    await until(over, bool, f"{handle.id} ended")


async def _looks(shop: Shop, payout: dict[str, Any], state: str, *, tasks: list[str] | None = None) -> None:
    """The workflow itself has seen it; the ledger was first."""
    handle = shop.payout_workflow(payout["number"])

    async def seen() -> dict[str, Any]:
        look: dict[str, Any] = await handle.query("status")
        return look

    await until(
        seen,
        lambda look: look["state"] == state and (tasks is None or list(look["open_tasks"]) == tasks),
        f"the workflow's look at {state}",
    )


def _without_machine(told: Any) -> Any:
    """`identity` and the sticky queue's name hold process id and host, a stack trace holds paths. None means
    anything to a replay.
    """
    if isinstance(told, dict):
        if told.get("kind") == "TASK_QUEUE_KIND_STICKY":
            told = told | {"name": "sticky"}
        fixed = {"identity": "recorder", "stackTrace": ""}
        return {key: fixed[key] if key in fixed else _without_machine(value) for key, value in told.items()}
    return [_without_machine(one) for one in told] if isinstance(told, list) else told


def read_manifest() -> dict[str, str]:
    """File → SHA-256 of what it held when it was stored."""
    found: dict[str, str] = json.loads(MANIFEST.read_text()) if MANIFEST.exists() else {}
    return found


def store(name: str, histories: dict[str, str]) -> None:
    """Add a set and its hashes. Raises FileExistsError for a set that is there."""
    folder = HISTORIES / name
    folder.mkdir(parents=True)
    manifest = read_manifest()
    for history, text in sorted(histories.items()):
        file = folder / f"{history}.json"
        file.write_text(text + "\n")
        manifest[f"{name}/{file.name}"] = hashlib.sha256(file.read_bytes()).hexdigest()
    MANIFEST.write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n")


async def record(state: Path, scenes: Collection[str] = ()) -> dict[str, str]:
    """All scenes, or those named."""
    postgres = PostgresServer(state / "postgres", free_port(), durable=False)
    try:
        addresses = await postgres.start()
        async with (
            open_postbox() as postbox,
            own_product(
                addresses,
                state / "product",
                create_seconds=1.5,
                certain_seconds=2.0,
                unclear_outcome_seconds=0.6,
                handover_after_seconds=0.0,
                smtp_host="127.0.0.1",
                smtp_port=postbox.port,
                smtp_security="none",
                mail_sender="partnerdesk@product.example",
                mail_bundle_seconds=0.0,
            ) as product,
        ):
            product.house.postbox = postbox
            recorder = Recorder(product)
            for scene in SCENES:
                if not scenes or scene.__name__ in scenes:
                    await scene(recorder)
        return recorder.histories
    finally:
        await postgres.stop()


def main(name: str, scenes: Collection[str]) -> int:
    if (HISTORIES / name).exists():
        print(f"{HISTORIES / name} is there already; what is stored is never changed.", file=sys.stderr)
        return 1
    state = Path(tempfile.mkdtemp(prefix="partnerdesk-histories-"))
    state.chmod(0o711)  # for the user that runs PostgreSQL when we are root
    try:
        store(name, asyncio.run(record(state, scenes)))
    finally:
        shutil.rmtree(state, ignore_errors=True)
    return 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    status = main(sys.argv[1], sys.argv[2:])
    sys.stderr.flush()
    os._exit(status)  # see tests/__main__.py
