"""Campaigns and their plans: what a sale pays per level, by the instant of the sale."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from ledger import audit
from ledger.commission import Rate, refuse_unfit_levels
from ledger.database import Connection
from ledger.refusals import AlreadyExists, NotFound
from ledger.types import CampaignId, Frozen, Tenant


class Campaign(Frozen):
    id: CampaignId
    seq: int
    slug: str
    name: str
    is_default: bool
    created_at: datetime


class NewCampaign(Frozen):
    slug: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")
    name: str = Field(min_length=1, max_length=200)


class NewPlan(Frozen):
    """Rates from an instant on. Without `valid_from` they hold from ever: the first plan of a campaign."""

    levels: tuple[Rate, ...]
    valid_from: datetime | None = None
    cash_discount_lowers_base: bool = False


class Plan(Frozen):
    id: UUID
    campaign_id: CampaignId
    valid_from: datetime | None
    cash_discount_lowers_base: bool
    levels: tuple[Rate, ...]


_CAMPAIGN = """
    SELECT c.id, c.seq, c.slug, c.name, c.created_at, c.id IS NOT DISTINCT FROM t.default_campaign_id AS is_default
      FROM campaigns c JOIN tenants t ON t.id = c.tenant_id
     WHERE c.tenant_id = $1
"""

_PLAN = """
    SELECT p.id, p.campaign_id, NULLIF(p.valid_from, '-infinity') AS valid_from, p.cash_discount_lowers_base,
           (SELECT jsonb_agg(jsonb_build_object('level', l.level, 'percent', l.percent::text,
                                                'fixed_cents', l.fixed_cents) ORDER BY l.level)
              FROM plan_levels l WHERE l.tenant_id = p.tenant_id AND l.plan_id = p.id) AS levels
      FROM plans p
     WHERE p.tenant_id = $1
"""


async def create(db: Connection, tenant: Tenant, new: NewCampaign, *, by: str) -> Campaign:
    """The tenant's first campaign becomes its default. Raises AlreadyExists for a slug that is taken."""
    campaign_id = await db.fetchval(
        """
        INSERT INTO campaigns (tenant_id, slug, name) VALUES ($1, $2, $3)
        ON CONFLICT (tenant_id, slug) DO NOTHING RETURNING id
        """,
        tenant.id,
        new.slug,
        new.name,
    )
    if campaign_id is None:
        raise AlreadyExists("Eine Kampagne mit diesem Kürzel gibt es schon.", code="campaign_slug_taken")
    await db.execute(
        "UPDATE tenants SET default_campaign_id = $2 WHERE id = $1 AND default_campaign_id IS NULL",
        tenant.id,
        campaign_id,
    )
    await _audited(db, tenant, by, "campaign.created", campaign_id, new.model_dump(mode="json"))
    return await find(db, tenant, campaign_id)


async def add_plan(db: Connection, tenant: Tenant, campaign_id: CampaignId, new: NewPlan, *, by: str) -> Plan:
    """A new version of what the campaign pays; what an older one has paid stays.

    Raises NotAcceptable (levels that exceed the base), AlreadyExists (a plan from the same instant), NotFound.
    """
    refuse_unfit_levels(new.levels)
    await find(db, tenant, campaign_id)
    plan_id = await db.fetchval(
        """
        INSERT INTO plans (tenant_id, campaign_id, valid_from, cash_discount_lowers_base, recorded_by)
        VALUES ($1, $2, COALESCE($3::timestamptz, '-infinity'), $4, $5)
        ON CONFLICT (tenant_id, campaign_id, valid_from) DO NOTHING RETURNING id
        """,
        tenant.id,
        campaign_id,
        new.valid_from,
        new.cash_discount_lowers_base,
        by,
    )
    if plan_id is None:
        raise AlreadyExists("Ab diesem Zeitpunkt gibt es schon einen Plan.", code="plan_instant_taken")
    await db.executemany(
        "INSERT INTO plan_levels (tenant_id, plan_id, level, percent, fixed_cents) VALUES ($1, $2, $3, $4, $5)",
        [(tenant.id, plan_id, rate.level, rate.percent, rate.fixed_cents) for rate in new.levels],
    )
    await _audited(db, tenant, by, "plan.added", campaign_id, new.model_dump(mode="json"))
    return await plan(db, tenant, plan_id)


async def make_default(db: Connection, tenant: Tenant, campaign_id: CampaignId, *, by: str) -> None:
    """What pays where neither document, sale nor partner names a campaign. Raises NotFound."""
    campaign = await find(db, tenant, campaign_id)
    await db.execute("UPDATE tenants SET default_campaign_id = $2 WHERE id = $1", tenant.id, campaign_id)
    await _audited(db, tenant, by, "campaign.made_default", campaign_id, {"slug": campaign.slug})


async def find(db: Connection, tenant: Tenant, campaign_id: CampaignId) -> Campaign:
    """Raises NotFound."""
    row = await db.fetchrow(_CAMPAIGN + " AND c.id = $2", tenant.id, campaign_id)
    if row is None:
        raise NotFound("Kampagne")
    return Campaign.model_validate(dict(row))


async def find_by_slug(db: Connection, tenant: Tenant, slug: str) -> Campaign | None:
    row = await db.fetchrow(_CAMPAIGN + " AND c.slug = lower($2)", tenant.id, slug)
    return None if row is None else Campaign.model_validate(dict(row))


async def list_campaigns(
    db: Connection, tenant: Tenant, *, after: int | None = None, limit: int = 50
) -> tuple[list[Campaign], int | None]:
    """Newest first; the second value is `after` of the next page."""
    rows = await db.fetch(
        _CAMPAIGN + " AND ($2::bigint IS NULL OR c.seq < $2) ORDER BY c.seq DESC LIMIT $3", tenant.id, after, limit + 1
    )
    found = [Campaign.model_validate(dict(row)) for row in rows[:limit]]
    return found, found[-1].seq if len(rows) > limit else None


async def plan(db: Connection, tenant: Tenant, plan_id: UUID) -> Plan:
    """Raises NotFound."""
    row = await db.fetchrow(_PLAN + " AND p.id = $2", tenant.id, plan_id)
    if row is None:
        raise NotFound("Plan")
    return Plan.model_validate(dict(row))


async def plan_at(db: Connection, tenant: Tenant, campaign_id: CampaignId, instant: datetime) -> Plan | None:
    """What the campaign pays for a sale of that instant; None before its first plan."""
    row = await db.fetchrow(
        _PLAN + " AND p.campaign_id = $2 AND p.valid_from <= $3 ORDER BY p.valid_from DESC LIMIT 1",
        tenant.id,
        campaign_id,
        instant,
    )
    return None if row is None else Plan.model_validate(dict(row))


async def list_plans(db: Connection, tenant: Tenant, campaign_id: CampaignId) -> Sequence[Plan]:
    """All versions, the newest first."""
    rows = await db.fetch(_PLAN + " AND p.campaign_id = $2 ORDER BY p.valid_from DESC", tenant.id, campaign_id)
    return [Plan.model_validate(dict(row)) for row in rows]


async def _audited(
    db: Connection, tenant: Tenant, by: str, action: str, campaign_id: UUID, detail: dict[str, Any]
) -> None:
    await audit.record(
        db, tenant, actor=by, action=action, subject="campaign", subject_id=str(campaign_id), detail=detail
    )
