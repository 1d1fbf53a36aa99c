from __future__ import annotations

import base64
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from itertools import pairwise
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from .account import Account, contact, credit_note
from .conftest import OpenAccount
from .receiver import Receiver, wait_until
from .running_sandbox import RunningSandbox, running_sandbox

INVOICE = ("invoice.created", "invoice.changed", "invoice.status.changed", "invoice.deleted")
CREDIT_NOTE = tuple(name.replace("invoice", "credit-note") for name in INVOICE)


def ended(account: Account) -> list[str]:
    """The ends of all deliveries, once none is on its way."""
    wait_until(lambda: all(one["status"] != "pending" for one in account.notifications()))
    return [one["status"] for one in account.notifications()]


def test_a_subscription_is_made_as_id_and_read_as_subscription_id(account: Account, receiver: Receiver) -> None:
    body = {"eventType": "invoice.created", "callbackUrl": receiver.url + "/in"}
    answer = account.api("POST", "event-subscriptions", body)
    assert answer.status_code == 201
    made = answer.json()
    assert list(made) == ["id", "resourceUri", "createdDate", "updatedDate", "version"]
    assert made["version"] == 0
    assert answer.headers["Location"] == made["resourceUri"]
    shown = account.get(f"event-subscriptions/{made['id']}")
    assert shown == {
        "subscriptionId": made["id"],
        "organizationId": account.organization_id,
        "createdDate": made["createdDate"],
        **body,
    }
    assert account.get("event-subscriptions") == {"content": [shown]}
    assert account.api("DELETE", f"event-subscriptions/{made['id']}").status_code == 204
    assert account.api("DELETE", f"event-subscriptions/{made['id']}").status_code == 404
    assert account.get("event-subscriptions") == {"content": []}


def test_the_same_subscription_twice_is_409(account: Account, receiver: Receiver) -> None:
    account.subscribes(receiver.url, "invoice.created", "invoice.changed")
    body = {"eventType": "invoice.created", "callbackUrl": receiver.url}
    assert account.api("POST", "event-subscriptions", body).status_code == 409


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"eventType": "invoice.created"},
        {"eventType": "invoice.status.paid", "callbackUrl": "{url}"},
        {"eventType": "invoice.created", "callbackUrl": "http://example.org/in"},
        {"eventType": "invoice.created", "callbackUrl": "ftp://127.0.0.1/in"},
        {"eventType": "invoice.created", "callbackUrl": "keine Adresse"},
        {"eventType": "invoice.created", "callbackUrl": "http://127.0.0.1:9/in"},
    ],
)
def test_an_unknown_event_or_an_address_that_cannot_be_reached_is_406(
    account: Account, receiver: Receiver, body: dict[str, str]
) -> None:
    body = {key: value.format(url=receiver.url) for key, value in body.items()}
    answer = account.api("POST", "event-subscriptions", body)
    assert answer.status_code == 406
    assert answer.json()["details"]


def test_an_address_that_refuses_head_is_406(account: Account, receiver: Receiver) -> None:
    receiver.head_status = 405
    body = {"eventType": "invoice.created", "callbackUrl": receiver.url}
    assert account.api("POST", "event-subscriptions", body).status_code == 406


def test_a_notification_is_four_compact_members_in_order_and_signed(
    sandbox: RunningSandbox, account: Account, receiver: Receiver
) -> None:
    account.subscribes(receiver.url, "invoice.created")
    billed = account.writes("invoices")
    received = wait_until(lambda: receiver.received)[0]
    assert (
        received.body
        == (
            f'{{"organizationId":"{account.organization_id}","eventType":"invoice.created",'
            f'"resourceId":"{billed["id"]}","eventDate":"{billed["updatedDate"]}"}}'
        ).encode()
    )
    assert received.headers["Content-Type"] == "application/json"
    assert "Authorization" not in received.headers
    pem = sandbox.http.get("/webhookSignature/public/public_key.pub").content
    key = serialization.load_pem_public_key(pem)
    assert isinstance(key, rsa.RSAPublicKey)
    signature = base64.b64decode(received.headers["X-Lxo-Signature"])
    key.verify(signature, received.body, padding.PKCS1v15(), hashes.SHA512())


