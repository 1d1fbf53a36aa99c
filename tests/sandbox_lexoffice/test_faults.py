from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from .account import Account, credit_note

BEFORE = {
    "rate_limit_429": (429, {"message": "Rate limit exceeded"}),
    "throttled_500": (500, {"message": "Internal server error or rate limit exceeded"}),
    "unavailable_503": (503, None),
    "timeout_504_before": (504, {"message": "Endpoint request timed out"}),
    "unauthorized_401": (401, {"message": "Unauthorized"}),
    "payment_required_402": (402, ...),
    "forbidden_403": (403, {"message": "Forbidden"}),
    "conflict_409": (409, ...),
}


@pytest.mark.parametrize("kind", BEFORE)
def test_these_faults_answer_without_executing(account: Account, kind: str) -> None:
    account.breaks(kind, times=1)
    answer = account.api("POST", "credit-notes", credit_note())
    status, body = BEFORE[kind]
    assert answer.status_code == status
    if body is None:
        assert answer.content == b""
    elif body is not ...:
        assert answer.json() == body
    assert account.documents() == []
    assert account.api("POST", "credit-notes", credit_note()).status_code == 201
    assert account.hook("GET", "/faults").json()["injected"] == {kind: 1}


def test_a_timeout_after_the_commit_hides_a_created_document(account: Account) -> None:
    account.breaks("timeout_504_after", method="POST", path="credit-notes$", times=1)
    answer = account.api("POST", "credit-notes", credit_note())
    assert (answer.status_code, answer.json()) == (504, {"message": "Endpoint request timed out"})
    (document,) = account.documents()
    (call,) = account.hook("GET", "/calls").json()["calls"]
    assert (call["status"], call["executedStatus"], call["id"]) == (504, 201, document["id"])
    assert call["fault"] == "timeout_504_after"


@pytest.mark.parametrize(("kind", "written"), [("reset_before", 0), ("reset_after", 1)])
def test_a_reset_breaks_the_connection_before_or_after_the_commit(account: Account, kind: str, written: int) -> None:
    account.breaks(kind, times=1)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        account.api("POST", "credit-notes", credit_note())
    assert len(account.documents()) == written
    assert account.hook("GET", "/calls").json()["counts"] == {"POST /v1/credit-notes": {"reset": 1}}


def test_a_slow_answer_comes_after_the_commit(account: Account) -> None:
    account.breaks("slow", delayMs=400, times=1)
    started = time.perf_counter()
    with pytest.raises(httpx.ReadTimeout):
        account.http.post("/v1/credit-notes", json=credit_note(), headers=account.authorization, timeout=0.15)
    assert len(account.documents()) == 1
    account.breaks("slow", delayMs=100, times=1)
    assert account.api("GET", "ping").status_code == 200
    assert time.perf_counter() - started >= 0.25


def test_a_fault_hits_only_its_method_and_path(account: Account) -> None:
    account.breaks("unavailable_503", method="GET", path=r"/payments/|/voucherlist$")
    note = account.create("credit-notes", credit_note(), finalize="true")
    assert account.api("GET", f"credit-notes/{note}").status_code == 200
    assert account.api("GET", f"payments/{note}").status_code == 503
    assert account.api("GET", "voucherlist", voucherType="any", voucherStatus="any").status_code == 503


def test_a_rate_of_faults_follows_its_seed(account: Account) -> None:
    runs = []
    for _ in range(2):
        number = account.breaks("throttled_500", rate=0.4, seed=11)
        runs.append([account.api("GET", "ping").status_code for _ in range(30)])
        account.hook("DELETE", f"/faults/{number}")
    assert runs[0] == runs[1]
    assert 3 < runs[0].count(500) < 25


def test_a_number_can_come_late(account: Account) -> None:
    account.breaks("late_number", path="credit-notes", times=2)
    note = account.create("credit-notes", credit_note(), finalize="true")
    numbers = [account.get(f"credit-notes/{note}").get("voucherNumber") for _ in range(3)]
    assert numbers == [None, None, "GS0001"]


def test_reads_can_show_the_state_before_the_last_change(account: Account) -> None:
    note = account.writes("credit-notes")
    account.breaks("stale_read", times=1)
    account.clicks(note, "mark-paid")
    statuses = [account.get(f"credit-notes/{note['id']}")["voucherStatus"] for _ in range(2)]
    assert statuses == ["open", "paidoff"]
    account.clicks(note, "unpay")
    assert account.get(f"payments/{note['id']}")["voucherStatus"] == "paidoff"
    assert account.get(f"payments/{note['id']}")["voucherStatus"] == "open"


def test_reads_can_lag_for_a_while(account: Account) -> None:
    note = account.writes("credit-notes")
    account.breaks("stale_read", delayMs=60_000)
    account.clicks(note, "void")
    assert account.get(f"credit-notes/{note['id']}")["voucherStatus"] == "open"
    account.hook("DELETE", "/faults")
    account.breaks("stale_read", delayMs=1)
    until_shown = time.monotonic() + 10
    while account.get(f"credit-notes/{note['id']}")["voucherStatus"] != "voided":
        assert time.monotonic() < until_shown


def test_a_new_document_can_be_missing_in_the_voucherlist(account: Account) -> None:
    account.breaks("late_index", delayMs=200)
    account.writes("credit-notes")
    query: dict[str, Any] = {"voucherType": "creditnote", "voucherStatus": "any"}
    assert account.get("voucherlist", **query)["content"] == []
    time.sleep(0.21)
    assert len(account.get("voucherlist", **query)["content"]) == 1


def test_faults_can_be_taken_away_and_bad_ones_are_refused(account: Account) -> None:
    account.breaks("unavailable_503")
    account.hook("DELETE", "/faults")
    assert account.api("GET", "ping").status_code == 200
    for bad in ({"kind": "blitz"}, {"kind": "slow", "path": "("}, {"kind": "slow", "rate": 2}, {}):
        assert account.hook("POST", "/faults", bad).status_code == 400
