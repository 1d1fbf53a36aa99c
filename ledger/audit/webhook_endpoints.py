"""Addresses of a tenant that hear events out, what their calls are signed with, and whether they are told.

An address is checked when it is resolved, which is with each call (activities/events_out/addresses.py); here only its
form is.
"""

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import Field, SecretStr

from ledger.audit import audit
from ledger.audit.event_types import EVENT_TYPES
from ledger.database import Ledger, TenantTransaction
from ledger.keyset import Conditions
from ledger.refusals import NotAcceptable, NotAllowedNow, NotFound
from ledger.types import Frozen, Submitted, Tenant
from ledger.vault import Vault

MOST = 20
"""Endpoints of one tenant that are told."""
OLD_SECRET_LASTS = timedelta(hours=24)
"""After a rotation both secrets sign for this long."""
_SECRET_BYTES = 32


class Endpoint(Frozen):
    """An address that hears of events, as lists show it.

    state: active; off (what is due is kept, and told when it is switched on); ended for ever. `failures`: in a row,
    over all that it hears. `rests_until`: a failing endpoint is asked again then, with one event.
    """

    id: UUID
    seq: int
    url: str
    description: str
    types: tuple[str, ...]
    state: Literal["active", "off", "ended"]
    state_reason: Literal["by_hand", "failing", "gone", "removed"] | None
    failures: int
    failing_since: datetime | None
    rests_until: datetime | None
    created_by: str
    created_at: datetime
    changed_at: datetime
    due: int
    """Events that wait for it."""


class WantedEndpoint(Submitted):
    """What somebody wants told. No types: all, also those that come later."""

    url: str = Field(max_length=2000, examples=["https://example.com/partnerdesk"])
    description: str = Field(default="", max_length=200, examples=["Buchhaltung"])
    types: tuple[str, ...] = Field(default=(), max_length=50, examples=[["payout.paid", "payout.returned"]])


_COLUMNS = """e.id, e.seq, e.url, e.description, e.types, e.state, e.state_reason, e.failures, e.failing_since,
       e.rests_until, e.created_by, e.created_at, e.changed_at,
       (SELECT count(*) FROM event_deliveries d
         WHERE d.tenant_id = e.tenant_id AND d.endpoint_id = e.id AND d.state = 'due') AS due"""


async def add(
    tx: TenantTransaction, vault: Vault, wanted: WantedEndpoint, *, by: str, plain_http: bool = False
) -> Endpoint:
    """A new endpoint, which hears what happens from now on.

    `plain_http`: for development. Raises NotAcceptable (form of the address, unknown types), NotAllowedNow (too many).
    """
    _check(wanted, plain_http=plain_http)
    there = await tx.fetchval(
        "SELECT count(*) FROM webhook_endpoints WHERE tenant_id = $1 AND state <> 'ended'", tx.tenant.id
    )
    if there >= MOST:
        raise NotAllowedNow("too_many_endpoints", most=MOST)
    made: UUID = await tx.fetchval(
        """
        INSERT INTO webhook_endpoints (tenant_id, url, description, types, created_by) VALUES ($1, $2, $3, $4, $5)
        RETURNING id
        """,
        tx.tenant.id,
        wanted.url,
        wanted.description.strip(),
        sorted(set(wanted.types)),
        by,
    )
    await _new_secret(tx, vault, made)
    await _note(tx, by, "added", made, host=urlsplit(wanted.url).hostname, types=sorted(set(wanted.types)))
    return await get(tx, made)


async def change(
    tx: TenantTransaction, id: UUID, wanted: WantedEndpoint, *, by: str, plain_http: bool = False
) -> Endpoint:
    """Another address, description or choice; what is due goes to the new address. Raises NotFound, NotAcceptable."""
    _check(wanted, plain_http=plain_http)
    before = await _lock(tx, id)
    await tx.execute(
        "UPDATE webhook_endpoints SET url = $3, description = $4, types = $5 WHERE tenant_id = $1 AND id = $2",
        tx.tenant.id,
        id,
        wanted.url,
        wanted.description.strip(),
        sorted(set(wanted.types)),
    )
    hosts = [urlsplit(before.url).hostname, urlsplit(wanted.url).hostname]
    await _note(tx, by, "changed", id, host=hosts, types=[sorted(before.types), sorted(set(wanted.types))])
    return await get(tx, id)