@pytest.mark.parametrize(
    ("clicks", "expected"),
    [
        ([], ["invoice.created", "invoice.status.changed"]),
        (["mark-paid"], ["invoice.changed", "invoice.status.changed", "payment.changed"]),
        (["void"], ["invoice.changed", "invoice.status.changed"]),
        (["reopen"], ["invoice.changed", "invoice.status.changed", "payment.changed"]),
        (["reopen", "delete"], ["invoice.deleted"]),
        (["mark-paid", "unpay"], ["invoice.changed", "invoice.status.changed", "payment.changed"]),
        (["reopen", "edit"], ["invoice.changed"]),
    ],
)
def test_one_click_sends_what_lexoffice_sends(
    account: Account, receiver: Receiver, clicks: list[str], expected: list[str]
) -> None:
    account.subscribes(receiver.url, *INVOICE, *CREDIT_NOTE, "payment.changed")
    billed = account.writes("invoices")
    for click in clicks:
        ended(account)
        receiver.received.clear()
        account.clicks(billed, click, **({"remark": "neu"} if click == "edit" else {}))
    ended(account)
    assert sorted(receiver.events()) == expected
    assert len({received.event["eventDate"] for received in receiver.received}) == 1


def test_a_partial_payment_changes_no_status(account: Account, receiver: Receiver) -> None:
    account.subscribes(receiver.url, *CREDIT_NOTE, "payment.changed")
    note = account.writes("credit-notes")
    ended(account)
    receiver.received.clear()
    account.clicks(note, "pay", amount="1.00")
    ended(account)
    assert sorted(receiver.events()) == ["credit-note.changed", "payment.changed"]


def test_what_the_api_creates_is_announced_too(account: Account, receiver: Receiver) -> None:
    account.subscribes(receiver.url, *CREDIT_NOTE, "contact.created")
    account.create("credit-notes", credit_note(), finalize="true")
    account.create("contacts", contact())
    ended(account)
    assert sorted(receiver.events()) == ["contact.created", "credit-note.created", "credit-note.status.changed"]


def test_a_correction_announces_its_invoice(account: Account, receiver: Receiver) -> None:
    billed = account.writes("invoices")
    account.subscribes(receiver.url, *INVOICE, *CREDIT_NOTE, "payment.changed")
    note = account.writes("credit-notes", precedingSalesVoucherId=billed["id"])
    ended(account)
    about = {(received.event["eventType"], received.event["resourceId"]) for received in receiver.received}
    assert about == {
        ("credit-note.created", note["id"]),
        ("credit-note.status.changed", note["id"]),
        ("invoice.changed", billed["id"]),
        ("invoice.status.changed", billed["id"]),
        ("payment.changed", billed["id"]),
    }


def test_only_subscribed_events_of_the_own_organisation_are_sent(
    account: Account, open_account: OpenAccount, receiver: Receiver
) -> None:
    account.subscribes(receiver.url, "invoice.deleted")
    open_account().writes("invoices")
    account.writes("invoices")
    assert account.notifications() == []


def test_a_revoked_connection_names_its_connection_id(account: Account, receiver: Receiver) -> None:
    account.subscribes(receiver.url, "token.revoked")
    account.hook("POST", "/revoke-connection")
    assert wait_until(lambda: receiver.received)[0].event["resourceId"] == account.connection_id


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_these_answers_end_a_delivery(account: Account, receiver: Receiver, status: int) -> None:
    receiver.answers = lambda path, n: (status, {})
    account.subscribes(receiver.url, "invoice.created")
    account.writes("invoices")
    assert ended(account) == ["delivered"]
    assert len(receiver.received) == 1


