"""Connecting by OAuth, disconnecting, and choosing between it and an API key (both may be there; one is used)."""

from uuid import UUID

from pydantic import SecretStr

from ledger.audit import audit
from ledger.connections import connecting, connection_health, connections, oauth_tokens
from ledger.connections.connecting import LexofficeAccount
from ledger.connections.connections import NoSuchCredential
from ledger.connections.oauth_tokens import NotConnectedByOAuth, TokenPair
from ledger.database import Connection
from ledger.types import LEXOFFICE, Frozen, Tenant
from ledger.vault import Vault


class Connected(Frozen):
    """`former`: the refresh token of a grant that this one replaces."""

    former: SecretStr | None
    taxed_otherwise: bool


async def connect(
    db: Connection, tenant: Tenant, vault: Vault, *, pair: TokenPair, account: LexofficeAccount, actor: str
) -> Connected:
    """Keep a grant that `/v1/profile` has proved. It is used from now on, whatever was used before.

    Raises OtherOrganization, OrganizationTaken.
    """
    former = await oauth_tokens.refresh_token(db, tenant, vault)
    pinned = await connecting.pin(db, tenant, account)
    await db.execute(
        """
        UPDATE provider_connections
           SET oauth_connected_at = now(), oauth_connected_by = $3, oauth_scopes = $4, oauth_connection_id = $5,
               uses_oauth = true
         WHERE tenant_id = $1 AND provider = $2
        """,
        tenant.id,
        LEXOFFICE,
        actor,
        pair.scopes,
        account.connection_id,
    )
    await oauth_tokens.keep_pair(db, tenant, vault, pair)
    await connection_health.close_broken(db, tenant, by=actor)
    await audit.record(
        db,
        tenant,
        actor=actor,
        action="connection.oauth_connected",
        subject="connection",
        subject_id=LEXOFFICE,
        detail=connecting.of_organizations(account, pinned),
    )
    return Connected(former=former, taxed_otherwise=pinned.taxed_otherwise)


async def disconnect(db: Connection, tenant: Tenant, vault: Vault, *, actor: str) -> SecretStr | None:
    """Forget the grant; an API key that is there is used again. Returns the refresh token that is to be revoked.

    Raises NotConnectedByOAuth.
    """
    token = await oauth_tokens.refresh_token(db, tenant, vault)
    if not (await connections.load(db, tenant, LEXOFFICE)).oauth_connected_at:
        raise NotConnectedByOAuth
    state = await connecting.forget_grant(db, tenant)
    await oauth_tokens.forget_pair(db, tenant)
    if state != "broken":
        await connection_health.close_broken(db, tenant, by=actor)
    await audit.record(
        db, tenant, actor=actor, action="connection.oauth_removed", subject="connection", subject_id=LEXOFFICE
    )
    return token


async def choose(db: Connection, tenant: Tenant, *, oauth: bool, actor: str) -> None:
    """Which of the two is used from now on. A connection that was broken by the other one counts as whole until a
    call tells otherwise. Raises NoSuchCredential."""
    await oauth_tokens.lock(db, tenant)
    changed = await db.fetchval(
        """
        UPDATE provider_connections
           SET uses_oauth = $3,
               state = CASE WHEN uses_oauth = $3 THEN state ELSE 'connected' END,
               state_reason = CASE WHEN uses_oauth = $3 THEN state_reason END
         WHERE tenant_id = $1 AND provider = $2
           AND CASE WHEN $3 THEN oauth_connected_at IS NOT NULL ELSE secret_encrypted IS NOT NULL END
        RETURNING state
        """,
        tenant.id,
        LEXOFFICE,
        oauth,
    )
    if changed is None:
        raise NoSuchCredential
    if changed != "broken":
        await connection_health.close_broken(db, tenant, by=actor)
    await audit.record(
        db,
        tenant,
        actor=actor,
        action="connection.credential_chosen",
        subject="connection",
        subject_id=LEXOFFICE,
        detail={"uses": "oauth" if oauth else "api_key"},
    )


async def is_our_grant(db: Connection, tenant: Tenant, connection_id: UUID) -> bool:
    """Whether token.revoked names the grant that is stored here."""
    return bool(
        await db.fetchval(
            "SELECT oauth_connection_id = $3 FROM provider_connections WHERE tenant_id = $1 AND provider = $2",
            tenant.id,
            LEXOFFICE,
            connection_id,
        )
    )
