"""Sales as lists show them: newest first, filtered, page by page."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from ledger.database import TenantTransaction
from ledger.keyset import Conditions, Position
from ledger.reasons import Hold
from ledger.sales import references, sale_holds
from ledger.sales.sale_holds import SaleHold
from ledger.types import (
    CampaignId,
    CustomerId,
    Frozen,
    PartnerId,
    TransactionId,
    TransactionState,
    midnight,
)


class SaleFilter(Frozen):
    """What is set is asked for. Days are Europe/Berlin, [from, before)."""

    state: TransactionState | None = None
    partner_id: PartnerId | None = None
    customer_id: CustomerId | None = None
    campaign_id: CampaignId | None = None
    sold_from: date | None = None
    sold_before: date | None = None
    reference: str | None = None
    """Order reference, payment intent, checkout session, our own id, or the invoice's number."""


class SaleRow(Frozen):
    """Amounts are cents. `commissions_cents` is what all levels earn together, clawbacks included."""

    id: TransactionId
    seq: int
    source: str
    state: TransactionState
    sold_at: datetime
    order_reference: str | None
    payment_intent: str | None
    customer_id: CustomerId | None
    customer: str | None
    partner_id: PartnerId | None
    partner_code: str | None
    campaign_slug: str | None
    base_cents: int
    gross_cents: int
    refunded_cents: int
    provisional: bool
    holds: tuple[Hold, ...]
    invoice_id: UUID | None
    invoice_number: str | None
    commissions_cents: int

    @property
    def held(self) -> tuple[Hold, ...]:
        """Without what a voided invoice holds, which no person can release."""
        return tuple(hold for hold in self.holds if hold.code != SaleHold.INVOICE_VOIDED)

    @property
    def position(self) -> Position:
        """Where the next page goes on after this row."""
        return Position(self.sold_at, self.seq)


_SHOWN = f"""
    SELECT t.id, t.seq, t.source, t.state, t.sold_at, t.order_reference, t.payment_intent, t.customer_id,
           COALESCE(k.name, k.email, t.customer_email) AS customer, t.partner_id, p.code AS partner_code,
           c.slug AS campaign_slug, t.base_cents, t.gross_cents, t.refunded_cents, t.provisional, {sale_holds.SHOWN},
           d.resource_id AS invoice_id, d.voucher_number AS invoice_number,
           COALESCE((SELECT sum(e.net_cents) FROM commissions e
                      WHERE e.tenant_id = t.tenant_id AND e.transaction_id = t.id AND e.state <> 'reversed'
                    ), 0)::bigint AS commissions_cents
"""
_BESIDE = """
      LEFT JOIN partners p ON p.tenant_id = t.tenant_id AND p.id = t.partner_id
      LEFT JOIN customers k ON k.tenant_id = t.tenant_id AND k.id = t.customer_id
      LEFT JOIN campaigns c ON c.tenant_id = t.tenant_id AND c.id = t.campaign_id
      LEFT JOIN external_documents d ON d.tenant_id = t.tenant_id AND d.transaction_id = t.id
                                    AND d.detached_at IS NULL
"""


async def page(
    tx: TenantTransaction, wanted: SaleFilter, *, after: Position | None = None, limit: int = 50
) -> tuple[list[SaleRow], Position | None]:
    """The second value is where the next page begins; None on the last one."""
    states = [wanted.state] if wanted.state else list(TransactionState)
    where = Conditions(tx.tenant.id, [state.value for state in states], limit + 1)
    if wanted.reference:
        where.require("t.id = ANY ({})", await with_reference(tx, wanted.reference))
    if wanted.partner_id:
        where.require("t.partner_id = {}", wanted.partner_id)
    if wanted.customer_id:
        where.require("t.customer_id = {}", wanted.customer_id)
    if wanted.campaign_id:
        where.require("t.campaign_id = {}", wanted.campaign_id)
    if wanted.sold_from:
        where.require("t.sold_at >= {}", midnight(wanted.sold_from))
    if wanted.sold_before:
        where.require("t.sold_at < {}", midnight(wanted.sold_before))
    if after:
        where.require("(t.sold_at, t.seq) < ({}::timestamptz, {}::bigint)", after.at, after.seq)
    rows = await tx.fetch(
        f"""
        {_SHOWN}
          FROM (SELECT n.* FROM unnest($2::text[]) AS one (state)
                 CROSS JOIN LATERAL (
                       SELECT t.* FROM transactions t
                        WHERE t.tenant_id = $1 AND t.state = one.state {where}
                        ORDER BY t.sold_at DESC, t.seq DESC LIMIT $3) n
                 ORDER BY n.sold_at DESC, n.seq DESC LIMIT $3) t
        {_BESIDE}
         ORDER BY t.sold_at DESC, t.seq DESC
        """,
        *where.parameters,
    )
    found = [SaleRow.from_row(row) for row in rows[:limit]]
    return found, found[-1].position if len(rows) > limit else None


async def with_reference(tx: TenantTransaction, reference: str) -> list[TransactionId]:
    """Sales that are known by this word: one of their own references, or the number of their invoice."""
    of_invoices = await tx.fetch(
        """
        SELECT transaction_id FROM external_documents
         WHERE tenant_id = $1 AND voucher_number = $2 AND transaction_id IS NOT NULL
        """,
        tx.tenant.id,
        reference,
    )
    named: Sequence[TransactionId] = await references.sales_with_reference(tx, [reference])
    return [*named, *(TransactionId(row["transaction_id"]) for row in of_invoices)]


class Change(Frozen):
    """A change of state of a sale or one of its commissions. `cause` is 'event:17', 'decision:…', 'user:…', …"""

    subject: str
    subject_id: UUID
    from_state: str
    to_state: str
    changed_at: datetime
    cause: str | None


async def history(tx: TenantTransaction, subjects: Sequence[UUID], *, limit: int = 200) -> list[Change]:
    """Oldest first."""
    rows = await tx.fetch(
        """
        SELECT subject, subject_id, from_state, to_state, changed_at, cause FROM state_changes
         WHERE tenant_id = $1 AND subject_id = ANY ($2) ORDER BY seq LIMIT $3
        """,
        tx.tenant.id,
        list(subjects),
        limit,
    )
    return [Change.from_row(row) for row in rows]