@pytest.mark.parametrize("status", [400, 405, 409, 422, 203])
def test_other_answers_lose_the_event_at_once(account: Account, receiver: Receiver, status: int) -> None:
    receiver.answers = lambda path, n: (status, {})
    account.subscribes(receiver.url, "invoice.created")
    account.writes("invoices")
    assert ended(account) == ["lost"]
    assert len(receiver.received) == 1
    assert account.get("event-subscriptions")["content"]


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_these_answers_are_tried_again(account: Account, receiver: Receiver, status: int) -> None:
    receiver.answers = lambda path, n: (status if n < 3 else 200, {})
    account.subscribes(receiver.url, "invoice.created")
    account.writes("invoices")
    assert ended(account) == ["delivered"]
    assert [one["status"] for one in account.notifications()[0]["attempts"]] == [status] * 3 + [200]
    assert len({received.body for received in receiver.received}) == 1


def test_the_plan_ends_after_25_retries_and_404_then_ends_the_subscription(
    account: Account, receiver: Receiver
) -> None:
    receiver.answers = lambda path, n: (500 if path == "/broken" else 404, {})
    account.subscribes(receiver.url + "/broken", "invoice.created")
    account.subscribes(receiver.url + "/gone", "invoice.created")
    account.writes("invoices")
    assert ended(account) == ["given_up", "subscription_deleted"]
    assert [len(one["attempts"]) for one in account.notifications()] == [26, 26]
    assert [one["callbackUrl"] for one in account.get("event-subscriptions")["content"]] == [receiver.url + "/broken"]
    times = [received.at for received in receiver.received if received.path == "/broken"]
    pauses = [after - before for before, after in pairwise(times)]
    assert pauses[5] >= 0.035  # 30 min, scaled
    assert min(pauses[6:]) >= 0.14  # 2 h, scaled
    assert sum(pauses[:5]) < sum(pauses[6:])


def test_410_ends_the_subscription_at_once(account: Account, receiver: Receiver) -> None:
    receiver.answers = lambda path, n: (410, {})
    account.subscribes(receiver.url, "invoice.created")
    account.writes("invoices")
    assert ended(account) == ["subscription_deleted"]
    assert len(receiver.received) == 1
    assert account.get("event-subscriptions")["content"] == []


def test_redirects_are_followed_three_times_and_never_retried(account: Account, receiver: Receiver) -> None:
    def answers(path: str, n: int) -> tuple[int, dict[str, str]]:
        hops = int(path.rsplit("/", 1)[1])
        return (308, {"Location": path.rsplit("/", 1)[0] + f"/{hops - 1}"}) if hops else (200, {})

    receiver.answers = answers
    account.subscribes(receiver.url + "/near/3", "invoice.created")
    account.subscribes(receiver.url + "/far/9", "invoice.created")
    account.subscribes(receiver.url + "/far/0", "token.revoked")
    receiver.received.clear()
    account.writes("invoices")
    assert ended(account) == ["delivered", "lost"]
    assert len([one for one in receiver.received if one.path.startswith("/far")]) == 4


def test_a_receiver_that_is_away_is_tried_again(account: Account) -> None:
    with Receiver() as gone:
        account.subscribes(gone.url, "invoice.created")
    account.writes("invoices")
    assert ended(account) == ["given_up"]
    attempts = account.notifications()[0]["attempts"]
    assert len(attempts) == 26
    assert attempts[0]["error"].startswith("ConnectError")
    assert gone.received == []


def test_a_slow_receiver_is_cut_off_after_five_seconds(account: Account) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        # The HEAD request is answered by hand, the POST never.
        body = {"eventType": "invoice.created", "callbackUrl": f"http://127.0.0.1:{port}/"}

        def answer_head() -> None:
            connection, _ = silent.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

        head = threading.Thread(target=answer_head)
        head.start()
        assert account.api("POST", "event-subscriptions", body).status_code == 201
        head.join()
        account.writes("invoices")
        first = wait_until(lambda: account.notifications()[0]["attempts"], seconds=8)[0]
        account.api(
            "DELETE", f"event-subscriptions/{account.get('event-subscriptions')['content'][0]['subscriptionId']}"
        )
    assert first["error"].startswith("ReadTimeout")
    assert 4900 <= first["ms"] <= 6500


