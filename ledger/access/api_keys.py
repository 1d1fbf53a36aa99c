"""What proves which machine is calling: API keys."""

import contextlib
import re
import secrets
import string
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import asyncpg
from pydantic import SecretStr

from ledger.audit import audit
from ledger.database import Ledger, TenantTransaction
from ledger.refusals import NotAcceptable, NotFound
from ledger.roles import Permission, Role, permissions
from ledger.types import Frozen, Tenant, UserId
from ledger.vault import Vault

SCOPES = ("read", "write", "approve", "bank", "statements")
LONGEST_LIFE = timedelta(days=366)
DEFAULT_LIFE = timedelta(days=365)

_ID_ALPHABET = string.ascii_lowercase + string.digits
_KEY = re.compile(r"pdk_([a-z0-9]{10})_([A-Za-z0-9_-]{43})", re.ASCII)


class NewApiKey(Frozen):
    """The only time that the key itself is seen."""

    id: str
    key: SecretStr
    scopes: tuple[str, ...]
    expires_at: datetime


class ApiKey(Frozen):
    """A key as lists show it: the secret itself is told once, when it is made, and never stored."""

    id: str
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class Caller(Frozen):
    """Who a request comes from, once its key was recognised."""

    tenant: Tenant
    key_id: str
    scopes: frozenset[str]

    @property
    def actor(self) -> str:
        """As decisions and the audit trail name it."""
        return f"key:{self.key_id}"


class WantedKey(Frozen):
    """What somebody wants a key for. `expires_at` None: after the usual life."""

    name: str
    scopes: tuple[str, ...]
    expires_at: datetime | None = None


