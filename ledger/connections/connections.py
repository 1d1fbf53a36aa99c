"""Connections to providers: what is stored of them, and what a call of lexoffice needs to know."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import SecretStr

from ledger.database import TenantTransaction
from ledger.reasons import Reason
from ledger.refusals import AlreadyExists, NotAllowedNow, NotFound
from ledger.types import LEXOFFICE, Frozen
from ledger.vault import Vault


class NotConnected(NotAllowedNow):
    """No access to the provider is stored, so nothing can be asked there."""

    def __init__(self) -> None:
        super().__init__("no_access_stored")


class NoSuchCredential(NotAllowedNow):
    """What is to be used is not there."""

    def __init__(self) -> None:
        super().__init__("no_such_credential")


class ConnectionBroken(NotAllowedNow):
    """The provider refuses the stored access; somebody has to connect anew."""

    def __init__(self) -> None:
        super().__init__("connection_broken")


class OtherOrganization(NotAllowedNow):
    """References to documents of the pinned organisation are open (rules.md, The connection)."""

    def __init__(self) -> None:
        super().__init__("other_organization")


class OrganizationTaken(AlreadyExists):
    """Another tenant is connected with this organisation of the provider."""

    def __init__(self) -> None:
        super().__init__("organization_taken")


class ProviderConnection(Frozen):
    """What people may see of a connection: never the secret, only its end."""

    provider: str
    state: str
    """unconnected, connected or broken."""
    state_reason_code: str | None
    state_reason_params: dict[str, Any] | None
    secret_last4: str | None
    secret_saved_at: datetime | None
    secret_ends_at: datetime | None
    """When an API key ends at the latest: after 24 months (lexoffice API, Auth and key life)."""
    oauth_connected_at: datetime | None
    """None: not connected by OAuth."""
    oauth_connected_by: str | None
    oauth_scopes: str | None
    uses_oauth: bool
    organization_id: UUID | None
    connection_id: UUID | None
    company_name: str | None
    tax_type: str | None
    small_business: bool | None
    effective_from: date | None
    requires_signature: bool
    credit_note_notice_confirmed_by: str | None
    credit_note_notice_confirmed_at: datetime | None
    checked_at: datetime | None

    @property
    def why(self) -> Reason | None:
        """Why it is broken."""
        return Reason.read(self.state_reason_code, self.state_reason_params)

    @property
    def has_secret(self) -> bool:
        """Whether there is anything to call lexoffice with."""
        return self.secret_last4 is not None or self.oauth_connected_at is not None


class Access(Frozen):
    """What a call of lexoffice needs to know. The token is read for each call and kept nowhere."""

    token: SecretStr | None
    """The API key; None where OAuth is used, whose token is in oauth_tokens.py."""
    organization_id: UUID
    connection_id: UUID | None
    tax_type: str | None
    small_business: bool
    effective_from: date | None
    """Cut-over: invoices dated before are ignored."""


_COLUMNS = """provider, state, state_reason_code, state_reason_params, secret_last4, secret_saved_at,
       CASE provider WHEN 'lexoffice' THEN secret_saved_at + interval '24 months' END AS secret_ends_at,
       oauth_connected_at, oauth_connected_by, oauth_scopes, uses_oauth, organization_id, connection_id, company_name,
       tax_type, small_business, effective_from, requires_signature, credit_note_notice_confirmed_by,
       credit_note_notice_confirmed_at, checked_at"""


async def get(tx: TenantTransaction, provider: str) -> ProviderConnection:
    """What is stored of the connection, without its secrets.

    Raises NotFound for a provider that the tenant has no row of.
    """
    found = await find(tx, provider)
    if found is None:
        raise NotFound("connection_not_found")
    return found


async def find(tx: TenantTransaction, provider: str) -> ProviderConnection | None:
    """The same; None for a provider that the tenant has no row of."""
    row = await tx.fetchrow(
        f"SELECT {_COLUMNS} FROM provider_connections WHERE tenant_id = $1 AND provider = $2",
        tx.tenant.id,
        provider,
    )
    return None if row is None else ProviderConnection.from_row(row)


def unconnected(provider: str) -> ProviderConnection:
    """What is shown of one that nobody has ever connected."""
    unknown = {name: None for name, field in ProviderConnection.model_fields.items() if field.is_required()}
    known = {"provider": provider, "state": "unconnected", "uses_oauth": False, "requires_signature": False}
    return ProviderConnection(**unknown | known)


async def lexoffice_access(tx: TenantTransaction, vault: Vault) -> Access:
    """What a call of lexoffice needs, read out of the connection.

    Raises NotConnected, ConnectionBroken; CannotDecrypt when the server's key was lost.
    """
    row = await tx.fetchrow(
        """
        SELECT state, secret_encrypted, uses_oauth, has_credential, organization_id, connection_id, tax_type,
               small_business, effective_from
          FROM provider_connections WHERE tenant_id = $1 AND provider = $2
        """,
        tx.tenant.id,
        LEXOFFICE,
    )
    if row is None or not row["has_credential"] or row["organization_id"] is None:
        raise NotConnected
    if row["state"] == "broken":
        raise ConnectionBroken
    return Access(
        token=None if row["uses_oauth"] else SecretStr(vault.decrypt(row["secret_encrypted"])),
        organization_id=row["organization_id"],
        connection_id=row["connection_id"],
        tax_type=row["tax_type"],
        small_business=bool(row["small_business"]),
        effective_from=row["effective_from"],
    )


async def lexoffice_key(tx: TenantTransaction, vault: Vault) -> SecretStr:
    """The stored key of a broken connection too, for testing it. Raises NotConnected, CannotDecrypt."""
    stored = await tx.fetchval(
        "SELECT secret_encrypted FROM provider_connections WHERE tenant_id = $1 AND provider = $2",
        tx.tenant.id,
        LEXOFFICE,
    )
    if stored is None:
        raise NotConnected
    return SecretStr(vault.decrypt(stored))


async def has_key_since(tx: TenantTransaction, since: datetime, *, provider: str = LEXOFFICE) -> bool:
    """Whether what is used is newer than that, and not known to be refused. Held until the end of the transaction."""
    return bool(
        await tx.fetchval(
            """
            SELECT state = 'connected' AND CASE WHEN uses_oauth THEN oauth_connected_at ELSE secret_saved_at END > $3
              FROM provider_connections
             WHERE tenant_id = $1 AND provider = $2 FOR NO KEY UPDATE
            """,
            tx.tenant.id,
            provider,
            since,
        )
    )


async def works(tx: TenantTransaction, *, provider: str = LEXOFFICE) -> bool:
    """Whether there is something to call the provider with that is not known to be refused.

    Held until the end of the transaction: take it before a payout's row, as whoever mends the connection does.
    """
    return bool(
        await tx.fetchval(
            """
            SELECT state = 'connected' AND has_credential FROM provider_connections
             WHERE tenant_id = $1 AND provider = $2 FOR SHARE
            """,
            tx.tenant.id,
            provider,
        )
    )
