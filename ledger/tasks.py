"""What no machine may decide: a row with reason, links, and the actions that resolve it."""

from datetime import datetime
from typing import Any, Literal

from ledger.database import TenantTransaction
from ledger.keyset import RECORDED, Conditions, Order, Place, changed_since
from ledger.reasons import Reason
from ledger.refusals import NotFound
from ledger.types import Frozen, TaskId

BLOCKED_BY = ("payout_blocked", "credit_note_refused", "own_document_blocked", "voucher_refused")
"""Kinds of the questions that keep a payout where it is until a person, or a mended connection, says to go on."""


class Task(Frozen):
    """`actions` are the words that resolve it."""

    id: TaskId
    seq: int
    kind: str
    subject: str
    subject_id: str
    reason_code: str
    reason_params: dict[str, Any]
    detail: dict[str, Any]
    links: dict[str, Any]
    actions: list[str]
    state: str
    created_at: datetime
    resolved_at: datetime | None
    resolved_by: str | None
    resolution: dict[str, Any] | None

    @property
    def why(self) -> Reason:
        """What is asked."""
        return Reason(code=self.reason_code, params=self.reason_params)


_COLUMNS = """id, seq, kind, subject, subject_id, reason_code, reason_params, detail, links, actions, state, created_at,
       resolved_at, resolved_by, resolution"""


class NewTask(Frozen):
    """A question to a person. `actions` are the words that `resolve` accepts."""

    kind: str
    subject: str
    subject_id: str
    reason: Reason
    actions: tuple[str, ...] = ("done",)
    detail: dict[str, Any] | None = None
    links: dict[str, Any] | None = None


async def ask(tx: TenantTransaction, task: NewTask) -> TaskId:
    """The open task that asks this: a new one, or the one that asks it already, with reason and detail renewed."""
    found = await tx.fetchval(
        """
        INSERT INTO tasks (tenant_id, kind, subject, subject_id, reason_code, reason_params, actions, detail, links)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (tenant_id, kind, subject, subject_id) WHERE state = 'open'
        DO UPDATE SET reason_code = EXCLUDED.reason_code, reason_params = EXCLUDED.reason_params,
                      detail = EXCLUDED.detail, links = EXCLUDED.links, actions = EXCLUDED.actions
        RETURNING id
        """,
        tx.tenant.id,
        task.kind,
        task.subject,
        task.subject_id,
        task.reason.code,
        task.reason.params,
        list(task.actions),
        task.detail or {},
        task.links or {},
    )
    return TaskId(found)


async def resolve(tx: TenantTransaction, task: TaskId, *, by: str, resolution: dict[str, Any]) -> None:
    """A person has answered."""
    await tx.execute(
        """
        UPDATE tasks SET state = 'resolved', resolved_at = now(), resolved_by = $3, resolution = $4
         WHERE tenant_id = $1 AND id = $2 AND state = 'open'
        """,
        tx.tenant.id,
        task,
        by,
        resolution,
    )


async def close_questions(
    tx: TenantTransaction, *, subject: str, subject_id: str, kinds: tuple[str, ...], by: str
) -> None:
    """The world answered by itself: close what is still open about it."""
    await tx.execute(
        """
        UPDATE tasks SET state = 'resolved', resolved_at = now(), resolved_by = $5,
                         resolution = '{"action": "obsolete"}'
         WHERE tenant_id = $1 AND subject = $2 AND subject_id = $3 AND kind = ANY ($4) AND state = 'open'
        """,
        tx.tenant.id,
        subject,
        subject_id,
        list(kinds),
        by,
    )


