"""Sales as lists show them: newest first, filtered, page by page."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from ledger.database import TenantTransaction
from ledger.keyset import Conditions, Order, Place, changed_since
from ledger.sales import references
from ledger.sales.transactions import BESIDE, COLUMNS, Transaction
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
    updated_since: datetime | None = None
    reference: str | None = None
    """Order reference, payment intent, checkout session, our own id, or the invoice's number."""


class SaleRow(Transaction):
    """A sale with what is told beside it in lists. Cents."""

    customer: str | None
    """Name, else mail address."""
    commissions_cents: int
    """What all levels earn together, clawbacks included."""


_ALL = SaleFilter()
SOLD = Order(("sold_at", "seq"))
"""The last sold first."""


async def list_sales(
    tx: TenantTransaction,
    wanted: SaleFilter = _ALL,
    *,
    order: Order = SOLD,
    after: Place | None = None,
    limit: int = 50,
) -> tuple[list[SaleRow], Place | None]:
    """A page of them, and where the next one begins."""
    where = await _conditions(tx, wanted, limit)
    if wanted.sold_before:
        order.require_before(where, "t", "sold_at", midnight(wanted.sold_before), after)
    order.begin(where, "t", after)
    rows = await tx.fetch(
        f"""
        SELECT {COLUMNS}, COALESCE(k.name, k.email, t.customer_email) AS customer,
               COALESCE((SELECT sum(e.net_cents) FROM commissions e
                          WHERE e.tenant_id = t.tenant_id AND e.transaction_id = t.id AND e.state <> 'reversed'
                        ), 0)::bigint AS commissions_cents
          FROM ({_page_by(order, wanted, where)}) t
          {BESIDE}
          LEFT JOIN customers k ON k.tenant_id = t.tenant_id AND k.id = t.customer_id
         ORDER BY {order.by("t")}
        """,
        *where.parameters,
    )
    return order.cut([SaleRow.from_row(row) for row in rows], limit)


async def _conditions(tx: TenantTransaction, wanted: SaleFilter, limit: int) -> Conditions:
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
    changed_since(where, "t", wanted.updated_since, _OF_DOCUMENTS)
    return where


_OF_DOCUMENTS = """
    SELECT transaction_id FROM external_documents
     WHERE tenant_id = $1 AND changed_at >= {} AND transaction_id IS NOT NULL
"""


def _page_by(order: Order, wanted: SaleFilter, where: Conditions) -> str:
    """Where an index has the order within a state, each state's part is read as far as the page is long."""
    if order is SOLD:
        return f"""
            SELECT n.* FROM unnest($2::text[]) AS one (state)
             CROSS JOIN LATERAL (
                   SELECT t.* FROM transactions t
                    WHERE t.tenant_id = $1 AND t.state = one.state {where}
                    ORDER BY {order.by("t")} LIMIT $3) n
             ORDER BY {order.by("n")} LIMIT $3
        """
    # The days first (sales_by_time): by number, all that was sold since would be looked through.
    by = "t.seq + 0 DESC" if wanted.sold_from or wanted.sold_before else order.by("t")
    return (
        f"SELECT t.* FROM transactions t WHERE t.tenant_id = $1 AND t.state = ANY ($2) {where} ORDER BY {by} LIMIT $3"
    )


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
