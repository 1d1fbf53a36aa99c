"""Campaigns: what partners sell, and how long commissions are held. What they pay: api/v1/plans.py."""

from typing import Annotated, Any

from fastapi import Body, Path, Query
from fastapi.responses import JSONResponse

from api.http.parts import Doors
from api.http.rows import after, shown
from api.v1.answers import ListQuery, Page, page
from api.v1.callers import Reader, Writer
from api.v1.doors import door_router
from api.v1.once import OnlyOnce
from api.v1.preconditions import CHANGED, UnlessChanged
from ledger.database import TenantTransaction
from ledger.payouts import rechecks
from ledger.programme import campaigns
from ledger.programme.campaigns import Campaign, CampaignChange, NewCampaign, Plan
from ledger.refusals import NotFound

router = door_router("/api/v1/campaigns", "Kampagnen")

Slug = Annotated[str, Path(max_length=64, description="Kürzel der Kampagne", examples=["sommer"])]


class CampaignWithPlans(Campaign):
    """Plans of all times, the newest first."""

    plans: list[Plan]


@router.get("", summary="Kampagnen auflisten", operation_id="list_campaigns", response_model=Page[Campaign])
async def list_campaigns(doors: Doors, caller: Reader, asked: Annotated[ListQuery, Query()]) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        found = await campaigns.list_campaigns(
            tx, updated_since=asked.updated_since, after=after(asked.cursor), limit=asked.limit
        )
    return JSONResponse(page(found))


@router.post(
    "",
    summary="Eine Kampagne anlegen",
    description="Die erste ist die des Mandanten, wo weder Beleg noch Verkauf noch Partner eine nennen.",
    operation_id="create_campaign",
    status_code=201,
    response_model=Campaign,
)
async def create_campaign(
    caller: Writer, once: OnlyOnce, new: Annotated[NewCampaign, Body(examples=[{"slug": "sommer", "name": "Sommer"}])]
) -> JSONResponse:
    async with once.acting() as (tx, after):
        return after.answer(shown(await campaigns.create(tx, new, by=caller.actor)), status=201)


@router.get("/{slug}", summary="Eine Kampagne ansehen", operation_id="get_campaign", response_model=CampaignWithPlans)
async def get_campaign(slug: Slug, doors: Doors, caller: Reader) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        return JSONResponse(await _shown(tx, slug))


@router.patch(
    "/{slug}",
    summary="Eine Kampagne ändern",
    description="`hold_days`: Stornofrist in Tagen ab der Zahlung des Kunden; `null` nimmt die des Mandanten.",
    operation_id="change_campaign",
    responses=CHANGED,
    response_model=Campaign,
)
async def change_campaign(
    slug: Slug,
    doors: Doors,
    caller: Writer,
    unless_changed: UnlessChanged,
    wanted: Annotated[CampaignChange, Body(examples=[{"hold_days": 30}])],
) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant, cause=caller.actor) as tx:
        campaign = await of_slug(tx, slug)
        await unless_changed.require(lambda: campaigns.lock(tx, campaign.id), lambda: _shown(tx, slug))
        return JSONResponse(shown(await campaigns.change(tx, slug, wanted, by=caller.actor)))


@router.post(
    "/{slug}/default",
    summary="Eine Kampagne zur Vorgabe machen",
    operation_id="make_default_campaign",
    response_model=Campaign,
)
async def make_default(slug: Slug, caller: Writer, once: OnlyOnce) -> JSONResponse:
    async with once.acting() as (tx, after):
        campaign = await of_slug(tx, slug)
        await campaigns.make_default(tx, campaign.id, by=caller.actor)
        await rechecks.want_for_hands(tx)
        return after.answer(shown(await campaigns.get(tx, campaign.id)))


async def of_slug(tx: TenantTransaction, slug: str) -> Campaign:
    campaign = await campaigns.find_by_slug(tx, slug)
    if campaign is None:
        raise NotFound("campaign_not_found")
    return campaign


async def _shown(tx: TenantTransaction, slug: str) -> dict[str, Any]:
    campaign = await of_slug(tx, slug)
    plans = await campaigns.list_plans(tx, campaign.id)
    return shown(campaign, plans=[shown(plan) for plan in plans])
