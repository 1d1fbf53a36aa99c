"""A person stops the payouts of a partner, and lets them go on. A trigger holds what is there and what comes."""

from ledger.audit import audit
from ledger.database import TenantTransaction
from ledger.payouts import rechecks
from ledger.programme import partners
from ledger.refusals import NotAllowedNow, require_reason
from ledger.types import PartnerId, PayoutNumber


async def stop(tx: TenantTransaction, partner_id: PartnerId, *, by: str, reason: str) -> list[PayoutNumber]:
    """Nothing more is approved or created for this partner. Documents that exist stay what they are.

    Returns the payouts that must look again. Raises NotFound, NotAcceptable (no reason), NotAllowedNow (stopped).
    """
    await partners.get(tx, partner_id)
    require_reason(reason)
    done = await tx.fetchval(
        """
        UPDATE partners SET payouts_stopped_reason = $3, payouts_stopped_by = $4, payouts_stopped_at = now()
         WHERE tenant_id = $1 AND id = $2 AND payouts_stopped_reason IS NULL RETURNING true
        """,
        tx.tenant.id,
        partner_id,
        reason,
        by,
    )
    if not done:
        raise NotAllowedNow("already_stopped")
    await _audited(tx, partner_id, by, "partner.payouts_stopped", reason)
    return await rechecks.want_for_partner(tx, partner_id)


async def resume(tx: TenantTransaction, partner_id: PartnerId, *, by: str, reason: str) -> list[PayoutNumber]:
    """Pay a partner again. Returns the payouts that must look again.

    Raises NotFound, NotAcceptable (no reason), NotAllowedNow (not stopped).
    """
    await partners.get(tx, partner_id)
    require_reason(reason)
    done = await tx.fetchval(
        """
        UPDATE partners SET payouts_stopped_reason = NULL, payouts_stopped_by = NULL, payouts_stopped_at = NULL
         WHERE tenant_id = $1 AND id = $2 AND payouts_stopped_reason IS NOT NULL RETURNING true
        """,
        tx.tenant.id,
        partner_id,
    )
    if not done:
        raise NotAllowedNow("not_stopped")
    await _audited(tx, partner_id, by, "partner.payouts_resumed", reason)
    return await rechecks.want_for_partner(tx, partner_id)


async def _audited(tx: TenantTransaction, partner_id: PartnerId, by: str, action: str, reason: str) -> None:
    await audit.record(
        tx, actor=by, action=action, subject="partner", subject_id=str(partner_id), detail={"reason": reason}
    )
