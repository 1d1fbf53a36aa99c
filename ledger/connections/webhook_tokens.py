"""Tokens in the addresses that providers call: what proves that a call is meant for a tenant."""

import math
import secrets
import string
from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from uuid import UUID

from pydantic import SecretStr

from ledger.audit import audit
from ledger.database import Ledger, TenantTransaction
from ledger.refusals import AlreadyExists, NotAcceptable, NotFound
from ledger.types import LEXOFFICE, Frozen, Tenant
from ledger.vault import Vault

FEWEST_TOKEN_BITS = 128
_FEWEST_DIFFERENT_CHARACTERS = 10
_LONGEST_TOKEN = 200


class WebhookDoor(Frozen):
    """What a token in an address opens."""

    tenant: Tenant
    provider: str
    token_id: UUID
    kind: str
    organization_id: UUID | None
    """Pinned organisation; None until the tenant first connects."""
    requires_signature: bool


class TokenUse(NamedTuple):
    """Which address a token opens, and for whom: chosen by people, or minted for subscriptions of ours."""

    provider: str = LEXOFFICE
    kind: Literal["chosen", "subscription"] = "chosen"


class WebhookToken(Frozen):
    """A token as lists show it. `kind` chosen: for relays of the tenant; subscription: lexoffice's own."""

    id: UUID
    kind: Literal["chosen", "subscription"]
    created_at: datetime
    expires_at: datetime | None


def refuse_weak(token: str) -> None:
    """Nothing, if nobody can guess the token. Raises NotAcceptable for a self-chosen token of less than 128 bits."""
    if not token.isascii() or not token.isprintable() or " " in token:
        raise NotAcceptable("token_not_ascii")
    if len(token) > _LONGEST_TOKEN:
        raise NotAcceptable("token_too_long", most=_LONGEST_TOKEN)
    sets = (string.ascii_lowercase, string.ascii_uppercase, string.digits, string.punctuation)
    alphabet = sum(len(chars) for chars in sets if set(chars) & set(token))
    if not token or len(token) * math.log2(max(alphabet, 2)) < FEWEST_TOKEN_BITS:
        raise NotAcceptable("token_too_short", bits=FEWEST_TOKEN_BITS)
    if len(set(token)) < _FEWEST_DIFFERENT_CHARACTERS:
        raise NotAcceptable("token_uniform", least=_FEWEST_DIFFERENT_CHARACTERS)


async def create(
    tx: TenantTransaction,
    vault: Vault,
    *,
    chosen: str | None = None,
    use: TokenUse | None = None,
    grace: timedelta | None = None,
    actor: str,
) -> SecretStr:
    """A token for the address that a provider calls: `chosen`, or 256 random bits. Only its HMAC is kept.

    use: whose address it is for, lexoffice's by default.
    grace: how long older tokens of this kind still work; None leaves them as they are.
    Raises NotAcceptable for a weak one, AlreadyExists for one that opens a door already.
    """
    provider, kind = use or TokenUse()
    if chosen is not None:
        refuse_weak(chosen)
    token = chosen or secrets.token_urlsafe(32)
    if grace is not None:
        await _end_older_tokens(tx, provider, kind, grace)
    # One of the tenant's own that is chosen again lives again.
    created = await tx.fetchval(
        """
        UPDATE webhook_tokens SET expires_at = NULL
         WHERE tenant_id = $1 AND provider = $2 AND token_hmac = ANY ($3) AND kind = $4
        RETURNING id
        """,
        tx.tenant.id,
        provider,
        vault.recognise_under_all_keys(token),
        kind,
    ) or await tx.fetchval(
        """
        INSERT INTO webhook_tokens (tenant_id, provider, token_hmac, kind) VALUES ($1, $2, $3, $4)
        ON CONFLICT (token_hmac) DO NOTHING
        RETURNING id
        """,
        tx.tenant.id,
        provider,
        vault.recognise(token),
        kind,
    )
    if created is None:
        # Whether it is this tenant's or another's is not told.
        raise AlreadyExists("token_taken")
    await audit.record(
        tx,
        actor=actor,
        action="webhook_token.created",
        subject="webhook_token",
        subject_id=str(created),
        detail={"provider": provider, "kind": kind, "chosen": chosen is not None},
    )
    return SecretStr(token)


async def list_tokens(tx: TenantTransaction, *, provider: str = LEXOFFICE) -> list[WebhookToken]:
    """Those that still open the address, oldest first."""
    rows = await tx.fetch(
        """
        SELECT id, kind, created_at, expires_at FROM webhook_tokens
         WHERE tenant_id = $1 AND provider = $2 AND (expires_at IS NULL OR expires_at > now()) ORDER BY created_at, id
        """,
        tx.tenant.id,
        provider,
    )
    return [WebhookToken.from_row(row) for row in rows]


async def end(tx: TenantTransaction, token: UUID, *, provider: str = LEXOFFICE, actor: str) -> str:
    """It opens nothing from now on. Returns its kind. Raises NotFound for one that works no more."""
    kind: str | None = await tx.fetchval(
        """
        UPDATE webhook_tokens SET expires_at = now()
         WHERE tenant_id = $1 AND provider = $2 AND id = $3 AND (expires_at IS NULL OR expires_at > now())
        RETURNING kind
        """,
        tx.tenant.id,
        provider,
        token,
    )
    if kind is None:
        raise NotFound("webhook_token_not_found")
    await audit.record(
        tx,
        actor=actor,
        action="webhook_token.ended",
        subject="webhook_token",
        subject_id=str(token),
        detail={"provider": provider, "kind": kind},
    )
    return kind


async def _end_older_tokens(tx: TenantTransaction, provider: str, kind: str, grace: timedelta) -> None:
    await tx.execute(
        """
        UPDATE webhook_tokens SET expires_at = now() + $4
         WHERE tenant_id = $1 AND provider = $2 AND kind = $3 AND (expires_at IS NULL OR expires_at > now() + $4)
        """,
        tx.tenant.id,
        provider,
        kind,
        grace,
    )


async def recognise_webhook_token(ledger: Ledger, vault: Vault, presented: str) -> WebhookDoor | None:
    """Whose address this token is part of; None for one that is unknown or revoked. Read outside of any tenant."""
    async with ledger.without_tenant() as db:
        row = await db.fetchrow("SELECT * FROM find_webhook_token($1)", vault.recognise_under_all_keys(presented))
    if row is None:
        return None
    return WebhookDoor(
        tenant=Tenant.from_row(row),
        provider=row["provider"],
        token_id=row["token_id"],
        kind=row["kind"],
        organization_id=row["organization_id"],
        requires_signature=row["requires_signature"],
    )
