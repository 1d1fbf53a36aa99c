"""OAuth connections: the clients that partners have, what a person granted them, and the one valid pair of tokens (§9).

Where the API sheet is silent this sandbox is strict: a refresh token that comes a second time ends the connection.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from sqlite3 import Row
from typing import Any, Literal

from pydantic import Field

from . import organizations
from .clock import from_millis, millis, now, wire
from .organizations import Organization, Wire
from .store import Store

ACCESS_SECONDS = 14_399
CODE_SECONDS = 300
SCOPES = (
    "profile.read",
    "contacts.read",
    "contacts.write",
    "invoices.read",
    "invoices.write",
    "credit-notes.read",
    "credit-notes.write",
    "payments.read",
    "voucherlist.read",
    "files.read",
)
# By the first step of the path; what is not here needs no scope (§9: event-subscriptions and others).
_SCOPE_OF = {
    "profile": "profile",
    "contacts": "contacts",
    "invoices": "invoices",
    "down-payment-invoices": "invoices",
    "credit-notes": "credit-notes",
    "payments": "payments",
    "voucherlist": "voucherlist",
    "files": "files",
    "vouchers": "vouchers",
}
_SIGNING = secrets.token_bytes(64)  # nobody checks the signature; the token only has to look as the real one does


class OAuthRefused(Exception):
    """An error of RFC 6749; `error` is its word."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(error)
        self.error = error
        self.description = description


class Client(Wire):
    """What Lexware gives a contracted partner, and how this sandbox treats it."""

    client_id: str = Field(min_length=1, max_length=36, pattern=r"^[A-Za-z0-9._~-]+$")
    client_secret: str = Field(min_length=8, max_length=200, pattern=r"^[\x21-\x7e]+$")
    name: str = Field("Partner", min_length=1, max_length=100)
    redirect_uris: tuple[str, ...]
    scopes: tuple[str, ...] = SCOPES
    pkce_required: bool = True
    disabled: bool = False
    expires_in: int = Field(ACCESS_SECONDS, ge=1)
    code_seconds: float = Field(CODE_SECONDS, ge=0)


class ClientForm(Wire):
    """Members of a client; what is absent stays, or is made up."""

    client_id: str | None = None
    client_secret: str | None = None
    name: str | None = None
    redirect_uris: tuple[str, ...] | None = None
    scopes: tuple[str, ...] | None = None
    pkce_required: bool | None = None
    disabled: bool | None = None
    expires_in: int | None = None
    code_seconds: float | None = None


@dataclass(frozen=True)
class Asked:
    """What a person is asked to grant."""

    client: Client
    redirect_uri: str
    scope: str
    challenge: str | None


@dataclass(frozen=True)
class Opened:
    """What a bearer token opens. `holder` names the key or the connection that subscriptions are made with."""

    organization: Organization
    holder: str
    scopes: frozenset[str] | None  # None: an API key, which may do everything

    def may(self, method: str, path: str) -> bool:
        resource = _SCOPE_OF.get(path.removeprefix("/v1/").partition("/")[0])
        if self.scopes is None or resource is None:
            return True
        return f"{resource}.{'read' if method == 'GET' else 'write'}" in self.scopes


def client(store: Store, client_id: str) -> Client | None:
    row = store.row("SELECT body FROM oauth_clients WHERE id = ?", client_id)
    return None if row is None else Client.model_validate_json(row["body"])


def clients(store: Store) -> list[Client]:
    return [Client.model_validate_json(row["body"]) for row in store.rows("SELECT body FROM oauth_clients")]


def put_client(store: Store, form: ClientForm, expires_in: int) -> tuple[Client, bool]:
    """Make a client, or change the one of that id. The second value: whether it is new."""
    given = form.model_dump(exclude_none=True)
    found = client(store, form.client_id) if form.client_id is not None else None
    made_up = {
        "client_id": str(uuid.uuid4()),
        "client_secret": secrets.token_urlsafe(32),
        "redirect_uris": (),
        "expires_in": expires_in,
    }
    kept = Client.model_validate((made_up if found is None else found.model_dump()) | given)
    store.run(
        "INSERT INTO oauth_clients VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body",
        kept.client_id,
        kept.model_dump_json(),
    )
    return kept, found is None


