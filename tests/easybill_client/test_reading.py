"""What easybill may send, in all its shapes, and what is refused before it is sent. No server."""

import json
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest

from easybill.client import EasybillClient
from easybill.documents import Document
from easybill.notifications import NotAnEvent, parse_notification
from easybill.queries import DocumentQuery
from easybill.wire import BERLIN, parse_time
from tests.fixtures.easybill_office import new_credit


def document(**changed: Any) -> Document:
    told = {"id": 7, "type": "INVOICE", "amount": 119_00, "amount_net": 100_00, "number": "RE-1"} | changed
    return Document.from_body(json.dumps(told).encode())


def test_missing_null_and_empty_members_are_the_same() -> None:
    nulls: dict[str, Any] = {"paid_amount": None, "items": None, "cancel_id": None}
    for changed in ({}, nulls, {"external_id": "", "customer_id": ""}):
        read = document(**changed)
        assert (read.paid_cents, read.items, read.cancel_id, read.external_id) == (0, (), None, None)


def test_the_word_null_is_none_because_the_documentation_gives_it_as_default() -> None:
    assert document(external_id="null", vat_option="null").vat_option is None


@pytest.mark.parametrize("amount", [119_00, 119_00.0])
def test_cents_may_be_written_as_a_float(amount: float) -> None:
    assert document(amount=amount).gross_cents == 11_900


@pytest.mark.parametrize("amount", [119.5, "11900", True, 10**18])
def test_what_is_no_whole_number_of_cents_is_not_read(amount: object) -> None:
    with pytest.raises(ValueError, match="amount"):
        document(amount=amount)


def test_the_price_of_a_unit_may_have_fractions_of_a_cent() -> None:
    [item] = document(items=[{"single_price_net": 33.333}]).items
    assert item.single_price_net == Decimal("33.333")


@pytest.mark.parametrize(
    ("changed", "paid"),
    [
        ({"paid_amount": 11_900}, True),
        ({"paid_amount": 12_000}, True),
        ({"paid_amount": 11_899, "paid_at": "2026-11-02"}, False),
        ({"paid_amount": -11_900}, False),
        ({"paid_amount": 11_900, "is_draft": True}, False),
        ({"paid_amount": 11_900, "cancel_id": 8}, False),
        ({"amount": -11_900, "paid_amount": -11_900, "type": "CREDIT"}, True),
        ({"amount": -11_900, "paid_amount": 11_900, "type": "CREDIT"}, True),
        ({"amount": 0, "paid_amount": 0}, False),
    ],
)
def test_paid_is_what_the_amounts_say(changed: dict[str, Any], paid: bool) -> None:
    assert document(**changed).is_paid is paid


def test_times_are_german_and_aware() -> None:
    assert parse_time("2026-07-01 12:00:00") == datetime(2026, 7, 1, 12, tzinfo=BERLIN)
    assert parse_time("2026-10-25 02:30:00").utcoffset() == parse_time("2026-10-25 01:00:00").utcoffset()


@pytest.mark.parametrize("text", ["0000-00-00", "31.12.2026", 5, "9999-12-31 00:00:00"])
def test_what_is_no_time_is_refused(text: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any: pydantic names the member
        parse_time(text)


DATA = {"id": 41_007, "type": "INVOICE", "amount": 1}
PAYMENT = {"id": 3, "document_id": 41_007, "amount": 1}


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(DATA).encode(),
        json.dumps({"event": "document.completed", "data": DATA}).encode(),
        json.dumps({"document": DATA | {"id": "41007"}}).encode(),
        urlencode({"payload": json.dumps(DATA)}).encode(),
        urlencode({"id": "41007", "type": "INVOICE"}).encode(),
    ],
)
def test_a_notification_is_read_in_every_shape(body: bytes) -> None:
    read = parse_notification(body, event="document.completed", delivery="00012")
    assert (read.event, read.document_id, read.document_type) == ("document.completed", 41_007, "INVOICE")
    assert read.delivery == "00012"


def test_a_payment_names_its_document_and_not_itself() -> None:
    read = parse_notification(json.dumps(PAYMENT).encode(), event="document.payment_add", delivery=None)
    assert read.document_id == 41_007
    whole = parse_notification(json.dumps(DATA).encode(), event="document.payment_add", delivery=None)
    assert whole.document_id == 41_007


def test_what_is_about_no_document_names_none() -> None:
    assert parse_notification(b'{"id":5}', event="customer.update", delivery=None).document_id is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"\xff\xfe",
        b"{}",
        b'{"id":0}',
        b'{"id":true}',
        b'{"id":1e400}',
        b'{"id":4611686018427387904}',
        b"[" * 100_000,
        b" " * 3_000_000,
    ],
)
def test_what_is_no_notification_is_told_apart(body: bytes) -> None:
    with pytest.raises(NotAnEvent):
        parse_notification(body, event="document.update", delivery=None)


def test_without_a_name_there_is_no_event() -> None:
    with pytest.raises(NotAnEvent, match="not named"):
        parse_notification(b'{"id":5}', event=None, delivery=None)
    assert parse_notification(b'{"event":"document.update","data":{"id":5}}', event="", delivery="").document_id == 5


def test_a_draft_is_sent_net_with_its_period() -> None:
    told = json.loads(new_credit(5).body())
    assert (told["calc_vat_from"], told["items"][0]["single_price_net"], told["type"]) == (0, 10_000, "CREDIT")
    assert told["service_date"] == {"type": "SERVICE", "date_from": "2026-10-01", "date_to": "2026-10-31"}
    assert told["external_id"] == "[PO-2026-0001/k7Q2mX9a]"


def test_a_filter_with_a_comma_would_find_something_else() -> None:
    with pytest.raises(ValueError, match="comma"):
        DocumentQuery(number="RE-1,RE-2").filters()


@pytest.mark.parametrize("url", ["ftp://x", "https://u:p@x", "https://x?y=1", "x"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="address"):
        EasybillClient(base_url=url, key="k")


def test_neither_key_nor_webhook_secret_is_shown() -> None:
    assert "topsecret" not in repr(EasybillClient(base_url="https://api.easybill.de", key="topsecret"))


async def test_an_id_that_is_a_text_leads_nowhere() -> None:
    async with EasybillClient(base_url="https://api.easybill.de", key="k") as client:
        with pytest.raises(TypeError):
            await client.document("../logins")  # type: ignore[arg-type]
