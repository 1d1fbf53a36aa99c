"""A tenant's easybill: its key, its plan, and the account that it is pinned to.

The row is made when somebody first connects it: most tenants have none.
"""

from datetime import date
from typing import Any, Literal
from uuid import UUID

import asyncpg
from pydantic import SecretStr

from ledger.audit import audit
from ledger.connections import connection_health
from ledger.connections.connections import ConnectionBroken, NotConnected, OrganizationTaken, OtherOrganization
from ledger.database import TenantTransaction
from ledger.types import EASYBILL, Frozen
from ledger.vault import Vault

Plan = Literal["PLUS", "BUSINESS"]
"""What the account pays for: it decides how many requests a minute there are."""


class EasybillAccess(Frozen):
    """What a call of easybill needs to know."""

    key: SecretStr
    account: UUID
    plan: Plan


async def ensure(tx: TenantTransaction) -> None:
    """The rows that a connection is kept in, unconnected where they are new."""
    await tx.execute(
        "INSERT INTO provider_connections (tenant_id, provider) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        tx.tenant.id,
        EASYBILL,
    )
    await tx.execute(
        "INSERT INTO api_budgets (tenant_id, provider) VALUES ($1, $2) ON CONFLICT DO NOTHING", tx.tenant.id, EASYBILL
    )


async def plan_of(tx: TenantTransaction) -> Plan:
    """The plan that was given; the smaller one until then."""
    profile: dict[str, Any] | None = await tx.fetchval(
        "SELECT profile FROM provider_connections WHERE tenant_id = $1 AND provider = $2", tx.tenant.id, EASYBILL
    )
    return "BUSINESS" if profile and profile.get("plan") == "BUSINESS" else "PLUS"


async def connect(tx: TenantTransaction, vault: Vault, *, key: str, plan: Plan, account: UUID, actor: str) -> None:
    """Use a key that easybill has proved. Raises OtherOrganization while sales of the pinned account are open.

    Raises OrganizationTaken.
    """
    # FOR UPDATE against the FOR SHARE of receive_event, as for lexoffice (connecting.py).
    pinned: UUID | None = await tx.fetchval(
        "SELECT organization_id FROM provider_connections WHERE tenant_id = $1 AND provider = $2 FOR UPDATE",
        tx.tenant.id,
        EASYBILL,
    )
    if pinned not in (None, account) and await _has_open_references(tx):
        raise OtherOrganization
    try:
        await tx.execute(
            """
            UPDATE provider_connections
               SET state = 'connected', state_reason_code = NULL, state_reason_params = NULL, checked_at = now(),
                   secret_encrypted = $3, secret_last4 = $4, secret_saved_at = now(), organization_id = $5, profile = $6
             WHERE tenant_id = $1 AND provider = $2
            """,
            tx.tenant.id,
            EASYBILL,
            vault.encrypt(key),
            key[-4:],
            account,
            {"plan": plan},
        )
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name == "an_organization_belongs_to_one_tenant":
            raise OrganizationTaken from None
        raise
    await connection_health.close_broken(tx, by=actor, provider=EASYBILL)
    await audit.record(
        tx,
        actor=actor,
        action="connection.key_saved",
        subject="connection",
        subject_id=EASYBILL,
        detail={"organization": str(account), "before": str(pinned) if pinned else None},
    )


async def change(
    tx: TenantTransaction, *, plan: Plan | None = None, effective_from: date | None = None, actor: str
) -> None:
    """Change what is given."""
    await tx.execute(
        """
        UPDATE provider_connections
           SET effective_from = COALESCE($3, effective_from),
               profile = CASE WHEN $4::text IS NULL THEN profile
                              ELSE COALESCE(profile, '{}') || jsonb_build_object('plan', $4::text) END
         WHERE tenant_id = $1 AND provider = $2
        """,
        tx.tenant.id,
        EASYBILL,
        effective_from,
        plan,
    )
    await audit.record(
        tx,
        actor=actor,
        action="connection.changed",
        subject="connection",
        subject_id=EASYBILL,
        detail={"effective_from": effective_from, "plan": plan},
    )


async def remove_key(tx: TenantTransaction, *, actor: str) -> None:
    """From now on webhooks are kept and skipped. The account stays pinned while its sales are open."""
    await tx.execute(
        """
        UPDATE provider_connections
           SET state = 'unconnected', state_reason_code = NULL, state_reason_params = NULL, secret_encrypted = NULL,
               secret_last4 = NULL, secret_saved_at = NULL
         WHERE tenant_id = $1 AND provider = $2
        """,
        tx.tenant.id,
        EASYBILL,
    )
    await connection_health.close_broken(tx, by=actor, provider=EASYBILL)
    await audit.record(tx, actor=actor, action="connection.key_removed", subject="connection", subject_id=EASYBILL)


async def access(tx: TenantTransaction, vault: Vault) -> EasybillAccess:
    """What a call needs, read out of the connection. Raises NotConnected, ConnectionBroken, CannotDecrypt."""
    row = await tx.fetchrow(
        """
        SELECT state, secret_encrypted, organization_id FROM provider_connections
         WHERE tenant_id = $1 AND provider = $2
        """,
        tx.tenant.id,
        EASYBILL,
    )
    if row is None or row["secret_encrypted"] is None or row["organization_id"] is None:
        raise NotConnected
    if row["state"] == "broken":
        raise ConnectionBroken
    return EasybillAccess(
        key=SecretStr(vault.decrypt(row["secret_encrypted"])),
        account=row["organization_id"],
        plan=await plan_of(tx),
    )


async def _has_open_references(tx: TenantTransaction) -> bool:
    """Whether a document of the pinned account may still change what is owed, or is still to be paid."""
    return bool(
        await tx.fetchval(
            """
            SELECT EXISTS (SELECT 1 FROM external_documents d
                             JOIN transactions t ON t.tenant_id = d.tenant_id AND t.id = d.transaction_id
                            WHERE d.tenant_id = $1 AND d.provider = $2 AND d.detached_at IS NULL
                              AND (t.state = 'pending'
                                   OR EXISTS (SELECT 1 FROM commissions c
                                               WHERE c.tenant_id = t.tenant_id AND c.transaction_id = t.id
                                                 AND c.state NOT IN ('paid', 'reversed'))))
                OR EXISTS (SELECT 1 FROM payouts
                            WHERE tenant_id = $1 AND books = $2
                              AND state IN ('approved', 'outcome_unknown', 'credit_note_open', 'returned'))
            """,
            tx.tenant.id,
            EASYBILL,
        )
    )
