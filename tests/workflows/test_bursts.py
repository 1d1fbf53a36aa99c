"""Notifications in bursts, twice and again; lexoffice away; a key that is missing or refused."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from temporalio.api.enums.v1 import EventType

from activities.models import EventAnnouncement
from engine import announcing
from tests.fixtures.desk import handed_over
from tests.fixtures.house import House, Shop, until
from tests.fixtures.notifications import (
    accepted,
    all_at_once,
    earned,
    ended,
    four_members,
    paid_sale,
    replay,
    sale_of,
    tell,
    the_sale_of,
)
from workflows.document import LONGEST_QUIET


async def paid_invoice(shop: Shop) -> str:
    invoice = await shop.write_invoice(remark="Partner: ANNA")
    await shop.click(invoice["id"], "pay")
    number: str = invoice["id"]
    return number


async def fault(shop: Shop, kind: str, **members: Any) -> None:
    await shop.hook("POST", "faults", {"kind": kind, **members})


async def test_three_notifications_of_one_click_cost_one_fetch(connected_shop: Shop) -> None:
    invoice = await connected_shop.write_invoice(remark="Partner: ANNA")
    await connected_shop.events_ended(invoice["id"])
    await connected_shop.forget_calls()
    await connected_shop.click(invoice["id"], "pay")
    await the_sale_of(connected_shop, invoice["id"])
    events = await until(
        lambda: connected_shop.events(invoice["id"]),
        lambda rows: len(rows) == 4 and all(row["state"] != "received" for row in rows),
        "four events",
    )
    assert sorted(event["event_type"] for event in events[:3]) == [
        "invoice.changed",
        "invoice.status.changed",
        "payment.changed",
    ]
    assert {event["state"] for event in events[:3]} == {"processed"}
    assert await connected_shop.calls() == {"GET /v1/invoices/{id}": 1, "GET /v1/payments/{id}": 1}


async def test_whatever_arrives_while_a_fetch_is_slow_costs_one_more(silent_shop: Shop) -> None:
    shop = silent_shop
    invoice = await paid_invoice(shop)
    await fault(shop, "slow", path="invoices", times=1, delayMs=2500)
    first = await accepted(shop, four_members(shop, "invoice.status.changed", invoice))
    await until(lambda: _is_fetching(shop, invoice), bool, "the first fetch")
    # Of other instants, none of them younger than the document: nothing to wait for.
    later = [four_members(shop, "invoice.status.changed", invoice, later=-number) for number in range(10, 60)]
    more = await all_at_once(*(accepted(shop, event) for event in later))
    events = await all_at_once(*(ended(shop, event) for event in (first, more[0], more[-1])))
    assert [event["state"] for event in events] == ["processed", "unchanged", "unchanged"]
    assert await shop.rows("SELECT 1 FROM events WHERE state = 'received'") == []
    assert (await the_sale_of(shop, invoice))["state"] == "approved"
    assert (await shop.calls())["GET /v1/invoices/{id}"] == 2


async def _is_fetching(shop: Shop, invoice: str) -> bool:
    described = await shop.document_workflow(invoice).describe()
    return any(
        activity.activity_type.name == "fetch_document" and activity.state == 2  # STARTED
        for activity in described.raw_description.pending_activities
    )


async def test_fifty_notifications_cost_one_fetch_for_each_quiet_among_them(silent_shop: Shop) -> None:
    """One, where the machine takes all fifty in within an instant."""
    shop = silent_shop
    invoice = await paid_invoice(shop)
    told = await all_at_once(
        *(accepted(shop, {"eventType": "invoice.status.paid", "resourceId": invoice}) for _ in range(50))
    )
    assert len(set(told)) == 50
    rows = await until(
        lambda: shop.rows("SELECT state FROM events"),
        lambda rows: all(row["state"] != "received" for row in rows),
        "fifty handled events",
    )
    assert (len(rows), {row["state"] for row in rows} - {"processed", "unchanged"}) == (50, set())
    calls = await shop.calls()
    assert calls["GET /v1/invoices/{id}"] <= await _pauses(shop, invoice, notified=50)


async def _pauses(shop: Shop, resource_id: str, *, notified: int) -> int:
    """How often the document's workflow had heard nothing new for one quiet, or something at all times for ten."""
    engine, document = shop.house.engine, shop.document_workflow(resource_id).id

    async def signalled_and_fired() -> tuple[list[datetime], int]:
        runs = [run.run_id async for run in engine.list_workflows(f"WorkflowId = '{document}'")]
        histories = [await engine.get_workflow_handle(document, run_id=run).fetch_history() for run in runs]
        events = [event for history in histories for event in history.events]
        signalled = [
            event.event_time.ToDatetime()
            for event in events
            if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED
        ]
        return signalled, [event.event_type for event in events].count(EventType.EVENT_TYPE_TIMER_FIRED)

    signalled, fired = await until(signalled_and_fired, lambda seen: len(seen[0]) == notified, f"{notified} signals")
    longest = timedelta(seconds=LONGEST_QUIET * shop.house.settings.quiet_seconds)
    return fired + (max(signalled) - min(signalled)) // longest


