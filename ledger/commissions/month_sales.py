"""The sales of a month of one campaign, as its close counts them. Business months are Europe/Berlin."""

from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID

import asyncpg

from ledger.commissions.plan_month import LevelOfSale, PlanOfMonth, SaleOfMonth
from ledger.database import TenantTransaction
from ledger.types import CampaignId, PartnerId, midnight, month_after

_ROWS_AT_ONCE = 2_000


async def is_held(tx: TenantTransaction, campaign_id: CampaignId, month: date) -> bool:
    """Whether something holds one of its paid sales."""
    return bool(
        await tx.fetchval(
            """
            SELECT EXISTS (SELECT 1 FROM transactions
                            WHERE tenant_id = $1 AND campaign_id = $2 AND sold_at >= $3 AND sold_at < $4
                              AND open_holds IS NOT NULL AND state = 'approved')
            """,
            tx.tenant.id,
            campaign_id,
            midnight(month),
            midnight(month_after(month)),
        )
    )


async def of_campaign(
    tx: TenantTransaction,
    campaign_id: CampaignId,
    month: date,
    known: dict[UUID, PlanOfMonth],
    *,
    with_held: bool,
) -> AsyncIterator[SaleOfMonth]:
    """Approved sales of the month with all their levels. What is not paid comes when it is; so does what is held or
    blocked, unless it is asked for.

    The base is the sale's: a commission that was settled keeps the one of then.
    """
    rows = tx.cursor(
        """
        SELECT s.*,
               sum(s.kept_cents) FILTER (WHERE s.counts) OVER (PARTITION BY s.partner_id, s.level)::bigint AS revenue
          FROM (SELECT c.transaction_id, c.level, c.partner_id, c.plan_id, t.base_cents, c.earned_cents,
                       COALESCE(t.paid_at, t.sold_at) AS paid_at,
                       r.refunded_cents, r.whole_cents,
                       COALESCE((c.calculation->>'payment_number')::int <= (c.calculation->>'max_payments')::int, true)
                           AS counts,
                       CASE WHEN r.refunded_cents >= r.whole_cents THEN 0
                            ELSE t.base_cents - round(t.base_cents::numeric * r.refunded_cents / r.whole_cents)::bigint
                       END AS kept_cents
                  FROM transactions t
                  JOIN commissions c ON c.tenant_id = t.tenant_id AND c.transaction_id = t.id AND c.kind = 'sale'
                 CROSS JOIN LATERAL (SELECT greatest(0, t.refunded_cents - t.credited_cents) AS refunded_cents,
                                            greatest(1, t.gross_cents - t.credited_cents - t.written_off_cents)
                                                AS whole_cents) r
                 WHERE t.tenant_id = $1 AND t.campaign_id = $2 AND t.sold_at >= $3 AND t.sold_at < $4
                   AND t.state = 'approved' AND NOT t.provisional AND (t.open_holds IS NULL OR $5)
                   AND (c.earned_cents <> 0 OR c.calculation IS NOT NULL)) s
         ORDER BY s.transaction_id, s.level
        """,
        tx.tenant.id,
        campaign_id,
        midnight(month),
        midnight(month_after(month)),
        with_held,
        prefetch=_ROWS_AT_ONCE,
    )
    levels: list[asyncpg.Record] = []
    async for row in rows:
        if levels and levels[0]["transaction_id"] != row["transaction_id"]:
            yield _sale(levels, known)
            levels = []
        levels.append(row)
    if levels:
        yield _sale(levels, known)


def _sale(rows: list[asyncpg.Record], known: dict[UUID, PlanOfMonth]) -> SaleOfMonth:
    first = rows[0]
    return SaleOfMonth(
        base_cents=first["base_cents"],
        refunded_cents=first["refunded_cents"],
        whole_cents=first["whole_cents"],
        paid_at=first["paid_at"],
        levels=[
            LevelOfSale(
                level=row["level"],
                partner_id=PartnerId(row["partner_id"]),
                plan=known[row["plan_id"]],
                earned_cents=row["earned_cents"],
                revenue_cents=row["revenue"] or 0,
                counts=row["counts"],
            )
            for row in rows
            if row["plan_id"] in known
        ],
    )
