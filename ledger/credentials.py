"""What proves who is calling: API keys for machines, tokens in the addresses that providers call."""

import contextlib
import math
import re
import secrets
import string
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
from pydantic import SecretStr

from ledger import audit
from ledger.database import Connection, Ledger
from ledger.refusals import AlreadyExists, NotAcceptable, NotFound
from ledger.roles import Permission, Role, permissions
from ledger.types import LEXOFFICE, Frozen, Tenant, UserId
from ledger.vault import Vault

SCOPES = ("read", "write", "approve", "bank")
LONGEST_LIFE = timedelta(days=366)
DEFAULT_LIFE = timedelta(days=365)

_ID_ALPHABET = string.ascii_lowercase + string.digits
_KEY = re.compile(r"pdk_([a-z0-9]{10})_([A-Za-z0-9_-]{43})", re.ASCII)

FEWEST_TOKEN_BITS = 128
_FEWEST_DIFFERENT_CHARACTERS = 10
_LONGEST_TOKEN = 200


class NewApiKey(Frozen):
    """The only time that the key itself is seen."""

    id: str
    key: SecretStr
    scopes: tuple[str, ...]
    expires_at: datetime


class ApiKey(Frozen):
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


class WebhookDoor(Frozen):
    """What a token in an address opens."""

    tenant: Tenant
    provider: str
    token_id: UUID
    kind: str
    organization_id: UUID | None
    """Pinned organisation; None until the tenant first connects."""
    requires_signature: bool


