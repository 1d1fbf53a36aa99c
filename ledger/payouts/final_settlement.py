"""Schlussabrechnung: a partner leaves and is paid what is left. The minimum no longer holds, the hold does (due.py)."""

from ledger.audit import audit
from ledger.database import TenantTransaction
from ledger.refusals import NotAllowedNow, NotFound
from ledger.types import PartnerId


async def begin(tx: TenantTransaction, partner_id: PartnerId, *, by: str) -> None:
    """The partner leaves. Raises NotFound, NotAllowedNow."""
    await _set_leaving(tx, partner_id, leaving=True, by=by)


async def take_back(tx: TenantTransaction, partner_id: PartnerId, *, by: str) -> None:
    """Take a final settlement back: the partner earns and is paid as before. Raises NotFound, NotAllowedNow."""
    await _set_leaving(tx, partner_id, leaving=False, by=by)


async def _set_leaving(tx: TenantTransaction, partner_id: PartnerId, *, leaving: bool, by: str) -> None:
    code = await tx.fetchval("SELECT code FROM partners WHERE tenant_id = $1 AND id = $2", tx.tenant.id, partner_id)
    if code is None:
        raise NotFound("partner_not_found")
    done = await tx.fetchval(
        """
        UPDATE partners SET leaving_since = CASE WHEN $3 THEN now() END, last_edited_by = $4
         WHERE tenant_id = $1 AND id = $2 AND (leaving_since IS NULL) = $3 RETURNING true
        """,
        tx.tenant.id,
        partner_id,
        leaving,
        by,
    )
    if not done:
        raise NotAllowedNow("final_settlement_under_way" if leaving else "no_final_settlement")
    await audit.record(
        tx,
        actor=by,
        action="partner.final_settlement_begun" if leaving else "partner.final_settlement_taken_back",
        subject="partner",
        subject_id=str(partner_id),
        detail={"leaving": [not leaving, leaving]},
    )
