"""A partner objects to a payout („Widerspruch“): a column with the reason, and a task for a person."""

from datetime import datetime

from ledger import tasks
from ledger.audit import audit
from ledger.database import TenantTransaction
from ledger.documents.own import issuing
from ledger.payouts import objection_endings
from ledger.reasons import Reason
from ledger.refusals import NotAcceptable, NotAllowedNow, NotFound
from ledger.types import Frozen, PartnerId, PayoutNumber, TaskId

TASK = "payout_objected"
QUESTION_TASK = "payout_question"
QUESTION = "question"
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


async def ask_about(tx: TenantTransaction, partner_id: PartnerId, number: str, *, question: str) -> None:
    """A question of the partner about a payout is no objection: nothing is barred, a person answers.

    Raises NotFound (also for another partner's), NotAcceptable (no text), NotAllowedNow (one waits for its answer).
    """
    question = question.strip()
    if not 1 <= len(question) <= 1000:
        raise NotAcceptable("question_missing")
    if not await tx.fetchval(
        "SELECT true FROM payouts WHERE tenant_id = $1 AND number = $2 AND partner_id = $3",
        tx.tenant.id,
        number,
        partner_id,
    ):
        raise NotFound("payout_not_found")
    if await tasks.open_kinds(tx, subject=QUESTION, subject_id=number):
        raise NotAllowedNow("asked_before")
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind=QUESTION_TASK,
            subject=QUESTION,
            subject_id=number,
            reason=Reason.of("partner_asks"),
            detail={"question": question},
            links={"payout": f"/api/v1/payouts/{number}"},
        ),
    )
    await audit.record(
        tx, actor=f"partner:{partner_id}", action="payout.asked_about", subject="payout", subject_id=number, detail={}
    )


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
    reason_of = Reason.of("partner_objects")
    actions: tuple[str, ...] = ("done",)
    if await issuing.find_of_payout(tx, row["id"]) is not None:
        # Effective when it arrives, right or wrong: input VAT of that month (§ 14 Abs. 2 Satz 6, § 15 UStG).
        month = await objection_endings.month_of_lost_tax(tx, row["id"])
        reason_of, actions = Reason.of("partner_objects_to_own_document", month=month), objection_endings.ACTIONS
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind=TASK,
            subject=SUBJECT,
            subject_id=number,
            reason=reason_of,
            actions=actions,
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
