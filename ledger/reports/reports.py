"""Reports: what was owed on a past day (Stichtag), whether our totals are lexoffice's (Abstimmung), and whole lists.

The Stichtag is read from the history of states and of amounts, never from today's state. The Abstimmung compares with
what lexoffice last said to us, and tells when that was: it finds what differs among the documents that we know. What
lexoffice has and we do not know is found by `partnerdesk doctor`, which asks lexoffice itself.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import date, datetime, timedelta
from typing import Any

from ledger.csv_writing import Cents, csv_lines
from ledger.database import TenantTransaction
from ledger.reasons import Reason
from ledger.refusals import NotAcceptable
from ledger.sales import sale_holds
from ledger.types import BERLIN, Frozen, Tenant

SECONDS = 30.0
"""Of one statement: a year of commissions is read."""
_BATCH = 1_000

Transactions = Callable[[], AbstractAsyncContextManager[TenantTransaction]]
"""Opens one short transaction of the tenant; a list is read in many."""


class OpenCommissions(Frozen):
    """Commissions of one partner, state and tax case at the instant. Cents, net."""

    partner_code: str
    partner_name: str
    state: str
    tax_case: str
    """Of the partner's status on the service date as it is recorded today; `blocked` where there is none."""
    commissions: int
    net_cents: int


class DayReport(Frozen):
    """What was owed at an instant, by partner and state."""

    at: datetime
    rows: tuple[OpenCommissions, ...]

    @property
    def day(self) -> date:
        """The day in Berlin whose books these are: midnight is the end of the day before."""
        return (self.at - timedelta(microseconds=1)).astimezone(BERLIN).date()

    @property
    def net_cents(self) -> int:
        """All that was owed. Net cents."""
        return sum(row.net_cents for row in self.rows)

    def by_state(self) -> dict[str, int]:
        """What was owed in each state of commissions. Net cents."""
        sums: dict[str, int] = {}
        for row in self.rows:
            sums[row.state] = sums.get(row.state, 0) + row.net_cents
        return sums


_GONE = ("voided", "deleted")


class Compared(Frozen):
    """One credit note: what was approved, what lexoffice made of it, and what it last said of it. Cents."""

    dated: date
    """The document's own day (Belegdatum), which decides the month in the tenant's books."""
    credit_note_number: str | None
    payout: str
    payout_state: str
    document_status: str | None
    approved_net_cents: int
    approved_tax_cents: int
    approved_gross_cents: int
    document_net_cents: int | None
    document_tax_cents: int | None
    document_gross_cents: int | None
    open_cents: int | None
    fetched_at: datetime | None
    differences: tuple[str, ...]

    @property
    def is_gone(self) -> bool:
        """Ended, or voided in lexoffice in a state that allows it: what is voided elsewhere is a difference."""
        return self.payout_state in ("cancelled", "rejected") or (
            self.payout_state in ("returned", "settled_manually") and self.document_status in _GONE
        )


class Reconciliation(Frozen):
    """The credit notes of one month, by their own date. What was voided counts in neither sum."""

    month: date
    rows: tuple[Compared, ...]

    @property
    def approved_gross_cents(self) -> int:
        """The sum approved here, without payouts that are gone. Gross cents."""
        return sum(row.approved_gross_cents for row in self.rows if not row.is_gone)

    @property
    def document_gross_cents(self) -> int:
        """The sum of the documents there, without voided and deleted ones. Gross cents."""
        return sum(row.document_gross_cents or 0 for row in self.rows if row.document_status not in _GONE)

    @property
    def different(self) -> tuple[Compared, ...]:
        """The rows in which both sides do not agree."""
        return tuple(row for row in self.rows if row.differences)