async def rotate_secret(tx: TenantTransaction, vault: Vault, id: UUID, *, by: str) -> Endpoint:
    """A new secret; the ones before sign beside it for OLD_SECRET_LASTS. Raises NotFound."""
    await _lock(tx, id)
    await tx.execute(
        """
        UPDATE webhook_endpoint_secrets SET expires_at = LEAST(expires_at, now() + $3::interval)
         WHERE tenant_id = $1 AND endpoint_id = $2
        """,
        tx.tenant.id,
        id,
        OLD_SECRET_LASTS,
    )
    await tx.execute(
        "DELETE FROM webhook_endpoint_secrets WHERE tenant_id = $1 AND endpoint_id = $2 AND expires_at <= now()",
        tx.tenant.id,
        id,
    )
    await _new_secret(tx, vault, id)
    await _note(tx, by, "secret_rotated", id)
    return await get(tx, id)


async def switch(tx: TenantTransaction, id: UUID, *, on: bool, by: str) -> Endpoint:
    """On: everything that is due is told at once. Off: it is kept. Raises NotFound."""
    before = await _lock(tx, id)
    if (before.state == "active") == on:
        return before
    await tx.execute(
        """
        UPDATE webhook_endpoints SET state = CASE WHEN $3 THEN 'active' ELSE 'off' END,
               state_reason = CASE WHEN $3 THEN NULL ELSE 'by_hand' END,
               failures = 0, failing_since = NULL, warned_at = NULL, rests_until = NULL
         WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        id,
        on,
    )
    if on:
        await tell_at_once(tx, id)
    await _note(tx, by, "switched_on" if on else "switched_off", id)
    return await get(tx, id)


async def remove(tx: TenantTransaction, id: UUID, *, by: str) -> Endpoint:
    """It hears nothing more, and what was due to it is dropped. Returns what it was. Raises NotFound."""
    before = await get(tx, id)
    if before.state != "ended":
        await _lock(tx, id)
    await end(tx, id, reason="removed")
    await _note(tx, by, "removed", id)
    return before


async def end(tx: TenantTransaction, id: UUID, *, reason: Literal["gone", "removed"]) -> None:
    """For ever; its secrets are forgotten. Locks the endpoint against events, too."""
    # Events that are being written hold the row by their foreign key: once they are committed they are dropped below.
    await tx.execute("SELECT 1 FROM webhook_endpoints WHERE tenant_id = $1 AND id = $2 FOR UPDATE", tx.tenant.id, id)
    await tx.execute(
        """
        UPDATE webhook_endpoints SET state = 'ended', state_reason = $3, rests_until = NULL
         WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        id,
        reason,
    )
    await tx.execute(
        "UPDATE event_deliveries SET state = 'dropped' WHERE tenant_id = $1 AND endpoint_id = $2 AND state = 'due'",
        tx.tenant.id,
        id,
    )
    await tx.execute("DELETE FROM webhook_endpoint_secrets WHERE tenant_id = $1 AND endpoint_id = $2", tx.tenant.id, id)


async def tell_at_once(tx: TenantTransaction, id: UUID) -> None:
    """What waits for its next try is tried now."""
    await tx.execute(
        """
        UPDATE event_deliveries SET next_at = now()
         WHERE tenant_id = $1 AND endpoint_id = $2 AND state = 'due' AND next_at > now()
        """,
        tx.tenant.id,
        id,
    )


async def get(tx: TenantTransaction, id: UUID) -> Endpoint:
    """The endpoint. Raises NotFound, for one that was removed as well."""
    row = await tx.fetchrow(
        f"SELECT {_COLUMNS} FROM webhook_endpoints e WHERE e.tenant_id = $1 AND e.id = $2", tx.tenant.id, id
    )
    if row is None or row["state_reason"] == "removed":
        raise NotFound("endpoint_not_found")
    return Endpoint.from_row(row)