async def create_api_key(
    db: Connection,
    tenant: Tenant,
    vault: Vault,
    *,
    name: str,
    scopes: tuple[str, ...],
    expires_at: datetime | None = None,
    actor: str,
    created_by: UserId | None = None,
    creator_scopes: frozenset[str] = frozenset(SCOPES),
) -> NewApiKey:
    """Raises NotAcceptable for scopes that do not exist, exclude each other or exceed the creator's, or a life of
    more than 12 months.

    `created_by`: a key never exceeds its creator and ends with it (find_api_key looks each time). None: by command.
    """
    now = datetime.now(UTC)
    until = expires_at or now + DEFAULT_LIFE
    if not scopes or not set(scopes) <= set(SCOPES):
        raise NotAcceptable("Rechte eines Schlüssels sind read, write, approve und bank.", code="unknown_scope")
    if {"approve", "write"} <= set(scopes):
        raise NotAcceptable(
            "Wer freigibt, schreibt nicht: approve und write schließen sich aus.", code="scopes_exclude"
        )
    if not set(scopes) <= creator_scopes:
        raise NotAcceptable("Ein Schlüssel darf nicht mehr als die Person, die ihn anlegt.", code="exceeds_creator")
    if not now < until <= now + LONGEST_LIFE:
        raise NotAcceptable("Ein Schlüssel gilt höchstens 12 Monate.", code="expiry_not_acceptable")
    if not 1 <= len(name) <= 100:
        raise NotAcceptable("Der Name eines Schlüssels hat 1 bis 100 Zeichen.", code="name_not_acceptable")
    key_id = "".join(secrets.choice(_ID_ALPHABET) for _ in range(10))
    secret = secrets.token_urlsafe(32)
    ordered = tuple(scope for scope in SCOPES if scope in scopes)
    await db.execute(
        """
        INSERT INTO api_keys (tenant_id, id, name, secret_hmac, scopes, expires_at, created_by_user)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        tenant.id,
        key_id,
        name,
        vault.recognise(secret),
        list(ordered),
        until,
        created_by,
    )
    await audit.record(
        db,
        tenant,
        actor=actor,
        action="api_key.created",
        subject="api_key",
        subject_id=key_id,
        detail={"scopes": ordered, "expires_at": until.isoformat()},
    )
    return NewApiKey(id=key_id, key=SecretStr(f"pdk_{key_id}_{secret}"), scopes=ordered, expires_at=until)


async def list_api_keys(db: Connection, tenant: Tenant) -> list[ApiKey]:
    rows = await db.fetch(
        """
        SELECT id, name, scopes, created_at, expires_at, last_used_at, revoked_at
          FROM api_keys WHERE tenant_id = $1 ORDER BY created_at
        """,
        tenant.id,
    )
    return [ApiKey.model_validate(dict(row)) for row in rows]


async def revoke_api_key(db: Connection, tenant: Tenant, key_id: str, *, actor: str) -> None:
    """Raises NotFound; a key that is revoked already stays so."""
    found = await db.fetchval(
        """
        UPDATE api_keys SET revoked_at = COALESCE(revoked_at, now()) WHERE tenant_id = $1 AND id = $2 RETURNING id
        """,
        tenant.id,
        key_id,
    )
    if found is None:
        raise NotFound("Schlüssel")
    await audit.record(db, tenant, actor=actor, action="api_key.revoked", subject="api_key", subject_id=key_id)


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
        tenant=Tenant.of(row),
        key_id=parts[1],
        scopes=frozenset(row["scopes"]),
    )
    await note_use(ledger, caller)
    return caller


async def maker_may_change_settings(db: Connection, tenant: Tenant, key_id: str) -> bool:
    """Scopes do not tell settings from other writing, so the key's maker is asked for. True for a key by command."""
    row = await db.fetchrow(
        """
        SELECT k.created_by_user, m.role FROM api_keys k
          LEFT JOIN memberships m ON m.tenant_id = k.tenant_id AND m.user_id = k.created_by_user
                                 AND m.disabled_at IS NULL
         WHERE k.tenant_id = $1 AND k.id = $2
        """,
        tenant.id,
        key_id,
    )
    if row is None or row["created_by_user"] is None:
        return row is not None
    return row["role"] is not None and Permission.SETTINGS in permissions(Role(row["role"]))


async def note_use(ledger: Ledger, caller: Caller) -> None:
    """Remember that a key was used, to the hour. Called at most every 30 s (api/recognition.py), not for each request.

    Whoever holds a good key is let in even if this cannot be written, as while the database only reads.
    """
    with contextlib.suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
        async with ledger.transaction(caller.tenant) as db:
            await db.execute(
                """
                UPDATE api_keys SET last_used_at = now()
                 WHERE tenant_id = $1 AND id = $2 AND (last_used_at IS NULL OR last_used_at < now() - interval '1 hour')
                """,
                caller.tenant.id,
                caller.key_id,
            )


def weakness(token: str) -> str | None:
    """Why a self-chosen token is too weak, as a German sentence; None for a good one (at least 128 bits)."""
    if not token.isascii() or not token.isprintable() or " " in token:
        return "Ein Token besteht aus druckbaren ASCII-Zeichen ohne Leerzeichen."
    if len(token) > _LONGEST_TOKEN:
        return f"Ein Token hat höchstens {_LONGEST_TOKEN} Zeichen."
    sets = (string.ascii_lowercase, string.ascii_uppercase, string.digits, string.punctuation)
    alphabet = sum(len(chars) for chars in sets if set(chars) & set(token))
    if not token or len(token) * math.log2(max(alphabet, 2)) < FEWEST_TOKEN_BITS:
        return "Der Token ist zu kurz: er braucht mindestens 128 Bit, etwa 22 zufällige Buchstaben und Ziffern."
    if len(set(token)) < _FEWEST_DIFFERENT_CHARACTERS:
        return (
            f"Der Token ist zu gleichförmig: er braucht mindestens {_FEWEST_DIFFERENT_CHARACTERS} verschiedene Zeichen."
        )
    return None


async def create_webhook_token(
    db: Connection,
    tenant: Tenant,
    vault: Vault,
    *,
    provider: str = LEXOFFICE,
    chosen: str | None = None,
    kind: str = "chosen",
    grace: timedelta | None = None,
    actor: str,
) -> SecretStr:
    """A token for the address that a provider calls: `chosen`, or 256 random bits. Only its HMAC is kept.

    grace: how long older tokens of this kind still work; None leaves them as they are.
    Raises NotAcceptable for a weak one, AlreadyExists for one that opens a door already.
    """
    if chosen is not None and (weak := weakness(chosen)):
        raise NotAcceptable(weak, code="weak_token")
    token = chosen or secrets.token_urlsafe(32)
    if grace is not None:
        await _end_older_tokens(db, tenant, provider, kind, grace)
    # One of the tenant's own that is chosen again lives again.
    created = await db.fetchval(
        """
        UPDATE webhook_tokens SET expires_at = NULL
         WHERE tenant_id = $1 AND provider = $2 AND token_hmac = ANY ($3) AND kind = $4
        RETURNING id
        """,
        tenant.id,
        provider,
        vault.recognise_under_all_keys(token),
        kind,
    ) or await db.fetchval(
        """
        INSERT INTO webhook_tokens (tenant_id, provider, token_hmac, kind) VALUES ($1, $2, $3, $4)
        ON CONFLICT (token_hmac) DO NOTHING
        RETURNING id
        """,
        tenant.id,
        provider,
        vault.recognise(token),
        kind,
    )
    if created is None:
        # Whether it is this tenant's or another's is not told.
        raise AlreadyExists("Dieser Token ist nicht verfügbar. Bitte wählen Sie einen anderen.", code="token_taken")
    await audit.record(
        db,
        tenant,
        actor=actor,
        action="webhook_token.created",
        subject="webhook_token",
        subject_id=str(created),
        detail={"provider": provider, "kind": kind, "chosen": chosen is not None},
    )
    return SecretStr(token)


async def _end_older_tokens(db: Connection, tenant: Tenant, provider: str, kind: str, grace: timedelta) -> None:
    await db.execute(
        """
        UPDATE webhook_tokens SET expires_at = now() + $4
         WHERE tenant_id = $1 AND provider = $2 AND kind = $3 AND (expires_at IS NULL OR expires_at > now() + $4)
        """,
        tenant.id,
        provider,
        kind,
        grace,
    )


async def recognise_webhook_token(ledger: Ledger, vault: Vault, presented: str) -> WebhookDoor | None:
    async with ledger.without_tenant() as db:
        row = await db.fetchrow("SELECT * FROM find_webhook_token($1)", vault.recognise_under_all_keys(presented))
    if row is None:
        return None
    return WebhookDoor(
        tenant=Tenant.of(row),
        provider=row["provider"],
        token_id=row["token_id"],
        kind=row["kind"],
        organization_id=row["organization_id"],
        requires_signature=row["requires_signature"],
    )
