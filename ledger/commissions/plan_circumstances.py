"""What a plan asks of the world before it pays a sale: the month's revenue so far, and which payment this is."""

from collections.abc import Sequence

from ledger.database import TenantTransaction
from ledger.programme.calculation import Circumstances, Earner
from ledger.programme.plans import Plan
from ledger.programme.product_rates import SoldLines, special_parts
from ledger.programme.tiers import TierMode
from ledger.sales import sale_lines
from ledger.sales.transactions import Transaction
from ledger.types import CampaignId


async def circumstances_of(
    tx: TenantTransaction, sale: Transaction, *, campaign_id: CampaignId, plan: Plan, chain: Sequence[Earner]
) -> Circumstances:
    """The sale's number is kept on its row; what the partners had sold is taken as the ledger knows it now."""
    sold = await sale_lines.of_sale(tx, sale.id) if plan.product_rates else SoldLines()
    special = special_circumstances(plan, sold)
    return Circumstances(
        plan_version=plan.version,
        tier_mode=plan.tier_mode,
        revenue_before=await _revenue_before(tx, sale, campaign_id, plan, chain),
        payment_number=await _number_payment(tx, sale, campaign_id, plan),
        max_payments=plan.max_payments,
        specials=special.specials,
        sold_units=special.sold_units,
    )


def special_circumstances(plan: Plan, sold: SoldLines) -> Circumstances:
    """By level, what of the sale this plan pays by the rate of a product or category; nothing else is decided by it."""
    special = {rate.level: special_parts(rate.level, plan.product_rates, sold) for rate in plan.levels}
    return Circumstances(
        specials={level: parts for level, parts in special.items() if parts}, sold_units=sold.whole_units
    )


async def _revenue_before(
    tx: TenantTransaction, sale: Transaction, campaign_id: CampaignId, plan: Plan, chain: Sequence[Earner]
) -> dict[int, int]:
    """By level, in cents, of the sales on which the partner earns. Two sales at once may not see each other: what that
    moves, the month's close settles."""
    if plan.tier_mode is not TierMode.GRADUATED:
        return {}
    tiered = [rate.level for rate in plan.levels if rate.tiers and rate.level <= len(chain)]
    rows = await tx.fetch(
        """
        SELECT w.level, COALESCE(sum(t.base_cents), 0)::bigint AS cents
          FROM unnest($3::int[], $4::uuid[]) AS w (level, partner_id)
          LEFT JOIN commissions c ON c.tenant_id = $1 AND c.partner_id = w.partner_id AND c.level = w.level
                                 AND c.kind = 'sale' AND c.transaction_id <> $2
                                 AND COALESCE((c.calculation->>'payment_number')::int
                                              <= (c.calculation->>'max_payments')::int, true)
                                 AND c.service_date >= date_trunc('month', $6::timestamptz AT TIME ZONE 'Europe/Berlin')
                                 AND c.service_date < date_trunc('month', $6::timestamptz AT TIME ZONE 'Europe/Berlin')
                                                      + interval '1 month'
          LEFT JOIN transactions t ON t.tenant_id = c.tenant_id AND t.id = c.transaction_id AND t.campaign_id = $5
                                 AND t.state <> 'refunded'
         GROUP BY w.level
        """,
        tx.tenant.id,
        sale.id,
        tiered,
        [chain[level - 1].partner_id for level in tiered],
        campaign_id,
        sale.sold_at,
    )
    return {row["level"]: row["cents"] for row in rows}


async def _number_payment(tx: TenantTransaction, sale: Transaction, campaign_id: CampaignId, plan: Plan) -> int | None:
    """1 for the first payment of this subscription, or of this customer where none is named; None where nobody is.

    Counted as they are recorded, so that never more than the plan's number earn, in whatever order they arrive. A
    payment keeps its number: one that is refunded later makes no room.
    """
    payer = sale.subscription or (sale.customer_id and str(sale.customer_id))
    if payer is None:
        return None
    if plan.max_payments is not None:
        # Two payments at once must not both be the twelfth.
        await tx.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('payments:' || $1::text || $2::text || $3::text, 0))",
            str(tx.tenant.id),
            str(campaign_id),
            payer,
        )
    number: int | None = await tx.fetchval(
        """
        UPDATE transactions t
           SET payment_number = COALESCE(CASE WHEN NOT $6 THEN t.payment_number END, 1 + (
                   SELECT count(*) FROM transactions o
                    WHERE o.tenant_id = $1 AND o.id <> $2 AND o.campaign_id = $3 AND o.partner_id IS NOT NULL
                      AND CASE WHEN $4::text IS NOT NULL THEN o.subscription = $4
                               ELSE o.customer_id = $5 AND o.subscription IS NULL END))
         WHERE t.tenant_id = $1 AND t.id = $2 RETURNING payment_number
        """,
        tx.tenant.id,
        sale.id,
        campaign_id,
        sale.subscription,
        sale.customer_id,
        sale.campaign_id != campaign_id,
    )
    return number
