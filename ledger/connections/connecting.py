"""Connecting a tenant's lexoffice: the key is kept, the organisation pinned.

What waited for that goes on by ledger/booking/reconnection.py, which calls these functions.
"""

from datetime import date
from typing import Any
from uuid import UUID

import asyncpg

from ledger.audit import audit
from ledger.connections import connection_health
from ledger.connections.connections import OrganizationTaken, OtherOrganization
from ledger.database import TenantTransaction
from ledger.types import LEXOFFICE, Frozen
from ledger.vault import Vault


class LexofficeAccount(Frozen):
    """What `/v1/profile` says about the account behind a key (lexoffice API, Profile endpoint)."""

    organization_id: UUID
    connection_id: UUID | None
    company_name: str | None
    tax_type: str | None
    small_business: bool
    profile: dict[str, Any]


class Noted(Frozen):
    """What the ledger held of the account before, and whether the tenant is taxed otherwise now."""

    organization_before: UUID | None
    taxed_otherwise: bool


async def connect_lexoffice(
    tx: TenantTransaction, vault: Vault, *, api_key: str, account: LexofficeAccount, actor: str
) -> bool:
    """Store a key that `/v1/profile` has proved, and pin its organisation. True where that is taxed otherwise.

    Raises OtherOrganization, OrganizationTaken.
    """
    pinned = await pin(tx, account)
    await tx.execute(
        """
        UPDATE provider_connections
           SET secret_encrypted = $3, secret_last4 = $4, secret_saved_at = now(), uses_oauth = false
         WHERE tenant_id = $1 AND provider = $2
        """,
        tx.tenant.id,
        LEXOFFICE,
        vault.encrypt(api_key),
        api_key[-4:],
    )
    await connection_health.close_broken(tx, by=actor)
    await audit.record(
        tx,
        actor=actor,
        action="connection.key_saved",
        subject="connection",
        subject_id=LEXOFFICE,
        detail=of_organizations(account, pinned),
    )
    return pinned.taxed_otherwise


def of_organizations(account: LexofficeAccount, pinned: Noted) -> dict[str, str | None]:
    """For the trail: which organisation it is, and which it was."""
    before = pinned.organization_before
    return {"organization": str(account.organization_id), "before": str(before) if before else None}


async def pin(tx: TenantTransaction, account: LexofficeAccount) -> Noted:
    """The account that was just asked is from now on this tenant's.

    Raises OtherOrganization, OrganizationTaken.
    """
    # FOR UPDATE against the FOR SHARE of receive_event: an event is either skipped before this, and taken up by
    # take_up_skipped, or it sees the credential.
    before = await tx.fetchrow(
        """
        SELECT organization_id, tax_type, small_business FROM provider_connections
         WHERE tenant_id = $1 AND provider = $2 FOR UPDATE
        """,
        tx.tenant.id,
        LEXOFFICE,
    )
    pinned: UUID | None = before["organization_id"] if before is not None else None
    if pinned is not None and pinned != account.organization_id and await _has_open_references(tx):
        raise OtherOrganization
    try:
        await tx.execute(
            """
            UPDATE provider_connections
               SET state = 'connected', state_reason_code = NULL, state_reason_params = NULL,
                   organization_id = $3, connection_id = $4,
                   company_name = $5, tax_type = $6, small_business = $7, profile = $8, checked_at = now()
             WHERE tenant_id = $1 AND provider = $2
            """,
            tx.tenant.id,
            LEXOFFICE,
            account.organization_id,
            account.connection_id,
            account.company_name,
            account.tax_type,
            account.small_business,
            account.profile,
        )
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name == "an_organization_belongs_to_one_tenant":
            raise OrganizationTaken from None
        raise
    return Noted(
        organization_before=pinned,
        taxed_otherwise=before is not None and await _has_other_taxation(tx, before, account),
    )


async def note_profile(tx: TenantTransaction, account: LexofficeAccount) -> Noted | None:
    """The pinned organisation has said who it is now. None: another one has, and nothing is changed."""
    before = await tx.fetchrow(
        """
        SELECT tax_type, small_business FROM provider_connections
         WHERE tenant_id = $1 AND provider = $2 AND organization_id = $3 FOR UPDATE
        """,
        tx.tenant.id,
        LEXOFFICE,
        account.organization_id,
    )
    if before is None:
        return None
    await tx.execute(
        """
        UPDATE provider_connections
           SET company_name = $3, tax_type = $4, small_business = $5, profile = $6, checked_at = now()
         WHERE tenant_id = $1 AND provider = $2
        """,
        tx.tenant.id,
        LEXOFFICE,
        account.company_name,
        account.tax_type,
        account.small_business,
        account.profile,
    )
    return Noted(
        organization_before=account.organization_id,
        taxed_otherwise=await _has_other_taxation(tx, before, account),
    )