async def test_the_same_notification_ten_times_at_once_is_one_event(silent_shop: Shop) -> None:
    shop = silent_shop
    invoice = await paid_invoice(shop)
    event = four_members(shop, "invoice.status.changed", invoice)
    answers = await all_at_once(*(shop.notify(event) for _ in range(10)))
    assert sorted(answer.json()["status"] for answer in answers) == ["accepted", *["duplicate"] * 9]
    (number,) = {answer.json()["event"] for answer in answers}
    assert (await ended(shop, number))["state"] == "processed"
    again = await shop.notify(event)
    assert again.json()["status"] == "duplicate"
    assert await shop.calls() == {"GET /v1/invoices/{id}": 1, "GET /v1/payments/{id}": 1}


async def test_a_replay_is_handled_anew_and_changes_nothing(silent_shop: Shop) -> None:
    shop = silent_shop
    before, invoice = await paid_sale(shop)
    (event,) = await shop.events()
    await shop.forget_calls()
    again = await replay(shop, event["id"])
    assert (again["state"], again["changes"], again["delivery"]) == ("unchanged", None, 2)
    assert await sale_of(shop, invoice) == before
    assert (await shop.calls())["GET /v1/invoices/{id}"] == 1


async def test_an_event_announced_twice_is_handled_once_and_costs_nothing_more(silent_shop: Shop) -> None:
    shop = silent_shop
    _, invoice = await paid_sale(shop)
    (event,) = await shop.events()
    await shop.forget_calls()
    await shop.rows("UPDATE events SET handed_over_at = NULL RETURNING 1")
    await announcing.announce_event(
        shop.house.engine,
        shop.tenant,
        EventAnnouncement(resource_id=event["resource_id"], event=event["id"], delivery=event["delivery"]),
    )
    workflow = shop.document_workflow(invoice)
    assert await workflow.result() == "handled before"
    assert (await shop.events())[0]["state"] == "processed"
    assert (await shop.events())[0]["changes"] == event["changes"]
    assert await shop.calls() == {}


async def test_a_failing_fetch_is_tried_again_and_nothing_is_lost(silent_shop: Shop) -> None:
    shop = silent_shop
    kinds = ["rate_limit_429", "throttled_500", "unavailable_503", "timeout_504_before", "reset_before", "conflict_409"]
    invoices = [await paid_invoice(shop) for _ in kinds]
    for kind, invoice in zip(kinds, invoices, strict=True):
        await fault(shop, kind, path=f"invoices/{invoice}", times=1)
        await fault(shop, kind, path=f"payments/{invoice}", times=1)
    events = await all_at_once(*(tell(shop, "invoice.status.paid", invoice) for invoice in invoices))
    assert [event["state"] for event in events] == ["processed"] * len(kinds)
    for invoice in invoices:
        assert earned(await the_sale_of(shop, invoice))["ANNA"] == 10_000
    counts = (await shop.hook("GET", "faults"))["injected"]
    assert counts == dict.fromkeys(kinds, 2)


async def test_without_a_key_events_are_skipped_until_one_is_saved(product: House) -> None:
    shop = await product.shop(connected=False)
    await shop.partners()
    invoice = await paid_invoice(shop)
    answer = await shop.notify({"eventType": "invoice.status.paid", "resourceId": invoice})
    assert (answer.status_code, answer.json()["status"]) == (200, "skipped")
    (event,) = await shop.events()
    assert (event["state"], event["reason"]) == ("skipped", "Es ist kein API-Schlüssel hinterlegt.")
    refused = await shop.call("POST", f"/events/{event['id']}/replay")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_connected")
    assert await shop.calls() == {}
    await shop.api("PUT", "/providers/lexoffice", {"api_key": shop.api_key, "effective_from": "2026-01-01"})
    assert earned(await the_sale_of(shop, invoice))["ANNA"] == 10_000
    assert (await ended(shop, event["id"]))["state"] == "processed"


