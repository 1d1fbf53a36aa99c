"""A partner objects to a payout („Widerspruch“): a column with the reason, and a task for a person."""

from datetime import datetime

from ledger import tasks
from ledger.audit import audit
from ledger.database import TenantTransaction
from ledger.reasons import Reason
from ledger.refusals import NotAcceptable, NotAllowedNow, NotFound
from ledger.types import Frozen, PartnerId, PayoutNumber, TaskId

TASK = "payout_objected"
SUBJECT = "objection"
"""No 'payout': answering it is no decision about the payout, whose workflow may have ended."""


class Objection(Frozen):
    """`task` is where it is answered; `answer` is what the partner reads, None where somebody said nothing."""

    objected_at: datetime
    reason: str
    task: TaskId | None
    answered_at: datetime | None
    answered_by: str | None
    answer: str | None


async def of_payout(tx: TenantTransaction, number: PayoutNumber) -> Objection | None:
    """A payout is objected to once."""
    row = await tx.fetchrow(
        """
        SELECT o.objected_at, o.objection_reason AS reason, t.id AS task, t.resolved_at AS answered_at,
               t.resolved_by AS answered_by, t.resolution ->> 'reason' AS answer
          FROM payouts o
          LEFT JOIN LATERAL (
               SELECT t.* FROM tasks t WHERE t.tenant_id = o.tenant_id AND t.subject = $3 AND t.subject_id = o.number
                ORDER BY t.seq DESC LIMIT 1) t ON true
         WHERE o.tenant_id = $1 AND o.number = $2 AND o.objected_at IS NOT NULL
        """,
        tx.tenant.id,
        number,
        SUBJECT,
    )
    return None if row is None else Objection.from_row(row)


async def object_to(tx: TenantTransaction, partner_id: PartnerId, number: str, *, reason: str) -> None:
    """Record a partner's objection to a payout.

    Raises NotFound (also for another partner's), NotAcceptable (no reason), NotAllowedNow (objected before).
    """
    reason = reason.strip()
    if not 1 <= len(reason) <= 1000:
        raise NotAcceptable("objection_reason_missing")
    row = await tx.fetchrow(
        """
        SELECT id, objected_at FROM payouts WHERE tenant_id = $1 AND number = $2 AND partner_id = $3 FOR UPDATE
        """,
        tx.tenant.id,
        number,
        partner_id,
    )
    if row is None:
        raise NotFound("payout_not_found")
    if row["objected_at"] is not None:
        raise NotAllowedNow("objected_before")
    await tx.execute(
        "UPDATE payouts SET objected_at = now(), objection_reason = $3 WHERE tenant_id = $1 AND id = $2",
        tx.tenant.id,
        row["id"],
        reason,
    )
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind=TASK,
            subject=SUBJECT,
            subject_id=number,
            reason=Reason.of("partner_objects"),
            links={"payout": f"/api/v1/payouts/{number}"},
        ),
    )
    await audit.record(
        tx,
        actor=f"partner:{partner_id}",
        action="payout.objected",
        subject="payout",
        subject_id=number,
        detail={"reason": reason},
    )
