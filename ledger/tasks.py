"""What no machine may decide: a row with reason, links, and the actions that resolve it."""

from typing import Any

from ledger.database import Connection
from ledger.types import TaskId, Tenant

BLOCKED_BY = ("payout_blocked", "credit_note_refused")
"""Kinds of the questions that keep a payout where it is until a person, or a mended connection, says to go on."""


async def ask(
    db: Connection,
    tenant: Tenant,
    *,
    kind: str,
    subject: str,
    subject_id: str,
    reason: str,
    actions: tuple[str, ...] = ("done",),
    detail: dict[str, Any] | None = None,
    links: dict[str, Any] | None = None,
) -> TaskId:
    """Ask a person, once: while the same question is open, its reason and detail are renewed instead.

    `reason` is one German sentence of fixed phrases and numbers. `actions` are the words that `resolve` accepts.
    """
    found = await db.fetchval(
        """
        INSERT INTO tasks (tenant_id, kind, subject, subject_id, reason, actions, detail, links)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (tenant_id, kind, subject, subject_id) WHERE state = 'open'
        DO UPDATE SET reason = EXCLUDED.reason, detail = EXCLUDED.detail, links = EXCLUDED.links,
                      actions = EXCLUDED.actions
        RETURNING id
        """,
        tenant.id,
        kind,
        subject,
        subject_id,
        reason,
        list(actions),
        detail or {},
        links or {},
    )
    return TaskId(found)


async def resolve(db: Connection, tenant: Tenant, task: TaskId, *, by: str, resolution: dict[str, Any]) -> None:
    """A person has answered."""
    await db.execute(
        """
        UPDATE tasks SET state = 'resolved', resolved_at = now(), resolved_by = $3, resolution = $4
         WHERE tenant_id = $1 AND id = $2 AND state = 'open'
        """,
        tenant.id,
        task,
        by,
        resolution,
    )


async def close_questions(
    db: Connection, tenant: Tenant, *, subject: str, subject_id: str, kinds: tuple[str, ...], by: str
) -> None:
    """The world answered by itself: close what is still open about it."""
    await db.execute(
        """
        UPDATE tasks SET state = 'resolved', resolved_at = now(), resolved_by = $5,
                         resolution = '{"action": "obsolete"}'
         WHERE tenant_id = $1 AND subject = $2 AND subject_id = $3 AND kind = ANY ($4) AND state = 'open'
        """,
        tenant.id,
        subject,
        subject_id,
        list(kinds),
        by,
    )


async def open_kinds(db: Connection, tenant: Tenant, *, subject: str, subject_id: str) -> list[str]:
    """Kinds of the questions about this object that still wait for a person."""
    rows = await db.fetch(
        """
        SELECT kind FROM tasks WHERE tenant_id = $1 AND subject = $2 AND subject_id = $3 AND state = 'open'
         ORDER BY kind
        """,
        tenant.id,
        subject,
        subject_id,
    )
    return [row["kind"] for row in rows]
