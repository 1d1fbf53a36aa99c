"""New bank details of partners that are not in force yet: what a second person decides about."""

from datetime import datetime
from uuid import UUID

from ledger.bank.partner_accounts import IBAN_TWICE
from ledger.database import TenantTransaction
from ledger.types import Frozen, PartnerId, TaskId


class PendingAccount(Frozen):
    """A new account that waits for its second person or the end of its quarantine."""

    id: UUID
    partner_id: PartnerId
    partner_code: str
    partner_name: str
    account_holder: str
    iban_last4: str
    bic: str | None
    replaces_last4: str | None
    """End of the IBAN that is in force; None for a first account."""
    recorded_by: str | None
    recorded_at: datetime
    usable_from: datetime
    confirmed_by: str | None
    confirmed_at: datetime | None
    same_iban_task: TaskId | None
    """Open while nobody has acknowledged that the IBAN is another partner's, too."""
    same_iban_partners: tuple[str, ...]
    held_payouts: int
    held_cents: int
    """EUR, gross: what waits for this account."""


async def list_pending(tx: TenantTransaction) -> list[PendingAccount]:
    """Those that nobody has decided first, then those in quarantine; the oldest first."""
    rows = await tx.fetch(
        """
        SELECT b.id, b.partner_id, p.code AS partner_code, p.name AS partner_name, b.account_holder, b.iban_last4,
               b.bic, active.iban_last4 AS replaces_last4, b.recorded_by, b.recorded_at, b.usable_from, b.confirmed_by,
               b.confirmed_at, t.id AS same_iban_task,
               COALESCE(t.detail->'partners', '[]'::jsonb) AS same_iban_partners,
               held.number AS held_payouts, held.cents AS held_cents
          FROM partner_bank_details b
          JOIN partners p ON p.tenant_id = b.tenant_id AND p.id = b.partner_id
          LEFT JOIN partner_bank_details active
            ON active.tenant_id = b.tenant_id AND active.partner_id = b.partner_id AND active.state = 'active'
          LEFT JOIN LATERAL (SELECT id, detail FROM tasks
                              WHERE tenant_id = b.tenant_id AND kind = $2 AND subject = 'partner' AND state = 'open'
                                AND subject_id IN (p.id::text, p.code) -- by code: asked by the release before 1.0
                              ORDER BY seq DESC LIMIT 1) t ON true
         CROSS JOIN LATERAL (SELECT count(*) AS number, COALESCE(sum(gross_cents), 0)::bigint AS cents FROM payouts o
                              WHERE o.tenant_id = b.tenant_id AND o.partner_id = b.partner_id
                                AND o.state IN ('awaiting_approval', 'approved')
                                AND 'account_pending' = ANY (o.open_holds)) held
         WHERE b.tenant_id = $1 AND b.state = 'pending'
         ORDER BY b.confirmed_at IS NOT NULL, b.recorded_at LIMIT 500
        """,
        tx.tenant.id,
        IBAN_TWICE,
    )
    return [PendingAccount.from_row(row) for row in rows]
