"""Notifications and their signatures, from friends, relays and strangers."""

import base64
import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from hypothesis import given
from hypothesis import strategies as st

from lexoffice.webhook import (
    SUBSCRIBED,
    NotAnEvent,
    NotAPublicKey,
    load_public_key,
    parse_event,
    signature_is_valid,
)
from tests.lexoffice_client.samples import ID, ORGANISATION, unhurried

BODY = (
    b'{"organizationId":"aa93e8a8-2aa3-470b-b914-caad8a255dd8","eventType":"contact.changed",'
    b'"resourceId":"e9066f04-8cc7-4616-93f8-ac9ecc8479c8","eventDate":"2023-04-11T12:30:00.000+02:00"}'
)


def event(**members: Any) -> bytes:
    return json.dumps({"eventType": "invoice.status.paid", "resourceId": str(ID)} | members).encode()


def test_lexoffices_four_members_are_read() -> None:
    read = parse_event(BODY)
    assert read.organization_id == ORGANISATION
    assert read.event_type == "contact.changed"
    assert read.resource_id == ID
    assert read.event_date == datetime(2023, 4, 11, 10, 30, tzinfo=UTC)
    assert read.payment_reference is None


def test_a_relays_three_members_are_read() -> None:
    read = parse_event(event(paymentReference="  GS-2026-0042\n Danke "))
    assert (read.organization_id, read.event_date) == (None, None)
    assert (read.event_type, read.payment_reference) == ("invoice.status.paid", "GS-2026-0042 Danke")


@pytest.mark.parametrize("member", ["organizationId", "eventDate", "paymentReference"])
@pytest.mark.parametrize("nothing", [None, ""])
def test_an_optional_member_may_be_empty(member: str, nothing: object) -> None:
    assert parse_event(event(**{member: nothing})).resource_id == ID


def test_an_unknown_type_is_an_event() -> None:
    assert parse_event(event(eventType="weather.changed")).event_type == "weather.changed"


NO_EVENTS: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"eventType=invoice.deleted",
    "no UTF-8": BODY.decode().encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf" + BODY,
    "a list": b"[" + BODY + b"]",
    "a text": b'"invoice.deleted"',
    "null": b"null",
    "absurd nesting": b'{"a":' * 12_000 + b"1" + b"}" * 12_000,
    "an absurd number": b'{"eventType":' + b"9" * 10_000 + b"}",
    "too large": event(padding="x" * 70_000),
    "no type": event(eventType=None),
    "an empty type": event(eventType=""),
    "a type that is a number": event(eventType=1),
    "a type that is too long": event(eventType="x" * 101),
    "a type with NUL": event(eventType="invoice\x00.deleted"),
    "a type with half a character": event(eventType="invoice.\ud800"),
    "a type over two lines": event(eventType="invoice.\nforged log line"),
    "no id": event(resourceId=None),
    "an id that is no UUID": event(resourceId="GS-2026-0042"),
    "an id in braces": event(resourceId=f"{{{ID}}}"),
    "an id with a line end": event(resourceId=f"{ID}\n"),
    "an id in other digits": event(resourceId=str(ID).replace("0", "\u0660")),
    "an id that is a list": event(resourceId=[str(ID)]),
    "an organisation that is no UUID": event(organizationId="mine"),
    "a date that is a number": event(eventDate=1_700_000_000),
    "a date that is none": event(eventDate="yesterday"),
    "a date before all books": event(eventDate="0001-01-01T00:00:00+14:00"),
    "a date after all books": event(eventDate="9999-12-31T23:59:59-14:00"),
    "a reference that is too long": event(paymentReference="x" * 256),
    "a reference with NUL": event(paymentReference="a\x00b"),
    "a reference that is an object": event(paymentReference={}),
}


@pytest.mark.parametrize("what", NO_EVENTS)
def test_what_is_no_event_is_refused_with_a_reason_of_our_own(what: str) -> None:
    with pytest.raises(NotAnEvent) as caught:
        parse_event(NO_EVENTS[what])
    assert caught.value.reason.isascii()
    assert len(caught.value.reason) < 60
    assert "forged" not in str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
