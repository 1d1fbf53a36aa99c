"""What a payout run came to: who gets what, who gets nothing and why, what changed since the last one, what it costs.

Cents are net of the partner's VAT unless they are called gross.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from ledger.connections.budget import CREATIONS_A_YEAR, minutes_to_create
from ledger.database import TenantTransaction
from ledger.payouts.payout_runs import PayoutRun
from ledger.reasons import Reason
from ledger.types import Frozen, PayoutNumber, TaxCase


class RunRow(Frozen):
    """One partner in one tax case that is paid (`reason` None), or what waits for one reason."""

    seq: int
    partner_code: str
    partner_name: str
    payout: PayoutNumber | None
    tax_case: TaxCase | None
    reason: str | None
    code: str | None
    params: dict[str, Any] | None
    until: datetime | None
    lines: int
    net_cents: int
    tax_cents: int
    gross_cents: int

    @property
    def why(self) -> Reason | None:
        """Why the partner gets nothing; None where it is paid."""
        return Reason.read(self.code, self.params)


class WaitingSum(Frozen):
    """How many partners got nothing for this reason, and how much waits. Net cents."""

    reason: str
    partners: int
    net_cents: int


class RunTotals(Frozen):
    """`minutes_at_lexoffice` is how long documents take there: 18 a minute, and 1.9 calls a second."""

    partners: int
    payouts: int
    vouchers: int = 0
    """Of the payouts, those whose own document is booked as a voucher."""
    unbooked: int = 0
    """Of the payouts, those whose own document is booked nowhere: lexoffice is not asked for them."""
    lines: int
    net_cents: int
    tax_cents: int
    gross_cents: int
    waiting: tuple[WaitingSum, ...]

    @property
    def minutes_at_lexoffice(self) -> float:
        """How many minutes creating all documents of the run takes."""
        return minutes_to_create(credit_notes=self.payouts - self.vouchers - self.unbooked, vouchers=self.vouchers)

    @property
    def share_of_the_year(self) -> float:
        """Which part (1.0 is all) of a year's documents the run takes up."""
        return (self.payouts - self.unbooked) / CREATIONS_A_YEAR


class Difference(Frozen):
    """A partner whose net is another one than in the run before; a null is "not in that run"."""

    partner_code: str
    partner_name: str
    net_cents: int | None
    before_cents: int | None


async def totals(tx: TenantTransaction, run: UUID) -> RunTotals:
    """The sums of the run: what is paid, and what waits by reason. An unknown run has zeros."""
    rows = await tx.fetch(
        """
        SELECT reason, count(*) AS rows, count(DISTINCT partner_id) AS partners, sum(lines)::bigint AS lines,
               sum(net_cents)::bigint AS net, sum(tax_cents)::bigint AS tax, sum(gross_cents)::bigint AS gross
          FROM payout_run_rows WHERE tenant_id = $1 AND run_id = $2 GROUP BY reason ORDER BY reason
        """,
        tx.tenant.id,
        run,
    )
    paid = next((row for row in rows if row["reason"] is None), None)
    own = await tx.fetchrow(
        """
        SELECT count(*) FILTER (WHERE written = 'own_document' AND books = 'lexoffice') AS vouchers,
               count(*) FILTER (WHERE written = 'own_document' AND books = 'none') AS unbooked
          FROM (SELECT COALESCE(p.strategy, s.strategy) AS written, COALESCE(p.books, t.books) AS books
                  FROM payout_run_rows r
                  JOIN tenants t ON t.id = r.tenant_id
                  LEFT JOIN payouts p ON p.tenant_id = r.tenant_id AND p.id = r.payout_id
                  LEFT JOIN document_strategies s ON s.tenant_id = r.tenant_id AND s.tax_case = r.tax_case
                 WHERE r.tenant_id = $1 AND r.run_id = $2 AND r.reason IS NULL) paid
        """,
        tx.tenant.id,
        run,
    )
    assert own is not None
    return RunTotals(
        partners=paid["partners"] if paid else 0,
        payouts=paid["rows"] if paid else 0,
        vouchers=own["vouchers"],
        unbooked=own["unbooked"],
        lines=paid["lines"] if paid else 0,
        net_cents=paid["net"] if paid else 0,
        tax_cents=paid["tax"] if paid else 0,
        gross_cents=paid["gross"] if paid else 0,
        waiting=tuple(
            WaitingSum(reason=row["reason"], partners=row["partners"], net_cents=row["net"])
            for row in rows
            if row["reason"] is not None
        ),
    )


async def list_rows(
    tx: TenantTransaction,
    run: UUID,
    *,
    paid: bool | None = None,
    after: int | None = None,
    limit: int = 100,
) -> tuple[list[RunRow], int | None]:
    """In the order in which the run came to them; `paid` leaves out the others."""
    rows = await tx.fetch(
        """
        SELECT r.*, p.code AS partner_code, p.name AS partner_name, o.number AS payout
          FROM payout_run_rows r
          JOIN partners p ON p.tenant_id = r.tenant_id AND p.id = r.partner_id
          LEFT JOIN payouts o ON o.tenant_id = r.tenant_id AND o.id = r.payout_id
         WHERE r.tenant_id = $1 AND r.run_id = $2 AND r.seq > $3 AND ($4::boolean IS NULL OR (r.reason IS NULL) = $4)
         ORDER BY r.seq LIMIT $5
        """,
        tx.tenant.id,
        run,
        after or 0,
        paid,
        limit + 1,
    )
    found = [RunRow.from_row(row) for row in rows[:limit]]
    return found, found[-1].seq if len(rows) > limit else None


async def run_before(tx: TenantTransaction, run: PayoutRun) -> UUID | None:
    """The last run that paid, with an earlier cut-off."""
    found: UUID | None = await tx.fetchval(
        """
        SELECT id FROM payout_runs
         WHERE tenant_id = $1 AND NOT rehearsal AND state = 'done' AND cut_off < $2 ORDER BY cut_off DESC LIMIT 1
        """,
        tx.tenant.id,
        run.cut_off,
    )
    return found


async def differences(tx: TenantTransaction, run: UUID, before: UUID, *, most: int = 50) -> list[Difference]:
    """Against an earlier run, by partner, the largest first."""
    rows = await tx.fetch(
        """
        SELECT p.code AS partner_code, p.name AS partner_name, d.net_cents, d.before_cents
          FROM (SELECT partner_id, sum(net_cents) FILTER (WHERE run_id = $2)::bigint AS net_cents,
                       sum(net_cents) FILTER (WHERE run_id = $3)::bigint AS before_cents
                  FROM payout_run_rows
                 WHERE tenant_id = $1 AND run_id IN ($2, $3) AND reason IS NULL GROUP BY partner_id) d
          JOIN partners p ON p.tenant_id = $1 AND p.id = d.partner_id
         WHERE d.net_cents IS DISTINCT FROM d.before_cents
         ORDER BY abs(COALESCE(d.net_cents, 0) - COALESCE(d.before_cents, 0)) DESC, p.code LIMIT $4
        """,
        tx.tenant.id,
        run,
        before,
        most,
    )
    return [Difference.from_row(row) for row in rows]
