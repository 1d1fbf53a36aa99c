"""The codec server: what a history holds encrypted, opened for operators who look at it in Temporal's UI.

Their browser asks us from the UI's page, with the session that they have here (cookies of one site): whoever may not
enter every tenant gets nothing. Only reading; what was read stands in the log and in each tenant's trail. Old keys open
what was written under them, as everywhere (engine/payloads.py). Off without PARTNERDESK_CODEC_SERVER.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import structlog
from fastapi import APIRouter, Request, Response
from google.protobuf import json_format
from temporalio.api.common.v1 import Payload, Payloads

from api.http.parts import Doors, Parts
from api.http.problems import Problem, answer, unauthorized
from api.pages.frame.visits import session_cookie
from engine.payloads import ENCODING, EncryptedPayloads, UnreadablePayload
from ledger.access import sessions, tenants
from ledger.access.sessions import Person
from ledger.audit import audit
from ledger.refusals import NotFound

router = APIRouter(include_in_schema=False)
PATH = "/codec/decode"
ONCE_IN = timedelta(hours=1)
"""A page of the UI asks dozens of times: the trail of a tenant says once an hour that somebody reads."""
log = structlog.get_logger("codec")


@router.options(PATH)
async def preflight(request: Request, doors: Doors) -> Response:
    headers = _for_the_ui(request, doors)
    return Response(status_code=204 if headers else 403, headers=headers)


@router.post(PATH)
async def decode(request: Request, doors: Doors) -> Response:
    headers = _for_the_ui(request, doors)
    try:
        if not headers or request.headers.get("x-namespace") != doors.engine.namespace:
            raise unauthorized()
        person = await _operator(request, doors)
        payloads = _read(await request.body())
        opened = [await _opened(doors, payload) for payload in payloads]
        await _note(doors, person, [one for one, before in zip(opened, payloads, strict=True) if one is not before])
    except Problem as problem:
        refused = answer(problem)
        refused.headers.update(headers)  # so that the UI can show why
        return refused
    return Response(
        json_format.MessageToJson(Payloads(payloads=opened)), media_type="application/json", headers=headers
    )


def _for_the_ui(request: Request, doors: Parts) -> dict[str, str]:
    """What lets the UI's page read the answer; nothing for any other page."""
    ui = urlsplit(doors.settings.temporal_ui_url or "")
    if request.headers.get("origin") != f"{ui.scheme}://{ui.netloc}":
        return {}
    return {
        "Access-Control-Allow-Origin": f"{ui.scheme}://{ui.netloc}",
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Allow-Methods": "POST",
        "Access-Control-Allow-Headers": "authorization, content-type, x-namespace",
        "Access-Control-Max-Age": "600",
        "Vary": "Origin",
    }


async def _operator(request: Request, doors: Parts) -> Person:
    """Who asks. Raises the 401 of everybody else: no session, no operator, or a second factor that was not shown."""
    token = request.cookies.get(session_cookie(doors))
    person = None if not token else await sessions.recognise(doors.ledger, doors.vault, token)
    if person is None or not person.platform_admin or person.owes_second_factor:
        raise unauthorized()
    return person


def _read(body: bytes) -> Sequence[Payload]:
    try:
        return json_format.Parse(body, Payloads()).payloads
    except (json_format.ParseError, UnicodeDecodeError, RecursionError):
        raise Problem(400, "not_json") from None


async def _opened(doors: Parts, payload: Payload) -> Payload:
    """In the clear; as it is where it never was encrypted, or under a key that is not ours any more."""
    key = doors.settings.payload_key
    if key is None or payload.metadata.get("encoding") != ENCODING:
        return payload
    try:
        (opened,) = await EncryptedPayloads(key.get_secret_value()).decode([payload])
    except UnreadablePayload:
        return payload
    return opened


async def _note(doors: Parts, person: Person, opened: Sequence[Payload]) -> None:
    """Who read, before anything is shown."""
    if not opened:
        return
    named = {slug for payload in opened for slug in _tenants_in(payload.data)}
    log.info("payloads read", person=str(person.user_id), payloads=len(opened), tenants=sorted(named))
    for slug in sorted(named):
        try:
            tenant = await tenants.get(doors.ledger, slug)
        except NotFound:
            continue
        async with doors.ledger.transaction(tenant) as tx:
            lately = audit.AuditFilter(
                actor=person.actor, action="engine.payloads_read", since=datetime.now(UTC) - ONCE_IN
            )
            if not (await audit.list_entries(tx, lately, limit=1))[0]:
                await audit.record(
                    tx,
                    actor=person.actor,
                    action="engine.payloads_read",
                    subject="tenant",
                    subject_id=slug,
                    detail=audit.Apart({}, personal={"email": person.email}),
                )


def _tenants_in(data: bytes) -> Iterator[str]:
    """Short names of the tenants that a payload of ours is about."""
    try:
        waiting = [json.loads(data)]
    except ValueError:
        return
    while waiting:
        match waiting.pop():
            case {"id": str(), "slug": str(slug)}:
                yield slug
            case Mapping() as members:
                waiting += members.values()
            case list() as members:
                waiting += members
            case _:
                pass
