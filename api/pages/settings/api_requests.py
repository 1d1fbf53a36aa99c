"""Admin → API-Anfragen: what was asked of the JSON API by which key, and how it was answered."""

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from api.pages.frame.languages import _
from api.pages.frame.list_filters import PAGE_LENGTH, Asked
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may
from ledger.access import api_keys
from ledger.audit import api_requests
from ledger.audit.api_requests import RequestFilter
from ledger.roles import Permission
from ledger.types import midnight

PAGE = "/admin/api-anfragen"
router = APIRouter(prefix=PAGE, route_class=PageRoute, include_in_schema=False)
SettingsAdmin = Annotated[Visit, may(Permission.SETTINGS, page=PAGE)]
_METHODS = ("GET", "POST", "PUT", "PATCH")
_FAILED = {"fehler": True, "gut": False}


@router.get("")
async def requests_page(visit: SettingsAdmin) -> Response:
    asked = Asked(visit, PAGE, "schluessel", "methode", "ergebnis", "adresse", "anfrage", "von", "bis")
    since, until = asked.first_day("von"), asked.day_after("bis")
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        keys = await api_keys.list_api_keys(tx)
        found, following = await api_requests.list_requests(
            tx,
            RequestFilter(
                key_id=asked.text("schluessel"),
                method=asked.text("methode"),
                route=asked.text("adresse"),
                failed=_FAILED.get(asked.typed["ergebnis"]),
                request_id=asked.text("anfrage"),
                since=None if since is None else midnight(since),
                before=None if until is None else midnight(until),
            ),
            after=asked.number,
            limit=PAGE_LENGTH,
        )
    return visit.page(
        "api_requests.html",
        asked=asked,
        requests=found,
        keys=[(key.id, f"{key.name} ({key.id})") for key in reversed(keys)],
        names={key.id: key.name for key in keys},
        methods=[(one, one) for one in _METHODS],
        outcomes=[("fehler", _("ab 400")), ("gut", _("unter 400"))],
        first=asked.first,
        following=asked.following(following),
    )
