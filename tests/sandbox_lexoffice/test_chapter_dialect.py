from __future__ import annotations

from typing import Any

import pytest

from .account import Account
from .conftest import OpenAccount
from .receiver import Receiver, wait_until


@pytest.fixture
def chapter(open_account: OpenAccount, receiver: Receiver) -> Account:
    account = open_account(dialect="chapter")
    answer = account.hook("PUT", "/webhook", {"url": receiver.url + "/in", "token": "geheim & mehr"})
    assert answer.status_code == 200
    return account


@pytest.mark.parametrize(
    ("what", "click", "event"),
    [
        ("invoices", "mark-paid", "invoice.status.paid"),
        ("invoices", "void", "invoice.status.voided"),
        ("invoices", "cancel", "invoice.status.cancelled"),
        ("credit-notes", "mark-paid", "credit-note.status.paid"),
        ("credit-notes", "void", "credit-note.status.voided"),
    ],
)
def test_the_chapters_events_carry_only_type_and_resource(
    chapter: Account, receiver: Receiver, what: str, click: str, event: str
) -> None:
    document = chapter.writes(what)
    chapter.clicks(document, click)
    received = wait_until(lambda: receiver.received)[0]
    assert received.event == {"eventType": event, "resourceId": document["id"]}
    assert received.headers["Authorization"] == "Bearer geheim & mehr"
    assert "X-Lxo-Signature" not in received.headers


def test_a_payment_reference_travels_with_the_paid_event(chapter: Account, receiver: Receiver) -> None:
    chapter.clicks(chapter.writes("credit-notes"), "pay", paymentReference="PO-2026-0001")
    assert wait_until(lambda: receiver.received)[0].event["paymentReference"] == "PO-2026-0001"


@pytest.mark.parametrize(
    ("way", "header", "path"),
    [
        ("x-lexoffice-token", "geheim & mehr", "/in?a=1"),
        ("query", None, "/in?a=1&token=geheim+%26+mehr"),
    ],
)
def test_the_token_travels_as_it_was_told(
    chapter: Account, receiver: Receiver, way: str, header: str | None, path: str
) -> None:
    chapter.hook("PUT", "/webhook", {"url": receiver.url + "/in?a=1", "token": "geheim & mehr", "tokenVia": way})
    chapter.clicks(chapter.writes("invoices"), "mark-paid")
    received = wait_until(lambda: receiver.received)[0]
    assert received.headers.get("X-Lexoffice-Token") == header
    assert "Authorization" not in received.headers
    assert received.path == path


def test_cancelling_can_be_called_voiding(open_account: OpenAccount, chapter: Account, receiver: Receiver) -> None:
    chapter.hook("PATCH", "", {"cancelEvent": False})
    chapter.clicks(chapter.writes("invoices"), "cancel")
    assert wait_until(lambda: receiver.received)[0].event["eventType"] == "invoice.status.voided"


def test_partial_payments_and_other_changes_send_nothing_to_the_webhook(chapter: Account) -> None:
    billed = chapter.writes("invoices")
    chapter.clicks(billed, "pay", amount="1.00")
    chapter.clicks(billed, "unpay")
    chapter.clicks(billed, "reopen")
    assert chapter.notifications() == []


def test_subscriptions_work_beside_the_webhook(chapter: Account, receiver: Receiver) -> None:
    chapter.subscribes(receiver.url + "/api", "invoice.status.changed")
    billed = chapter.writes("invoices", finalize=False)
    chapter.clicks(billed, "finalize")
    chapter.clicks(billed, "mark-paid")
    wait_until(lambda: len(receiver.received) == 3)
    assert sorted(receiver.events()) == ["invoice.status.changed", "invoice.status.changed", "invoice.status.paid"]


@pytest.mark.parametrize(
    ("shape", "shown"),
    [
        ("object", {"affiliate_code": "P-001"}),
        ("key_value", [{"key": "affiliate_code", "value": "P-001"}]),
        ("name_value", [{"name": "affiliate_code", "value": "P-001"}]),
    ],
)
def test_additional_properties_come_in_three_shapes(chapter: Account, shape: str, shown: Any) -> None:
    given = {
        "additionalProperties": {"affiliate_code": "P-001"},
        "additionalPropertiesShape": shape,
        "customFields": {"farbe": "rot"},
    }
    billed = chapter.get(f"invoices/{chapter.writes('invoices', **given)['id']}")
    customer = chapter.get(f"contacts/{chapter.writes('contacts', name='Kunde AG', **given)['id']}")
    assert billed["additionalProperties"] == customer["additionalProperties"] == shown
    assert billed["customFields"] == customer["customFields"] == {"farbe": "rot"}


def test_the_real_dialect_shows_no_custom_fields(account: Account) -> None:
    given = {"additionalProperties": {"affiliate_code": "P-001"}, "customFields": {"farbe": "rot"}}
    billed = account.get(f"invoices/{account.writes('invoices', **given)['id']}")
    customer = account.get(f"contacts/{account.writes('contacts', name='Kunde AG', **given)['id']}")
    assert not {"additionalProperties", "customFields"} & (billed.keys() | customer.keys())


def test_the_real_dialect_does_not_use_the_webhook(account: Account, receiver: Receiver) -> None:
    account.hook("PUT", "/webhook", {"url": receiver.url, "token": "geheim"})
    account.clicks(account.writes("invoices"), "mark-paid")
    assert account.notifications() == []


def test_a_settled_credit_note_can_be_called_paid(open_account: OpenAccount) -> None:
    account = open_account(dialect="chapter", creditNotePaidWord="paid")
    note = account.writes("credit-notes")
    account.clicks(note, "mark-paid")
    assert account.get(f"credit-notes/{note['id']}")["voucherStatus"] == "paid"
    assert account.get(f"payments/{note['id']}")["voucherStatus"] == "paid"


def test_a_webhook_can_be_taken_away(chapter: Account) -> None:
    assert chapter.hook("DELETE", "/webhook").status_code == 204
    chapter.clicks(chapter.writes("invoices"), "mark-paid")
    assert chapter.notifications() == []
