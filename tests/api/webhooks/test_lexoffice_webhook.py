"""What lexoffice, its relays and everybody else get at the webhook address."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from temporalio.client import Client

from ledger.inbox import events, redelivery
from ledger.inbox.events import Arrival
from ledger.types import EventId, EventState, Tenant, TenantId
from settings import Settings
from tests.fixtures.door import Door, new_door, running, until
from tests.fixtures.unhurried import SHORT


async def signals_of(engine: Client, door: Door, resource: str) -> list[dict[str, Any]]:
    """The notifications that the document's workflow was told of."""
    history = await engine.get_workflow_handle(f"lexoffice/{door.tenant.slug}/{resource}").fetch_history()
    told = [event.workflow_execution_signaled_event_attributes for event in history.events]
    return [json.loads(one.input.payloads[0].data) for one in told if one.signal_name == "notify"]


async def test_an_event_is_kept_handed_over_and_answered(connected: Door) -> None:
    event = connected.event()
    answer = await connected.notify(event)
    assert (answer.status_code, answer.json()["status"]) == (200, "accepted")
    number = answer.json()["event"]
    (row,) = await connected.rows("SELECT * FROM events WHERE id = $1", number)
    assert row["state"] == "received"
    assert json.loads(row["body"]) == event
    assert await signals_of(connected.parts.engine, connected, event["resourceId"]) == [
        {"event": number, "delivery": 1, "unknown": True}
    ]

    async def handed_over() -> bool:
        (now,) = await connected.rows("SELECT handed_over_at FROM events WHERE id = $1", number)
        return now["handed_over_at"] is not None

    await until(handed_over)


@pytest.mark.parametrize("way", ["bearer", "header", "query"])
async def test_the_token_is_taken_from_each_of_three_places(connected: Door, way: str) -> None:
    headers = {
        "bearer": {"Authorization": f"bearer {connected.token}"},
        "header": {"X-Lexoffice-Token": connected.token},
    }
    query = {"token": connected.token} if way == "query" else {}
    answer = await connected.http.post(
        connected.address, json=connected.event(), headers=headers.get(way, {}), params=query
    )
    assert answer.json()["status"] == "accepted"


async def test_head_and_get_are_answered_for_any_tenant(door: Door) -> None:
    for slug in (door.tenant.slug, "nobody"):
        for method in ("HEAD", "GET"):
            assert (await door.http.request(method, f"/api/webhooks/{slug}/lexoffice")).status_code == 200


async def test_all_who_are_not_let_in_get_the_same_answer(connected: Door, other: Door) -> None:
    good, path = connected.event(), connected.address

    async def knock(address: str, token: str | None, event: Any = good, host: str | None = None) -> httpx.Response:
        headers: list[tuple[bytes, bytes]] = []
        if token is not None:
            headers.append((b"Authorization", f"Bearer {token}".encode("latin-1")))
        if host is not None:
            headers.append((b"Host", host.encode()))
        return await connected.http.post(address, json=event, headers=headers)

    foreign = connected.event(organizationId=str(uuid4()))
    refused = [
        await knock(path, None),
        await knock(path, ""),
        await knock(path, "wrong"),
        await knock(path, "wröng"),
        await knock(path, other.token),
        await knock("/api/webhooks/nobody/lexoffice", connected.token),
        await knock("/api/webhooks/nobody/lexoffice", "wrong"),
        await knock(path, connected.token, foreign),
        await knock(path, connected.token, host=f"{other.tenant.slug}.partnerdesk.test"),
        await knock(path, "wrong", "no event"),
    ]
    assert {answer.status_code for answer in refused} == {401}
    assert len({answer.content for answer in refused}) == 1
    assert not await connected.rows("SELECT 1 FROM events WHERE tenant_id = $1", connected.tenant.id)
    assert (await knock(path, connected.token, host=f"{connected.tenant.slug}.partnerdesk.test")).status_code == 200


