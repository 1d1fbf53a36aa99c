"""The page Heute: what is to be transferred, what is to be marked paid, what changed since yesterday."""

from datetime import datetime
from uuid import UUID

from ledger.bank.further_attempts import WAITING
from ledger.database import TenantTransaction
from ledger.types import DocumentKind, Frozen, PayoutNumber, PayoutState

_SHOWN = 8


class OpenDocument(Frozen):
    """A payout whose credit note waits for its money. Cents are EUR, gross."""

    number: PayoutNumber
    partner_code: str
    gross_cents: int
    credit_note_number: str | None
    resource_id: UUID | None
    kind: DocumentKind | None
    """Of the document in the books."""
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
    """What changed since a moment: payouts by state, and how many sales and events."""

    payouts: tuple[Changed, ...]
    sales_paid: int
    sales_refunded: int
    events_failed: int


# Looked up for each open payout by itself: joined, all bank runs of all years would be read.
_OPEN = f"""
    SELECT p.id, p.gross_cents, p.created_at, p.seq,
           r.number AS bank_run
      FROM payouts p
      LEFT JOIN LATERAL (SELECT l.run_id FROM bank_run_lines l
                          WHERE l.tenant_id = p.tenant_id AND l.payout_id = p.id AND l.released_at IS NULL LIMIT 1) l
             ON true
      LEFT JOIN bank_runs r ON r.tenant_id = $1 AND r.id = l.run_id AND r.state IN ('exported', 'confirmed')
     WHERE p.tenant_id = $1 AND {WAITING}
"""


async def open_documents(tx: TenantTransaction) -> tuple[Documents, Documents]:
    """To transfer: open credit notes in no bank file that has left the house. To mark paid: those whose money is on its
    way, which lexoffice has not been told yet.
    """
    rows = await tx.fetch(
        f"""
        SELECT o.bank_run IS NOT NULL AS is_sent, count(*) AS payouts, sum(o.gross_cents)::bigint AS cents,
               (array_agg(o.id ORDER BY o.created_at, o.seq))[1:{_SHOWN}] AS oldest
          FROM ({_OPEN}) o GROUP BY is_sent
        """,
        tx.tenant.id,
    )
    shown = await tx.fetch(
        f"""
        SELECT p.number, q.code AS partner_code, p.gross_cents, d.resource_id, d.kind, o.bank_run,
               p.updated_at AS since, COALESCE(w.number, d.voucher_number) AS credit_note_number
          FROM ({_OPEN} AND p.id = ANY ($2)) o
          JOIN payouts p ON p.tenant_id = $1 AND p.id = o.id
          JOIN partners q ON q.tenant_id = p.tenant_id AND q.id = p.partner_id
          LEFT JOIN external_documents d ON d.tenant_id = p.tenant_id AND d.payout_id = p.id AND d.detached_at IS NULL
          LEFT JOIN own_documents w ON w.tenant_id = p.tenant_id AND w.payout_id = p.id AND w.closed_at IS NULL
                AND w.kind IN ('self_billed', 'commission_statement')
         ORDER BY o.created_at, o.seq
        """,
        tx.tenant.id,
        [id for row in rows for id in row["oldest"]],
    )
    found = {row["is_sent"]: row for row in rows}

    def documents(*, is_sent: bool) -> Documents:
        if is_sent not in found:
            return Documents(payouts=0, cents=0, first=())
        first = tuple(OpenDocument.from_row(one) for one in shown if (one["bank_run"] is not None) is is_sent)
        return Documents(payouts=found[is_sent]["payouts"], cents=found[is_sent]["cents"], first=first)

    return documents(is_sent=False), documents(is_sent=True)


async def news(tx: TenantTransaction, since: datetime) -> News:
    """What changed since the instant; sums in gross cents."""
    rows = await tx.fetch(
        """
        SELECT c.state, count(*) AS payouts, sum(p.gross_cents)::bigint AS cents
          FROM (SELECT DISTINCT subject_id, to_state AS state FROM state_changes
                 WHERE tenant_id = $1 AND subject = 'payouts' AND changed_at >= $2) c
          -- Each change touches its payout, so that both sides are read from an index alone.
          JOIN payouts p ON p.tenant_id = $1 AND p.updated_at >= $2 AND p.id = c.subject_id
         GROUP BY c.state
        """,
        tx.tenant.id,
        since,
    )
    found = {row["state"]: Changed.from_row(row) for row in rows}
    sales = await tx.fetch(
        """
        SELECT to_state, count(DISTINCT subject_id) AS sales FROM state_changes
         WHERE tenant_id = $1 AND subject = 'transactions' AND changed_at >= $2 GROUP BY to_state
        """,
        tx.tenant.id,
        since,
    )
    by_state = {row["to_state"]: row["sales"] for row in sales}
    failed = await tx.fetchval(
        "SELECT count(*) FROM events WHERE tenant_id = $1 AND state = 'failed' AND received_at >= $2",
        tx.tenant.id,
        since,
    )
    return News(
        payouts=tuple(found[state] for state in PayoutState if state in found),
        sales_paid=by_state.get("approved", 0),
        sales_refunded=by_state.get("refunded", 0),
        events_failed=failed,
    )