MEMBERS = st.fixed_dictionaries(
    {},
    optional={
        "eventType": st.sampled_from(SUBSCRIBED) | JSON,
        "resourceId": st.uuids().map(str) | JSON,
        "organizationId": st.uuids().map(str) | JSON,
        "eventDate": st.datetimes().map(datetime.isoformat) | JSON,
        "paymentReference": JSON,
    },
)


@unhurried
@given(
    st.binary(max_size=300) | JSON.map(lambda v: json.dumps(v).encode()) | MEMBERS.map(lambda v: json.dumps(v).encode())
)
def test_arbitrary_bytes_are_an_event_that_can_be_stored_or_no_event(body: bytes) -> None:
    try:
        read = parse_event(body)
    except NotAnEvent:
        return
    stored = f"{read.event_type}{read.payment_reference}"
    assert "\x00" not in stored
    assert stored.encode("utf-8")
    assert read.event_date is None or read.event_date.tzinfo is UTC


KEY = rsa.generate_private_key(65537, 2048)
PUBLIC = load_public_key(
    KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
)


def sign(body: bytes, algorithm: hashes.HashAlgorithm | None = None) -> str:
    return base64.b64encode(KEY.sign(body, padding.PKCS1v15(), algorithm or hashes.SHA512())).decode()


def test_the_signature_of_the_bytes_as_sent_is_valid() -> None:
    assert signature_is_valid(BODY, sign(BODY), PUBLIC)
    loose = json.dumps(json.loads(BODY), indent=2).encode()
    assert signature_is_valid(loose, sign(loose), PUBLIC)


@pytest.mark.parametrize("layout", [{"indent": 2}, {"separators": (", ", " : ")}, {"indent": "\t"}])
def test_a_proxy_may_have_laid_the_body_out_anew(layout: dict[str, Any]) -> None:
    assert signature_is_valid(json.dumps(json.loads(BODY), **layout).encode(), sign(BODY), PUBLIC)


def test_space_within_a_text_and_the_order_of_members_are_part_of_what_is_signed() -> None:
    body = b'{"a":"x \\" y","b":1}'
    assert signature_is_valid(b'{ "a" : "x \\" y" , "b": 1 }\n', sign(body), PUBLIC)
    assert not signature_is_valid(b'{"a":"x\\"y","b":1}', sign(body), PUBLIC)
    assert not signature_is_valid(b'{"b":1,"a":"x \\" y"}', sign(body), PUBLIC)


def test_another_body_key_or_digest_is_invalid() -> None:
    other = rsa.generate_private_key(65537, 2048)
    assert not signature_is_valid(BODY + b" x", sign(BODY), PUBLIC)
    assert not signature_is_valid(BODY, sign(BODY, hashes.SHA256()), PUBLIC)
    assert not signature_is_valid(BODY, sign(BODY), other.public_key())


@unhurried
@given(
    st.binary(max_size=200), st.text(max_size=400) | st.binary(max_size=300).map(lambda b: base64.b64encode(b).decode())
)
def test_garbage_is_an_invalid_signature_and_never_an_exception(body: bytes, signature: str) -> None:
    assert signature_is_valid(body, signature, PUBLIC) is False


@pytest.mark.parametrize("body", [b'"' * 10**6, b'\\"' * 10**6, b" " * 10**6, b'"\\' * 10**6, b'"' + b"a" * 10**6])
def test_checking_takes_time_in_proportion_to_the_body(body: bytes) -> None:
    began = time.process_time()
    assert not signature_is_valid(body, sign(BODY), PUBLIC)
    assert time.process_time() - began < 2, "a quadratic search would take minutes"


@pytest.mark.parametrize(
    "pem",
    [
        b"",
        b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        b"<html>not found</html>",
        ec.generate_private_key(ec.SECP256R1())
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo),
        rsa.generate_private_key(65537, 1024)
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo),
    ],
    ids=["empty", "junk", "html", "elliptic", "short"],
)
def test_what_is_no_rsa_key_of_2048_bits_is_refused(pem: bytes) -> None:
    with pytest.raises(NotAPublicKey):
        load_public_key(pem)