@pytest.mark.parametrize(
    "body",
    [b"", b"no json", b"[]", b'"text"', b"{}", b'{"eventType": 7, "resourceId": 8}', b"\xff\xfe", b"[" * 50_000],
    ids=["empty", "no json", "list", "text", "no members", "wrong types", "no utf-8", "deep"],
)
async def test_a_body_that_is_no_event_is_400(connected: Door, body: bytes) -> None:
    answer = await connected.notify(body)
    assert (answer.status_code, answer.json()["code"]) == (400, "not_an_event")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_an_id_that_is_no_uuid_is_refused_and_kept_for_people_to_see(connected: Door) -> None:
    answer = await connected.notify(connected.event(resourceId="../../v1/contacts"))
    assert answer.status_code == 400
    (row,) = await connected.rows("SELECT * FROM events WHERE id = $1", answer.json()["event"])
    assert (row["state"], row["reason"]) == ("ignored", "Kein gültiges Ereignis (resourceId is no UUID).")


@pytest.mark.parametrize("kind", ["contact.changed", "voucher.created", "something.new"])
async def test_an_event_of_another_kind_is_kept_and_ignored(connected: Door, kind: str) -> None:
    answer = await connected.notify(connected.event(eventType=kind))
    assert (answer.status_code, answer.json()["status"]) == (200, "ignored")
    (row,) = await connected.rows("SELECT state, reason FROM events WHERE id = $1", answer.json()["event"])
    assert row["state"] == "ignored"
    assert ("voucher.*" in row["reason"]) == kind.startswith("voucher.")


@pytest.mark.parametrize(
    "kind",
    [
        "invoice.status.paid",
        "invoice.status.voided",
        "invoice.status.cancelled",
        "invoice.status.changed",
        "invoice.changed",
        "invoice.deleted",
        "credit-note.status.paid",
        "credit-note.status.voided",
        "credit-note.status.changed",
        "credit-note.deleted",
        "payment.changed",
        "token.revoked",
    ],
)
async def test_each_kind_of_the_event_table_is_accepted(connected: Door, kind: str) -> None:
    assert (await connected.notify(connected.event(eventType=kind))).json()["status"] == "accepted"


async def test_the_chapters_dialect_has_neither_organisation_nor_date(connected: Door) -> None:
    event = {"eventType": "credit-note.status.paid", "resourceId": str(uuid4()), "paymentReference": "SEPA-4711"}
    first, second = await connected.notify(event), await connected.notify(event)
    assert [first.json()["status"], second.json()["status"]] == ["accepted", "accepted"]
    (row,) = await connected.rows("SELECT payment_reference FROM events WHERE id = $1", first.json()["event"])
    assert row["payment_reference"] == "SEPA-4711"


async def test_of_ten_equal_events_at_once_one_is_accepted(connected: Door) -> None:
    event = connected.event()
    answers = [answer.json() for answer in await asyncio.gather(*(connected.notify(event) for _ in range(10)))]
    assert sorted(answer["status"] for answer in answers) == ["accepted"] + ["duplicate"] * 9
    assert len({answer["event"] for answer in answers}) == 1
    assert len(await signals_of(connected.parts.engine, connected, event["resourceId"])) == 1


async def _left_behind(connected: Door, event: dict[str, Any]) -> EventId:
    """An event as a process leaves it that dies between the inbox and the announcement, a minute ago."""
    arrival = Arrival(
        provider="lexoffice",
        organization_id=event["organizationId"],
        event_type=event["eventType"],
        resource_id=event["resourceId"],
        event_date=datetime.fromisoformat(event["eventDate"]),
        body=b"{}",
    )
    taken = await events.take_in(connected.parts.ledger, connected.tenant, arrival)
    await connected.rows("UPDATE events SET received_at = now() - interval '1 minute' WHERE id = $1", taken.id)
    return taken.id


async def test_a_repeat_of_what_was_never_handed_over_is_handed_over(connected: Door) -> None:
    event = connected.event()
    number = await _left_behind(connected, event)
    answer = await connected.notify(event)
    assert answer.json() == {"status": "accepted", "event": number}
    assert await signals_of(connected.parts.engine, connected, event["resourceId"]) == [
        {"event": number, "delivery": 1, "unknown": True}
    ]
    assert (await connected.notify(event)).json()["status"] == "duplicate"


