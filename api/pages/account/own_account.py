"""The way in, the own account, the choice of a tenant, and what platform admins do for tenants."""

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from api.http.language import said
from api.pages.frame.engine_views import VIEWS, engine_for
from api.pages.frame.rendering import GoTo, PageRoute
from api.pages.frame.visits import Proved, Visit, may
from api.pages.frame.words import ALLOWS, ROLES
from ledger.access import memberships, sessions, tenants, users
from ledger.audit import audit
from ledger.refusals import NotAcceptable, NotFound
from ledger.roles import Permission, Role
from ledger.types import Tenant

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Platform = Annotated[Visit, may(Permission.TENANTS, page="/admin/mandanten")]


@router.get("/")
async def front() -> Response:
    return RedirectResponse("/admin/", status_code=303)


@router.get("/admin/")
@router.get("/admin")
async def landing(visit: Proved) -> Response:
    """The page after login: today's work, or the choice that must come first."""
    person = visit.person
    if person.tenant is not None:
        raise GoTo("/admin/heute")
    raise GoTo("/admin/mandanten" if person.platform_admin else "/admin/mandant")


@router.get("/admin/konto")
async def account(visit: Proved) -> Response:
    person = visit.person
    allowed = [ALLOWS[permission] for permission in Permission if person.may(permission)]
    return visit.page("account.html", allowed=allowed, role=ROLES.get(person.role) if person.role else None)


@router.get("/admin/mandant")
async def choose_page(visit: Proved) -> Response:
    homes = await memberships.homes(visit.doors.ledger, visit.person.user_id)
    return visit.page("choose_tenant.html", homes=homes, roles=ROLES)


@router.post("/admin/mandant")
async def choose(visit: Proved) -> Response:
    """Enter a tenant. That somebody did stands in its trail. A tenant one may not enter is like one there is not."""
    person, ledger = visit.person, visit.doors.ledger
    slug = visit.field("tenant")
    home = next((one for one in await memberships.homes(ledger, person.user_id) if one.tenant.slug == slug), None)
    if home is None and not person.platform_admin:
        raise NotFound("tenant_not_found")
    tenant = home.tenant if home is not None else await tenants.get(ledger, slug)
    async with ledger.transaction(tenant) as tx:
        await audit.record(
            tx,
            actor=person.actor,
            action="tenant.entered" if home is not None else "tenant.entered_by_platform",
            subject="tenant",
            subject_id=tenant.slug,
            detail=audit.Apart({}, personal={"email": person.email}),
        )
    await sessions.enter(ledger, person, tenant)
    return RedirectResponse("/admin", status_code=303)


@router.get("/admin/mandanten")
async def tenants_page(visit: Platform) -> Response:
    return await _tenants(visit)


@router.post("/admin/mandanten")
async def create_tenant(visit: Platform) -> Response:
    """A new tenant, with its first admin: whoever made it has no way in but through its trail."""
    doors, person = visit.doors, visit.person
    try:
        user, _ = await users.add(doors.ledger, visit.field("email"))
        if user == person.user_id:
            raise NotAcceptable("first_admin_is_you")
        tenant = await tenants.create(doors.ledger, visit.field("slug"), visit.field("name"), actor=person.actor)
    except NotAcceptable as refused:
        return await _tenants(visit, wrong=said(refused))
    async with doors.ledger.transaction(tenant, person=person.user_id) as tx:
        await memberships.add(tx, user, Role.ADMIN, by=person.user_id, actor=person.actor)
        may_have_a_link = await memberships.may_give_access(tx, user)
    link = None
    if may_have_a_link and not await users.has_password(doors.ledger, user):
        token = await users.make_link(doors.ledger, doors.vault, user, purpose="invite", actor=person.actor)
        await doors.announcer.mails_to(user)
        link = f"{doors.settings.public_url}/reset/{token.get_secret_value()}"
    return await _tenants(visit, made=tenant, link=link)


async def _tenants(
    visit: Visit, *, wrong: str | None = None, made: Tenant | None = None, link: str | None = None
) -> Response:
    return visit.page(
        "tenants.html",
        status=422 if wrong else 200,
        tenants=await tenants.list_all(visit.doors.ledger),
        engine=engine_for(visit.person, visit.doors.settings, visit.doors.engine.namespace),
        views=VIEWS,
        wrong=wrong,
        made=made,
        link=link,
    )