async def open_commissions(tx: TenantTransaction, at: datetime) -> DayReport:
    """What was pending, approved or in a payout at this instant. Raises NotAcceptable for one that has yet to come."""
    if await tx.fetchval("SELECT $1 > clock_timestamp()", at):
        raise NotAcceptable("day_in_future")
    rows = await tx.fetch(
        """
        -- What changed later was, at that instant, what its first later change left; the rest is as it stands now.
        WITH later AS (
            SELECT DISTINCT ON (s.subject_id) s.subject_id AS id, s.from_state AS state
              FROM state_changes s
             WHERE s.tenant_id = $1 AND s.subject = 'commissions' AND s.changed_at > $2
             ORDER BY s.subject_id, s.seq),
        then_ AS (
            SELECT id, state FROM later WHERE state IN ('pending', 'approved', 'in_payout')
             UNION ALL
            SELECT c.id, c.state FROM commissions c
             WHERE c.tenant_id = $1 AND c.state IN ('pending', 'approved', 'in_payout')
               AND NOT EXISTS (SELECT 1 FROM later l WHERE l.id = c.id)),
        worth AS (
            SELECT c.id, c.partner_id, c.service_date, c.tax_case, t.state,
                   COALESCE((SELECT b.net_cents FROM commission_amounts_before b
                              WHERE b.tenant_id = $1 AND b.commission_id = c.id AND b.changed_at > $2
                              ORDER BY b.seq LIMIT 1), c.net_cents) AS net_cents
              FROM then_ t JOIN commissions c ON c.tenant_id = $1 AND c.id = t.id)
        SELECT q.code AS partner_code, q.name AS partner_name, w.state,
               COALESCE(w.tax_case, CASE WHEN s.status IN ('regular', 'private') THEN s.status
                                         WHEN s.status = 'small_business'
                                              AND s.confirmed_year = extract(year FROM w.service_date) THEN s.status
                                         ELSE 'blocked' END) AS tax_case,
               count(*) AS commissions, sum(w.net_cents)::bigint AS net_cents
          FROM worth w
          JOIN partners q ON q.tenant_id = $1 AND q.id = w.partner_id
          LEFT JOIN LATERAL tax_status_on($1, w.partner_id, w.service_date) s ON true
         GROUP BY 1, 2, 3, 4 ORDER BY 1, 3, 4
        """,
        tx.tenant.id,
        at,
        timeout=SECONDS,
    )
    return DayReport(at=at, rows=tuple(OpenCommissions.from_row(row) for row in rows))


async def reconcile(tx: TenantTransaction, month: date) -> Reconciliation:
    """Our totals and lexoffice's per number of the credit note."""
    rows = await tx.fetch(
        """
        SELECT * FROM (
            SELECT (COALESCE((SELECT (i.content->>'voucher_date')::timestamptz FROM creation_intents i
                               WHERE i.tenant_id = p.tenant_id AND i.payout_id = p.id
                                 AND i.resource_id = d.resource_id
                               ORDER BY i.created_at DESC LIMIT 1), d.created_at, p.created_at)
                    AT TIME ZONE 'Europe/Berlin')::date AS dated,
                   d.voucher_number AS credit_note_number, p.number AS payout, p.state AS payout_state,
                   d.status AS document_status, p.net_cents AS approved_net_cents, p.tax_cents AS approved_tax_cents,
                   p.gross_cents AS approved_gross_cents, d.net_cents AS document_net_cents,
                   d.tax_cents AS document_tax_cents, d.gross_cents AS document_gross_cents, d.open_cents,
                   d.fetched_at
              FROM payouts p
              LEFT JOIN external_documents d
                     ON d.tenant_id = p.tenant_id AND d.payout_id = p.id AND d.detached_at IS NULL
             WHERE p.tenant_id = $1 AND (d.id IS NOT NULL OR p.state IN ('credit_note_open', 'paid', 'returned'))
               -- Nothing is dated before it was asked for.
               AND p.created_at < ($2::date + interval '1 month')::timestamp AT TIME ZONE 'Europe/Berlin') of_all
         WHERE dated >= $2 AND dated < ($2::date + interval '1 month')
         ORDER BY credit_note_number NULLS FIRST, payout
        """,
        tx.tenant.id,
        month.replace(day=1),
        timeout=SECONDS,
    )
    return Reconciliation(
        month=month.replace(day=1),
        rows=tuple(Compared.from_row(row, differences=_differences(row)) for row in rows),
    )