async def test_what_was_announced_for_another_tenant_is_handed_over_for_ours_all_the_same(connected: Door) -> None:
    """Events are counted per tenant: theirs may have the number of ours."""
    event = connected.event()
    number = await _left_behind(connected, event)
    other = Tenant(id=TenantId(uuid4()), slug="another")
    assert await connected.parts.announcer.event(other, uuid4(), number, 1)
    assert (await connected.notify(event)).json() == {"status": "accepted", "event": number}


async def test_without_a_key_events_are_kept_and_taken_up_when_one_comes(door: Door) -> None:
    ours, foreign = door.event(), door.event(organizationId=str(uuid4()))
    answers = [(await door.notify(event)).json() for event in (ours, foreign, ours)]
    assert [answer["status"] for answer in answers] == ["skipped", "skipped", "duplicate"]
    await door.connect()
    rows = {row["id"]: row for row in await door.rows("SELECT id, state, delivery, reason FROM events")}
    assert (rows[answers[0]["event"]]["state"], rows[answers[0]["event"]]["delivery"]) == ("received", 2)
    assert rows[answers[1]["event"]]["state"] == "ignored"


async def test_no_event_is_lost_while_a_key_is_added(door: Door) -> None:
    """Whatever the interleaving: an event either saw the key, or the one who added the key saw the event."""
    await door.notify(door.event())  # warm

    async def arrive() -> list[httpx.Response]:
        return [await door.notify(door.event()) for _ in range(15)]

    async def connect() -> None:
        await asyncio.sleep(0.02)
        await door.connect()

    *arrived, _ = await asyncio.gather(arrive(), arrive(), arrive(), connect())
    statuses = {answer.json()["status"] for several in arrived if several for answer in several}
    assert statuses <= {"skipped", "accepted"}
    states = {row["state"] for row in await door.rows("SELECT DISTINCT state FROM events")}
    assert states == {"received"}


