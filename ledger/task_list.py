"""Tasks as people see them."""

from datetime import datetime
from typing import Any

from ledger.database import Connection
from ledger.refusals import NotFound
from ledger.types import Frozen, TaskId, Tenant


class Task(Frozen):
    """`actions` are the words that resolve it; `reason` is one German sentence."""

    id: TaskId
    seq: int
    kind: str
    subject: str
    subject_id: str
    reason: str
    detail: dict[str, Any]
    links: dict[str, Any]
    actions: list[str]
    state: str
    created_at: datetime
    resolved_at: datetime | None
    resolved_by: str | None
    resolution: dict[str, Any] | None


_TASK = """
    SELECT id, seq, kind, subject, subject_id, reason, detail, links, actions, state, created_at, resolved_at,
           resolved_by, resolution
      FROM tasks
     WHERE tenant_id = $1
"""


async def find(db: Connection, tenant: Tenant, task: TaskId) -> Task:
    """Raises NotFound."""
    row = await db.fetchrow(_TASK + " AND id = $2", tenant.id, task)
    if row is None:
        raise NotFound("Aufgabe")
    return Task.model_validate(dict(row))


async def list_tasks(
    db: Connection,
    tenant: Tenant,
    *,
    state: str | None = None,
    kind: str | None = None,
    after: int | None = None,
    limit: int = 50,
) -> tuple[list[Task], int | None]:
    """Newest first; the second value is where the next page begins."""
    rows = await db.fetch(
        _TASK
        + """
          AND ($2::text IS NULL OR state = $2) AND ($3::text IS NULL OR kind = $3)
          AND ($4::bigint IS NULL OR seq < $4)
        ORDER BY seq DESC LIMIT $5
        """,
        tenant.id,
        state,
        kind,
        after,
        limit + 1,
    )
    found = [Task.model_validate(dict(row)) for row in rows[:limit]]
    return found, (found[-1].seq if len(rows) > limit else None)
