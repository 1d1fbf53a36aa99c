"""The close of a month: what flat tiers, graduated tiers and caps of the month make of what its sales have given.

The difference becomes one commission of kind `month_close` per partner, campaign and month; what was paid is never
changed. Closing again finds only what has changed since (a late refund, a late payment) and writes a further part.
Business months are Europe/Berlin.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg

from ledger import clock
from ledger.audit import audit
from ledger.commissions import month_sales
from ledger.commissions.plan_month import Month, PlanOfMonth, Settlement, newest_of
from ledger.database import Ledger, TenantTransaction
from ledger.programme import plans
from ledger.refusals import NotAcceptable, NotAllowedNow
from ledger.types import BERLIN, CampaignId, CommissionId, Frozen, PartnerId, Tenant, midnight, month_after

ACTOR = "engine:month-close"
LOOK_BACK_MONTHS = 24
LOOK_AGAIN_AFTER = timedelta(days=1)


class Difference(Frozen):
    """What is due of a partner's month, less what its sales gave and what earlier parts have settled."""

    partner_id: PartnerId
    campaign_id: CampaignId
    month: date
    part: int
    due_cents: int
    given_cents: int
    settled_cents: int
    difference_cents: int


class SettledMonth(Difference):
    """A part of a month that was written now."""

    commission_id: CommissionId


class MonthClosed(Frozen):
    """Nothing written: the month stands as it was closed before, or has nothing to settle."""

    month: date
    written: tuple[SettledMonth, ...]

    @property
    def difference_cents(self) -> int:
        """What this close has added to, or taken from, the partners together. Net cents."""
        return sum(part.difference_cents for part in self.written)


async def close_month(ledger: Ledger, tenant: Tenant, month: date, *, now: datetime | None = None) -> MonthClosed:
    """Settle a month, given by its first day; again at any time. One transaction per campaign.

    Raises NotAcceptable (no first day of a month), NotAllowedNow (the month is not over in Berlin).
    """
    if month.day != 1:
        raise NotAcceptable("not_a_month")
    if (now or clock.now()) < midnight(month_after(month)):
        raise NotAllowedNow("month_not_over")
    async with ledger.transaction(tenant, cause=ACTOR) as tx:
        campaigns = await _campaigns_to_close(tx, month)
    written: list[SettledMonth] = []
    for campaign_id in campaigns:
        async with ledger.transaction(tenant, cause=ACTOR) as tx:
            written += await _close_campaign(tx, campaign_id, month)
    async with ledger.transaction(tenant, cause=ACTOR) as tx:
        await tx.execute(
            """
            INSERT INTO month_closes (tenant_id, month) VALUES ($1, $2)
            ON CONFLICT (tenant_id, month) DO UPDATE SET last_closed_at = now()
            """,
            tenant.id,
            month,
        )
        if written:
            closed = MonthClosed(month=month, written=tuple(written))
            await audit.record(
                tx,
                actor=ACTOR,
                action="month.closed",
                subject="month",
                subject_id=f"{month:%Y-%m}",
                detail={"lines": len(written), "difference_cents": closed.difference_cents},
            )
    return MonthClosed(month=month, written=tuple(written))


def _sales_to_close(month: str, over: str) -> str:
    """Commissions `c` of the month's sales in campaigns of which a version `p` closes monthly: the one of the sale, or
    one that is valid in the month, whose cap holds for everybody."""
    begins, ends = (f"({day}::timestamp AT TIME ZONE 'Europe/Berlin')" for day in (month, over))
    return f"""
        FROM plans p
        JOIN plans s ON s.tenant_id = p.tenant_id AND s.campaign_id = p.campaign_id
        JOIN commissions c ON c.tenant_id = s.tenant_id AND c.plan_id = s.id
       WHERE p.tenant_id = $1 AND p.closes_monthly AND c.service_date >= {month} AND c.service_date < {over}
         AND (s.id = p.id
              OR p.valid_from < {ends}
                 AND NOT EXISTS (SELECT 1 FROM plans n
                                  WHERE n.tenant_id = p.tenant_id AND n.campaign_id = p.campaign_id
                                    AND n.valid_from > p.valid_from AND n.valid_from <= {begins}))
    """