async def _has_other_taxation(tx: TenantTransaction, before: Any, account: LexofficeAccount) -> bool:
    """How the tenant is taxed decides with each partner's status what a document is; a change is in the trail."""
    now = {"tax_type": account.tax_type, "small_business": account.small_business}
    changed = {name: [before[name], value] for name, value in now.items() if before[name] != value}
    if changed and any(before[name] is not None for name in now):
        await audit.record(
            tx,
            actor="engine",
            action="connection.tax_profile_changed",
            subject="connection",
            subject_id=LEXOFFICE,
            detail=changed,
        )
    return bool(changed)


async def change_lexoffice(
    tx: TenantTransaction,
    *,
    effective_from: date | None = None,
    requires_signature: bool | None = None,
    confirm_credit_note_notice: bool = False,
    actor: str,
) -> None:
    """Change what is given. The confirmation is that lexoffice books a credit note as a Rechnungskorrektur."""
    await tx.execute(
        """
        UPDATE provider_connections
           SET effective_from = COALESCE($3, effective_from),
               requires_signature = COALESCE($4, requires_signature),
               credit_note_notice_confirmed_by = CASE WHEN $5 THEN $6 ELSE credit_note_notice_confirmed_by END,
               credit_note_notice_confirmed_at = CASE WHEN $5 THEN now() ELSE credit_note_notice_confirmed_at END
         WHERE tenant_id = $1 AND provider = $2
        """,
        tx.tenant.id,
        LEXOFFICE,
        effective_from,
        requires_signature,
        confirm_credit_note_notice,
        actor,
    )
    await audit.record(
        tx,
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


async def remove_lexoffice_key(tx: TenantTransaction, *, actor: str) -> None:
    """From now on notifications are kept and skipped, and no document can be read or made, unless OAuth is there:
    then that is used. The organisation stays pinned while references to its documents exist."""
    state = await tx.fetchval(
        """
        UPDATE provider_connections
           SET state = CASE WHEN uses_oauth THEN state WHEN oauth_connected_at IS NOT NULL THEN 'connected'
                            ELSE 'unconnected' END,
               state_reason_code = CASE WHEN uses_oauth THEN state_reason_code END,
               state_reason_params = CASE WHEN uses_oauth THEN state_reason_params END,
               uses_oauth = oauth_connected_at IS NOT NULL,
               secret_encrypted = NULL, secret_last4 = NULL, secret_saved_at = NULL
         WHERE tenant_id = $1 AND provider = $2
        RETURNING state
        """,
        tx.tenant.id,
        LEXOFFICE,
    )
    if state != "broken":
        await connection_health.close_broken(tx, by=actor)
    await audit.record(tx, actor=actor, action="connection.key_removed", subject="connection", subject_id=LEXOFFICE)


async def forget_grant(tx: TenantTransaction) -> str:
    """There is no OAuth connection any more; an API key that is there is used. Returns the state after that."""
    state: str = await tx.fetchval(
        """
        UPDATE provider_connections
           SET state = CASE WHEN NOT uses_oauth THEN state WHEN secret_encrypted IS NOT NULL THEN 'connected'
                            ELSE 'unconnected' END,
               state_reason_code = CASE WHEN NOT uses_oauth THEN state_reason_code END,
               state_reason_params = CASE WHEN NOT uses_oauth THEN state_reason_params END,
               uses_oauth = false, oauth_connected_at = NULL, oauth_connected_by = NULL, oauth_scopes = NULL,
               oauth_connection_id = NULL
         WHERE tenant_id = $1 AND provider = $2
        RETURNING state
        """,
        tx.tenant.id,
        LEXOFFICE,
    )
    return state


async def _has_open_references(tx: TenantTransaction) -> bool:
    """Whether a document of the pinned organisation may still change what is owed."""
    return bool(
        await tx.fetchval(
            """
            SELECT EXISTS (SELECT 1 FROM creation_intents WHERE tenant_id = $1 AND provider = $2 AND closed_at IS NULL)
                OR EXISTS (SELECT 1 FROM external_documents d
                             JOIN payouts p ON p.tenant_id = d.tenant_id AND p.id = d.payout_id
                            WHERE d.tenant_id = $1 AND d.provider = $2 AND d.detached_at IS NULL
                              AND p.state NOT IN ('paid', 'cancelled', 'rejected', 'settled_manually'))
                OR EXISTS (SELECT 1 FROM external_documents d
                             JOIN transactions t ON t.tenant_id = d.tenant_id AND t.id = d.transaction_id
                            WHERE d.tenant_id = $1 AND d.provider = $2 AND d.detached_at IS NULL
                              AND (t.state = 'pending'
                                   OR EXISTS (SELECT 1 FROM commissions c
                                               WHERE c.tenant_id = t.tenant_id AND c.transaction_id = t.id
                                                 AND c.state NOT IN ('paid', 'reversed'))))
            """,
            tx.tenant.id,
            LEXOFFICE,
        )
    )
