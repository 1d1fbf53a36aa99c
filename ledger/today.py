"""The page Heute: what is to be transferred, what is to be marked paid, what changed since yesterday."""

from datetime import datetime
from uuid import UUID

from ledger.database import Connection
from ledger.task_list import Task, list_tasks
from ledger.types import Frozen, PayoutNumber, PayoutState, Tenant

_SHOWN = 8


class OpenDocument(Frozen):
    """A payout whose credit note waits for its money. Cents are EUR, gross."""

    number: PayoutNumber
    partner_code: str
    gross_cents: int
    credit_note_number: str | None
    resource_id: UUID | None
    bank_run: str | None
    since: datetime


class Documents(Frozen):
    """`first` holds the oldest few of them."""

    payouts: int
    cents: int
    first: tuple[OpenDocument, ...]


class Changed(Frozen):
    """How many payouts came into this state since a moment, and their gross cents."""

    state: PayoutState
    payouts: int
    cents: int


class News(Frozen):
    payouts: tuple[Changed, ...]
    sales_paid: int
    sales_refunded: int
    events_failed: int


_OPEN = """
    SELECT p.number, q.code AS partner_code, p.gross_cents, d.voucher_number AS credit_note_number, d.resource_id,
           r.number AS bank_run, p.updated_at AS since
      FROM payouts p
      JOIN partners q ON q.tenant_id = p.tenant_id AND q.id = p.partner_id
      LEFT JOIN external_documents d ON d.tenant_id = p.tenant_id AND d.payout_id = p.id AND d.detached_at IS NULL
      LEFT JOIN LATERAL (
           SELECT r.number FROM bank_run_lines l JOIN bank_runs r ON r.tenant_id = l.tenant_id AND r.id = l.run_id
            WHERE l.tenant_id = p.tenant_id AND l.payout_id = p.id AND l.released_at IS NULL
              AND r.state IN ('exported', 'confirmed') LIMIT 1) r ON true
     WHERE p.tenant_id = $1 AND p.state = 'credit_note_open'
"""
_IS_SENT = """EXISTS (SELECT 1 FROM bank_run_lines l JOIN bank_runs r ON r.tenant_id = l.tenant_id AND r.id = l.run_id
                       WHERE l.tenant_id = p.tenant_id AND l.payout_id = p.id AND l.released_at IS NULL
                         AND r.state IN ('exported', 'confirmed'))"""


async def to_transfer(db: Connection, tenant: Tenant) -> Documents:
    """Open credit notes in no bank file that has left the house."""
    return await _documents(db, tenant, f"NOT {_IS_SENT}")


async def to_mark_paid(db: Connection, tenant: Tenant) -> Documents:
    """Open credit notes whose money is on its way: lexoffice has not been told yet."""
    return await _documents(db, tenant, _IS_SENT)


async def open_tasks(db: Connection, tenant: Tenant) -> tuple[int, list[Task]]:
    """How many, and the newest few."""
    found, _ = await list_tasks(db, tenant, state="open", limit=_SHOWN)
    count: int = await db.fetchval("SELECT count(*) FROM tasks WHERE tenant_id = $1 AND state = 'open'", tenant.id)
    return count, found


async def news(db: Connection, tenant: Tenant, since: datetime) -> News:
    rows = await db.fetch(
        """
        SELECT s.to_state AS state, count(DISTINCT s.subject_id) AS payouts, sum(p.gross_cents)::bigint AS cents
          FROM state_changes s JOIN payouts p ON p.tenant_id = s.tenant_id AND p.id = s.subject_id
         WHERE s.tenant_id = $1 AND s.subject = 'payouts' AND s.changed_at >= $2 GROUP BY s.to_state
        """,
        tenant.id,
        since,
    )
    found = {row["state"]: Changed(**row) for row in rows}
    sales = await db.fetch(
        """
        SELECT to_state, count(DISTINCT subject_id) AS sales FROM state_changes
         WHERE tenant_id = $1 AND subject = 'transactions' AND changed_at >= $2 GROUP BY to_state
        """,
        tenant.id,
        since,
    )
    by_state = {row["to_state"]: row["sales"] for row in sales}
    failed = await db.fetchval(
        "SELECT count(*) FROM events WHERE tenant_id = $1 AND state = 'failed' AND received_at >= $2", tenant.id, since
    )
    return News(
        payouts=tuple(found[state] for state in PayoutState if state in found),
        sales_paid=by_state.get("approved", 0),
        sales_refunded=by_state.get("refunded", 0),
        events_failed=failed,
    )


async def _documents(db: Connection, tenant: Tenant, which: str) -> Documents:
    row = await db.fetchrow(
        f"""
        SELECT count(*) AS payouts, COALESCE(sum(p.gross_cents), 0)::bigint AS cents FROM payouts p
         WHERE p.tenant_id = $1 AND p.state = 'credit_note_open' AND {which}
        """,
        tenant.id,
    )
    assert row is not None
    oldest = await db.fetch(f"{_OPEN} AND {which} ORDER BY p.created_at, p.seq LIMIT $2", tenant.id, _SHOWN)
    return Documents(**row, first=tuple(OpenDocument(**one) for one in oldest))