async def move_questions(tx: TenantTransaction, *, subject: str, subject_id: str, to: str, by: str) -> None:
    """What was asked about the one is asked about the other; what is asked about both is asked once."""
    await tx.execute(
        """
        UPDATE tasks t SET subject_id = $4, links = links || jsonb_build_object(subject || '_id', $4::text)
         WHERE tenant_id = $1 AND subject = $2 AND subject_id = $3 AND state = 'open'
           AND NOT EXISTS (SELECT 1 FROM tasks o WHERE o.tenant_id = $1 AND o.subject = $2 AND o.subject_id = $4
                                                   AND o.kind = t.kind AND o.state = 'open')
        """,
        tx.tenant.id,
        subject,
        subject_id,
        to,
    )
    rest = await open_kinds(tx, subject=subject, subject_id=subject_id)
    await close_questions(tx, subject=subject, subject_id=subject_id, kinds=tuple(rest), by=by)


async def open_kinds(tx: TenantTransaction, *, subject: str, subject_id: str) -> list[str]:
    """Kinds of the questions about this object that still wait for a person."""
    rows = await tx.fetch(
        """
        SELECT kind FROM tasks WHERE tenant_id = $1 AND subject = $2 AND subject_id = $3 AND state = 'open'
         ORDER BY kind
        """,
        tx.tenant.id,
        subject,
        subject_id,
    )
    return [row["kind"] for row in rows]


async def list_open_about(tx: TenantTransaction, *, subject: str, subject_id: str, at_most: int) -> list[Task]:
    """The questions about this object that still wait for a person, the oldest first."""
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS} FROM tasks
         WHERE tenant_id = $1 AND subject = $2 AND subject_id = $3 AND state = 'open' ORDER BY seq LIMIT $4
        """,
        tx.tenant.id,
        subject,
        subject_id,
        at_most,
    )
    return [Task.from_row(row) for row in rows]


async def get(tx: TenantTransaction, task: TaskId) -> Task:
    """A task. Raises NotFound."""
    row = await tx.fetchrow(f"SELECT {_COLUMNS} FROM tasks WHERE tenant_id = $1 AND id = $2", tx.tenant.id, task)
    if row is None:
        raise NotFound("task_not_found")
    return Task.from_row(row)


class TaskFilter(Frozen):
    """Which tasks are wanted; None: all."""

    state: Literal["open", "resolved"] | None = None
    kind: str | None = None
    updated_since: datetime | None = None


_ALL = TaskFilter()
AS_WORK = Order(("seq",), descending=False)
"""The longest waiting first."""


async def list_tasks(
    tx: TenantTransaction,
    wanted: TaskFilter = _ALL,
    *,
    order: Order = RECORDED,
    after: Place | None = None,
    limit: int = 50,
) -> tuple[list[Task], Place | None]:
    """A page of them, and where the next one begins."""
    where = Conditions(tx.tenant.id, limit + 1)
    if wanted.state:
        where.require("t.state = {}", wanted.state)
    if wanted.kind:
        where.require("t.kind = {}", wanted.kind)
    changed_since(where, "t", wanted.updated_since)
    order.begin(where, "t", after)
    rows = await tx.fetch(
        f"SELECT {_COLUMNS} FROM tasks t WHERE t.tenant_id = $1 {where} ORDER BY {order.by('t')} LIMIT $2",
        *where.parameters,
    )
    return order.cut([Task.from_row(row) for row in rows], limit)


async def kinds(tx: TenantTransaction) -> list[str]:
    """Of those that are open."""
    rows = await tx.fetch(
        "SELECT DISTINCT kind FROM tasks WHERE tenant_id = $1 AND state = 'open' ORDER BY kind", tx.tenant.id
    )
    return [row["kind"] for row in rows]


async def newest_open(tx: TenantTransaction) -> int:
    """For `asked_since`."""
    found = await tx.fetchval(
        "SELECT seq FROM tasks WHERE tenant_id = $1 AND state = 'open' ORDER BY seq DESC LIMIT 1",
        tx.tenant.id,
    )
    return int(found or 0)


async def asked_since(tx: TenantTransaction, before: int) -> tuple[str, ...]:
    """What people are asked since this task."""
    rows = await tx.fetch(
        "SELECT reason FROM tasks WHERE tenant_id = $1 AND state = 'open' AND seq > $2 ORDER BY seq",
        tx.tenant.id,
        before,
    )
    return tuple(row["reason"] for row in rows)
