"""What the sandbox sends, and what counts as taken."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest

from easybill.notifications import DELIVERY_HEADER, EVENT_HEADER, parse_notification
from easybill.webhooks import NewWebhook
from tests.fixtures.easybill_office import EasybillOffice, easybill_office
from tests.fixtures.house import until
from tests.sandbox_lexoffice.receiver import Receiver

ITEM = {"description": "Kurs", "single_price_net": 100_000, "vat_percent": 19}


@pytest.fixture
def listener() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


async def listen(office: EasybillOffice, listener: Receiver, **changed: Any) -> None:
    told: dict[str, Any] = {"url": f"{listener.url}/hook", "description": "Test", "secret": "sixteen letters or more"}
    await office.client.create_webhook(NewWebhook(**told | changed))


async def settled(office: EasybillOffice) -> list[dict[str, Any]]:
    """The deliveries, when none is under way any more."""
    return await until(
        lambda: office.shows("deliveries"), lambda told: all(sent["status"] != "pending" for sent in told)
    )


async def invoice(office: EasybillOffice) -> dict[str, Any]:
    told: dict[str, Any] = await office.does("documents", customer_id=office.customer, items=[ITEM])
    return told


@pytest.mark.parametrize("envelope", ["data", "bare"])
@pytest.mark.parametrize("content_type", ["json", "form"])
async def test_the_whole_document_comes_unsigned(
    easybill_sandbox: str, listener: Receiver, envelope: str, content_type: str
) -> None:
    async with easybill_office(easybill_sandbox, envelope=envelope) as office:
        await listen(office, listener, content_type=content_type, events=("document.completed",))
        written = await invoice(office)
        await settled(office)
    [came] = listener.received
    read = parse_notification(came.body, event=came.headers[EVENT_HEADER], delivery=came.headers[DELIVERY_HEADER])
    assert (read.event, read.document_id, read.document_type) == ("document.completed", written["id"], "INVOICE")
    assert not any("signature" in name.lower() for name in came.headers)
    text = came.body.decode() if content_type == "json" else parse_qs(came.body.decode())["payload"][0]
    assert json.dumps(written["amount"]) in text


async def test_a_payment_comes_as_a_pair(easybill_account: EasybillOffice, listener: Receiver) -> None:
    written = await invoice(easybill_account)
    await listen(easybill_account, listener)
    await easybill_account.clicks(written["id"], "mark-paid")
    await settled(easybill_account)
    assert sorted(came.headers[EVENT_HEADER] for came in listener.received) == [
        "document.payment_add",
        "document.update",
    ]


async def test_only_200_is_taken_and_202_is_a_failure(easybill_account: EasybillOffice, listener: Receiver) -> None:
    listener.answers = lambda path, n: (202 if n == 0 else 200, {})
    await listen(easybill_account, listener, events=("document.completed",))
    await invoice(easybill_account)
    [sent] = await settled(easybill_account)
    assert (sent["status"], [attempt["status"] for attempt in sent["attempts"]]) == ("delivered", [202, 200])
    [webhook] = (await easybill_account.client.webhooks()).items
    assert webhook.last_response is not None
    assert webhook.last_response.code == 200


async def test_what_is_never_taken_is_given_up(easybill_account: EasybillOffice, listener: Receiver) -> None:
    listener.answers = lambda path, n: (500, {})
    await listen(easybill_account, listener, events=("document.completed",))
    await invoice(easybill_account)
    [sent] = await settled(easybill_account)
    assert (sent["status"], len(sent["attempts"])) == ("given_up", 4)


async def test_deliveries_are_lost_and_doubled_as_told(easybill_sandbox: str, listener: Receiver) -> None:
    async with easybill_office(easybill_sandbox, duplicate_rate=1.0) as office:
        await listen(office, listener, events=("document.completed",))
        await invoice(office)
        assert [sent["status"] for sent in await settled(office)] == ["delivered", "delivered"]
        await office.changes(duplicate_rate=0, drop_rate=1.0)
        await invoice(office)
        assert (await settled(office))[0]["status"] == "dropped_by_fault"
