from __future__ import annotations

import time

import httpx
import pytest

from bench.machine import cpu_seconds

from .account import Account, credit_note
from .conftest import OpenAccount
from .running_sandbox import RunningSandbox


def test_without_a_valid_key_every_resource_is_401_with_one_message(sandbox: RunningSandbox) -> None:
    for headers in (
        {},
        {"Authorization": "Bearer falsch"},
        {"Authorization": "Bearer"},
        {"Authorization": "Basic eDp5"},
    ):
        answer = sandbox.http.get("/v1/profile", headers=headers)
        assert answer.status_code == 401
        assert answer.json() == {"message": "Unauthorized"}


def test_ping_and_profile_tell_who_is_connected(account: Account) -> None:
    assert "@" in account.get("ping")["userEmail"]
    profile = account.get("profile")
    assert profile["organizationId"] == account.organization_id
    assert profile["connectionId"] == account.connection_id
    assert profile["companyName"] == "Muster GmbH"
    assert profile["taxType"] == "net"
    assert profile["smallBusiness"] is False
    assert set(profile["created"]) == {"userId", "userName", "userEmail", "date"}
    assert "distanceSalesPrinciple" not in profile


def test_a_wrong_route_is_the_gateways_403_and_an_unknown_resource_404(account: Account) -> None:
    wrong = account.http.get("/v2/profile", headers=account.authorization)
    assert wrong.status_code == 403
    assert "not a valid key=value pair (missing equal-sign) in Authorization header" in wrong.json()["message"]
    for path in ("banking", "users", "taxes"):
        assert account.api("GET", path).status_code == 404


def test_the_regular_error_body_has_status_path_and_trace(account: Account) -> None:
    answer = account.api("GET", "invoices/00000000-0000-0000-0000-000000000000")
    body = answer.json()
    assert answer.status_code == 404
    assert (body["status"], body["error"]) == (404, "Not Found")
    assert body["path"] == "/v1/invoices/00000000-0000-0000-0000-000000000000"
    assert body["traceId"]
    assert body["requestId"]
    assert body["timestamp"]


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_a_post_that_is_no_json_by_its_header_is_415(account: Account, content_type: str | None) -> None:
    headers = {**account.authorization, **({"Content-Type": content_type} if content_type else {})}
    assert account.http.post("/v1/credit-notes", content=b"{}", headers=headers).status_code == 415


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'"x"', b'{"voucherDate": NaN}', b'{"x": 1.5e99999999999999999999}', b"\xff", b"[" * 100_000],
)
def test_a_body_that_is_no_json_object_is_400(account: Account, body: bytes) -> None:
    headers = {**account.authorization, "Content-Type": "application/json; charset=utf-8"}
    assert account.http.post("/v1/credit-notes", content=body, headers=headers).status_code == 400


def test_the_limit_is_a_bucket_and_a_call_beyond_it_is_not_executed(open_account: OpenAccount) -> None:
    account = open_account(rate=5, burst=2)
    answers = [account.api("POST", "credit-notes", credit_note()) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [201, 201, 429, 429]
    assert answers[-1].json() == {"message": "Rate limit exceeded"}
    assert "Retry-After" not in answers[-1].headers
    assert len(account.documents()) == 2
    time.sleep(0.21)  # one token at 5 a second
    assert account.api("GET", "profile").status_code == 200
    assert account.hook("GET", "/calls").json()["counts"] == {
        "POST /v1/credit-notes": {"201": 2, "429": 2},
        "GET /v1/profile": {"200": 1},
    }


def test_each_organisation_has_a_bucket_of_its_own(open_account: OpenAccount) -> None:
    first, second = open_account(rate=0.1, burst=1), open_account(rate=0.1, burst=1)
    assert first.api("GET", "ping").status_code == 200
    assert first.api("GET", "ping").status_code == 429
    assert second.api("GET", "ping").status_code == 200


def test_calls_are_listed_by_route_with_the_id_that_a_create_made(account: Account) -> None:
    created = account.create("credit-notes", credit_note())
    account.get(f"credit-notes/{created}")
    report = account.hook("GET", "/calls").json()
    assert report["total"] == 2
    post, get = report["calls"]
    assert (post["method"], post["route"], post["status"], post["id"]) == ("POST", "/v1/credit-notes", 201, created)
    assert (get["method"], get["route"], get["status"]) == ("GET", "/v1/credit-notes/{id}", 200)
    account.hook("DELETE", "/calls")
    assert account.hook("GET", "/calls").json()["total"] == 0


def test_hooks_do_not_answer_other_hosts_or_origins(sandbox: RunningSandbox) -> None:
    for headers in ({"Host": "lexoffice.example.org"}, {"Origin": "https://evil.example"}):
        assert sandbox.http.get("/sandbox/organizations", headers=headers).status_code == 403
        assert sandbox.http.get("/", headers=headers).status_code == 403


def test_a_hook_that_names_nothing_is_404_in_words(sandbox: RunningSandbox, account: Account) -> None:
    for method, path in (
        ("GET", "/sandbox/organizations/x"),
        ("POST", "/sandbox/organizations/x/invoices"),
        ("POST", "/sandbox/documents/x/void"),
        ("POST", f"/sandbox/documents/{account.writes('invoices')['id']}/tanzen"),
        ("PATCH", "/sandbox/contacts/x"),
    ):
        answer = sandbox.http.request(method, path, json={})
        assert answer.status_code == 404, path
        assert answer.json()["error"]


def test_an_organisation_is_found_again_by_key_and_name_and_by_no_other_name(sandbox: RunningSandbox) -> None:
    form = {"name": "Demo GmbH", "apiKey": "schluessel-der-demo", "rate": 0}
    first = sandbox.http.post("/sandbox/organizations", json=form)
    again = sandbox.http.post("/sandbox/organizations", json=form)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    other = sandbox.http.post("/sandbox/organizations", json={**form, "name": "Andere GmbH"})
    assert other.status_code == 409


def test_settings_can_be_read_and_changed(account: Account) -> None:
    answer = account.hook("PATCH", "", {"rate": 3, "burst": 7, "smallBusiness": True, "taxType": "vatfree"})
    assert answer.status_code == 200
    settings = account.hook("GET", "").json()
    assert (settings["rate"], settings["burst"], settings["taxType"]) == (3, 7, "vatfree")
    assert settings["apiKeys"] == [account.api_key]
    assert account.get("profile")["smallBusiness"] is True
    for wrong in ({"rate": -1}, {"dialect": "dialekt"}, {"numberPatterns": {"invoice": "RE"}}, {"farbe": "rot"}):
        assert account.hook("PATCH", "", wrong).status_code == 400


def test_hundreds_of_calls_a_second_are_no_trouble(sandbox: RunningSandbox, account: Account) -> None:
    used = _cpu_seconds(sandbox)
    for _ in range(100):
        account.create("credit-notes", credit_note(), finalize="true")
    assert _cpu_seconds(sandbox) - used < 2


def _cpu_seconds(sandbox: RunningSandbox) -> float:
    """Not those of the clock: a machine may have others to serve."""
    return cpu_seconds({"sandbox": sandbox.process.pid})["sandbox"]


def test_the_connection_is_kept_between_calls(sandbox: RunningSandbox, account: Account) -> None:
    with httpx.Client(base_url=sandbox.url, headers=account.authorization) as client:
        streams = {client.get("/v1/ping").extensions["network_stream"] for _ in range(3)}
    assert len(streams) == 1
