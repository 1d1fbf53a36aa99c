from __future__ import annotations

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from .account import Account, credit_note
from .conftest import OpenAccount
from .receiver import Receiver, wait_until

CALLBACK = "http://127.0.0.1:9/oauth/callback"


@dataclass
class Partner:
    """An OAuth client as Lexware has contracted it, and what it does."""

    http: httpx.Client
    client_id: str
    client_secret: str
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    def request(self, **changes: str | None) -> dict[str, str]:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "client_id": self.client_id,
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "state": "a-state",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            **changes,
        }
        return {name: value for name, value in asked.items() if value is not None}

    def asks(self, **changes: str | None) -> httpx.Response:
        return self.http.get("/oauth2/authorize", params=self.request(**changes))

    def is_answered(self, account: Account, /, decision: str = "grant", **changes: Any) -> dict[str, str]:
        """What comes back in the redirect after a person has signed in and decided."""
        login = self.asks(**changes)
        assert "Bei lexoffice anmelden" in login.text
        consent = self.asks(**changes, account=account.organization_id)
        assert "den Zugriff erlauben?" in consent.text
        form = {**hidden(consent.text), "decision": decision}
        answer = self.http.post("/oauth2/authorize", data=form)
        assert answer.status_code == 303, answer.text
        return returned(answer)

    def post(self, path: str, **form: str) -> httpx.Response:
        return self.http.post(f"/oauth2/{path}", data=form, auth=(self.client_id, self.client_secret))

    def exchanges(self, code: str, **changes: str) -> httpx.Response:
        form = {"code": code, "redirect_uri": CALLBACK, "code_verifier": self.verifier, **changes}
        return self.post("token", grant_type="authorization_code", **form)

    def connects(self, account: Account, **changes: Any) -> dict[str, Any]:
        answer = self.exchanges(self.is_answered(account, **changes)["code"])
        assert answer.status_code == 200, answer.text
        pair: dict[str, Any] = answer.json()
        return pair

    def refreshes(self, token: str) -> httpx.Response:
        return self.post("token", grant_type="refresh_token", refresh_token=token)

    def counts(self) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = self.http.get(
            "/sandbox/oauth-calls", params={"clientId": self.client_id}
        ).json()["counts"]
        return found

    def changes(self, **members: Any) -> None:
        assert self.http.patch(f"/sandbox/oauth-clients/{self.client_id}", json=members).status_code == 200


def hidden(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)
    return {name: unescape(value) for name, value in found}


def returned(answer: httpx.Response) -> dict[str, str]:
    assert answer.headers["Location"].startswith(CALLBACK)
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def error_of(answer: httpx.Response) -> str:
    assert answer.status_code == 400, answer.text
    word: str = answer.json()["error"]
    return word


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def partner(account: Account) -> Partner:
    answer = account.http.post("/sandbox/oauth-clients", json={"name": "PartnerDesk", "redirectUris": [CALLBACK]})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    return Partner(account.http, made["clientId"], made["clientSecret"])


def test_a_person_signs_in_and_grants_and_the_code_opens_the_account(partner: Partner, account: Account) -> None:
    told = partner.is_answered(account)
    assert told["state"] == "a-state"
    assert len(told["code"]) == 128
    answer = partner.exchanges(told["code"])
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    pair = answer.json()
    assert (pair["token_type"], pair["expires_in"], len(pair["refresh_token"])) == ("Bearer", 14_399, 128)
    assert 500 < len(pair["access_token"]) <= 4096
    profile = account.http.get("/v1/profile", headers=bearer(pair["access_token"])).json()
    (connection,) = account.hook("GET", "/oauth-connections").json()["content"]
    assert profile["organizationId"] == account.organization_id
    assert profile["connectionId"] == connection["connectionId"] != account.connection_id


def test_the_pages_name_who_asks_for_what_and_allow_only_the_way_back(partner: Partner, account: Account) -> None:
    page = partner.asks(account=account.organization_id, connection_name="Acme GmbH", scope="invoices.read")
    for words in ("PartnerDesk", "Acme GmbH", "Rechnungen lesen"):
        assert words in page.text
    assert "Rechnungen anlegen" not in page.text
    assert "form-action 'self' http://127.0.0.1:9;" in page.headers["Content-Security-Policy"]
    nasty = partner.asks(account=account.organization_id, state='"><script>')
    assert "<script" not in nasty.text


def test_a_denied_consent_goes_back_without_a_code(partner: Partner, account: Account) -> None:
    assert partner.is_answered(account, "deny") == {"error": "access_denied", "state": "a-state"}
    assert account.hook("GET", "/oauth-connections").json()["content"] == []