async def create_api_key(
    tx: TenantTransaction,
    vault: Vault,
    wanted: WantedKey,
    *,
    actor: str,
    created_by: UserId | None = None,
    creator_scopes: frozenset[str] = frozenset(SCOPES),
) -> NewApiKey:
    """A new key; its text is in the answer, and nowhere else.

    Raises NotAcceptable for scopes that do not exist, exclude each other or exceed the creator's, or a life of
    more than 12 months.

    `created_by`: a key never exceeds its creator and ends with it (find_api_key looks each time). None: by command.
    """
    name, scopes = wanted.name, wanted.scopes
    now = datetime.now(UTC)
    until = wanted.expires_at or now + DEFAULT_LIFE
    if not scopes or not set(scopes) <= set(SCOPES):
        raise NotAcceptable("unknown_scope")
    if {"approve", "write"} <= set(scopes):
        raise NotAcceptable("scopes_exclude")
    if not set(scopes) <= creator_scopes:
        raise NotAcceptable("exceeds_creator")
    if not now < until <= now + LONGEST_LIFE:
        raise NotAcceptable("expiry_not_acceptable")
    if not 1 <= len(name) <= 100:
        raise NotAcceptable("key_name_not_acceptable")
    key_id = "".join(secrets.choice(_ID_ALPHABET) for _ in range(10))
    secret = secrets.token_urlsafe(32)
    ordered = tuple(scope for scope in SCOPES if scope in scopes)
    await tx.execute(
        """
        INSERT INTO api_keys (tenant_id, id, name, secret_hmac, scopes, expires_at, created_by_user)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        tx.tenant.id,
        key_id,
        name,
        vault.recognise(secret),
        list(ordered),
        until,
        created_by,
    )
    await audit.record(
        tx,
        actor=actor,
        action="api_key.created",
        subject="api_key",
        subject_id=key_id,
        detail={"scopes": ordered, "expires_at": until.isoformat()},
    )
    return NewApiKey(id=key_id, key=SecretStr(f"pdk_{key_id}_{secret}"), scopes=ordered, expires_at=until)


async def list_api_keys(tx: TenantTransaction) -> list[ApiKey]:
    """All keys of the tenant, revoked and expired ones too, oldest first."""
    rows = await tx.fetch(
        """
        SELECT id, name, scopes, created_at, expires_at, last_used_at, revoked_at
          FROM api_keys WHERE tenant_id = $1 ORDER BY created_at
        """,
        tx.tenant.id,
    )
    return [ApiKey.from_row(row) for row in rows]


async def list_made_by(tx: TenantTransaction, user: UserId) -> list[ApiKey]:
    """The keys of this tenant that this person made and that still work, oldest first."""
    rows = await tx.fetch(
        """
        SELECT id, name, scopes, created_at, expires_at, last_used_at, revoked_at FROM api_keys
         WHERE tenant_id = $1 AND created_by_user = $2 AND revoked_at IS NULL AND expires_at > now()
         ORDER BY created_at
        """,
        tx.tenant.id,
        user,
    )
    return [ApiKey.from_row(row) for row in rows]


async def revoke_made_by(
    tx: TenantTransaction, user: UserId, *, keep: Collection[str] = (), actor: str
) -> list[ApiKey]:
    """End the keys of somebody whose access another person gives anew: whoever had the access may have made them.

    Returns those that were revoked.
    """
    revoked = [key for key in await list_made_by(tx, user) if key.id not in keep]
    for key in revoked:
        await revoke_api_key(tx, key.id, actor=actor)
    return revoked


async def revoke_api_key(tx: TenantTransaction, key_id: str, *, actor: str) -> None:
    """End a key at once. Raises NotFound; a key that is revoked already stays so."""
    found = await tx.fetchval(
        """
        UPDATE api_keys SET revoked_at = COALESCE(revoked_at, now()) WHERE tenant_id = $1 AND id = $2 RETURNING id
        """,
        tx.tenant.id,
        key_id,
    )
    if found is None:
        raise NotFound("api_key_not_found")
    await audit.record(tx, actor=actor, action="api_key.revoked", subject="api_key", subject_id=key_id)


async def recognise_api_key(ledger: Ledger, vault: Vault, presented: str) -> Caller | None:
    """Whose key this is; None for one that is malformed, unknown, revoked or over."""
    parts = _KEY.fullmatch(presented)
    if parts is None:
        return None
    async with ledger.without_tenant() as db:
        row = await db.fetchrow("SELECT * FROM find_api_key($1)", parts[1])
    # Compared by HMAC under our key: the time a comparison takes tells nothing that a caller could steer.
    if row is None or row["secret_hmac"] not in vault.recognise_under_all_keys(parts[2]):
        return None
    caller = Caller(
        tenant=Tenant.from_row(row),
        key_id=parts[1],
        scopes=frozenset(row["scopes"]),
    )
    await note_use(ledger, caller)
    return caller


async def maker_may_change_settings(tx: TenantTransaction, key_id: str) -> bool:
    """Scopes do not tell settings from other writing, so the key's maker is asked for. True for a key by command."""
    row = await tx.fetchrow(
        """
        SELECT k.created_by_user, m.role FROM api_keys k
          LEFT JOIN memberships m ON m.tenant_id = k.tenant_id AND m.user_id = k.created_by_user
                                 AND m.disabled_at IS NULL
         WHERE k.tenant_id = $1 AND k.id = $2
        """,
        tx.tenant.id,
        key_id,
    )
    if row is None or row["created_by_user"] is None:
        return row is not None
    return row["role"] is not None and Permission.SETTINGS in permissions(Role(row["role"]))


async def note_use(ledger: Ledger, caller: Caller) -> None:
    """Remember that a key was used, to the hour. Called at most every 30 s (api/http/recognition.py).

    Whoever holds a good key is let in even if this cannot be written, as while the database only reads.
    """
    with contextlib.suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
        # To the hour: what a crash forgets the next use writes.
        async with ledger.transaction(caller.tenant, may_be_lost=True) as tx:
            await tx.execute(
                """
                UPDATE api_keys SET last_used_at = now()
                 WHERE tenant_id = $1 AND id = $2 AND (last_used_at IS NULL OR last_used_at < now() - interval '1 hour')
                """,
                caller.tenant.id,
                caller.key_id,
            )
