"""What a campaign pays: versions of a plan, each from an instant on. A new one never changes what an older one paid."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field

from ledger.audit import audit, hands
from ledger.database import TenantTransaction
from ledger.programme import product_rates
from ledger.programme.calculation import Rate, refuse_unfit_levels
from ledger.programme.product_rates import ProductRate
from ledger.programme.tiers import TierMode
from ledger.refusals import AlreadyExists, NotFound
from ledger.types import BusinessTime, CampaignId, Cents, Submitted, TransactionId


class Terms(Submitted):
    """What a plan says. Amounts are cents, net."""

    levels: tuple[Rate, ...]
    tier_mode: TierMode | None = Field(
        default=None, description="flat: alles zur erreichten Staffel; graduated: je Teil"
    )
    max_payments: int | None = Field(
        default=None, gt=0, le=10_000, description="So viele Zahlungen eines Kunden oder Abonnements bringen Provision"
    )
    cap_per_month_cents: Cents | None = Field(
        default=None, gt=0, description="Höchstens so viel je Partner und Kalendermonat, alle Stufen zusammen"
    )
    cash_discount_lowers_base: bool = False
    product_rates: tuple[ProductRate, ...] = Field(
        default=(), max_length=500, description="Sätze für Produkte und Kategorien; der speziellste gilt"
    )


class NewPlan(Terms):
    """Without `valid_from` it holds from ever: the first plan of a campaign."""

    valid_from: BusinessTime | None = None


class Plan(Terms):
    """One version of a campaign's plan. `valid_from` None: from the beginning on."""

    model_config = ConfigDict(extra="ignore")  # shown, not handed in: a later version may say more

    id: UUID
    campaign_id: CampaignId
    version: int
    valid_from: datetime | None
    recorded_by: str | None
    created_at: datetime


_PLAN = """
    SELECT p.id, p.campaign_id, p.version, NULLIF(p.valid_from, '-infinity') AS valid_from, p.tier_mode, p.max_payments,
           p.cap_per_month_cents, p.cash_discount_lowers_base, p.recorded_by, p.created_at,
           (SELECT jsonb_agg(jsonb_build_object(
                       'level', l.level, 'percent', l.percent::text, 'fixed_cents', l.fixed_cents,
                       'cap_per_sale_cents', l.cap_per_sale_cents,
                       'tiers', COALESCE((SELECT jsonb_agg(jsonb_build_object(
                                                     'from_cents', t.from_cents, 'percent', t.percent::text,
                                                     'fixed_cents', t.fixed_cents) ORDER BY t.from_cents)
                                            FROM plan_tiers t
                                           WHERE t.tenant_id = l.tenant_id AND t.plan_id = l.plan_id
                                             AND t.level = l.level), '[]')) ORDER BY l.level)
              FROM plan_levels l WHERE l.tenant_id = p.tenant_id AND l.plan_id = p.id) AS levels,
           COALESCE((SELECT jsonb_agg(jsonb_build_object(
                               'level', r.level, 'kind', r.kind, 'name', r.name, 'percent', r.percent::text,
                               'fixed_cents', r.fixed_cents) ORDER BY r.kind DESC, r.name, r.level)
                       FROM plan_product_rates r WHERE r.tenant_id = p.tenant_id AND r.plan_id = p.id), '[]')
               AS product_rates
      FROM plans p
     WHERE p.tenant_id = $1
"""


async def add_plan(tx: TenantTransaction, campaign_id: CampaignId, new: NewPlan, *, by: str) -> Plan:
    """A new version of what the campaign pays; what an older one has paid stays.

    Raises NotAcceptable (levels that exceed the base, unfit tiers), AlreadyExists (a plan from the same instant),
    NotFound.
    """
    refuse_unfit(new)
    await hands.hold_tenant(tx)
    mode = new.tier_mode if any(rate.tiers for rate in new.levels) else None
    # Versions run without gaps: two people at once take turns.
    if not await tx.fetchval(
        "SELECT true FROM campaigns WHERE tenant_id = $1 AND id = $2 FOR UPDATE", tx.tenant.id, campaign_id
    ):
        raise NotFound("campaign_not_found")
    plan_id = await tx.fetchval(
        """
        INSERT INTO plans (tenant_id, campaign_id, valid_from, tier_mode, max_payments, cap_per_month_cents,
                           cash_discount_lowers_base, recorded_by)
        VALUES ($1, $2, COALESCE($3::timestamptz, '-infinity'), $4, $5, $6, $7, $8)
        ON CONFLICT (tenant_id, campaign_id, valid_from) DO NOTHING RETURNING id
        """,
        tx.tenant.id,
        campaign_id,
        new.valid_from,
        mode,
        new.max_payments,
        new.cap_per_month_cents,
        new.cash_discount_lowers_base,
        by,
    )
    if plan_id is None:
        raise AlreadyExists("plan_instant_taken")
    await _insert_levels(tx, plan_id, new.levels)
    await _insert_product_rates(tx, plan_id, new.product_rates)
    made = await plan(tx, plan_id)
    before = await _valid_before(tx, made)
    await audit.record(
        tx,
        actor=by,
        action="plan.added",
        subject="campaign",
        subject_id=str(campaign_id),
        detail={"plan": str(plan_id), "before": _shown(before), "after": _shown(made)},
    )
    return made