@pytest.mark.parametrize(
    "changes", [{"client_id": "nobody"}, {"redirect_uri": CALLBACK + "/"}, {"redirect_uri": "http://evil.example/"}]
)
def test_an_unknown_client_or_address_is_never_redirected(partner: Partner, changes: dict[str, str]) -> None:
    answer = partner.asks(**changes)
    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert "nicht möglich" in answer.text


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "too-short"}, "invalid_request"),
        ({"state": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "banking.write"}, "invalid_scope"),
        ({"connection_name": "<b>"}, "invalid_request"),
    ],
)
def test_other_errors_go_back_to_the_client(partner: Partner, changes: dict[str, str | None], error: str) -> None:
    assert returned(partner.asks(**changes))["error"] == error


def test_a_code_works_once_and_its_reuse_ends_the_connection(partner: Partner, account: Account) -> None:
    code = partner.is_answered(account)["code"]
    pair = partner.exchanges(code).json()
    assert error_of(partner.exchanges(code)) == "invalid_grant"
    assert account.http.get("/v1/profile", headers=bearer(pair["access_token"])).status_code == 401
    assert error_of(partner.refreshes(pair["refresh_token"])) == "invalid_grant"


@pytest.mark.parametrize("changes", [{"code_verifier": "x" * 43}, {"redirect_uri": "http://127.0.0.1:9/other"}])
def test_an_error_consumes_the_code(partner: Partner, account: Account, changes: dict[str, str]) -> None:
    code = partner.is_answered(account)["code"]
    assert error_of(partner.exchanges(code, **changes)) == "invalid_grant"
    assert error_of(partner.exchanges(code)) == "invalid_grant"


def test_a_code_is_over_after_its_time(partner: Partner, account: Account) -> None:
    partner.changes(codeSeconds=0)
    assert error_of(partner.exchanges(partner.is_answered(account)["code"])) == "invalid_grant"


def test_another_client_cannot_use_a_code(partner: Partner, account: Account) -> None:
    made = account.http.post("/sandbox/oauth-clients", json={"redirectUris": [CALLBACK]}).json()
    thief = Partner(account.http, made["clientId"], made["clientSecret"], partner.verifier)
    assert error_of(thief.exchanges(partner.is_answered(account)["code"])) == "invalid_grant"


def test_each_refresh_leaves_exactly_one_valid_pair(partner: Partner, account: Account) -> None:
    first = partner.connects(account)
    second = partner.refreshes(first["refresh_token"]).json()
    assert account.http.get("/v1/ping", headers=bearer(first["access_token"])).status_code == 401
    assert account.http.get("/v1/ping", headers=bearer(second["access_token"])).status_code == 200
    assert first["refresh_token"] != second["refresh_token"]
    assert partner.counts() == {"authorization_code": {"200": 1}, "refresh_token": {"200": 1}}


def test_a_spent_refresh_token_ends_the_connection(partner: Partner, account: Account) -> None:
    first = partner.connects(account)
    second = partner.refreshes(first["refresh_token"]).json()
    assert error_of(partner.refreshes(first["refresh_token"])) == "invalid_grant"
    assert account.http.get("/v1/ping", headers=bearer(second["access_token"])).status_code == 401
    assert error_of(partner.refreshes(second["refresh_token"])) == "invalid_grant"


def test_access_tokens_expire_and_die_early(partner: Partner, account: Account) -> None:
    pair = partner.connects(account)
    account.hook("POST", "/oauth-tokens/access/end")
    assert account.http.get("/v1/ping", headers=bearer(pair["access_token"])).json() == {"message": "Unauthorized"}
    partner.changes(expiresIn=1)
    short = partner.refreshes(pair["refresh_token"]).json()
    assert short["expires_in"] == 1
    account.hook("POST", "/oauth-tokens/refresh/end")
    assert error_of(partner.refreshes(short["refresh_token"])) == "invalid_grant"


def test_only_basic_authentication_opens_the_token_endpoint(partner: Partner, account: Account) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": "x", "client_id": partner.client_id}
    unnamed = account.http.post("/oauth2/token", data={**form, "client_secret": partner.client_secret})
    wrong = account.http.post("/oauth2/token", data=form, auth=(partner.client_id, "wrong"))
    for answer in (unnamed, wrong):
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    partner.changes(disabled=True)
    assert error_of(partner.refreshes("x")) == "unauthorized_client"
    assert returned(partner.asks())["error"] == "unauthorized_client"


