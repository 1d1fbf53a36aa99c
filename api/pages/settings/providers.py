"""Admin → Zahlungsanbieter: a card for each connection, with how it stands."""

from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.responses import Response

from api.actions import easybill_connection, lexoffice_connection, subscriptions
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may
from api.pages.settings.source_settings import SOURCES
from ledger.connections import connections, source_secrets
from ledger.inbox import event_list
from ledger.roles import Permission
from ledger.types import EASYBILL, LEXOFFICE

PAGE = "/admin/zahlungsanbieter"
router = APIRouter(route_class=PageRoute, include_in_schema=False)
Reader = Annotated[Visit, may(Permission.READ)]


@router.get(PAGE)
async def providers_page(visit: Reader) -> Response:
    tenant = visit.tenant
    async with visit.doors.ledger.transaction(tenant) as tx:
        context: dict[str, Any] = {
            "lexoffice": await connections.get(tx, LEXOFFICE),
            "lexoffice_told": await lexoffice_connection.show(tx, visit.doors),
            "reports": await subscriptions.health(tx, visit.doors),
            "easybill": await easybill_connection.stored(tx),
            "last_easybill": await event_list.last_of(tx, EASYBILL),
            "failed_easybill": await event_list.last_of(tx, EASYBILL, failed=True),
            "last_lexoffice": await event_list.last_of(tx, LEXOFFICE),
            "failed_lexoffice": await event_list.last_of(tx, LEXOFFICE, failed=True),
            "sources": [
                {
                    "name": words.name,
                    "connection": await source_secrets.show(tx, source),
                    "last": await event_list.last_of(tx, source),
                    "failed": await event_list.last_of(tx, source, failed=True),
                }
                for source, words in SOURCES.items()
            ],
        }
    return visit.page("providers.html", **context)
