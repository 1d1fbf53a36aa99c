"""Admin → Kampagnen: what they pay from which day on, a form for a new version, and plans from a file."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import RedirectResponse, Response

from api.http.language import said
from api.pages.frame.actor_names import names
from api.pages.frame.languages import N_
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may
from api.pages.programme import plan_forms
from ledger.access import tenants
from ledger.database import TenantTransaction
from ledger.payouts import rechecks
from ledger.programme import campaigns, plan_files, plans
from ledger.programme.campaigns import Campaign, CampaignChange, NewCampaign
from ledger.programme.plan_examples import EXAMPLE_CENTS, example_of
from ledger.programme.plan_files import COLUMNS, PlanFileRefused
from ledger.refusals import NotAcceptable, NotFound, Refused
from ledger.roles import Permission

PAGE = "/admin/kampagnen"
router = APIRouter(prefix=PAGE, route_class=PageRoute, include_in_schema=False)
Reader = Annotated[Visit, may(Permission.READ, page=PAGE)]
Writer = Annotated[Visit, may(Permission.WRITE, page=PAGE)]
Slug = Annotated[str, Path(max_length=64)]
Version = Annotated[int, Path(ge=1, le=2**31 - 1)]

HINTS = {
    "gespeichert": N_("Gespeichert."),
    "plan": N_("Die neue Fassung ist gespeichert. Was frühere gezahlt haben, bleibt."),
    "datei": N_("Die Pläne der Datei sind gespeichert."),
}


@router.get("")
async def campaigns_page(visit: Reader) -> Response:
    return await _list(visit)


@router.post("")
async def create(visit: Writer) -> Response:
    try:
        try:
            new = NewCampaign(slug=visit.field("slug"), name=visit.field("name"))
        except ValueError:
            raise NotAcceptable("campaign_not_acceptable") from None
        async with visit.doors.ledger.transaction(visit.tenant) as tx:
            await campaigns.create(tx, new, by=visit.person.actor)
    except Refused as refused:
        return await _list(visit, wrong=said(refused))
    return RedirectResponse(f"{PAGE}/{new.slug}", status_code=303)


@router.get("/-/datei")
async def file_page(visit: Reader) -> Response:
    return visit.page("plan_file.html", columns=COLUMNS, csv="", seen=None, may_write=_may_write(visit))


@router.post("/-/datei")
async def take_file_in(visit: Writer) -> Response:
    """Shown first; taken in with a second click, when nothing is wrong."""
    csv = visit.form.get("csv", "")
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        seen = await plan_files.preview(tx, csv)
    if visit.field("do") == "save" and not seen.errors:
        try:
            async with visit.doors.ledger.transaction(visit.tenant) as tx:
                await plan_files.take_in(tx, csv, by=visit.person.actor)
                await rechecks.want_for_hands(tx)
            return RedirectResponse(f"{PAGE}?hinweis=datei", status_code=303)
        except PlanFileRefused as refused:
            seen = seen.model_copy(update={"errors": refused.errors})
    return visit.page(
        "plan_file.html",
        status=422 if seen.errors else 200,
        columns=COLUMNS,
        csv=csv,
        seen=seen,
        may_write=True,
    )


@router.get("/{slug}")
async def campaign_page(slug: Slug, visit: Reader) -> Response:
    return await _one(visit, slug)


@router.post("/{slug}")
async def change(slug: Slug, visit: Writer) -> Response:
    try:
        days = visit.field("hold_days")
        if days and not (days.isascii() and days.isdigit() and len(days) < 4 and int(days) <= 365):
            raise NotAcceptable("hold_not_acceptable")
        if not 0 < len(visit.field("name")) <= 200:
            raise NotAcceptable("campaign_not_acceptable")
        wanted = CampaignChange(name=visit.field("name"), hold_days=int(days) if days else None)
        async with visit.doors.ledger.transaction(visit.tenant) as tx:
            await campaigns.change(tx, slug, wanted, by=visit.person.actor)
    except NotAcceptable as refused:
        return await _one(visit, slug, wrong=said(refused))
    return RedirectResponse(f"{PAGE}/{slug}?hinweis=gespeichert", status_code=303)


@router.post("/{slug}/vorgabe")
async def make_default(slug: Slug, visit: Writer) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        campaign = await _of_slug(tx, slug)
        await campaigns.make_default(tx, campaign.id, by=visit.person.actor)
        await rechecks.want_for_hands(tx)
    return RedirectResponse(f"{PAGE}/{slug}?hinweis=gespeichert", status_code=303)


@router.post("/{slug}/plan")
async def new_version(slug: Slug, visit: Writer) -> Response:
    """Calculated first („Vorschau“), saved with the other button."""
    try:
        new = plan_forms.read(visit.form)
        plans.refuse_unfit(new)
        if visit.field("do") != "save":
            return await _one(visit, slug, tried=new)
        async with visit.doors.ledger.transaction(visit.tenant) as tx:
            campaign = await _of_slug(tx, slug)
            await plans.add_plan(tx, campaign.id, new, by=visit.person.actor)
            await rechecks.want_for_hands(tx)
    except NotFound:
        raise
    except Refused as refused:
        return await _one(visit, slug, wrong_plan=said(refused))
    return RedirectResponse(f"{PAGE}/{slug}?hinweis=plan", status_code=303)


@router.get("/{slug}/plan/{version}")
async def version_as_file(slug: Slug, version: Version, visit: Reader) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        campaign = await _of_slug(tx, slug)
        found = await plans.list_plans(tx, campaign.id)
    plan = next((plan for plan in found if plan.version == version), None)
    if plan is None:
        raise NotFound("plan_not_found")
    return Response(
        plan_files.written(campaign.slug, plan),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="plan-{campaign.slug}-{version}.csv"'},
    )


async def _list(visit: Visit, *, wrong: str | None = None) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        found, _following = await campaigns.list_campaigns(tx, limit=200)
        now = {one.id: await plans.plan_at(tx, one.id, datetime.now(UTC)) for one in found}
    return visit.page(
        "campaigns.html",
        status=422 if wrong else 200,
        message=HINTS.get(visit.request.query_params.get("hinweis", "")),
        campaigns=found,
        examples={one_id: example_of(plan) for one_id, plan in now.items() if plan},
        plans=now,
        example_cents=EXAMPLE_CENTS,
        wrong=wrong,
        typed=visit.form if wrong else {},
        may_write=_may_write(visit),
    )


async def _one(
    visit: Visit,
    slug: str,
    *,
    wrong: str | None = None,
    wrong_plan: str | None = None,
    tried: plans.NewPlan | None = None,
) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        campaign = await _of_slug(tx, slug)
        versions = await plans.list_plans(tx, campaign.id)
        holding = await plans.plan_at(tx, campaign.id, datetime.now(UTC))
        profile = await tenants.get_profile(tx)
        name_of = await names(tx)
    typing = bool(wrong_plan or tried)
    return visit.page(
        "campaign.html",
        status=422 if wrong or wrong_plan else 200,
        message=HINTS.get(visit.request.query_params.get("hinweis", "")),
        campaign=campaign,
        tenant_days=profile.hold_days,
        minimum_cents=profile.minimum_payout_cents,
        versions=[(plan, example_of(plan)) for plan in versions],
        holding=holding,
        example_cents=EXAMPLE_CENTS,
        typed=visit.form if typing else plan_forms.fields_of(holding),
        tried=tried and example_of(tried),
        wrong=wrong,
        wrong_plan=wrong_plan,
        hold_typed=visit.field("hold_days") if wrong else campaign.hold_days,
        name_of=name_of,
        may_write=_may_write(visit),
    )


async def _of_slug(tx: TenantTransaction, slug: str) -> Campaign:
    campaign = await campaigns.find_by_slug(tx, slug)
    if campaign is None:
        raise NotFound("campaign_not_found")
    return campaign


def _may_write(visit: Visit) -> bool:
    return visit.person.may(Permission.WRITE)