@pytest.mark.parametrize("kind", ["unauthorized_401", "forbidden_403", "payment_required_402"])
async def test_a_refused_key_leaves_the_event_for_later(silent_shop: Shop, kind: str) -> None:
    shop = silent_shop
    invoice = await paid_invoice(shop)
    await fault(shop, kind, path="invoices", times=1)
    event = await tell(shop, "invoice.status.paid", invoice)
    assert (event["state"], event["reason"]) == ("skipped", "Die Verbindung zur Buchhaltung ist nicht nutzbar.")
    assert await sale_of(shop, invoice) is None
    (task,) = await shop.tasks()
    broken = kind == "unauthorized_401"
    assert (task["kind"], task["subject"]) == ("connection_broken" if broken else "access_refused", "connection")
    assert (await shop.api("GET", "/providers/lexoffice"))["state"] == ("broken" if broken else "connected")
    # Whatever was wrong, it is mended: the test of the connection takes up what was skipped.
    await shop.api("POST", "/providers/lexoffice/test")
    assert (await the_sale_of(shop, invoice))["state"] == "approved"
    assert await shop.tasks() == []


async def test_a_key_that_is_saved_while_the_old_one_is_being_refused_is_not_broken_by_it(silent_shop: Shop) -> None:
    shop = silent_shop
    invoice = await paid_invoice(shop)
    await fault(shop, "unauthorized_401", path="invoices", times=1, delayMs=4000)
    number = await accepted(shop, four_members(shop, "invoice.status.changed", invoice))
    await until(lambda: _struck(shop), lambda struck: struck == {"unauthorized_401": 1}, "the call with the old key")
    await shop.api("PUT", "/providers/lexoffice", {"api_key": shop.api_key})
    assert "GET /v1/invoices/{id}" not in await shop.calls(), "lexoffice has not answered it yet"
    assert (await ended(shop, number))["state"] == "processed"
    assert (await shop.calls())["GET /v1/invoices/{id}"] == 2
    assert (await shop.api("GET", "/providers/lexoffice"))["state"] == "connected"
    assert await shop.tasks() == []


async def _struck(shop: Shop) -> dict[str, int]:
    """Faults that have taken hold of a call; the call's answer may still be to come."""
    counts: dict[str, int] = (await shop.hook("GET", "faults"))["injected"]
    return counts


async def test_a_check_of_the_connection_takes_up_what_was_skipped(silent_shop: Shop) -> None:
    shop = silent_shop
    invoice = await paid_invoice(shop)
    await fault(shop, "forbidden_403", path="v1/(invoices|payments)")
    event = await tell(shop, "invoice.status.paid", invoice)
    assert event["state"] == "skipped"
    assert [task["kind"] for task in await shop.tasks()] == ["access_refused"]
    await shop.hook("DELETE", "faults")
    # lexoffice's own word about the connection makes the workflow look, and it finds it whole.
    checked = await tell(shop, "token.revoked", str(uuid4()))
    assert (checked["state"], checked["reason"]) == ("unchanged", "Der Zugang gilt weiterhin.")
    await handed_over(shop.house)
    assert (await the_sale_of(shop, invoice))["state"] == "approved"
    assert (await ended(shop, event["id"]))["state"] == "processed"
    assert await shop.tasks() == []


async def test_what_is_no_event_starts_nothing(silent_shop: Shop) -> None:
    nothing_known = str(uuid4())
    bodies = [
        b"",
        b"[]",
        b"{",
        b'"invoice.status.paid"',
        b'{"eventType": "invoice.status.paid"}',
        b'{"eventType": "invoice.status.paid", "resourceId": "17"}',
        json.dumps({"eventType": 5, "resourceId": nothing_known}).encode(),
        json.dumps({"eventType": "invoice.changed", "resourceId": nothing_known, "eventDate": "gestern"}).encode(),
    ]
    assert [(await silent_shop.notify(body)).status_code for body in bodies] == [400] * len(bodies)
    assert await silent_shop.calls() == {}
    assert {event["state"] for event in await silent_shop.events()} <= {"ignored"}
