"""Connections to providers: their secrets, the pinned organisation, and what lexoffice told about the account."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import SecretStr

from ledger import audit, tasks
from ledger.database import Connection
from ledger.refusals import AlreadyExists, NotAllowedNow, NotFound
from ledger.types import EventId, Frozen, Tenant
from ledger.vault import Vault

LEXOFFICE = "lexoffice"
STRIPE = "stripe"


class NotConnected(NotAllowedNow):
    code = "not_connected"

    def __init__(self) -> None:
        super().__init__("lexoffice ist nicht verbunden: Es ist kein API-Schlüssel hinterlegt.")


class NoSuchCredential(NotAllowedNow):
    """What is to be used is not there."""

    code = "no_such_credential"

    def __init__(self) -> None:
        super().__init__("Dieser Zugang zu lexoffice ist nicht hinterlegt.")


class ConnectionBroken(NotAllowedNow):
    code = "connection_broken"

    def __init__(self) -> None:
        super().__init__(
            "Die Verbindung zu lexoffice ist unterbrochen. Bitte verbinden Sie lexoffice erneut, oder hinterlegen Sie "
            "einen neuen API-Schlüssel."
        )


class OtherOrganization(NotAllowedNow):
    """References to documents of the pinned organisation are open (rules.md, The connection)."""

    code = "other_organization"

    def __init__(self) -> None:
        super().__init__(
            "Der Zugang gehört zu einer anderen lexoffice-Organisation, und Belege der bisherigen sind noch offen."
        )


class OrganizationTaken(AlreadyExists):
    code = "organization_taken"

    def __init__(self) -> None:
        super().__init__("Diese lexoffice-Organisation ist bereits mit einem anderen Mandanten verbunden.")


class ProviderConnection(Frozen):
    """What people may see of a connection: never the secret, only its end."""

    provider: str
    state: str
    """unconnected, connected or broken."""
    state_reason: str | None
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
    def has_secret(self) -> bool:
        """Whether there is anything to call lexoffice with."""
        return self.secret_last4 is not None or self.oauth_connected_at is not None


class Access(Frozen):
    """What a call of lexoffice needs to know. The token is read for each call and kept nowhere."""

    token: SecretStr | None
    """The API key; None where OAuth is used, whose token is in ledger/oauth_tokens.py."""
    organization_id: UUID
    connection_id: UUID | None
    tax_type: str | None
    small_business: bool
    effective_from: date | None
    """Cut-over: invoices dated before are ignored."""


class LexofficeAccount(Frozen):
    """What `/v1/profile` says about the account behind a key (lexoffice API, Profile endpoint)."""

    organization_id: UUID
    connection_id: UUID | None
    company_name: str | None
    tax_type: str | None
    small_business: bool
    profile: dict[str, Any]


_COLUMNS = """provider, state, state_reason, secret_last4, secret_saved_at,
       CASE provider WHEN 'lexoffice' THEN secret_saved_at + interval '24 months' END AS secret_ends_at,
       oauth_connected_at, oauth_connected_by, oauth_scopes, uses_oauth, organization_id, connection_id, company_name,
       tax_type, small_business, effective_from, requires_signature, credit_note_notice_confirmed_by,
       credit_note_notice_confirmed_at, checked_at"""


async def load(db: Connection, tenant: Tenant, provider: str) -> ProviderConnection:
    row = await db.fetchrow(
        f"SELECT {_COLUMNS} FROM provider_connections WHERE tenant_id = $1 AND provider = $2",
        tenant.id,
        provider,
    )
    if row is None:
        raise NotFound("Verbindung")
    return ProviderConnection.model_validate(dict(row))


async def lexoffice_access(db: Connection, tenant: Tenant, vault: Vault) -> Access:
    """Raises NotConnected, ConnectionBroken; CannotDecrypt when the server's key was lost."""
    row = await db.fetchrow(
        """
        SELECT state, secret_encrypted, uses_oauth, has_credential, organization_id, connection_id, tax_type,
               small_business, effective_from
          FROM provider_connections WHERE tenant_id = $1 AND provider = $2
        """,
        tenant.id,
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


async def lexoffice_key(db: Connection, tenant: Tenant, vault: Vault) -> SecretStr:
    """The stored key of a broken connection too, for testing it. Raises NotConnected, CannotDecrypt."""
    stored = await db.fetchval(
        "SELECT secret_encrypted FROM provider_connections WHERE tenant_id = $1 AND provider = $2", tenant.id, LEXOFFICE
    )
    if stored is None:
        raise NotConnected
    return SecretStr(vault.decrypt(stored))


async def connect_lexoffice(
    db: Connection, tenant: Tenant, vault: Vault, *, api_key: str, account: LexofficeAccount, actor: str
) -> list[EventId]:
    """Store a key that `/v1/profile` has proved, pin its organisation, and take up what was skipped without one.

    Returns the events that are to be announced now. Raises OtherOrganization, OrganizationTaken.
    """
    pinned = await pin(db, tenant, account)
    await db.execute(
        """
        UPDATE provider_connections
           SET secret_encrypted = $3, secret_last4 = $4, secret_saved_at = now(), uses_oauth = false
         WHERE tenant_id = $1 AND provider = $2
        """,
        tenant.id,
        LEXOFFICE,
        vault.encrypt(api_key),
        api_key[-4:],
    )
    await close_broken(db, tenant, by=actor)
    await audit.record(
        db,
        tenant,
        actor=actor,
        action="connection.key_saved",
        subject="connection",
        subject_id=LEXOFFICE,
        detail={"organization": str(account.organization_id), "before": str(pinned) if pinned else None},
    )
    return await take_up_skipped(db, tenant, account.organization_id)


async def pin(db: Connection, tenant: Tenant, account: LexofficeAccount) -> UUID | None:
    """The account that was just asked is from now on this tenant's. Returns the organisation before.

    Raises OtherOrganization, OrganizationTaken.
    """
    # FOR UPDATE against the FOR SHARE of take_in_event: an event is either skipped before this, and taken up by
    # take_up_skipped, or it sees the credential.
    pinned: UUID | None = await db.fetchval(
        """
        SELECT organization_id FROM provider_connections WHERE tenant_id = $1 AND provider = $2 FOR UPDATE
        """,
        tenant.id,
        LEXOFFICE,
    )
    if pinned is not None and pinned != account.organization_id and await _references_are_open(db, tenant):
        raise OtherOrganization
    try:
        await db.execute(
            """
            UPDATE provider_connections
               SET state = 'connected', state_reason = NULL, organization_id = $3, connection_id = $4,
                   company_name = $5, tax_type = $6, small_business = $7, profile = $8, checked_at = now()
             WHERE tenant_id = $1 AND provider = $2
            """,
            tenant.id,
            LEXOFFICE,
            account.organization_id,
            account.connection_id,
            account.company_name,
            account.tax_type,
            account.small_business,
            account.profile,
        )
    except Exception as error:
        if getattr(error, "constraint_name", None) == "an_organization_belongs_to_one_tenant":
            raise OrganizationTaken from None
        raise
    return pinned


async def change_lexoffice(
    db: Connection,
    tenant: Tenant,
    *,
    effective_from: date | None = None,
    requires_signature: bool | None = None,
    confirm_credit_note_notice: bool = False,
    actor: str,
) -> None:
    """Change what is given. The confirmation is that lexoffice books a credit note as a Rechnungskorrektur."""
    await db.execute(
        """
        UPDATE provider_connections
           SET effective_from = COALESCE($3, effective_from),
               requires_signature = COALESCE($4, requires_signature),
               credit_note_notice_confirmed_by = CASE WHEN $5 THEN $6 ELSE credit_note_notice_confirmed_by END,
               credit_note_notice_confirmed_at = CASE WHEN $5 THEN now() ELSE credit_note_notice_confirmed_at END
         WHERE tenant_id = $1 AND provider = $2
        """,
        tenant.id,
        LEXOFFICE,
        effective_from,
        requires_signature,
        confirm_credit_note_notice,
        actor,
    )
    await audit.record(
        db,
        tenant,
        actor=actor,
        action="connection.changed",
        subject="connection",
        subject_id=LEXOFFICE,
        detail={
            "effective_from": effective_from,
            "requires_signature": requires_signature,
            "credit_note_notice_confirmed": confirm_credit_note_notice or None,
        },
    )


async def remove_lexoffice_key(db: Connection, tenant: Tenant, *, actor: str) -> None:
    """From now on notifications are kept and skipped, and no document can be read or made, unless OAuth is there:
    then that is used. The organisation stays pinned while references to its documents exist."""
    state = await db.fetchval(
        """
        UPDATE provider_connections
           SET state = CASE WHEN uses_oauth THEN state WHEN oauth_connected_at IS NOT NULL THEN 'connected'
                            ELSE 'unconnected' END,
               state_reason = CASE WHEN uses_oauth THEN state_reason END,
               uses_oauth = oauth_connected_at IS NOT NULL,
               secret_encrypted = NULL, secret_last4 = NULL, secret_saved_at = NULL
         WHERE tenant_id = $1 AND provider = $2
        RETURNING state
        """,
        tenant.id,
        LEXOFFICE,
    )
    if state != "broken":
        await close_broken(db, tenant, by=actor)
    await audit.record(
        db, tenant, actor=actor, action="connection.key_removed", subject="connection", subject_id=LEXOFFICE
    )


async def forget_grant(db: Connection, tenant: Tenant) -> str:
    """There is no OAuth connection any more; an API key that is there is used. Returns the state after that."""
    state: str = await db.fetchval(
        """
        UPDATE provider_connections
           SET state = CASE WHEN NOT uses_oauth THEN state WHEN secret_encrypted IS NOT NULL THEN 'connected'
                            ELSE 'unconnected' END,
               state_reason = CASE WHEN NOT uses_oauth THEN state_reason END,
               uses_oauth = false, oauth_connected_at = NULL, oauth_connected_by = NULL, oauth_scopes = NULL,
               oauth_connection_id = NULL
         WHERE tenant_id = $1 AND provider = $2
        RETURNING state
        """,
        tenant.id,
        LEXOFFICE,
    )
    return state


async def mark_broken(db: Connection, tenant: Tenant, reason: str) -> None:
    """lexoffice refuses the key or has revoked it. `reason` is a German sentence of fixed phrases.

    A connection without a key is not broken, and stays as it is.
    """
    broken = await db.fetchval(
        """
        UPDATE provider_connections SET state = 'broken', state_reason = $3, checked_at = now()
         WHERE tenant_id = $1 AND provider = $2 AND has_credential
        RETURNING true
        """,
        tenant.id,
        LEXOFFICE,
        reason,
    )
    if broken:
        await tasks.ask(
            db,
            tenant,
            kind="connection_broken",
            subject="connection",
            subject_id=LEXOFFICE,
            reason=reason,
            actions=("done",),
            links={"connection": "/api/v1/providers/lexoffice"},
        )


async def key_saved_since(db: Connection, tenant: Tenant, since: datetime) -> bool:
    """Whether what is used is newer than that, and not known to be refused. Held until the end of the transaction."""
    return bool(
        await db.fetchval(
            """
            SELECT state = 'connected' AND CASE WHEN uses_oauth THEN oauth_connected_at ELSE secret_saved_at END > $3
              FROM provider_connections
             WHERE tenant_id = $1 AND provider = $2 FOR SHARE
            """,
            tenant.id,
            LEXOFFICE,
            since,
        )
    )


async def ask_about_access(db: Connection, tenant: Tenant) -> None:
    """The connection stands, and lexoffice refuses documents to it all the same (402, 403).

    A broken one has its task already.
    """
    if (await load(db, tenant, LEXOFFICE)).state == "connected":
        await tasks.ask(
            db,
            tenant,
            kind="access_refused",
            subject="connection",
            subject_id=LEXOFFICE,
            reason="lexoffice verweigert den Zugriff auf Belege: Ein Recht fehlt, oder der Vertrag enthält es nicht.",
            links={"connection": "/api/v1/providers/lexoffice"},
        )


async def mark_connected(db: Connection, tenant: Tenant) -> None:
    """lexoffice has answered to what is stored: what was broken is whole."""
    await db.execute(
        """
        UPDATE provider_connections SET state = 'connected', state_reason = NULL, checked_at = now()
         WHERE tenant_id = $1 AND provider = $2 AND has_credential
        """,
        tenant.id,
        LEXOFFICE,
    )
    await close_broken(db, tenant, by="engine")


async def save_stripe_secret(db: Connection, tenant: Tenant, vault: Vault, *, signing_secret: str, actor: str) -> None:
    """The secret that Stripe signs its webhooks with; an empty one switches the address off."""
    await db.execute(
        """
        UPDATE provider_connections
           SET state = CASE WHEN $3::bytea IS NULL THEN 'unconnected' ELSE 'connected' END,
               secret_encrypted = $3, secret_last4 = $4,
               secret_saved_at = CASE WHEN $3::bytea IS NOT NULL THEN now() END
         WHERE tenant_id = $1 AND provider = $2
        """,
        tenant.id,
        STRIPE,
        vault.encrypt(signing_secret) if signing_secret else None,
        signing_secret[-4:] if signing_secret else None,
    )
    await audit.record(
        db,
        tenant,
        actor=actor,
        action="connection.secret_saved" if signing_secret else "connection.secret_removed",
        subject="connection",
        subject_id=STRIPE,
    )


async def stripe_secret(db: Connection, tenant: Tenant, vault: Vault) -> SecretStr | None:
    """None while there is none: the address is switched off."""
    stored = await db.fetchval(
        "SELECT secret_encrypted FROM provider_connections WHERE tenant_id = $1 AND provider = $2", tenant.id, STRIPE
    )
    return None if stored is None else SecretStr(vault.decrypt(stored))


async def close_broken(db: Connection, tenant: Tenant, *, by: str) -> None:
    """Whoever connected anew has answered the question."""
    await tasks.close_questions(
        db, tenant, subject="connection", subject_id=LEXOFFICE, kinds=("connection_broken", "access_refused"), by=by
    )


async def _references_are_open(db: Connection, tenant: Tenant) -> bool:
    """Whether a document of the pinned organisation may still change what is owed."""
    return bool(
        await db.fetchval(
            """
            SELECT EXISTS (SELECT 1 FROM creation_intents WHERE tenant_id = $1 AND closed_at IS NULL)
                OR EXISTS (SELECT 1 FROM external_documents d
                             JOIN payouts p ON p.tenant_id = d.tenant_id AND p.id = d.payout_id
                            WHERE d.tenant_id = $1 AND d.detached_at IS NULL
                              AND p.state NOT IN ('paid', 'cancelled', 'rejected', 'settled_manually'))
                OR EXISTS (SELECT 1 FROM external_documents d
                             JOIN transactions t ON t.tenant_id = d.tenant_id AND t.id = d.transaction_id
                            WHERE d.tenant_id = $1 AND d.detached_at IS NULL
                              AND (t.state = 'pending'
                                   OR EXISTS (SELECT 1 FROM commissions c
                                               WHERE c.tenant_id = t.tenant_id AND c.transaction_id = t.id
                                                 AND c.state NOT IN ('paid', 'reversed'))))
            """,
            tenant.id,
        )
    )


async def take_up_skipped(db: Connection, tenant: Tenant, organization_id: UUID) -> list[EventId]:
    """What arrived without a key is to be handled now; what another organisation sent is not ours."""
    await db.execute(
        """
        UPDATE events SET state = 'ignored', reason = 'Die Meldung kam von einer anderen lexoffice-Organisation.',
                          handled_at = now()
         WHERE tenant_id = $1 AND provider = $2 AND state = 'skipped' AND organization_id <> $3
        """,
        tenant.id,
        LEXOFFICE,
        str(organization_id),
    )
    rows = await db.fetch(
        """
        UPDATE events SET state = 'received', reason = NULL, delivery = delivery + 1, handed_over_at = NULL
         WHERE tenant_id = $1 AND provider = $2 AND state = 'skipped'
        RETURNING id
        """,
        tenant.id,
        LEXOFFICE,
    )
    return sorted(EventId(row["id"]) for row in rows)
