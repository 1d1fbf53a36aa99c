"""The door that easybill knocks at.

easybill signs nothing that it documents: the secret stands in the address, and what comes is a hint to fetch the
document. Only a 200 counts as taken there, so whatever was kept is answered so, with nothing else.
"""

from typing import Any

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.http.parts import Doors, Parts
from api.http.problems import DATABASE_AWAY, Problem, answer, database_away, unauthorized
from api.webhooks.taking_in import announce, host_fits
from easybill.notifications import (
    DELIVERY_HEADER,
    EVENT_HEADER,
    NotAnEvent,
    Notification,
    parse_notification,
)
from ledger.connections.webhook_tokens import WebhookDoor
from ledger.inbox import events
from ledger.inbox.events import Arrival, TakenIn
from ledger.provider_ids import Thing, numbered_id
from ledger.reasons import Reason
from ledger.types import EASYBILL

router = APIRouter(tags=["Webhooks"])

PATH = "/api/webhooks/{tenant}/easybill"

_OF_OURS = ("INVOICE", "STORNO", "CREDIT", "STORNO_CREDIT")
_NOT_HANDLED = Reason.of("event_type_not_handled")
_OF_OTHER_KIND = Reason.of("document_of_no_kind_of_ours")

_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"description": "Angenommen; der Inhalt ist leer"},
    400: {"description": "Der Inhalt ist kein Ereignis"},
    401: {"description": "Geheimnis oder Mandant stimmen nicht"},
    413: {"description": "Größer als 1 MB"},
    503: {"description": "Zurzeit nicht möglich; `Retry-After` nennt die Wartezeit"},
}


@router.api_route(PATH, methods=["GET", "HEAD"], include_in_schema=False)
async def knock(tenant: str) -> dict[str, str]:
    """Somebody tries whether the address is there."""
    return {"status": "listening"}


@router.post(
    PATH,
    summary="Eine Meldung von easybill annehmen",
    description="Das Geheimnis steht in der Adresse, als `?token=`, oder kommt als `Authorization: Bearer`. Der Inhalt "
    "ist ein Hinweis; der Beleg wird danach geholt.",
    operation_id="receive_easybill_event",
    response_class=Response,
    responses=_RESPONSES,
    openapi_extra={
        "parameters": [
            {"in": "query", "name": "token", "required": False, "schema": {"type": "string"}},
            {"in": "header", "name": EVENT_HEADER, "required": False, "schema": {"type": "string"}},
        ],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "examples": [{"event": "document.completed", "data": {"id": 41007, "type": "INVOICE"}}],
                    }
                }
            },
        },
    },
)
async def receive(tenant: str, request: Request, doors: Doors) -> Response:
    response: Response
    try:
        status, response = await _receive(tenant, request, doors), Response()
    except Problem as problem:
        status, response = str(problem.status), answer(problem)
    except DATABASE_AWAY:
        away = database_away()
        status, response = str(away.status), answer(away)
    doors.metrics.webhooks.labels(EASYBILL, status).inc()
    return response


async def _receive(slug: str, request: Request, doors: Parts) -> str:
    body = await request.body()
    # Every caller, known or not, costs the same: look-up and reading. Only then is anything refused.
    door = await doors.webhook_tokens.recognise(_token(request))
    event = _read(body, request)
    if door is None or door.provider != EASYBILL or door.tenant.slug != slug:
        raise unauthorized()
    if not host_fits(request.headers.get("host", ""), doors.settings.public_host, slug):
        raise unauthorized()
    structlog.contextvars.bind_contextvars(tenant=slug)
    if isinstance(event, NotAnEvent):
        raise Problem(400, "not_an_event", {"technical": event.reason})
    taken = await _take_in(event, body, door, doors)
    if event.document_id is None:
        return taken.state.value
    return await announce(taken, numbered_id(EASYBILL, Thing.DOCUMENT, event.document_id), door.tenant, doors)


def _token(request: Request) -> str:
    """The secret of the address, or one that a relay sends in a header; '' opens nothing."""
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    return bearer.strip() if scheme.lower() == "bearer" else request.query_params.get("token", "")


def _read(body: bytes, request: Request) -> Notification | NotAnEvent:
    try:
        return parse_notification(
            body, event=request.headers.get(EVENT_HEADER), delivery=request.headers.get(DELIVERY_HEADER)
        )
    except NotAnEvent as error:
        return error


async def _take_in(event: Notification, body: bytes, door: WebhookDoor, doors: Parts) -> TakenIn:
    document = None if event.document_id is None else numbered_id(EASYBILL, Thing.DOCUMENT, event.document_id)
    return await events.take_in(
        doors.ledger,
        door.tenant,
        Arrival(
            provider=EASYBILL,
            organization_id=None if door.organization_id is None else str(door.organization_id),
            event_type=event.event,
            resource_id=event.event if document is None else str(document),
            event_date=None,  # none is told: a repeat is one more hint, and the document's workflow fetches once
            body=body,
            ignored_because=_ignored(event),
            document=document,
        ),
        # No bound an hour: there is no sweep that would take up the rest. Who knows the secret costs requests of the
        # plan's budget, at the lowest priority.
        unproven_an_hour=None,
    )


def _ignored(event: Notification) -> Reason | None:
    if event.document_id is None:
        return _NOT_HANDLED
    # A payment tells no kind, and a document's own word spares a call for offers, letters and reminders.
    return None if event.document_type in (None, *_OF_OURS) else _OF_OTHER_KIND
