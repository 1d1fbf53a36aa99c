"""Payouts as the list of the pages shows them: filtered, newest first, with sums by state."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from ledger.database import TenantTransaction
from ledger.keyset import Conditions, Order, Place, changed_since
from ledger.payouts.payouts import BESIDE, COLUMNS, Payout
from ledger.plain_text import code_of
from ledger.reasons import Reason
from ledger.types import Frozen, PartnerId, PayoutId, PayoutState, Tenant, midnight


class PayoutFilter(Frozen):
    """Days are those on which a payout was requested, in Berlin, [from, before)."""

    state: PayoutState | None = None
    partner_id: PartnerId | None = None
    partner_code: str | None = None
    requested_from: date | None = None
    requested_before: date | None = None
    payout_run: UUID | None = None
    """The run that made it."""
    bank_run: str | None = None
    """Number of a bank run (ZL-…) that pays, or paid, it."""
    updated_since: datetime | None = None
    number: str | None = None
    """Its own number, or that of its credit note; whole."""


class PayoutRow(Payout):
    """A payout with its partner's name, and the period of the run that made it."""

    partner_name: str
    run_period: str | None

    @property
    def standing(self) -> Reason | None:
        """Why it stands still: its oldest hold, or what blocks it."""
        return self.holds[0] if self.holds else self.blocked


_ALL = PayoutFilter()
REQUESTED = Order(("created_at", "seq"))
"""Newest first, as they were requested."""


class StateSum(Frozen):
    """How many payouts are in a state, and their gross cents."""

    state: PayoutState
    payouts: int
    gross_cents: int


async def list_payouts(
    tx: TenantTransaction,
    wanted: PayoutFilter = _ALL,
    *,
    order: Order = REQUESTED,
    after: Place | None = None,
    limit: int = 50,
) -> tuple[list[PayoutRow], Place | None]:
    """A page of them, and where the next one begins."""
    where = _conditions(tx.tenant, wanted.model_copy(update={"requested_before": None}))
    if wanted.requested_before is not None:
        order.require_before(where, "p", "created_at", midnight(wanted.requested_before), after)
    order.begin(where, "p", after)
    # The page is cut before anything is joined to it.
    rows = await tx.fetch(
        f"""
        SELECT {COLUMNS}, q.name AS partner_name, r.period AS run_period
          FROM (SELECT * FROM payouts p WHERE p.tenant_id = $1 {where}
                 ORDER BY {order.by("p")} LIMIT {where.parameter(limit + 1)}) p
          {BESIDE}
          LEFT JOIN payout_runs r ON r.tenant_id = p.tenant_id AND r.id = p.run_id
         ORDER BY {order.by("p")}
        """,
        *where.parameters,
    )
    return order.cut([PayoutRow.from_row(row) for row in rows], limit)


async def sums(tx: TenantTransaction, wanted: PayoutFilter) -> list[StateSum]:
    """Of what the filter leaves, whatever its state; in the order of a payout's life. Empty states are left out."""
    where = _conditions(tx.tenant, wanted.model_copy(update={"state": None}))
    rows = await tx.fetch(
        f"""
        SELECT p.state, count(*) AS payouts, sum(p.gross_cents)::bigint AS gross_cents FROM payouts p
         WHERE p.tenant_id = $1 {where} GROUP BY p.state
        """,
        *where.parameters,
    )
    found = {row["state"]: StateSum.from_row(row) for row in rows}
    return [found[state] for state in PayoutState if state in found]


_OF_DOCUMENTS = """
    SELECT payout_id FROM external_documents WHERE tenant_id = $1 AND changed_at >= {} AND payout_id IS NOT NULL
"""


def _conditions(tenant: Tenant, wanted: PayoutFilter) -> Conditions:
    where = Conditions(tenant.id)
    for phrase, value in _phrases(wanted):
        where.require(phrase, value)
    changed_since(where, "p", wanted.updated_since, _OF_DOCUMENTS)
    return where


def _phrases(wanted: PayoutFilter) -> Iterator[tuple[str, object]]:
    if wanted.state is not None:
        yield "p.state = {}", wanted.state
    if wanted.partner_id is not None:
        yield "p.partner_id = {}", wanted.partner_id
    if wanted.partner_code is not None:
        yield (
            "p.partner_id = (SELECT id FROM partners WHERE tenant_id = $1 AND code = {})",
            code_of(wanted.partner_code),
        )
    if wanted.requested_from is not None:
        yield "p.created_at >= {}", midnight(wanted.requested_from)
    if wanted.requested_before is not None:
        yield "p.created_at < {}", midnight(wanted.requested_before)
    if wanted.number is not None and wanted.number.upper().startswith("PO-"):
        yield "p.number = {}", wanted.number.upper()
    elif wanted.number is not None:
        yield (
            """p.id = ANY (ARRAY(
                   SELECT payout_id FROM external_documents WHERE tenant_id = $1 AND voucher_number = {0}
                    UNION ALL
                   SELECT payout_id FROM own_documents WHERE tenant_id = $1 AND number = {0}))""",
            wanted.number.upper(),
        )
    if wanted.payout_run is not None:
        yield "p.run_id = {}", wanted.payout_run
    if wanted.bank_run is not None:
        yield (
            # Read first: otherwise all payouts would be looked through for those of one run.
            """p.id = ANY (ARRAY(
                   SELECT l.payout_id FROM bank_run_lines l
                     JOIN bank_runs r ON r.tenant_id = l.tenant_id AND r.id = l.run_id
                    WHERE l.tenant_id = $1 AND r.number = {} AND stood_in_file(l)))""",
            wanted.bank_run.upper(),
        )


class SaleLine(Frozen):
    """A line of a payout, with the sale that it comes from. Cents, net of the partner's VAT."""

    position: int
    transaction_id: UUID | None
    """None for what a month was closed with."""
    reference: str | None
    invoice_number: str | None
    campaign: str | None
    level: int
    kind: str
    percent: Decimal
    service_date: date
    base_cents: int
    net_cents: int
    released: bool


async def lines(tx: TenantTransaction, payout: PayoutId, *, after: int, limit: int) -> list[SaleLine]:
    """In the order of the document, from the position after `after` on."""
    rows = await tx.fetch(
        """
        SELECT l.position, c.transaction_id, COALESCE(t.order_reference, t.payment_intent) AS reference,
               d.voucher_number AS invoice_number, k.name AS campaign, c.level, c.kind, c.percent, c.service_date,
               c.base_cents, l.net_cents, l.released_at IS NOT NULL AS released
          FROM payout_lines l
          JOIN commissions c ON c.tenant_id = l.tenant_id AND c.id = l.commission_id
          LEFT JOIN transactions t ON t.tenant_id = c.tenant_id AND t.id = c.transaction_id
          LEFT JOIN campaigns k ON k.tenant_id = c.tenant_id AND k.id = COALESCE(c.campaign_id, t.campaign_id)
          LEFT JOIN external_documents d
                 ON d.tenant_id = t.tenant_id AND d.transaction_id = t.id AND d.detached_at IS NULL
         WHERE l.tenant_id = $1 AND l.payout_id = $2 AND l.position > $3
         ORDER BY l.position LIMIT $4
        """,
        tx.tenant.id,
        payout,
        after,
        limit,
    )
    return [SaleLine.from_row(row) for row in rows]