def test_a_removed_key_takes_its_subscriptions_along(account: Account, receiver: Receiver) -> None:
    account.subscribes(receiver.url, "invoice.created")
    second = account.hook("POST", "/api-keys", {}).json()["apiKey"]
    assert account.hook("DELETE", f"/api-keys/{account.api_key}").status_code == 204
    assert account.api("GET", "profile").status_code == 401
    kept = Account(account.http, account.organization_id, second, account.connection_id)
    assert kept.get("event-subscriptions") == {"content": []}


def test_deliveries_can_be_doubled_dropped_and_late_by_the_same_dice(
    open_account: OpenAccount, receiver: Receiver
) -> None:
    outcomes = []
    for _ in range(2):
        account = open_account()
        account.subscribes(receiver.url, "invoice.created")
        faults = {"duplicateRate": 0.5, "dropRate": 0.3, "delayMs": [0, 40], "reorder": True, "seed": 5}
        assert account.hook("PUT", "/notification-faults", faults).status_code == 200
        numbers = {account.writes("invoices")["id"]: position for position in range(12)}
        ended(account)
        outcomes.append([(numbers[one["resourceId"]], one["status"]) for one in account.notifications()])
    assert outcomes[0] == outcomes[1]
    assert len(outcomes[0]) > 12
    assert {status for _, status in outcomes[0]} == {"delivered", "dropped_by_fault"}
    order = [
        numbers[received.event["resourceId"]]
        for received in receiver.received
        if received.event["resourceId"] in numbers
    ]
    assert order != sorted(order)


def test_what_was_not_delivered_survives_a_kill_of_the_sandbox(state: Path, receiver: Receiver) -> None:
    receiver.answers = lambda path, n: (503 if n == 0 else 200, {})
    with running_sandbox(state, "--time-scale", "0.03") as first:  # the second attempt is 300 ms away
        made = first.http.post(
            "/sandbox/organizations", json={"name": "Muster", "apiKey": "demo-key-1", "rate": 0}
        ).json()
        account = Account(first.http, made["organizationId"], made["apiKey"], made["connectionId"])
        account.subscribes(receiver.url, "invoice.created")
        billed = account.writes("invoices")
        wait_until(lambda: account.notifications()[0]["attempts"])
        key = first.http.get("/webhookSignature/public/public_key.pub").content
        first.process.send_signal(signal.SIGKILL)
        first.process.wait(10)
    with running_sandbox(state) as second:
        again = second.http.post("/sandbox/organizations", json={"name": "Muster", "apiKey": "demo-key-1"})
        assert again.status_code == 200
        assert again.json() == made
        account = Account(second.http, made["organizationId"], made["apiKey"], made["connectionId"])
        assert ended(account) == ["delivered"]
        assert account.get(f"invoices/{billed['id']}")["voucherNumber"] == "RE0001"
        assert account.writes("invoices")["voucherNumber"] == "RE0002"
        assert second.http.get("/webhookSignature/public/public_key.pub").content == key
    assert [received.event["resourceId"] for received in receiver.received[:2]] == [billed["id"]] * 2


def test_sigterm_stops_it_cleanly_even_while_a_call_is_slow(state: Path) -> None:
    with running_sandbox(state) as running:
        made = running.http.post("/sandbox/organizations", json={"name": "Muster", "rate": 0}).json()
        account = Account(running.http, made["organizationId"], made["apiKey"], made["connectionId"])
        account.get("profile")
        started = time.monotonic()
        running.process.terminate()
        assert running.process.wait(10) == 0
        assert time.monotonic() - started < 5


def test_a_taken_port_is_a_clear_error(sandbox: RunningSandbox) -> None:
    port = sandbox.url.rsplit(":", 1)[1]
    ended = subprocess.run(
        [sys.executable, "-m", "sandbox.lexoffice", "--port", port, "--key-bits", "2048"],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert ended.returncode == 1
    assert "address is taken" in ended.stderr


def test_health_tells_what_is_on_its_way(sandbox: RunningSandbox) -> None:
    health = json.loads(sandbox.http.get("/sandbox/health").content)
    assert health["status"] == "ok"
    assert health["pendingNotifications"] >= 0
