"""Scenes of documents in lexoffice, and of invoices that we write."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from tests.fixtures.desk import (
    fault,
    mended,
    task,
)
from tests.fixtures.house import Shop, until
from tests.record_histories.recorder import Recorder
from tests.record_histories.waiting import (
    Handle,
    count_attempts,
    count_events,
    count_running_events,
    count_signals,
    wait_for_replacement,
    wait_until_ended,
)

CUSTOMER = {"name": "Kunde AG", "street": "Weg 2", "zip": "53111", "city": "Bonn"}


NEVER = 600_000


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
    await until(lambda: count_running_events(handle), lambda found: found >= 5, "a fetch under way")
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
        await wait_until_ended(handle)
        await to.keep(f"invoice-{name}", handle)
    _, handle = await written("timeout_504_before", late=True)
    await until(lambda: count_events(handle), lambda found: found >= 11, "the first search's timer")
    await to.keep("invoice-searching", handle)
    await wait_until_ended(handle)
    await to.keep("invoice-created_again", handle)


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
    await wait_for_replacement(shop, handle)
    await to.keep("document-replacement_window", handle)
    await shop.notify({"eventType": "invoice.changed", "resourceId": waiting})
    await until(lambda: count_signals(handle), lambda found: found >= 2, "another notification")
    await wait_for_replacement(shop, handle)
    await to.keep("document-replacement_window-heard_again", handle)

    shop, over, _ = await voided_invoice(2)
    await to.document("replacement_window-over", shop, over)

    shop, replaced, payment_intent = await voided_invoice(6)
    await wait_for_replacement(shop, shop.document_workflow(replaced))
    rewritten = await shop.write_invoice(net="900.00", remark=f"Bestellung: {payment_intent}")
    await shop.click(rewritten["id"], "pay")
    await to.document("replacement_window-replaced", shop, replaced)


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
    await until(lambda: count_attempts(handle), lambda seen: seen >= 2, "another try to read")
    await to.keep("invoice-unread", handle)

    shop = await to.shop()
    await shop.hook("PUT", "notification-faults", {"dropRate": 1.0, "seed": 1})
    await fault(shop, "timeout_504_after", path="/v1/invoices", times=1)
    handle = await write(shop)
    [intent] = await shop.rows("SELECT marker FROM creation_intents")
    await shop.write_invoice(remark=intent["marker"])
    await task(shop, "invoice_outcome_unknown")
    await until(lambda: count_events(handle), lambda found: found >= 30, "the workflow's wait")
    await to.keep("invoice-asked", handle)


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