_ENDED = {"paid": ("paidoff", "paid"), "cancelled": _GONE, "credit_note_open": ("open",)}


def _differences(row: Any) -> tuple[str, ...]:
    if row["document_gross_cents"] is None:
        return ("missing",)
    found = []
    if row["document_net_cents"] != row["approved_net_cents"]:
        found.append("net")
    # lexoffice adds up the VAT of lines, we take it of the sum: one cent is its right (rules.md, Money).
    if abs(row["document_tax_cents"] - row["approved_tax_cents"]) > 1:
        found.append("tax")
    allowed = _ENDED.get(row["payout_state"])
    if allowed is not None and row["document_status"] not in allowed:
        found.append("state")
    return tuple(found)


# Whole lists as CSV


class List(Frozen):
    """One export: the heading of its columns and the statement that reads them, a page at a time, by `seq`."""

    name: str
    columns: tuple[str, ...]
    statement: str
    cents: tuple[str, ...]
    reasons: tuple[str, ...] = ()
    """Columns that hold reasons, as a JSON list of code and params."""


async def csv_of(
    open_: Transactions, tenant: Tenant, wanted: List, *, in_words: Callable[[Reason], str]
) -> AsyncIterator[bytes]:
    """The list as it was when it was begun: what is added meanwhile is left out.

    Read in many short transactions, so that a slow reader holds no connection.
    """
    table = wanted.name
    async with open_() as tx:
        last = await tx.fetchval(f"SELECT COALESCE(max(seq), 0) FROM {table} WHERE tenant_id = $1", tenant.id)
    yield csv_lines([wanted.columns], first=True)
    after = 0
    while True:
        async with open_() as tx:
            rows = await tx.fetch(wanted.statement, tenant.id, after, last, _BATCH, timeout=SECONDS)
        if rows:
            yield csv_lines(_cells(row, wanted, in_words) for row in rows)
            after = rows[-1]["seq"]
        if len(rows) < _BATCH:
            return


def _cells(row: Any, wanted: List, in_words: Callable[[Reason], str]) -> list[Any]:
    cells: list[Any] = []
    for name, value in row.items():
        if name in wanted.cents and value is not None:
            cells.append(Cents(value))
        elif name in wanted.reasons:
            cells.append("; ".join(in_words(Reason.model_validate(one)) for one in value))
        elif name != "seq":
            cells.append(value)
    return cells


TRANSACTIONS = List(
    name="transactions",
    columns=(
        "Id", "Quelle", "Zustand", "Verkauft am", "Bezahlt am", "Bestellung", "Rechnung", "Partner", "Kampagne",
        "Basis netto", "USt", "Brutto", "Bezahlt", "Erstattet", "Vorläufig", "Zurückgestellt",
    ),
    cents=("base_cents", "tax_cents", "gross_cents", "paid_cents", "refunded_cents"),
    reasons=("holds",),
    statement=f"""
        SELECT t.seq, t.id::text, t.source, t.state, t.sold_at, t.paid_at, t.order_reference,
               d.voucher_number, q.code, k.slug, t.base_cents, t.tax_cents, t.gross_cents, t.paid_cents,
               t.refunded_cents, t.provisional, {sale_holds.SHOWN}
          FROM transactions t
          LEFT JOIN partners q ON q.tenant_id = t.tenant_id AND q.id = t.partner_id
          LEFT JOIN campaigns k ON k.tenant_id = t.tenant_id AND k.id = t.campaign_id
          LEFT JOIN external_documents d
                 ON d.tenant_id = t.tenant_id AND d.transaction_id = t.id AND d.detached_at IS NULL
         WHERE t.tenant_id = $1 AND t.seq > $2 AND t.seq <= $3 ORDER BY t.seq LIMIT $4
    """,
)  # fmt: skip

