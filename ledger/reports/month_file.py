"""The payouts of a month with their documents, transfers and bookings, as a file for the tax adviser."""

from datetime import date
from typing import Any

from ledger.bank.open_vouchers import OPEN_VOUCHER
from ledger.csv_writing import Cents, csv_lines
from ledger.database import TenantTransaction
from ledger.payouts.payout_months import OF_MONTH
from ledger.payouts.payouts import DOCUMENTS

SECONDS = 15.0
_COLUMNS = (
    "Auszahlung", "Zustand", "Partner", "Beleg", "Betrag", "Zahlungslauf", "Buchungstag", "Bankreferenz", "Bezahlt am",
    "In der Buchhaltung offen", "Zugeordnet wird von",
)  # fmt: skip


async def csv_of_month(tx: TenantTransaction, month: date) -> bytes:
    """One line for each payout of the month that begins on this day, by number."""
    rows = await tx.fetch(
        f"""
        WITH {OF_MONTH}
        SELECT p.number, p.state, q.code, COALESCE(o.number, d.voucher_number) AS document, p.gross_cents,
               r.number AS run, p.transferred_on, p.bank_reference, p.paid_on,
               CASE WHEN d.id IS NOT NULL THEN COALESCE({OPEN_VOUCHER}, false) END AS is_open, a.assigned_to
          FROM of_month p
          JOIN partners q ON q.tenant_id = p.tenant_id AND q.id = p.partner_id
          {DOCUMENTS}
          LEFT JOIN bank_run_lines l ON l.tenant_id = p.tenant_id AND l.payout_id = p.id AND l.released_at IS NULL
          LEFT JOIN bank_runs r ON r.tenant_id = l.tenant_id AND r.id = l.run_id
          LEFT JOIN voucher_assignments a ON a.tenant_id = p.tenant_id AND a.payout_id = p.id
                AND a.withdrawn_at IS NULL
         ORDER BY p.seq
        """,
        tx.tenant.id,
        month,
        timeout=SECONDS,
    )
    return csv_lines([_COLUMNS], first=True) + csv_lines(_cells(row) for row in rows)


def _cells(row: Any) -> list[Any]:
    return [Cents(value) if name == "gross_cents" else value for name, value in row.items()]
