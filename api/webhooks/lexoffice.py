"""The door that lexoffice, or a relay of it, knocks at.

Authenticate; put the raw event into the inbox; tell the engine; answer. lexoffice deletes a subscription on 404 and 410
and gives up after 5 s (lexoffice API, Event Subscriptions, delivery), so neither ever happens here.
"""

import json
from typing import Any

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from api.http.language import in_words
from api.http.parts import Doors, Parts
from api.http.problems import DATABASE_AWAY, Problem, answer, database_away, not_available, unauthorized
from api.http.signing_key import KeyNotToBeHad
from api.webhooks.taking_in import announce, host_fits
from ledger.connections.webhook_tokens import WebhookDoor
from ledger.inbox import events
from ledger.inbox.events import Arrival, TakenIn
from ledger.reasons import Reason
from ledger.types import LEXOFFICE
from lexoffice.webhook import NotAnEvent, WebhookEvent, parse_event

router = APIRouter(tags=["Webhooks"])
log = structlog.get_logger("webhooks")

Answered = tuple[str, JSONResponse]
"""What is counted, and what is sent."""

PATH = "/api/webhooks/{tenant}/lexoffice"

_HANDLED_PREFIXES = ("invoice.", "credit-note.")
_NAMES_NO_DOCUMENT = ("token.revoked",)
_HANDLED_TYPES = ("payment.changed", *_NAMES_NO_DOCUMENT)
_BOOKKEEPING = Reason.of("bookkeeping_voucher")
_NOT_HANDLED = Reason.of("event_type_not_handled")

_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Angenommen, übersprungen (kein API-Schlüssel), nicht auszuwerten, oder schon bekannt",
        "content": {"application/json": {"example": {"status": "accepted", "event": 17}}},
    },
    400: {"description": "Der Inhalt ist kein Ereignis"},
    401: {"description": "Token, Mandant, Organisation oder Signatur stimmen nicht"},
    413: {"description": "Größer als 1 MB"},
    503: {"description": "Zurzeit nicht möglich; `Retry-After` nennt die Wartezeit"},
}


@router.api_route(PATH, methods=["GET", "HEAD"], include_in_schema=False)
async def knock(tenant: str) -> dict[str, str]:
    """lexoffice tries the address with HEAD when a subscription is made."""
    return {"status": "listening"}


@router.post(
    PATH,
    summary="Eine Meldung von lexoffice annehmen",
    description="Der Token kommt als `Authorization: Bearer`, `X-Lexoffice-Token` oder `?token=`. Eine mitgesandte "
    "`X-Lxo-Signature` wird geprüft. Eine Meldung nennt nur eine Id; der Beleg wird danach geholt.",
    operation_id="receive_lexoffice_event",
    responses=_RESPONSES,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "required": ["eventType", "resourceId"],
                        "properties": {
                            "organizationId": {"type": "string", "format": "uuid"},
                            "eventType": {"type": "string", "example": "invoice.status.changed"},
                            "resourceId": {"type": "string", "format": "uuid"},
                            "eventDate": {"type": "string", "format": "date-time"},
                            "paymentReference": {"type": "string"},
                        },
                    }
                }
            },
        }
    },
)
async def receive(tenant: str, request: Request, doors: Doors) -> JSONResponse:
    try:
        status, response = await _receive(tenant, request, doors)
    except Problem as problem:
        status, response = str(problem.status), answer(problem)
    except DATABASE_AWAY:
        away = database_away()
        status, response = str(away.status), answer(away)
    doors.metrics.webhooks.labels(LEXOFFICE, status).inc()
    return response