async def months_to_close(tx: TenantTransaction, *, now: datetime | None = None) -> list[date]:
    """Months that are over and have sales under a plan that closes monthly, of the last two years, oldest first.

    The ones closed before are among them: what changed since is found by closing them again, which costs one query.
    """
    this = (now or clock.now()).astimezone(BERLIN).date().replace(day=1)
    since = date(this.year - LOOK_BACK_MONTHS // 12, this.month, 1)
    rows = await tx.fetch(
        f"""
        SELECT m::date AS month FROM generate_series($2::date, $3::date - 1, interval '1 month') m
         WHERE EXISTS (SELECT 1 {_sales_to_close("m::date", "(m + interval '1 month')::date")})
         ORDER BY 1
        """,
        tx.tenant.id,
        since,
        this,
    )
    return [row["month"] for row in rows]


async def find_waiting_month(tx: TenantTransaction, *, now: datetime | None = None) -> date | None:
    """The next one for a sweep: the oldest that was never closed, else the one that was looked at longest ago, over a
    day. One at a time, because a pass has little time."""
    months = await months_to_close(tx, now=now)
    if not months:
        return None
    rows = await tx.fetch(
        "SELECT month, last_closed_at FROM month_closes WHERE tenant_id = $1 AND month = ANY ($2)", tx.tenant.id, months
    )
    closed = {row["month"]: row["last_closed_at"] for row in rows}
    never = [month for month in months if month not in closed]
    waits = never[0] if never else min(closed, key=lambda month: closed[month])
    return waits if never or closed[waits] < (now or datetime.now(UTC)) - LOOK_AGAIN_AFTER else None


async def _campaigns_to_close(tx: TenantTransaction, month: date) -> list[CampaignId]:
    rows = await tx.fetch(
        f"""
        SELECT k.id FROM campaigns k
         WHERE k.tenant_id = $1
           AND (EXISTS (SELECT 1 {_sales_to_close("$2::date", "$3::date")} AND p.campaign_id = k.id)
                OR EXISTS (SELECT 1 FROM month_settlements s
                            WHERE s.tenant_id = k.tenant_id AND s.campaign_id = k.id AND s.month = $2))
         ORDER BY 1
        """,
        tx.tenant.id,
        month,
        month_after(month),
    )
    return [CampaignId(row["id"]) for row in rows]


async def _close_campaign(tx: TenantTransaction, campaign_id: CampaignId, month: date) -> list[SettledMonth]:
    # Two closes of one month at once: the second sees what the first has written. The key of month_settlements
    # would refuse it anyway.
    await tx.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('month-close:' || $1::text || $2::text, 0))",
        str(campaign_id),
        month.isoformat(),
    )
    known = {
        plan.id: PlanOfMonth(id=plan.id, version=plan.version, valid_from=plan.valid_from, terms=plan)
        for plan in await plans.list_plans(tx, campaign_id)
    }
    before = {
        PartnerId(row["partner_id"]): row
        for row in await tx.fetch(
            """
            SELECT partner_id, max(part) AS part, sum(difference_cents)::bigint AS cents FROM month_settlements
             WHERE tenant_id = $1 AND campaign_id = $2 AND month = $3 GROUP BY partner_id
            """,
            tx.tenant.id,
            campaign_id,
            month,
        )
    }
    settled = await _settlements(tx, campaign_id, month, known)
    # A hold releases nothing: what a cap took of a sale stays taken while that sale is held.
    at_most = settled
    if await month_sales.is_held(tx, campaign_id, month):
        at_most = await _settlements(tx, campaign_id, month, known, with_held=True)
    written = []
    for partner_id in sorted(settled.keys() | before.keys()):
        part = await _write_difference(
            tx,
            _Part(campaign_id, month, partner_id, _gain(at_most.get(partner_id))),
            settled.get(partner_id),
            before.get(partner_id),
            known,
        )
        if part is not None:
            written.append(part)
    return written


