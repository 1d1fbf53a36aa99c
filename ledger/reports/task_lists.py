"""Open questions as people read them: equal ones together, each with the partner whom it concerns."""

from collections.abc import Iterable

from ledger.database import TenantTransaction
from ledger.tasks import Task
from ledger.types import Frozen, TaskId


class TaskPartner(Frozen):
    """Whom a question is about."""

    code: str
    name: str


class TaskGroup(Frozen):
    """Open questions of one kind: how many, and the `first` of them, the longest waiting first."""

    kind: str
    count: int
    first: tuple[Task, ...]


async def groups(tx: TenantTransaction, *, at_most_each: int) -> list[TaskGroup]:
    """All kinds that are open, the one with the longest waiting question first."""
    rows = await tx.fetch(
        """
        SELECT * FROM (
            SELECT t.*, count(*) OVER (PARTITION BY kind) AS alike, min(seq) OVER (PARTITION BY kind) AS oldest,
                   row_number() OVER (PARTITION BY kind ORDER BY seq) AS place
              FROM tasks t WHERE tenant_id = $1 AND state = 'open') q
         WHERE place <= $2 ORDER BY oldest, seq
        """,
        tx.tenant.id,
        at_most_each,
    )
    found: dict[str, list[Task]] = {}
    for row in rows:
        found.setdefault(row["kind"], []).append(Task.from_row(row))
    counts = {row["kind"]: row["alike"] for row in rows}
    return [TaskGroup(kind=kind, count=counts[kind], first=tuple(tasks)) for kind, tasks in found.items()]


async def partners_of(tx: TenantTransaction, tasks: Iterable[Task]) -> dict[TaskId, TaskPartner]:
    """Whom these questions are about; one that is about no partner, or about nobody yet, is left out."""
    rows = await tx.fetch(
        """
        WITH asked AS (
            SELECT id, subject, subject_id,
                   CASE WHEN subject_id ~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
                        THEN subject_id::uuid END AS object
              FROM tasks WHERE tenant_id = $1 AND id = ANY ($2)),
        of_documents AS (
            SELECT id, object FROM asked WHERE subject = 'document'
            UNION ALL
            SELECT a.id, e.resource_id::uuid FROM asked a
              JOIN events e ON e.tenant_id = $1 AND e.id::text = a.subject_id
             WHERE a.subject = 'event' AND e.resource_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'),
        concerned AS (
            SELECT a.id, p.partner_id FROM asked a JOIN payouts p ON p.tenant_id = $1 AND p.number = a.subject_id
             WHERE a.subject IN ('payout', 'objection')
            UNION ALL
            SELECT a.id, d.partner_id FROM asked a
              JOIN own_documents d ON d.tenant_id = $1 AND d.number = a.subject_id
             WHERE a.subject = 'own_document'
            UNION ALL
            SELECT a.id, q.id FROM asked a
              JOIN partners q ON q.tenant_id = $1 AND (q.id = a.object OR q.code = a.subject_id)
             WHERE a.subject = 'partner'
            UNION ALL
            SELECT a.id, t.partner_id FROM asked a JOIN transactions t ON t.tenant_id = $1 AND t.id = a.object
             WHERE a.subject = 'transaction'
            UNION ALL
            SELECT a.id, c.partner_id FROM asked a JOIN commissions c ON c.tenant_id = $1 AND c.id = a.object
             WHERE a.subject = 'commission'
            UNION ALL
            SELECT a.id, i.partner_id FROM asked a JOIN introductions i ON i.tenant_id = $1 AND i.id = a.object
             WHERE a.subject = 'introduction'
            UNION ALL
            SELECT o.id, COALESCE(p.partner_id, t.partner_id) FROM of_documents o
              JOIN external_documents d ON d.tenant_id = $1 AND d.resource_id = o.object
              LEFT JOIN payouts p ON p.tenant_id = $1 AND p.id = d.payout_id
              LEFT JOIN transactions t ON t.tenant_id = $1 AND t.id = d.transaction_id)
        SELECT c.id, q.code, q.name FROM concerned c JOIN partners q ON q.tenant_id = $1 AND q.id = c.partner_id
        """,
        tx.tenant.id,
        [task.id for task in tasks],
    )
    return {TaskId(row["id"]): TaskPartner.from_row(row) for row in rows}