async def _receive(slug: str, request: Request, doors: Parts) -> Answered:
    body = await request.body()
    # Every caller, known or not, costs the same: look-up, reading, signature. Only then is anything refused.
    door = await doors.webhook_tokens.recognise(_token(request))
    event = _read(body)
    signed = await _is_signed(body, request, doors)

    if door is None or door.provider != LEXOFFICE or door.tenant.slug != slug:
        raise unauthorized()
    if not host_fits(request.headers.get("host", ""), doors.settings.public_host, slug):
        raise unauthorized()
    structlog.contextvars.bind_contextvars(tenant=door.tenant.slug)
    _require_signature(signed, door)
    if isinstance(event, NotAnEvent):
        raise await _not_an_event(event, body, door, doors, signed=signed is True)
    if None not in (event.organization_id, door.organization_id) and event.organization_id != door.organization_id:
        raise unauthorized()
    taken = await events.take_in(
        doors.ledger,
        door.tenant,
        _arrival(event, body, signed=signed is True),
        unproven_an_hour=doors.settings.unproven_bound,
    )
    return _answer(await announce(taken, event.resource_id, door.tenant, doors), taken)


def _answer(status: str, taken: TakenIn) -> Answered:
    reason = {"reason": in_words(taken.reason), "reason_code": taken.reason.code} if taken.reason else {}
    return status, JSONResponse({"status": status, "event": taken.id, **reason})


def _token(request: Request) -> str:
    """The first of the three places that has one; '' opens nothing."""
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and bearer.strip():
        return bearer.strip()
    return request.headers.get("x-lexoffice-token", "").strip() or request.query_params.get("token", "")


def _read(body: bytes) -> WebhookEvent | NotAnEvent:
    try:
        return parse_event(body)
    except NotAnEvent as error:
        return error


async def _is_signed(body: bytes, request: Request, doors: Parts) -> bool | KeyNotToBeHad | None:
    """None: it has no signature. KeyNotToBeHad: it has one that cannot be judged now."""
    signature = request.headers.get("x-lxo-signature")
    if signature is None:
        return None
    try:
        return await doors.signing_key.verifies(body, signature)
    except KeyNotToBeHad as not_now:
        return not_now


def _require_signature(signed: bool | KeyNotToBeHad | None, door: WebhookDoor) -> None:
    # Tokens that we mint for subscriptions stand in addresses that lexoffice keeps: they accept signed bodies only.
    must_be_signed = door.requires_signature or door.kind == "subscription"
    if isinstance(signed, KeyNotToBeHad):
        if must_be_signed:
            raise not_available("signature_not_checkable")
        log.warning("signature_not_checked")
    elif signed is False or (signed is None and must_be_signed):
        raise unauthorized()


def _arrival(event: WebhookEvent, body: bytes, *, signed: bool) -> Arrival:
    ignored = None
    if not (event.event_type.startswith(_HANDLED_PREFIXES) or event.event_type in _HANDLED_TYPES):
        ignored = _BOOKKEEPING if event.event_type.startswith("voucher.") else _NOT_HANDLED
    return Arrival(
        provider=LEXOFFICE,
        organization_id=None if event.organization_id is None else str(event.organization_id),
        event_type=event.event_type,
        resource_id=str(event.resource_id),
        event_date=event.event_date,
        body=body,
        signed=signed,
        payment_reference=event.payment_reference,
        ignored_because=ignored,
        # PostgreSQL looks whether a voucher is one of ours, or may be.
        document=None if ignored is _NOT_HANDLED or event.event_type in _NAMES_NO_DOCUMENT else event.resource_id,
    )


async def _not_an_event(error: NotAnEvent, body: bytes, door: WebhookDoor, doors: Parts, *, signed: bool) -> Problem:
    """400; and where type and id can be told all the same, the attempt is kept for people to see."""
    named = _find_named(body)
    if named is None:
        return Problem(400, "not_an_event", {"technical": error.reason})
    event_type, resource_id = named
    taken = await events.take_in(
        doors.ledger,
        door.tenant,
        Arrival(
            provider=LEXOFFICE,
            organization_id=None,
            event_type=event_type,
            resource_id=resource_id,
            event_date=None,
            body=body,
            signed=signed,
            ignored_because=Reason.of("not_a_valid_event", why=error.reason),
        ),
    )
    return Problem(400, "not_an_event", {"technical": error.reason}, event=taken.id)


def _find_named(body: bytes) -> tuple[str, str] | None:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or len(body) > 64 * 1024:
        return None
    names = (told.get("eventType"), told.get("resourceId"))
    if all(isinstance(name, str) and 0 < len(name) <= 200 and name.isprintable() for name in names):
        return str(names[0]), str(names[1])
    return None