COMMISSIONS = List(
    name="commissions",
    columns=(
        "Id", "Verkauf", "Partner", "Stufe", "Art", "Zustand", "Leistungstag", "Basis netto", "Prozent", "Fest",
        "Netto", "Vorläufig", "Auszahlung", "Kampagne", "Monat",
    ),
    cents=("base_cents", "fixed_cents", "net_cents"),
    statement="""
        SELECT c.seq, c.id::text, c.transaction_id::text, q.code, c.level, c.kind, c.state, c.service_date,
               c.base_cents, c.percent, c.fixed_cents, c.net_cents, c.provisional, p.number, k.slug,
               to_char(c.month, 'YYYY-MM')
          FROM commissions c
          JOIN partners q ON q.tenant_id = c.tenant_id AND q.id = c.partner_id
          LEFT JOIN plans v ON v.tenant_id = c.tenant_id AND v.id = c.plan_id
          LEFT JOIN campaigns k ON k.tenant_id = c.tenant_id AND k.id = COALESCE(v.campaign_id, c.campaign_id)
          LEFT JOIN payout_lines l
                 ON l.tenant_id = c.tenant_id AND l.commission_id = c.id AND l.released_at IS NULL
          LEFT JOIN payouts p ON p.tenant_id = l.tenant_id AND p.id = l.payout_id
         WHERE c.tenant_id = $1 AND c.seq > $2 AND c.seq <= $3 ORDER BY c.seq LIMIT $4
    """,
)  # fmt: skip

PAYOUTS = List(
    name="payouts",
    columns=(
        "Nummer", "Zustand", "Partner", "Steuerfall", "Netto", "Satz", "USt", "Auszahlungsbetrag", "Von", "Bis",
        "Gutschrift", "Beleg brutto", "Zahlungslauf", "Zahlungsreferenz", "Bezahlt am", "Angefordert", "Grund",
    ),
    cents=("net_cents", "tax_cents", "gross_cents", "document_gross_cents"),
    reasons=("why",),
    statement="""
        SELECT p.seq, p.number, p.state, q.code, p.tax_case, p.net_cents, p.tax_rate, p.tax_cents, p.gross_cents,
               p.period_from, p.period_to, d.voucher_number, d.gross_cents AS document_gross_cents,
               r.number AS run, p.payment_reference, p.paid_on, p.created_at,
               CASE WHEN p.state_reason_code IS NOT NULL THEN jsonb_build_array(jsonb_build_object(
                         'code', p.state_reason_code, 'params', COALESCE(p.state_reason_params, '{}')))
                    WHEN p.state_reason IS NOT NULL THEN jsonb_build_array(jsonb_build_object(
                         'code', 'as_it_was_written', 'params', jsonb_build_object('text', p.state_reason)))
                    ELSE '[]' END AS why
          FROM payouts p
          JOIN partners q ON q.tenant_id = p.tenant_id AND q.id = p.partner_id
          LEFT JOIN external_documents d
                 ON d.tenant_id = p.tenant_id AND d.payout_id = p.id AND d.detached_at IS NULL
          LEFT JOIN bank_run_lines l ON l.tenant_id = p.tenant_id AND l.payout_id = p.id AND l.released_at IS NULL
          LEFT JOIN bank_runs r ON r.tenant_id = l.tenant_id AND r.id = l.run_id
         WHERE p.tenant_id = $1 AND p.seq > $2 AND p.seq <= $3 ORDER BY p.seq LIMIT $4
    """,
)  # fmt: skip

LISTS = {one.name: one for one in (TRANSACTIONS, COMMISSIONS, PAYOUTS)}
