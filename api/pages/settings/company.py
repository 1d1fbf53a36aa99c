"""Admin → Firmenangaben: as whom the tenant appears on each document (§ 14 Abs. 4 UStG)."""

from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from api.http.language import said
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may
from api.pages.words import country_words
from ledger import countries, tax_numbers
from ledger.access import tenants
from ledger.access.tenants import TenantProfile
from ledger.refusals import NotAcceptable, Refused
from ledger.roles import Permission

PAGE = "/admin/firma"
router = APIRouter(prefix=PAGE, route_class=PageRoute, include_in_schema=False)
SettingsAdmin = Annotated[Visit, may(Permission.SETTINGS, page=PAGE)]

_LONGEST = {"name": 200, "street": 200, "zip": 20, "city": 100, "country_code": 2} | dict.fromkeys(
    ("vat_id", "tax_number", "business_id"), tax_numbers.LONGEST
)


@router.get("")
async def company_page(visit: SettingsAdmin) -> Response:
    return await _shown(visit)


@router.post("")
async def change_company(visit: SettingsAdmin) -> Response:
    try:
        changes = _read(visit)
        async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
            standing = await tenants.get_profile(tx)
            # What was not touched stays as it is: numbers of before 1.1 may have a form that is refused today.
            changed = {name: value for name, value in changes.items() if value != getattr(standing, name)}
            await tenants.change(tx, changed, actor=visit.person.actor)
    except NotAcceptable as refused:
        return await _shown(visit, wrong=refused)
    return RedirectResponse(f"{PAGE}?hinweis=gespeichert", status_code=303)


async def _shown(visit: Visit, *, wrong: Refused | None = None) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        profile = await tenants.get_profile(tx)
    return visit.page(
        "company.html",
        status=422 if wrong else 200,
        wrong=wrong and said(wrong),
        typed={name: visit.form.get(name, "") for name in _LONGEST} if wrong else _written(profile),
        countries=country_words.choices(),
        saved=visit.request.query_params.get("hinweis") == "gespeichert",
    )


def _written(profile: TenantProfile) -> dict[str, str]:
    return {name: getattr(profile, name) or "" for name in _LONGEST}


def _read(visit: Visit) -> dict[str, Any]:
    """What the form says, by column. Raises NotAcceptable."""
    typed: dict[str, Any] = {name: visit.field(name).strip() or None for name in _LONGEST}
    if any(len(typed[name] or "") > longest for name, longest in _LONGEST.items()):
        raise NotAcceptable("tenant_not_acceptable")
    if typed["name"] is None:
        raise NotAcceptable("tenant_name_not_acceptable")
    typed["country_code"] = countries.known((typed["country_code"] or "").upper())
    return typed
