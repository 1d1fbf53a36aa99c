"""Rules of approval that somebody has weakened lately: whoever did that does not profit from it at once.

The trail says who changed what, and what it was before. What a command changed holds at once.
"""

from datetime import timedelta

from ledger.access import memberships
from ledger.access.same_person import APPROVING
from ledger.database import TenantTransaction

_LIMIT_DAYS = 30
"""As long as amounts are counted together."""
_AT_LEAST = timedelta(days=7)
_LONGEST_QUARANTINE = timedelta(days=90)


async def earlier_limits(tx: TenantTransaction) -> dict[str, int]:
    """Actor → the lowest limit (EUR cents) that this actor raised in the last 30 days."""
    rows = await tx.fetch(
        """
        SELECT actor, min((detail #>> '{before,four_eyes_limit_cents}')::bigint) AS cents FROM audit_entries
         WHERE tenant_id = $1 AND action = 'tenant.changed' AND at > now() - make_interval(days => $2)
           AND (detail #>> '{before,four_eyes_limit_cents}')::bigint
               < (detail #>> '{after,four_eyes_limit_cents}')::bigint
         GROUP BY actor
        """,
        tx.tenant.id,
        _LIMIT_DAYS,
    )
    return {row["actor"]: row["cents"] for row in rows}


async def quarantine(tx: TenantTransaction) -> timedelta:
    """How long a changed account waits: a shorter time holds only once the one before it has passed."""
    found: timedelta = await tx.fetchval(
        """
        SELECT greatest(t.bank_quarantine, (
                   SELECT max(e.before) FROM (
                       SELECT at, (detail #>> '{before,bank_quarantine}')::interval AS before FROM audit_entries
                        WHERE tenant_id = $1 AND action = 'tenant.changed' AND at > now() - $2::interval) e
                    WHERE e.at > now() - e.before))
          FROM tenants t WHERE t.id = $1
        """,
        tx.tenant.id,
        _LONGEST_QUARANTINE,
    )
    return found


async def has_sole_approver(tx: TenantTransaction) -> bool:
    """Whether four eyes are switched off: by the setting, with one approver, and nobody was put out lately by another.

    Else an admin would take the only other approver's role and approve alone.
    """
    if await memberships.approvers(tx) > 1:
        return False
    found: bool = await tx.fetchval(
        """
        SELECT t.single_approver AND NOT EXISTS (
               SELECT 1 FROM audit_entries e
                WHERE e.tenant_id = $1 AND e.at > now() - greatest($3::interval, $4::interval)
                  AND e.actor LIKE 'user:%'
                  AND (e.action = 'member.role_changed'
                       AND e.detail ->> 'before' = ANY ($2) AND NOT e.detail ->> 'after' = ANY ($2)
                       OR e.action = 'member.disabled' AND EXISTS (
                          SELECT 1 FROM memberships m
                           WHERE m.tenant_id = $1 AND m.user_id::text = e.subject_id AND m.role = ANY ($2))))
          FROM tenants t WHERE t.id = $1
        """,
        tx.tenant.id,
        APPROVING,
        await quarantine(tx),
        _AT_LEAST,  # a quarantine of 0 days does not make the weakening one's own at once
    )
    return found
