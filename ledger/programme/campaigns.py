"""Campaigns: what partners sell, how long their commissions are held, and which one counts where nobody names one."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from ledger.audit import audit, hands
from ledger.database import TenantTransaction
from ledger.keyset import RECORDED, Conditions, Place, changed_since
from ledger.plain_text import PrintedName
from ledger.programme.plans import NewPlan, Plan, add_plan, list_plans, plan, plan_at
from ledger.refusals import AlreadyExists, NotFound
from ledger.types import CampaignId, Frozen, Submitted

__all__ = ["NewPlan", "Plan", "add_plan", "list_plans", "plan", "plan_at"]
"""What a campaign pays stands in plans.py; who knows campaigns finds it here, too."""


class Campaign(Frozen):
    """What is sold under one name, with plans of its own."""

    id: CampaignId
    seq: int
    slug: str
    name: str
    is_default: bool
    hold_days: int | None
    """Days from the customer's payment until its commissions may be paid out. None: as the tenant says."""
    created_at: datetime


class NewCampaign(Submitted):
    """A campaign as somebody writes it down."""

    slug: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")
    name: PrintedName = Field(min_length=1, max_length=200)
    hold_days: int | None = Field(default=None, ge=0, le=365)


class CampaignChange(Submitted):
    """What is set is changed, None included; what is not set stays."""

    name: PrintedName = Field(default="", min_length=1, max_length=200)
    hold_days: int | None = Field(default=None, ge=0, le=365)


_CAMPAIGN = """
    SELECT c.id, c.seq, c.slug, c.name, c.hold_days, c.created_at,
           c.id IS NOT DISTINCT FROM t.default_campaign_id AS is_default
      FROM campaigns c JOIN tenants t ON t.id = c.tenant_id
     WHERE c.tenant_id = $1
"""


async def create(tx: TenantTransaction, new: NewCampaign, *, by: str) -> Campaign:
    """The tenant's first campaign becomes its default. Raises AlreadyExists for a slug that is taken."""
    campaign_id = await tx.fetchval(
        """
        INSERT INTO campaigns (tenant_id, slug, name, hold_days) VALUES ($1, $2, $3, $4)
        ON CONFLICT (tenant_id, slug) DO NOTHING RETURNING id
        """,
        tx.tenant.id,
        new.slug,
        new.name,
        new.hold_days,
    )
    if campaign_id is None:
        raise AlreadyExists("campaign_slug_taken")
    await tx.execute(
        "UPDATE tenants SET default_campaign_id = $2 WHERE id = $1 AND default_campaign_id IS NULL",
        tx.tenant.id,
        campaign_id,
    )
    await _audited(tx, by, "campaign.created", campaign_id, new.model_dump(mode="json"))
    return await get(tx, campaign_id)


async def change(tx: TenantTransaction, slug: str, wanted: CampaignChange, *, by: str) -> Campaign:
    """The campaign as it is after the change. Raises NotFound."""
    before = await find_by_slug(tx, slug)
    if before is None:
        raise NotFound("campaign_not_found")
    after = before.model_copy(update=wanted.model_dump(exclude_unset=True))
    await tx.execute(
        "UPDATE campaigns SET name = $3, hold_days = $4 WHERE tenant_id = $1 AND id = $2",
        tx.tenant.id,
        before.id,
        after.name,
        after.hold_days,
    )
    changed = {
        field: [getattr(before, field), getattr(after, field)]
        for field in CampaignChange.model_fields
        if getattr(before, field) != getattr(after, field)
    }
    if changed:
        await _audited(tx, by, "campaign.changed", before.id, changed)
    return after


async def lock(tx: TenantTransaction, campaign_id: CampaignId) -> None:
    """Hold the campaign's row until the transaction ends: nobody else changes it."""
    await tx.execute(
        "SELECT 1 FROM campaigns WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE", tx.tenant.id, campaign_id
    )


async def make_default(tx: TenantTransaction, campaign_id: CampaignId, *, by: str) -> None:
    """What pays where neither document, sale nor partner names a campaign. Raises NotFound."""
    campaign = await get(tx, campaign_id)
    # Lists show which one it is: both have changed.
    await tx.execute(
        """
        UPDATE campaigns c SET changed_at = clock_timestamp() FROM tenants t
         WHERE t.id = $1 AND c.tenant_id = $1 AND c.id IN ($2, t.default_campaign_id)
        """,
        tx.tenant.id,
        campaign_id,
    )
    await tx.execute("UPDATE tenants SET default_campaign_id = $2 WHERE id = $1", tx.tenant.id, campaign_id)
    await hands.hold_tenant(tx)
    await _audited(tx, by, "campaign.made_default", campaign_id, {"slug": campaign.slug})


async def get(tx: TenantTransaction, campaign_id: CampaignId) -> Campaign:
    """A campaign. Raises NotFound."""
    row = await tx.fetchrow(_CAMPAIGN + " AND c.id = $2", tx.tenant.id, campaign_id)
    if row is None:
        raise NotFound("campaign_not_found")
    return Campaign.from_row(row)


async def find_by_slug(tx: TenantTransaction, slug: str) -> Campaign | None:
    """The campaign of this slug, in whatever case it is written; None if there is none."""
    row = await tx.fetchrow(_CAMPAIGN + " AND c.slug = lower($2)", tx.tenant.id, slug)
    return None if row is None else Campaign.from_row(row)


async def list_campaigns(
    tx: TenantTransaction, *, updated_since: datetime | None = None, after: Place | None = None, limit: int = 50
) -> tuple[list[Campaign], Place | None]:
    """Newest first; the second value is where the next page begins."""
    where = Conditions(tx.tenant.id, limit + 1)
    changed_since(where, "c", updated_since)
    RECORDED.begin(where, "c", after)
    rows = await tx.fetch(f"{_CAMPAIGN} {where} ORDER BY {RECORDED.by('c')} LIMIT $2", *where.parameters)
    return RECORDED.cut([Campaign.from_row(row) for row in rows], limit)


async def _audited(tx: TenantTransaction, by: str, action: str, campaign_id: UUID, detail: dict[str, Any]) -> None:
    await audit.record(tx, actor=by, action=action, subject="campaign", subject_id=str(campaign_id), detail=detail)
