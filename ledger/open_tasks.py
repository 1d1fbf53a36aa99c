"""Tasks as a list of work: the longest waiting first; done ones, the last done first."""

from ledger.database import Connection
from ledger.keyset import Conditions
from ledger.task_list import Task
from ledger.types import Tenant

_COLUMNS = """id, seq, kind, subject, subject_id, reason, detail, links, actions, state, created_at, resolved_at,
       resolved_by, resolution"""


async def page(
    db: Connection,
    tenant: Tenant,
    *,
    resolved: bool = False,
    kind: str | None = None,
    after: int | None = None,
    limit: int = 50,
) -> tuple[list[Task], int | None]:
    """The second value is after which number the next page begins."""
    where = Conditions(tenant.id, "resolved" if resolved else "open", limit + 1)
    if kind:
        where.require("kind = {}", kind)
    if after is not None:
        where.require("seq < {}" if resolved else "seq > {}", after)
    rows = await db.fetch(
        f"""
        SELECT {_COLUMNS} FROM tasks WHERE tenant_id = $1 AND state = $2 {where}
         ORDER BY seq {"DESC" if resolved else ""} LIMIT $3
        """,
        *where.parameters,
    )
    found = [Task.model_validate(dict(row)) for row in rows[:limit]]
    return found, (found[-1].seq if len(rows) > limit else None)


async def kinds(db: Connection, tenant: Tenant) -> list[str]:
    """Of those that are open."""
    rows = await db.fetch(
        "SELECT DISTINCT kind FROM tasks WHERE tenant_id = $1 AND state = 'open' ORDER BY kind", tenant.id
    )
    return [row["kind"] for row in rows]