async def _settlements(
    tx: TenantTransaction,
    campaign_id: CampaignId,
    month: date,
    known: dict[UUID, PlanOfMonth],
    *,
    with_held: bool = False,
) -> dict[PartnerId, Settlement]:
    sums = Month(newest_of(known.values(), midnight(month_after(month))))
    async for sale in month_sales.of_campaign(tx, campaign_id, month, known, with_held=with_held):
        sums.add(sale)
    return {one.partner_id: one for one in sums.settlements()}


class _Part(NamedTuple):
    """Whose month is settled. `most_cents`: what it may give beyond its sales, were none of them held."""

    campaign_id: CampaignId
    month: date
    partner_id: PartnerId
    most_cents: int


def _gain(of_month: Settlement | None) -> int:
    """What the month is worth beyond its sales; below zero where a cap takes."""
    return of_month.due_cents - of_month.given_cents if of_month else 0


async def _write_difference(
    tx: TenantTransaction,
    of: _Part,
    now: Settlement | None,
    before: asyncpg.Record | None,
    known: dict[UUID, PlanOfMonth],
) -> SettledMonth | None:
    """None where the month stands as it was settled. `now` is None when no sale of the partner is left."""
    given = now.given_cents if now else 0
    part, settled = (before["part"] + 1, before["cents"]) if before else (1, 0)
    difference = _gain(now) - settled
    if difference > 0:
        difference = max(0, min(difference, of.most_cents - settled))
    if difference == 0:
        return None
    found = Difference(
        partner_id=of.partner_id,
        campaign_id=of.campaign_id,
        month=of.month,
        part=part,
        due_cents=given + settled + difference,
        given_cents=given,
        settled_cents=settled,
        difference_cents=difference,
    )
    detail = now.detail() if now else {}
    await _insert_settlement(tx, found, detail)
    plan = newest_of(known.values(), midnight(month_after(of.month)))
    calculation = {"month": f"{of.month:%Y-%m}", "part": part, "settled_cents": settled, **detail}
    commission_id = await _insert_commission(tx, found, now, plan.id, calculation)
    return SettledMonth(**dict(found), commission_id=commission_id)


async def _insert_settlement(tx: TenantTransaction, found: Difference, detail: dict[str, Any]) -> None:
    await tx.execute(
        """
        INSERT INTO month_settlements (tenant_id, partner_id, campaign_id, month, part, due_cents, given_cents,
                                       settled_cents, difference_cents, detail)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """,
        tx.tenant.id,
        found.partner_id,
        found.campaign_id,
        found.month,
        found.part,
        found.due_cents,
        found.given_cents,
        found.settled_cents,
        found.difference_cents,
        detail,
    )


async def _insert_commission(
    tx: TenantTransaction, found: Difference, now: Settlement | None, plan_id: UUID, calculation: dict[str, Any]
) -> CommissionId:
    over = month_after(found.month)
    commission_id = await tx.fetchval(
        """
        INSERT INTO commissions (tenant_id, kind, partner_id, level, plan_id, base_cents, net_cents, state, provisional,
                                 service_date, campaign_id, month, month_part, free_from, calculation)
        VALUES ($1, 'month_close', $2, $3, $4, $5, $6, 'approved', false, $7, $8, $9, $10, $11, $12) RETURNING id
        """,
        tx.tenant.id,
        found.partner_id,
        now.levels[0].level if now else 1,
        plan_id,
        now.levels[0].revenue_cents if now else 0,
        found.difference_cents,
        # The whole month is what this is for, and it is over on its last day. [K]
        over - timedelta(days=1),
        found.campaign_id,
        found.month,
        found.part,
        # Its hold is that of the last of its sales (due.py); the month's own end bounds it to the run that closes it.
        now.free_from if now and now.free_from else midnight(over),
        calculation,
    )
    return CommissionId(commission_id)