def grant(store: Store, asked: Asked, organization: Organization) -> str:
    """A person has agreed: a connection of its own, and the code that opens it once."""
    code = _random(128)
    at = now()
    store.run(
        "INSERT INTO oauth_grants (id, client, organization, scope, created, code, code_state, code_expires,"
        " redirect_uri, challenge) VALUES (?, ?, ?, ?, ?, ?, 'open', ?, ?, ?)",
        str(uuid.uuid4()),
        asked.client.client_id,
        organization.organization_id,
        asked.scope,
        millis(at),
        code,
        millis(at + timedelta(seconds=asked.client.code_seconds)),
        asked.redirect_uri,
        asked.challenge,
    )
    return code


def organization_of(store: Store, code: str | None, refresh_token: str | None) -> str | None:
    """Whose account a call of the token endpoint is about, so that faults and counters know."""
    row = store.row("SELECT organization FROM oauth_grants WHERE code = ? OR refresh_token = ?", code, refresh_token)
    row = row or store.row(
        "SELECT organization FROM oauth_grants WHERE id = (SELECT grant_id FROM oauth_spent_tokens WHERE token = ?)",
        refresh_token,
    )
    return None if row is None else str(row["organization"])


def by_code(store: Store, by: Client, code: str, redirect_uri: str | None, verifier: str | None) -> dict[str, Any]:
    """The first pair. An error consumes the code, and a code that comes twice ends the connection (§9)."""
    row = store.row("SELECT * FROM oauth_grants WHERE code = ?", code)
    if row is None:
        raise OAuthRefused("invalid_grant", "unknown authorization code")
    if row["code_state"] == "used":
        end(store, row["id"], "code_reused")
        raise OAuthRefused("invalid_grant", "authorization code was used before")
    store.run("UPDATE oauth_grants SET code_state = 'used' WHERE id = ?", row["id"])
    wrong = _wrong_with_code(row, by, redirect_uri, verifier)
    if wrong is not None:
        end(store, row["id"], "code_refused")
        raise OAuthRefused("invalid_grant", wrong)
    return _new_pair(store, by, row)


def _wrong_with_code(row: Row, by: Client, redirect_uri: str | None, verifier: str | None) -> str | None:
    if row["ended"] is not None:
        return "the connection was revoked"
    if row["client"] != by.client_id:
        return "issued to another client"
    if row["code_expires"] <= millis(now()):
        return "authorization code has expired"
    if row["redirect_uri"] != redirect_uri:
        return "redirect_uri differs from the one of the authorization request"
    if row["challenge"] is not None and (verifier is None or _challenge(verifier) != row["challenge"]):
        return "code_verifier does not fit"
    return None


def by_refresh_token(store: Store, by: Client, token: str) -> dict[str, Any]:
    """The next pair; the former one is worth nothing from now on."""
    row = store.row("SELECT * FROM oauth_grants WHERE refresh_token = ?", token)
    if row is None:
        spent = store.row("SELECT grant_id FROM oauth_spent_tokens WHERE token = ?", token)
        if spent is not None:
            end(store, spent["grant_id"], "refresh_token_reused")
        raise OAuthRefused("invalid_grant", "unknown or spent refresh token")
    if row["client"] != by.client_id or row["ended"] is not None:
        raise OAuthRefused("invalid_grant", "refresh token is not valid")
    _keep_spent(store, row["id"])
    store.run("UPDATE oauth_grants SET refreshes = refreshes + 1 WHERE id = ?", row["id"])
    return _new_pair(store, by, row)


def revoke(store: Store, by: Client, token: str) -> str | None:
    """RFC 7009; of a refresh token: the access token dies too (§9). Returns the organisation, None where unknown."""
    row = store.row(
        "SELECT * FROM oauth_grants WHERE (refresh_token = ?1 OR access_token = ?1) AND client = ?2",
        token,
        by.client_id,
    )
    if row is None:
        return None
    if row["refresh_token"] == token:
        end(store, row["id"], "revoked_by_client")
    else:
        store.run("UPDATE oauth_grants SET access_token = NULL WHERE id = ?", row["id"])
    return str(row["organization"])


def end(store: Store, grant_id: str, why: str, *, by_user: bool = False) -> None:
    """The connection is over; subscriptions made with it go as with an API key (§1.2).

    Not when the user ended it: their token.revoked is still to be delivered.
    """
    with store.transaction():
        _keep_spent(store, grant_id)
        store.run(
            "UPDATE oauth_grants SET ended = COALESCE(ended, ?), access_token = NULL, refresh_token = NULL"
            " WHERE id = ?",
            why,
            grant_id,
        )
        if not by_user:
            store.run("DELETE FROM subscriptions WHERE api_key = ?", holder(grant_id))


