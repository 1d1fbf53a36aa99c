"""Admin → API-Schlüssel: keys of machines. A key never exceeds the person who made it, and ends with it."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from api.http.language import said
from api.pages.frame import words
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may
from ledger import roles
from ledger.access import api_keys
from ledger.access.api_keys import NewApiKey
from ledger.refusals import NotAcceptable
from ledger.roles import Permission

PAGE = "/admin/schluessel"
router = APIRouter(prefix=PAGE, route_class=PageRoute, include_in_schema=False)
KeyAdmin = Annotated[Visit, may(Permission.KEYS, page=PAGE)]


@router.get("")
async def keys_page(visit: KeyAdmin) -> Response:
    return await _listed(visit)


@router.post("")
async def create(visit: KeyAdmin) -> Response:
    person = visit.person
    assert person.role is not None  # platform admins have no permission for keys
    wanted = tuple(scope for scope in api_keys.SCOPES if visit.field(scope))
    days = visit.field("days")
    try:
        if not (days.isascii() and days.isdigit() and len(days) < 5):
            raise NotAcceptable("expiry_missing")
        async with visit.doors.ledger.transaction(visit.tenant, person=person.user_id) as tx:
            made = await api_keys.create_api_key(
                tx,
                visit.doors.vault,
                api_keys.WantedKey(
                    name=visit.field("name"), scopes=wanted, expires_at=datetime.now(UTC) + timedelta(days=int(days))
                ),
                actor=person.actor,
                created_by=person.user_id,
                creator_scopes=roles.scopes(person.role),
            )
    except NotAcceptable as refused:
        return await _listed(visit, wrong=said(refused))
    return await _listed(visit, made=made)


@router.post("/{key}/widerrufen")
async def revoke(key: str, visit: KeyAdmin) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
        await api_keys.revoke_api_key(tx, key[:20], actor=visit.person.actor)
    visit.doors.api_keys.forget()
    return RedirectResponse(PAGE, status_code=303)


async def _listed(visit: Visit, *, wrong: str | None = None, made: NewApiKey | None = None) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        keys = await api_keys.list_api_keys(tx)
    return visit.page(
        "keys.html",
        status=422 if wrong else 200,
        keys=keys,
        scopes={scope: words.SCOPES[scope] for scope in api_keys.SCOPES},
        wrong=wrong,
        made=made,
        now=datetime.now(UTC),
    )