def test_odd_forms_are_refused_in_the_words_of_the_standard(partner: Partner) -> None:
    assert error_of(partner.post("token", grant_type="password")) == "unsupported_grant_type"
    assert error_of(partner.post("token", grant_type="refresh_token")) == "invalid_request"
    answer = partner.http.post("/oauth2/token", json={}, auth=(partner.client_id, partner.client_secret))
    assert error_of(answer) == "unsupported_grant_type"
    assert partner.http.get("/oauth2/token").status_code == 405


def test_revoking_the_refresh_token_kills_both(partner: Partner, account: Account) -> None:
    pair = partner.connects(account)
    assert partner.post("revoke", token=pair["refresh_token"]).status_code == 200
    assert account.http.get("/v1/ping", headers=bearer(pair["access_token"])).status_code == 401
    assert error_of(partner.refreshes(pair["refresh_token"])) == "invalid_grant"
    assert partner.post("revoke", token="unknown").status_code == 200


def test_a_user_who_takes_the_connection_back_is_announced(
    partner: Partner, account: Account, receiver: Receiver
) -> None:
    pair = partner.connects(account)
    (connection,) = account.hook("GET", "/oauth-connections").json()["content"]
    body = {"eventType": "token.revoked", "callbackUrl": receiver.url}
    assert account.http.post("/v1/event-subscriptions", json=body, headers=bearer(pair["access_token"])).is_success
    account.hook("POST", "/revoke-connection")
    (delivery,) = wait_until(lambda: list(receiver.received))
    assert delivery.event["resourceId"] == connection["connectionId"]
    assert error_of(partner.refreshes(pair["refresh_token"])) == "invalid_grant"


def test_a_token_opens_only_its_scopes_and_its_own_account(
    partner: Partner, account: Account, open_account: OpenAccount
) -> None:
    pair = partner.connects(account, scope="profile.read credit-notes.read")
    assert pair["scope"] == "profile.read credit-notes.read"
    foreign = open_account().writes("credit-notes")
    own = account.writes("credit-notes")
    headers = bearer(pair["access_token"])
    assert account.http.get(f"/v1/credit-notes/{own['id']}", headers=headers).status_code == 200
    assert account.http.get(f"/v1/credit-notes/{foreign['id']}", headers=headers).status_code == 404
    assert account.http.post("/v1/credit-notes", json=credit_note(), headers=headers).status_code == 403
    assert account.http.get("/v1/event-subscriptions", headers=headers).status_code == 200


def test_the_answer_of_a_rotation_can_be_lost(partner: Partner, account: Account) -> None:
    pair = partner.connects(account)
    account.breaks("reset_after", path="oauth2/token", times=1)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        partner.refreshes(pair["refresh_token"])
    (call,) = partner.http.get(
        "/sandbox/oauth-calls", params={"organizationId": account.organization_id, "clientId": partner.client_id}
    ).json()["calls"][1:]
    assert (call["status"], call["executedStatus"], call["fault"]) == (None, 200, "reset_after")
    assert error_of(partner.refreshes(pair["refresh_token"])) == "invalid_grant"


def test_a_fault_before_the_rotation_leaves_the_token_good(partner: Partner, account: Account) -> None:
    pair = partner.connects(account)
    account.breaks("unavailable_503", path="oauth2/token", times=1)
    assert partner.refreshes(pair["refresh_token"]).status_code == 503
    assert partner.refreshes(pair["refresh_token"]).status_code == 200


def test_a_client_of_ones_own_is_the_same_after_a_restart(partner: Partner) -> None:
    form = {"clientId": f"c-{secrets.token_hex(8)}", "clientSecret": "geheim-genug", "redirectUris": [CALLBACK]}
    statuses = [partner.http.post("/sandbox/oauth-clients", json=form).status_code for _ in range(2)]
    assert statuses == [201, 200]
    assert partner.http.post("/sandbox/oauth-clients", json={"clientId": "x" * 37}).status_code == 400


def test_counters_can_be_forgotten(partner: Partner) -> None:
    partner.refreshes("x")
    assert partner.counts() == {"refresh_token": {"400": 1}}
    partner.http.delete("/sandbox/oauth-calls", params={"clientId": partner.client_id})
    assert partner.counts() == {}


def test_consent_is_not_taken_from_another_origin(partner: Partner, account: Account) -> None:
    form = urlencode({**partner.request(), "account": account.organization_id, "decision": "grant"})
    headers = {"Origin": "http://evil.example", "Content-Type": "application/x-www-form-urlencoded"}
    answer = account.http.post("/oauth2/authorize", content=form, headers=headers)
    assert answer.status_code == 403