def end_tokens(store: Store, organization: str, which: Literal["access", "refresh"]) -> int:
    """They die before their time: a password was changed, or a refresh token reached an age that nobody told."""
    column = "access_token" if which == "access" else "refresh_token"
    if which == "refresh":
        for grant_id in living(store, organization):
            _keep_spent(store, grant_id)
    return store.run(
        f"UPDATE oauth_grants SET {column} = NULL WHERE organization = ? AND ended IS NULL", organization
    ).rowcount


def _keep_spent(store: Store, grant_id: str) -> None:
    """So that counters and faults know later whose token it was."""
    store.run(
        "INSERT OR IGNORE INTO oauth_spent_tokens SELECT refresh_token, id FROM oauth_grants"
        " WHERE id = ? AND refresh_token IS NOT NULL",
        grant_id,
    )


def living(store: Store, organization: str) -> list[str]:
    """Connections of this account that were opened and not ended, oldest first."""
    rows = store.rows(
        "SELECT id FROM oauth_grants WHERE organization = ? AND ended IS NULL AND code_state = 'used' ORDER BY created",
        organization,
    )
    return [row["id"] for row in rows]


def opened_by(store: Store, token: str) -> Opened | None:
    """The account behind a bearer token: an API key or an access token."""
    organization = organizations.by_key(store, token)
    if organization is not None:
        return Opened(organization, token, None)
    row = store.row("SELECT * FROM oauth_grants WHERE access_token = ?", token)
    if row is None or row["ended"] is not None or row["access_expires"] <= millis(now()):
        return None
    organization = organizations.by_id(store, row["organization"])
    if organization is None:
        return None
    # The profile names the connection that asks, and token.revoked names the same (§2.2).
    seen = organization.model_copy(update={"connection_id": row["id"]})
    return Opened(seen, holder(row["id"]), frozenset(row["scope"].split()))


def holder(grant_id: str) -> str:
    return f"oauth:{grant_id}"


def shown(store: Store, organization: str) -> list[dict[str, Any]]:
    rows = store.rows("SELECT * FROM oauth_grants WHERE organization = ? ORDER BY created, rowid", organization)
    return [
        {
            "connectionId": row["id"],
            "clientId": row["client"],
            "scope": row["scope"],
            "created": wire(from_millis(row["created"])),
            "accessToken": row["access_token"],
            "accessTokenExpires": _moment(row["access_expires"]),
            "refreshToken": row["refresh_token"],
            "refreshes": row["refreshes"],
            "ended": row["ended"],
        }
        for row in rows
    ]


def _moment(value: int | None) -> str | None:
    return None if value is None else wire(from_millis(value))


def _new_pair(store: Store, by: Client, row: Row) -> dict[str, Any]:
    until = now() + timedelta(seconds=by.expires_in)
    access, refresh = _access_token(row["organization"], by, until), _random(128)
    store.run(
        "UPDATE oauth_grants SET access_token = ?, access_expires = ?, refresh_token = ? WHERE id = ?",
        access,
        millis(until),
        refresh,
        row["id"],
    )
    return {
        "access_token": access,
        "token_type": "Bearer",
        "expires_in": by.expires_in,
        "refresh_token": refresh,
        "scope": row["scope"],
    }


def _access_token(organization: str, by: Client, until: datetime) -> str:
    claims = {
        "organizationId": organization,
        "client_id": by.client_id,
        "scope": list(by.scopes),
        "exp": int(until.timestamp()),
        "jti": secrets.token_urlsafe(24),
        "pad": "x" * 1200,  # real ones are long, up to 4096 characters
    }
    head = _base64(json.dumps({"alg": "HS512", "typ": "JWT"}).encode())
    body = f"{head}.{_base64(json.dumps(claims).encode())}"
    return f"{body}.{_base64(hmac.new(_SIGNING, body.encode(), hashlib.sha512).digest())}"


def _challenge(verifier: str) -> str:
    return _base64(hashlib.sha256(verifier.encode("utf-8", "surrogatepass")).digest())


def _base64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _random(length: int) -> str:
    return secrets.token_urlsafe(length)[:length]