async def test_a_warm_door_authenticates_without_the_database(connected: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    await connected.notify(connected.event())
    await connected.notify(connected.event(), Authorization="Bearer guessed")

    def never(*_: object) -> None:
        raise AssertionError("the database was asked who is calling")

    monkeypatch.setattr(connected.parts.webhook_tokens, "_look_up", never)
    assert (await connected.notify(connected.event())).status_code == 200
    assert (await connected.notify(connected.event(), Authorization="Bearer guessed")).status_code == 401


async def test_more_than_a_megabyte_is_413_with_and_without_a_length(connected: Door) -> None:
    async def chunks() -> Any:
        for _ in range(1001):
            yield b"x" * 1000

    headers = {"Authorization": f"Bearer {connected.token}"}
    assert (await connected.notify(b"x" * 1_000_001)).status_code == 413
    counted = await connected.http.post(connected.address, content=chunks(), headers=headers)
    assert (counted.status_code, counted.json()["code"]) == (413, "too_large")
    assert (await connected.notify(b"x" * 1_000_000)).status_code == 400


async def test_with_the_engine_away_the_row_stands_and_the_answer_is_200(
    product_settings: Settings, monkeypatch: pytest.MonkeyPatch, engine_address: object, unused_tcp_port: int
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{unused_tcp_port}")
    monkeypatch.setenv("PARTNERDESK_ENGINE_SECONDS", "1")
    async with running(product_settings) as started:
        door = await new_door(started)
        await door.connect()
        event = door.event()
        answer = await door.notify(event)
        assert (answer.status_code, answer.json()["status"]) == (200, "accepted")
        (row,) = await door.rows("SELECT state, handed_over_at FROM events WHERE id = $1", answer.json()["event"])
        assert (row["state"], row["handed_over_at"]) == ("received", None)
        # The next delivery of the same event tries again.
        assert (await door.notify(event)).json()["status"] == "accepted"
        metrics = (await door.http.get("/metrics")).text
        assert 'partnerdesk_announcements_failed_total{kind="event"} 2.0' in metrics
        ready = await door.http.get("/readyz")
        assert ready.status_code == 503
        assert "TEMPORAL_ADDRESS" in ready.text


async def test_with_the_database_away_the_answer_is_503_within_5_s(
    product_settings: Settings, engine_address: object, unused_tcp_port: int
) -> None:
    away = product_settings.model_copy(
        update={
            "database_url": type(product_settings.database_url)(f"postgresql://x@127.0.0.1:{unused_tcp_port}/x"),
            **SHORT,
        }
    )
    async with running(away) as (_, http):
        loop = asyncio.get_running_loop()
        started = loop.time()
        answer = await http.post("/api/webhooks/acme/lexoffice", json={}, headers={"X-Lexoffice-Token": "a"})
        assert loop.time() - started < 5
        assert (answer.status_code, answer.json()["code"]) == (503, "database_away")
        assert int(answer.headers["retry-after"]) > 0
        ready = await http.get("/readyz")
        assert ready.status_code == 503
        assert "PARTNERDESK_DATABASE_URL" in ready.text


@pytest.mark.parametrize(
    ("path", "status"), [("/api/webhooks/acme/lexoffice", 503), ("/api/webhooks/acme/stripe", 503), ("/login", 408)]
)
async def test_a_body_that_comes_too_late_is_asked_for_again_where_somebody_notifies(
    product_settings: Settings, engine_address: object, path: str, status: int
) -> None:
    async def late() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()  # for ever
        yield b"}"

    async with running(product_settings.model_copy(update={"request_seconds": 0.3})) as (_, http):
        answer = await http.post(path, content=late())
        assert (answer.status_code, answer.json()["code"]) == (status, "body_too_slow")
        assert ("retry-after" in answer.headers) == (status == 503)


@pytest.mark.parametrize("odd", [b"NaN", b"1e999", b'"\\ud800"', b"[" * 500 + b"]" * 500])
async def test_whatever_was_accepted_can_be_looked_at(connected: Door, odd: bytes) -> None:
    body = json.dumps(connected.event()).encode()[:-1] + b',"x":' + odd + b"}"
    answer = await connected.notify(body)
    assert answer.status_code == 200, answer.text
    seen = await connected.api("GET", f"events/{answer.json()['event']}")
    assert seen.status_code == 200, seen.text
    shown = seen.json()["body"]
    assert shown == body.decode() or shown["resourceId"]


async def test_what_waited_is_handed_over_with_a_new_delivery(connected: Door) -> None:
    event = connected.event(eventType="credit-note.status.changed")
    number = (await connected.notify(event)).json()["event"]
    ledger, tenant = connected.parts.ledger, connected.tenant
    async with ledger.transaction(tenant) as tx:
        await redelivery.park(tx, [number])
    async with ledger.transaction(tenant) as tx:
        assert await redelivery.hand_over_waiting(tx, [uuid4()]) == []
        assert await redelivery.hand_over_waiting(tx, [UUID(event["resourceId"])]) == [number]
        (now,) = await events.find_each(tx, [number])
    assert (now.state, now.delivery, now.handed_over_at) == (EventState.RECEIVED, 2, None)


@pytest.fixture
def hanging_port() -> Iterator[int]:
    """A port that takes connections and never answers."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(50)
        yield listening.getsockname()[1]


async def test_with_the_database_hanging_the_answer_is_503_within_5_s(
    product_settings: Settings, engine_address: object, hanging_port: int
) -> None:
    url = type(product_settings.database_url)(f"postgresql://x@127.0.0.1:{hanging_port}/x")
    async with running(product_settings.model_copy(update={"database_url": url, **SHORT})) as (_, http):
        async with asyncio.timeout(5):
            answer = await http.post("/api/webhooks/acme/lexoffice", json={}, headers={"X-Lexoffice-Token": "a"})
        assert answer.status_code == 503
        assert "retry-after" in answer.headers


async def test_with_the_engine_hanging_the_answer_is_200_within_5_s(
    product_settings: Settings, engine_address: object, monkeypatch: pytest.MonkeyPatch, hanging_port: int
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{hanging_port}")
    monkeypatch.setenv("PARTNERDESK_ENGINE_SECONDS", "1")
    async with running(product_settings.model_copy(update={"request_seconds": 4.0})) as started:
        door = await new_door(started)
        await door.connect()
        async with asyncio.timeout(5):
            answer = await door.notify(door.event())
        assert (answer.status_code, answer.json()["status"]) == (200, "accepted")
