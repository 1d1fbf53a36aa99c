"""Connecting by OAuth, disconnecting, and choosing between it and an API key (both may be there; one is used)."""

from uuid import UUID

from pydantic import SecretStr

from ledger.audit import audit
from ledger.connections import connecting, connection_health, connections, oauth_tokens
from ledger.connections.connecting import LexofficeAccount
from ledger.connections.connections import NoSuchCredential
from ledger.connections.oauth_tokens import NotConnectedByOAuth, TokenPair
from ledger.database import TenantTransaction
from ledger.types import LEXOFFICE, Frozen
from ledger.vault import Vault


class Connected(Frozen):
    """`former`: the refresh token of a grant that this one replaces."""

    former: SecretStr | None
    taxed_otherwise: bool


async def connect(
    tx: TenantTransaction, vault: Vault, *, pair: TokenPair, account: LexofficeAccount, actor: str
) -> Connected:
    """Keep a grant that `/v1/profile` has proved. It is used from now on, whatever was used before.

    Raises OtherOrganization, OrganizationTaken.
    """
    former = await oauth_tokens.refresh_token(tx, vault)
    pinned = await connecting.pin(tx, account)
    await tx.execute(
        """
        UPDATE provider_connections
           SET oauth_connected_at = now(), oauth_connected_by = $3, oauth_scopes = $4, oauth_connection_id = $5,
               uses_oauth = true
         WHERE tenant_id = $1 AND provider = $2
        """,
        tx.tenant.id,
        LEXOFFICE,
        actor,
        pair.scopes,
        account.connection_id,
    )
    await oauth_tokens.keep_pair(tx, vault, pair)
    await connection_health.close_broken(tx, by=actor)
    await audit.record(
        tx,
        actor=actor,
        action="connection.oauth_connected",
        subject="connection",
        subject_id=LEXOFFICE,
        detail=connecting.of_organizations(account, pinned),
    )
    return Connected(former=former, taxed_otherwise=pinned.taxed_otherwise)


async def disconnect(tx: TenantTransaction, vault: Vault, *, actor: str) -> SecretStr | None:
    """Forget the grant; an API key that is there is used again. Returns the refresh token that is to be revoked.

    Raises NotConnectedByOAuth.
    """
    token = await oauth_tokens.refresh_token(tx, vault)
    if not (await connections.get(tx, LEXOFFICE)).oauth_connected_at:
        raise NotConnectedByOAuth
    state = await connecting.forget_grant(tx)
    await oauth_tokens.forget_pair(tx)
    if state != "broken":
        await connection_health.close_broken(tx, by=actor)
    await audit.record(tx, actor=actor, action="connection.oauth_removed", subject="connection", subject_id=LEXOFFICE)
    return token


async def choose(tx: TenantTransaction, *, oauth: bool, actor: str) -> None:
    """Which of the two is used from now on. A connection that was broken by the other one counts as whole until a
    call tells otherwise. Raises NoSuchCredential."""
    await oauth_tokens.lock(tx)
    changed = await tx.fetchval(
        """
        UPDATE provider_connections
           SET uses_oauth = $3,
               state = CASE WHEN uses_oauth = $3 THEN state ELSE 'connected' END,
               state_reason_code = CASE WHEN uses_oauth = $3 THEN state_reason_code END,
               state_reason_params = CASE WHEN uses_oauth = $3 THEN state_reason_params END
         WHERE tenant_id = $1 AND provider = $2
           AND CASE WHEN $3 THEN oauth_connected_at IS NOT NULL ELSE secret_encrypted IS NOT NULL END
        RETURNING state
        """,
        tx.tenant.id,
        LEXOFFICE,
        oauth,
    )
    if changed is None:
        raise NoSuchCredential
    if changed != "broken":
        await connection_health.close_broken(tx, by=actor)
    await audit.record(
        tx,
        actor=actor,
        action="connection.credential_chosen",
        subject="connection",
        subject_id=LEXOFFICE,
        detail={"uses": "oauth" if oauth else "api_key"},
    )


async def is_our_grant(tx: TenantTransaction, connection_id: UUID) -> bool:
    """Whether token.revoked names the grant that is stored here."""
    return bool(
        await tx.fetchval(
            "SELECT oauth_connection_id = $3 FROM provider_connections WHERE tenant_id = $1 AND provider = $2",
            tx.tenant.id,
            LEXOFFICE,
            connection_id,
        )
    )
