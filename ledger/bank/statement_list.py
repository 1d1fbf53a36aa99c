"""Statements of own accounts as lists and pages show them."""

from datetime import date, datetime
from uuid import UUID

from bankstatements.models import StatementKind
from ledger.bank.bank_accounts import OF_ITS_IBAN
from ledger.bank.bank_ids import masked
from ledger.database import TenantTransaction
from ledger.keyset import RECORDED, Conditions, Place
from ledger.refusals import NotFound
from ledger.types import Frozen


class StatementFilter(Frozen):
    """Days are those on which a statement closes, [from, before)."""

    account: UUID | None = None
    kind: StatementKind | None = None
    closes_from: date | None = None
    closes_before: date | None = None
    only_open: bool = False
    """Those with bookings that nobody has explained."""


class StatementRow(Frozen):
    """A statement: a file may hold many. Cents."""

    id: UUID
    seq: int
    file_id: UUID
    file_name: str
    format: str
    brought_by: str
    brought_at: datetime
    account_id: UUID
    iban_last4: str
    kind: StatementKind
    number: int | None
    year: int | None
    closes_on: date | None
    opening_cents: int | None
    closing_cents: int | None
    entries: int
    new_entries: int
    """That no statement had told before."""
    open_entries: int
    """That may be about payouts and are neither matched nor set aside."""
    missing_before: int
    """Numbers that are missing just before this one."""

    @property
    def masked_iban(self) -> str:
        """The account as pages show it."""
        return masked(self.iban_last4)

    @property
    def explained(self) -> int:
        """Bookings that are matched, set aside, or about no payout."""
        return self.entries - self.open_entries


_ROWS = """
    SELECT s.id, s.seq, s.file_id, f.name AS file_name, f.format, f.brought_by, f.brought_at, s.account_id,
           a.iban_last4, s.kind, s.number, s.year, s.closes_on, s.opening_cents, s.closing_cents, s.entries,
           s.new_entries,
           (SELECT count(*) FROM bank_entries e
             WHERE e.tenant_id = s.tenant_id AND COALESCE(e.booked_by, e.statement_id) = s.id
               AND e.concerns_us AND e.state IN ('waiting', 'unresolved')) AS open_entries,
           CASE WHEN s.kind = 'statement' THEN COALESCE(s.number - 1 - (
                SELECT max(b.number) FROM bank_statements b
                 WHERE b.tenant_id = s.tenant_id AND b.account_id = s.account_id AND b.told_by = s.told_by
                   AND b.kind = 'statement' AND b.year = s.year AND b.number < s.number), 0) ELSE 0 END
             AS missing_before
"""
_BESIDE = """
    JOIN statement_files f ON f.tenant_id = s.tenant_id AND f.id = s.file_id
    JOIN tenant_bank_accounts a ON a.tenant_id = s.tenant_id AND a.id = s.account_id
"""
_ALL = StatementFilter()


async def list_statements(
    tx: TenantTransaction, wanted: StatementFilter = _ALL, *, after: Place | None = None, limit: int = 50
) -> tuple[list[StatementRow], Place | None]:
    """Newest first; the second value is where the next page begins."""
    where = Conditions(tx.tenant.id, limit + 1)
    if wanted.account is not None:
        where.require(f"s.account_id {OF_ITS_IBAN}", wanted.account)
    if wanted.kind is not None:
        where.require("s.kind = {}", wanted.kind)
    if wanted.closes_from is not None:
        where.require("s.closes_on >= {}", wanted.closes_from)
    if wanted.closes_before is not None:
        where.require("s.closes_on < {}", wanted.closes_before)
    if wanted.only_open:
        where.require(
            """s.id IN (SELECT COALESCE(e.booked_by, e.statement_id) FROM bank_entries e
                         WHERE e.tenant_id = $1 AND e.concerns_us AND e.state IN ('waiting', 'unresolved'))"""
        )
    RECORDED.begin(where, "s", after)
    # The page is cut before anything is joined to it.
    rows = await tx.fetch(
        f"""
        {_ROWS} FROM (SELECT s.* FROM bank_statements s WHERE s.tenant_id = $1 {where}
                       ORDER BY {RECORDED.by("s")} LIMIT $2) s
        {_BESIDE} ORDER BY {RECORDED.by("s")}
        """,
        *where.parameters,
    )
    return RECORDED.cut([StatementRow.from_row(row) for row in rows], limit)


async def get(tx: TenantTransaction, statement: UUID) -> StatementRow:
    """One statement. Raises NotFound."""
    row = await tx.fetchrow(
        f"{_ROWS} FROM bank_statements s {_BESIDE} WHERE s.tenant_id = $1 AND s.id = $2", tx.tenant.id, statement
    )
    if row is None:
        raise NotFound("statement_not_found")
    return StatementRow.from_row(row)
