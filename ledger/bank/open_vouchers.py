"""Vouchers in the books that are still open there though we know their payouts as paid, or on their way to the bank.

Where lexoffice says paid, a person marks each of them there; where the bank says it, the bank's line must be assigned
to each there all the same (EÜR, before 31.12.). Listed as lexoffice lists what is open: by date of voucher, newest
first.
"""

from datetime import date, datetime
from uuid import UUID

from ledger import clock
from ledger.database import TenantTransaction
from ledger.payouts.payout_months import OF_MONTH
from ledger.types import DocumentKind, Frozen, PayoutNumber, PayoutState, midnight

SHOWN = 200
_CLOSED = "('paid', 'paidoff', 'voided', 'deleted')"
KNOWN_AS_PAID = """
    (p.state IN ('paid', 'settled_manually') OR p.state = 'credit_note_open' AND p.transferred_on IS NOT NULL)
"""
"""Condition over `payouts p`: somebody said that it is paid, or the bank proved it."""
OPEN_VOUCHER = f"""
    d.payout_id IS NOT NULL AND d.detached_at IS NULL AND d.status NOT IN {_CLOSED}
"""
"""Condition over `external_documents d`, as its index has it (documents_open_of_payouts)."""
_ON_ITS_WAY = """
    p.state = 'credit_note_open' AND EXISTS (
        SELECT FROM bank_run_lines l JOIN bank_runs r ON r.tenant_id = l.tenant_id AND r.id = l.run_id
         WHERE l.tenant_id = p.tenant_id AND l.payout_id = p.id AND l.released_at IS NULL
           AND r.state IN ('exported', 'confirmed'))
"""


class VoucherToClose(Frozen):
    """A voucher of the working list, with the line of the bank's statement that paid it. Cents."""

    payout: PayoutNumber
    payout_state: PayoutState
    partner_code: str
    partner_name: str
    number: str | None
    """Of the document, as lexoffice lists it."""
    kind: DocumentKind
    resource_id: UUID
    dated: datetime
    gross_cents: int | None
    bank_run: str | None
    booked_on: date | None
    """Booking day of its transfer, by the bank's statement."""
    bank_reference: str | None
    is_closed: bool
    """Ticked off today: lexoffice says that it is paid."""
    assigned_to: str | None
    """Who assigns it there, as a person said."""


class VouchersToClose(Frozen):
    """`open` of them are open in all, worth `open_cents`; `vouchers` are the first of them and those ticked off today,
    all in one order."""

    open: int
    open_cents: int
    closed_today: int
    vouchers: tuple[VoucherToClose, ...]


_LISTED = f"""
    chosen AS (
        SELECT d.*, false AS is_closed FROM external_documents d
          JOIN payouts p ON p.tenant_id = d.tenant_id AND p.id = d.payout_id
         WHERE d.tenant_id = $1 AND {OPEN_VOUCHER} AND ({KNOWN_AS_PAID} OR {_ON_ITS_WAY})
         UNION ALL
        SELECT d.*, true FROM external_documents d
         WHERE d.tenant_id = $1 AND d.changed_at >= $3 AND d.payout_id IS NOT NULL AND d.detached_at IS NULL
           AND d.status IN ('paid', 'paidoff') AND d.document_updated_at >= $3)
"""


