"""Admin → Zahlungsanbieter → easybill: the key, the plan, and the address for its webhooks."""

from collections.abc import Awaitable
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from pydantic import SecretStr, ValidationError

from api.actions import easybill_connection
from api.actions.easybill_connection import STOPS, EasybillChange
from api.http.problems import Problem
from api.pages.frame.languages import N_
from api.pages.frame.rendering import PageRoute, problem_of
from api.pages.frame.visits import Visit, may
from easybill.webhooks import SUBSCRIBED
from ledger.inbox import event_list
from ledger.inbox.event_list import EventFilter
from ledger.refusals import NotAcceptable, Refused
from ledger.roles import Permission
from ledger.types import EASYBILL

PAGE = "/admin/zahlungsanbieter/easybill"
router = APIRouter(route_class=PageRoute, include_in_schema=False)
Member = Annotated[Visit, may(Permission.READ)]
SettingsAdmin = Annotated[Visit, may(Permission.SETTINGS, page=PAGE)]
_HINTS = {
    "gespeichert": N_("Gespeichert."),
    "schluessel": N_("Der API-Schlüssel ist geprüft und hinterlegt."),
    "schluessel-entfernt": N_("Der API-Schlüssel ist entfernt. Meldungen werden nur noch aufbewahrt."),
}


@router.get(PAGE)
async def page(visit: Member) -> Response:
    return await _shown(visit, message=_HINTS.get(visit.request.query_params.get("hinweis", "")))


@router.post(f"{PAGE}/schluessel")
async def save_key(visit: SettingsAdmin) -> Response:
    return await _change(
        visit, "schluessel", api_key=SecretStr(visit.field("api_key")), plan=visit.field("plan") or None
    )


@router.post(f"{PAGE}/schluessel/entfernen")
async def remove_key(visit: SettingsAdmin) -> Response:
    await easybill_connection.remove_key(visit.doors, visit.tenant, actor=visit.person.actor)
    return RedirectResponse(f"{PAGE}?hinweis=schluessel-entfernt", status_code=303)


@router.post(f"{PAGE}/einstellungen")
async def save_settings(visit: SettingsAdmin) -> Response:
    return await _change(
        visit, "gespeichert", plan=visit.field("plan") or None, effective_from=visit.field("effective_from") or None
    )


@router.post(f"{PAGE}/adresse")
async def make_address(visit: SettingsAdmin) -> Response:
    """It is shown in this answer and never again."""
    address = await easybill_connection.new_address(visit.doors, visit.tenant, actor=visit.person.actor)
    return await _shown(visit, address=address)


async def _change(visit: Visit, hint: str, **members: Any) -> Response:
    async def changed() -> Response:
        try:
            wanted = EasybillChange(**members)
        except ValidationError:
            raise NotAcceptable("invalid_request") from None
        await easybill_connection.change(visit.doors, visit.tenant, wanted, actor=visit.person.actor)
        return RedirectResponse(f"{PAGE}?hinweis={hint}", status_code=303)

    return await _answer_refusal(visit, changed())


async def _answer_refusal(visit: Visit, act: Awaitable[Response]) -> Response:
    """A refusal is said on the page itself."""
    try:
        return await act
    except (Refused, Problem) as refused:
        problem = problem_of(refused)
        assert problem is not None
        return await _shown(visit, status=problem.status, wrong=problem.detail)


async def _shown(
    visit: Visit,
    *,
    status: int = 200,
    message: str | None = None,
    wrong: str | None = None,
    address: SecretStr | None = None,
) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        connection = await easybill_connection.stored(tx)
        told = await easybill_connection.show(tx, visit.doors)
        last, _following = await event_list.list_events(tx, EventFilter(provider=EASYBILL), limit=5)
    return visit.page(
        "easybill.html",
        status=status,
        message=message,
        wrong=wrong,
        connection=connection,
        told=told,
        address=address.get_secret_value() if address else None,
        listened_to=SUBSCRIBED,
        stops=STOPS,
        last=last,
        may_change=visit.person.may(Permission.SETTINGS),
    )