def refuse_unfit(terms: Terms) -> None:
    """Nothing, if a sale could be paid by these terms. Raises NotAcceptable for what no sale could be paid by."""
    refuse_unfit_levels(terms.levels, terms.tier_mode)
    product_rates.refuse_unfit(
        terms.product_rates,
        {rate.level: rate.percent for rate in terms.levels},
        tiered=any(rate.tiers for rate in terms.levels),
    )


async def plan(tx: TenantTransaction, plan_id: UUID) -> Plan:
    """A version of a plan. Raises NotFound."""
    row = await tx.fetchrow(_PLAN + " AND p.id = $2", tx.tenant.id, plan_id)
    if row is None:
        raise NotFound("plan_not_found")
    return Plan.from_row(row)


async def plan_at(tx: TenantTransaction, campaign_id: CampaignId, instant: datetime) -> Plan | None:
    """What the campaign pays for a sale of that instant; None before its first plan."""
    row = await tx.fetchrow(
        _PLAN + " AND p.campaign_id = $2 AND p.valid_from <= $3 ORDER BY p.valid_from DESC LIMIT 1",
        tx.tenant.id,
        campaign_id,
        instant,
    )
    return None if row is None else Plan.from_row(row)


async def cash_discount_lowers_base(
    tx: TenantTransaction,
    *,
    sales: Sequence[TransactionId],
    campaign: str | None,
    partner: str | None,
    sold_at: datetime,
) -> bool:
    """As the plan of these sales says; where none of them has one, the plan of that day that would pay for it: of the
    campaign that is named, else of the partner's, else of the tenant's."""
    return bool(
        await tx.fetchval(
            """
            SELECT p.cash_discount_lowers_base FROM plans p
              LEFT JOIN transactions t ON t.tenant_id = p.tenant_id AND t.plan_id = p.id AND t.id = ANY ($2)
              LEFT JOIN campaigns named ON named.tenant_id = p.tenant_id AND named.id = p.campaign_id
                                       AND named.slug = lower($3)
              LEFT JOIN partners b ON b.tenant_id = p.tenant_id AND b.campaign_id = p.campaign_id AND b.code = $4
              LEFT JOIN tenants m ON m.id = p.tenant_id AND m.default_campaign_id = p.campaign_id
             WHERE p.tenant_id = $1 AND COALESCE(t.id, named.id, b.id, m.id) IS NOT NULL
               AND (t.id IS NOT NULL OR p.valid_from <= $5)
             ORDER BY t.id IS NULL, named.id IS NULL, b.id IS NULL, p.valid_from DESC LIMIT 1
            """,
            tx.tenant.id,
            sales,
            campaign,
            partner,
            sold_at,
        )
    )


async def list_plans(tx: TenantTransaction, campaign_id: CampaignId) -> Sequence[Plan]:
    """All versions, the one that holds last first."""
    rows = await tx.fetch(_PLAN + " AND p.campaign_id = $2 ORDER BY p.valid_from DESC", tx.tenant.id, campaign_id)
    return [Plan.from_row(row) for row in rows]


async def _insert_levels(tx: TenantTransaction, plan_id: UUID, levels: Sequence[Rate]) -> None:
    await tx.executemany(
        """
        INSERT INTO plan_levels (tenant_id, plan_id, level, percent, fixed_cents, cap_per_sale_cents)
        VALUES ($1, $2, $3, $4, $5, $6)
        """,
        [
            (tx.tenant.id, plan_id, rate.level, rate.percent, rate.fixed_cents, rate.cap_per_sale_cents)
            for rate in levels
        ],
    )
    await tx.executemany(
        """
        INSERT INTO plan_tiers (tenant_id, plan_id, level, from_cents, percent, fixed_cents)
        VALUES ($1, $2, $3, $4, $5, $6)
        """,
        [
            (tx.tenant.id, plan_id, rate.level, tier.from_cents, tier.percent, tier.fixed_cents)
            for rate in levels
            for tier in rate.tiers
        ],
    )


async def _insert_product_rates(tx: TenantTransaction, plan_id: UUID, rates: Sequence[ProductRate]) -> None:
    await tx.executemany(
        """
        INSERT INTO plan_product_rates (tenant_id, plan_id, level, kind, name, percent, fixed_cents)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        [(tx.tenant.id, plan_id, rate.level, rate.kind, rate.name, rate.percent, rate.fixed_cents) for rate in rates],
    )


async def _valid_before(tx: TenantTransaction, plan: Plan) -> Plan | None:
    """The version that this one takes the place of."""
    row = await tx.fetchrow(
        _PLAN
        + " AND p.campaign_id = $2 AND p.valid_from < COALESCE($3::timestamptz, '-infinity')"
        + " ORDER BY p.valid_from DESC LIMIT 1",
        tx.tenant.id,
        plan.campaign_id,
        plan.valid_from,
    )
    return None if row is None else Plan.from_row(row)


def _shown(plan: Plan | None) -> dict[str, Any] | None:
    return None if plan is None else plan.model_dump(mode="json", exclude={"id", "campaign_id", "created_at"})
