"""Commissions as lists show them, and what became of those of one sale."""

from datetime import date, datetime

from ledger.commissions.commissions import BESIDE, COLUMNS, Commission
from ledger.database import TenantTransaction
from ledger.keyset import Conditions, Order, Place, changed_since
from ledger.sales import sale_list
from ledger.types import (
    CampaignId,
    CommissionId,
    CommissionState,
    CustomerId,
    Frozen,
    PartnerId,
    PayoutNumber,
    TransactionId,
)

_SALES_OF_A_CUSTOMER = 5_000


class CommissionFilter(Frozen):
    """What is set is asked for. The service date is the day of the sale in Berlin, [from, before)."""

    state: CommissionState | None = None
    partner_id: PartnerId | None = None
    customer_id: CustomerId | None = None
    transaction_id: TransactionId | None = None
    campaign_id: CampaignId | None = None
    served_from: date | None = None
    served_before: date | None = None
    updated_since: datetime | None = None
    reference: str | None = None
    """As in SaleFilter."""


class CommissionRow(Commission):
    """A commission with what is told beside it in lists. `plan_version` and `plan_from` say which plan made it."""

    manual_kind: str | None
    """Of a line that a person wrote, as `reason` is."""
    reason: str | None
    order_reference: str | None
    campaign_slug: str | None
    plan_version: int | None
    plan_from: datetime | None
    held: bool
    """Its sale is held, and it waits for that: no customer."""
    invoice_number: str | None


_ALL = CommissionFilter()
SERVED = Order(("service_date", "seq"))
"""The newest day first."""


class EarlierPayout(Frozen):
    """A payout that a commission was taken out of."""

    commission_id: CommissionId
    payout_number: PayoutNumber
    released_at: datetime


_SHOWN = f"""
    SELECT {COLUMNS}, m.kind AS manual_kind, m.reason,
           COALESCE(t.order_reference, t.payment_intent) AS order_reference, k.slug AS campaign_slug,
           v.version AS plan_version, NULLIF(v.valid_from, '-infinity') AS plan_from,
           COALESCE(c.state = 'pending' AND t.open_holds IS NOT NULL, false) AS held,
           d.voucher_number AS invoice_number
"""
_MORE = f"""
      {BESIDE}
      LEFT JOIN transactions t ON t.tenant_id = c.tenant_id AND t.id = c.transaction_id
      LEFT JOIN manual_lines m ON m.tenant_id = c.tenant_id AND m.commission_id = COALESCE(c.split_of, c.id)
      LEFT JOIN plans v ON v.tenant_id = c.tenant_id AND v.id = c.plan_id
      LEFT JOIN campaigns k ON k.tenant_id = c.tenant_id AND k.id = COALESCE(v.campaign_id, c.campaign_id)
      LEFT JOIN external_documents d ON d.tenant_id = t.tenant_id AND d.transaction_id = t.id
                                    AND d.detached_at IS NULL
"""


async def list_commissions(
    tx: TenantTransaction,
    wanted: CommissionFilter = _ALL,
    *,
    order: Order = SERVED,
    after: Place | None = None,
    limit: int = 50,
) -> tuple[list[CommissionRow], Place | None]:
    """A page of them, and where the next one begins."""
    states = [wanted.state] if wanted.state else list(CommissionState)
    where = Conditions(tx.tenant.id, [state.value for state in states], limit + 1)
    parts = await _require(tx, where, wanted)
    if wanted.served_before:
        order.require_before(where, "c", "service_date", wanted.served_before, after)
    order.begin(where, "c", after)
    if order is SERVED:  # an index has this order within a state, and within a state's plan
        page = f"""
            SELECT n.* FROM unnest($2::text[]) AS one (state) {parts}
             CROSS JOIN LATERAL (
                   SELECT c.* FROM commissions c
                    WHERE c.tenant_id = $1 AND c.state = one.state {where}
                    ORDER BY {order.by("c")} LIMIT $3) n
             ORDER BY {order.by("n")} LIMIT $3
        """
    else:
        page = f"""
            SELECT c.* FROM commissions c {parts}
             WHERE c.tenant_id = $1 AND c.state = ANY ($2) {where} ORDER BY {order.by("c")} LIMIT $3
        """
    rows = await tx.fetch(f"{_SHOWN} FROM ({page}) c {_MORE} ORDER BY {order.by('c')}", *where.parameters)
    return order.cut([CommissionRow.from_row(row) for row in rows], limit)


async def _require(tx: TenantTransaction, where: Conditions, wanted: CommissionFilter) -> str:
    """What the filter asks; and what else is to be joined: each plan's part is read for itself."""
    parts = ""
    if wanted.transaction_id:
        where.require("c.transaction_id = {}", wanted.transaction_id)
    if wanted.reference:
        where.require("c.transaction_id = ANY ({})", await sale_list.with_reference(tx, wanted.reference))
    if wanted.customer_id:
        where.require("c.transaction_id = ANY ({})", await _sales_of(tx, wanted.customer_id))
    if wanted.partner_id:
        where.require("c.partner_id = {}", wanted.partner_id)
    if wanted.campaign_id:
        plans = await _plans_of(tx, wanted.campaign_id)
        if wanted.partner_id or wanted.reference or wanted.customer_id:
            where.require("c.plan_id = ANY ({})", plans)
        else:
            parts = f"CROSS JOIN unnest({where.parameter(plans)}::uuid[]) AS of (plan_id)"
            where.require("c.plan_id = of.plan_id")
    if wanted.served_from:
        where.require("c.service_date >= {}", wanted.served_from)
    changed_since(where, "c", wanted.updated_since)
    return parts


async def of_sale(tx: TenantTransaction, sale: TransactionId) -> list[CommissionRow]:
    """Level by level, what was written later after it."""
    rows = await tx.fetch(
        f"""
        {_SHOWN} FROM commissions c {_MORE}
         WHERE c.tenant_id = $1 AND c.transaction_id = $2 ORDER BY c.level, c.seq
        """,
        tx.tenant.id,
        sale,
    )
    return [CommissionRow.from_row(row) for row in rows]


async def earlier_payouts(tx: TenantTransaction, commissions: list[CommissionId]) -> list[EarlierPayout]:
    """The payouts that held these commissions and gave them back, in that order."""
    rows = await tx.fetch(
        """
        SELECT l.commission_id, o.number AS payout_number, l.released_at
          FROM payout_lines l JOIN payouts o ON o.tenant_id = l.tenant_id AND o.id = l.payout_id
         WHERE l.tenant_id = $1 AND l.commission_id = ANY ($2) AND l.released_at IS NOT NULL
         ORDER BY l.released_at
        """,
        tx.tenant.id,
        commissions,
    )
    return [EarlierPayout.from_row(row) for row in rows]


async def _sales_of(tx: TenantTransaction, customer: CustomerId) -> list[TransactionId]:
    rows = await tx.fetch(
        "SELECT id FROM transactions WHERE tenant_id = $1 AND customer_id = $2 ORDER BY sold_at DESC LIMIT $3",
        tx.tenant.id,
        customer,
        _SALES_OF_A_CUSTOMER,
    )
    return [TransactionId(row["id"]) for row in rows]


async def _plans_of(tx: TenantTransaction, campaign: CampaignId) -> list[object]:
    rows = await tx.fetch("SELECT id FROM plans WHERE tenant_id = $1 AND campaign_id = $2", tx.tenant.id, campaign)
    return [row["id"] for row in rows]