async def list_vouchers(tx: TenantTransaction, *, month: date | None = None) -> VouchersToClose:
    """Of all months, or of the payouts of one (its first day)."""
    rows = await tx.fetch(
        f"""
        WITH {OF_MONTH}, {_LISTED},
             of_them AS (SELECT * FROM chosen
                          WHERE $2::date IS NULL OR payout_id IN (SELECT id FROM of_month)),
             dated AS (
                 SELECT c.*, COALESCE(i.voucher_date, c.created_at) AS dated
                   FROM of_them c
                   LEFT JOIN LATERAL (
                        SELECT (content ->> 'voucher_date')::timestamptz AS voucher_date FROM creation_intents
                         WHERE tenant_id = c.tenant_id AND payout_id = c.payout_id AND resource_id = c.resource_id
                         ORDER BY created_at DESC LIMIT 1) i ON true),
             first AS (
                 SELECT d.*, count(*) FILTER (WHERE NOT is_closed) OVER () AS open,
                        sum(COALESCE(d.open_cents, d.gross_cents)) FILTER (WHERE NOT is_closed) OVER () AS sum_open,
                        count(*) FILTER (WHERE is_closed) OVER () AS closed_today
                   FROM dated d ORDER BY d.dated DESC, d.voucher_number DESC LIMIT {SHOWN})
        SELECT p.number AS payout, p.state AS payout_state, q.code AS partner_code, q.name AS partner_name,
               d.voucher_number AS number, d.kind, d.resource_id, d.dated, d.gross_cents, r.number AS bank_run,
               p.transferred_on AS booked_on, p.bank_reference, d.is_closed, a.assigned_to,
               d.open, d.sum_open::bigint AS sum_open, d.closed_today
          FROM first d
          JOIN payouts p ON p.tenant_id = $1 AND p.id = d.payout_id
          JOIN partners q ON q.tenant_id = $1 AND q.id = p.partner_id
          LEFT JOIN bank_run_lines l ON l.tenant_id = $1 AND l.payout_id = p.id AND l.released_at IS NULL
          LEFT JOIN bank_runs r ON r.tenant_id = $1 AND r.id = l.run_id
          LEFT JOIN voucher_assignments a ON a.tenant_id = $1 AND a.payout_id = p.id AND a.withdrawn_at IS NULL
         ORDER BY d.dated DESC, d.voucher_number DESC
        """,
        tx.tenant.id,
        month,
        midnight(clock.today()),
    )
    first = rows[0] if rows else {"open": 0, "sum_open": 0, "closed_today": 0}
    return VouchersToClose(
        open=first["open"],
        open_cents=first["sum_open"] or 0,
        closed_today=first["closed_today"],
        vouchers=tuple(VoucherToClose.from_row(row) for row in rows),
    )


class OpenVouchers(Frozen):
    """What is known as paid and open in the books, of one month; `assigned` of them a person answered for. Cents are of
    those that nobody answered for, `paid` are these whose payouts are paid already."""

    vouchers: int
    assigned: int
    cents: int
    paid: int
    paid_cents: int
    assigned_to: tuple[str, ...]


async def count_of_month(tx: TenantTransaction, month: date) -> OpenVouchers:
    """Of the payouts of a month, by its first day."""
    row = await tx.fetchrow(
        f"""
        WITH {OF_MONTH}
        SELECT count(*) AS vouchers, count(a.id) AS assigned,
               COALESCE(sum(p.gross_cents) FILTER (WHERE a.id IS NULL), 0)::bigint AS cents,
               count(*) FILTER (WHERE a.id IS NULL AND p.state <> 'credit_note_open') AS paid,
               COALESCE(sum(p.gross_cents) FILTER (WHERE a.id IS NULL AND p.state <> 'credit_note_open'), 0)::bigint
                 AS paid_cents,
               COALESCE(array_agg(DISTINCT a.assigned_to ORDER BY a.assigned_to)
                        FILTER (WHERE a.id IS NOT NULL), '{{}}') AS assigned_to
          FROM external_documents d
          JOIN of_month p ON p.id = d.payout_id
          LEFT JOIN voucher_assignments a ON a.tenant_id = $1 AND a.payout_id = p.id AND a.withdrawn_at IS NULL
         WHERE d.tenant_id = $1 AND {OPEN_VOUCHER} AND {KNOWN_AS_PAID}
        """,
        tx.tenant.id,
        month,
    )
    assert row is not None  # an aggregate answers with one row
    return OpenVouchers.from_row(row)