async def list_endpoints(
    tx: TenantTransaction, *, updated_since: datetime | None = None, after: int | None = None, limit: int = 50
) -> tuple[list[Endpoint], int | None]:
    """Newest first, without those that were removed; the second value is the cursor of the next page."""
    where = Conditions(tx.tenant.id)
    if updated_since is not None:
        where.require("e.changed_at >= {}", updated_since)
    if after is not None:
        where.require("e.seq < {}", after)
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS} FROM webhook_endpoints e
         WHERE e.tenant_id = $1 AND e.state_reason IS DISTINCT FROM 'removed' {where}
         ORDER BY e.seq DESC LIMIT {where.parameter(limit + 1)}
        """,
        *where.parameters,
    )
    found = [Endpoint.from_row(row) for row in rows[:limit]]
    return found, (found[-1].seq if len(rows) > limit else None)


async def list_due(ledger: Ledger, *, older_than: timedelta) -> list[tuple[Tenant, UUID]]:
    """Endpoints at which something waits that may go now, over all tenants."""
    async with ledger.without_tenant() as db:
        rows = await db.fetch("SELECT tenant_id, slug, id FROM find_due_endpoints($1)", older_than)
    return [(Tenant.from_row(row), row["id"]) for row in rows]


async def secrets_in_force(tx: TenantTransaction, vault: Vault, id: UUID) -> list[SecretStr]:
    """What a call is signed with, the newest first."""
    rows = await tx.fetch(
        """
        SELECT secret_encrypted FROM webhook_endpoint_secrets
         WHERE tenant_id = $1 AND endpoint_id = $2 AND (expires_at IS NULL OR expires_at > now()) ORDER BY seq DESC
        """,
        tx.tenant.id,
        id,
    )
    return [SecretStr(vault.decrypt(row["secret_encrypted"])) for row in rows]


async def show_secret(tx: TenantTransaction, vault: Vault, id: UUID, *, by: str) -> SecretStr:
    """What its receiver has to know; that somebody saw it stands in the trail.

    Raises NotFound, for an endpoint that has ended as well.
    """
    await get(tx, id)
    known = await secrets_in_force(tx, vault, id)
    if not known:
        raise NotFound("endpoint_not_found")
    await _note(tx, by, "secret_shown", id)
    return known[0]


def _check(wanted: WantedEndpoint, *, plain_http: bool) -> None:
    try:
        parts = urlsplit(wanted.url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise NotAcceptable("endpoint_address_not_acceptable") from None
    schemes = ("https", "http") if plain_http else ("https",)
    sane = wanted.url.isascii() and wanted.url.isprintable() and " " not in wanted.url and "\\" not in wanted.url
    if parts.scheme not in schemes or not host or not sane or parts.username is not None or parts.fragment:
        raise NotAcceptable("endpoint_address_not_acceptable")
    if unknown := sorted(set(wanted.types) - set(EVENT_TYPES)):
        raise NotAcceptable("event_type_unknown", type=unknown[0][:50])


async def _lock(tx: TenantTransaction, id: UUID) -> Endpoint:
    """The endpoint, held until the transaction ends; events are written to it all the same.

    Raises NotFound, for one that has ended as well.
    """
    locked = await tx.fetchval(
        "SELECT 1 FROM webhook_endpoints WHERE tenant_id = $1 AND id = $2 AND state <> 'ended' FOR NO KEY UPDATE",
        tx.tenant.id,
        id,
    )
    if locked is None:
        raise NotFound("endpoint_not_found")
    return await get(tx, id)


async def _new_secret(tx: TenantTransaction, vault: Vault, endpoint: UUID) -> None:
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
    await tx.execute(
        "INSERT INTO webhook_endpoint_secrets (tenant_id, endpoint_id, secret_encrypted) VALUES ($1, $2, $3)",
        tx.tenant.id,
        endpoint,
        vault.encrypt(secret),
    )


async def _note(tx: TenantTransaction, by: str, what: str, id: UUID, **detail: str | Sequence[object] | None) -> None:
    await audit.record(
        tx,
        actor=by,
        action=f"webhook_endpoint.{what}",
        subject="webhook_endpoint",
        subject_id=str(id),
        detail=dict(detail),
    )
