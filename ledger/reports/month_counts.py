"""What the rows say about a month, each by one statement: sales, runs, payouts that are alike, files, bookings."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from ledger.database import TenantTransaction
from ledger.payouts.payout_months import OF_MONTH
from ledger.types import Frozen, TaskId, month_after


class Group(Frozen):
    """Payouts that are alike."""

    state: str
    is_stopped: bool
    is_seen: bool
    file: str | None
    as_voucher: bool
    is_unbooked: bool
    n: int
    cents: int


class Runs(NamedTuple):
    """The newest rehearsal and the newest run; `partners` of one under way: how many it has looked at."""

    rehearsal: Any | None
    run: Any | None


class Entries(NamedTuple):
    """How many bookings, and their cents."""

    n: int
    cents: int


class Questions(NamedTuple):
    """Open questions about the month's files, by kind."""

    names: Sequence[TaskId]
    rejected: Sequence[TaskId]

    @property
    def only(self) -> TaskId | None:
        """The one that there is; None where there are none or several."""
        of_all = (*self.names, *self.rejected)
        return of_all[0] if len(of_all) == 1 else None


class Sales(NamedTuple):
    """Of a month, by the day of the sale. Gross cents."""

    paid: int
    paid_cents: int
    unpaid: int
    unpaid_cents: int
    held: int


async def sales(tx: TenantTransaction, month: date) -> Sales:
    """The month's sales that are paid, not paid yet, and held."""
    rows = await tx.fetch(
        """
        SELECT state, count(*) AS n, COALESCE(sum(gross_cents), 0)::bigint AS cents,
               count(*) FILTER (WHERE open_holds IS NOT NULL) AS held
          FROM transactions
         WHERE tenant_id = $1 AND state IN ('pending', 'approved')
           AND sold_at >= $2::date::timestamp AT TIME ZONE 'Europe/Berlin'
           AND sold_at < $3::date::timestamp AT TIME ZONE 'Europe/Berlin'
         GROUP BY state
        """,
        tx.tenant.id,
        month,
        month_after(month),
    )
    found = {row["state"]: (row["n"], row["cents"]) for row in rows}
    return Sales(*found.get("approved", (0, 0)), *found.get("pending", (0, 0)), sum(row["held"] for row in rows))


async def runs(tx: TenantTransaction, month: date) -> Runs:
    """Those of the month that were not cancelled."""
    rows = await tx.fetch(
        """
        SELECT DISTINCT ON (rehearsal) id, rehearsal, state,
               CASE WHEN state = 'running' THEN (SELECT count(DISTINCT partner_id) FROM payout_run_rows r
                                                  WHERE r.tenant_id = $1 AND r.run_id = o.id) ELSE 0 END AS partners
          FROM payout_runs o
         WHERE tenant_id = $1 AND left(period, 7) = $2 AND state <> 'cancelled'
         ORDER BY rehearsal, seq DESC
        """,
        tx.tenant.id,
        f"{month:%Y-%m}",
    )
    found = {row["rehearsal"]: row for row in rows}
    return Runs(found.get(True), found.get(False))


async def groups(tx: TenantTransaction, month: date) -> list[Group]:
    """All payouts of the month; the file is told of those alone that are open."""
    # A file is looked up for what is still open alone: joined, all payments of all years would be read.
    rows = await tx.fetch(
        f"""
        WITH {OF_MONTH}
        SELECT p.state, p.blocked_code IS NOT NULL OR p.open_holds IS NOT NULL AS is_stopped,
               p.transferred_on IS NOT NULL AS is_seen, l.file, p.strategy = 'own_document' AS as_voucher,
               p.books = 'none' AS is_unbooked, count(*) AS n, sum(p.gross_cents - p.set_off_cents)::bigint AS cents
          FROM of_month p
          LEFT JOIN LATERAL (SELECT r.state AS file FROM bank_run_lines l
                               JOIN bank_runs r ON r.tenant_id = l.tenant_id AND r.id = l.run_id
                              WHERE p.state = 'credit_note_open' AND l.tenant_id = p.tenant_id AND l.payout_id = p.id
                                AND l.released_at IS NULL LIMIT 1) l ON true
         GROUP BY 1, 2, 3, 4, 5, 6
        """,
        tx.tenant.id,
        month,
    )
    return [Group.from_row(row) for row in rows]


async def unexplained(tx: TenantTransaction, month: date) -> Entries:
    """Bookings of the own accounts that nobody explained, from the month's first day to the end of the one after it,
    in which it is paid."""
    row = await tx.fetchrow(
        """
        SELECT count(*) AS n, COALESCE(sum(amount_cents), 0)::bigint AS cents FROM bank_entries
         WHERE tenant_id = $1 AND state IN ('waiting', 'unresolved') AND concerns_us
           AND (booked_on IS NULL OR booked_on >= $2 AND booked_on < $3)
        """,
        tx.tenant.id,
        month,
        month_after(month_after(month)),
    )
    assert row is not None  # an aggregate answers with one row
    return Entries(row["n"], row["cents"])


async def questions(tx: TenantTransaction, month: date) -> Questions:
    """What the bank's check of names, or what it rejected, asks of the month's files."""
    rows = await tx.fetch(
        f"""
        WITH {OF_MONTH}
        SELECT t.id, t.kind FROM tasks t
          JOIN bank_runs r ON r.tenant_id = $1 AND r.number = t.subject_id
         WHERE t.tenant_id = $1 AND t.state = 'open' AND t.subject = 'bank_run'
           AND t.kind IN ('names_checked', 'bank_rejected')
           AND EXISTS (SELECT FROM bank_run_lines l JOIN of_month p ON p.id = l.payout_id
                        WHERE l.tenant_id = $1 AND l.run_id = r.id)
         ORDER BY t.seq
        """,
        tx.tenant.id,
        month,
    )
    return Questions(
        names=[TaskId(row["id"]) for row in rows if row["kind"] == "names_checked"],
        rejected=[TaskId(row["id"]) for row in rows if row["kind"] == "bank_rejected"],
    )


async def waiting_file(tx: TenantTransaction, month: date) -> str | None:
    """The one bank run of the month that is not made yet; None where there is none, or several."""
    rows = await tx.fetch(
        f"""
        WITH {OF_MONTH}
        SELECT r.number FROM bank_runs r
         WHERE r.tenant_id = $1 AND r.state IN ('draft', 'approved') AND EXISTS (
               SELECT FROM bank_run_lines l JOIN of_month p ON p.id = l.payout_id
                WHERE l.tenant_id = $1 AND l.run_id = r.id AND l.released_at IS NULL) LIMIT 2
        """,
        tx.tenant.id,
        month,
    )
    return rows[0]["number"] if len(rows) == 1 else None
