"""Admin → Ereignisse: the inbox of all notifications, what became of each, and „Erneut verarbeiten“.

A replay shows first what would change, says what that is based on, and is then done through the same door as the JSON
API's (api/actions/replaying.py).
"""

import re
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import RedirectResponse, Response

from activities.notifications.rehearsal import Rehearsal
from api.actions import replaying
from api.actions.replaying import Replayed, is_replayable
from api.http.book_pages import page_of_document
from api.http.language import said
from api.pages.frame.languages import N_, _
from api.pages.frame.list_filters import PAGE_LENGTH, Asked
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may
from api.pages.frame.words import STATES
from api.pages.words import event_words
from ledger.inbox import event_list, events
from ledger.inbox.event_list import EventFilter
from ledger.inbox.events import Event
from ledger.keyset import position_in_time
from ledger.refusals import NotAcceptable, NotFound, Refused
from ledger.roles import Permission
from ledger.types import LEXOFFICE, EventId, EventState

PAGE = "/admin/ereignisse"
AT_ONCE = 50
router = APIRouter(route_class=PageRoute, include_in_schema=False)
Reader = Annotated[Visit, may(Permission.READ)]
Writer = Annotated[Visit, may(Permission.WRITE, page=PAGE)]
Number = Annotated[int, Path(ge=1, le=2**63 - 1)]
_CHOSEN = re.compile(r"ereignis-([1-9][0-9]{0,17})", re.ASCII)
_HINTS = {
    "erneut": N_("Das Ereignis wird erneut verarbeitet. Die Seite erneuert sich."),
    "alle": N_("Die gewählten Ereignisse werden erneut verarbeitet."),
}


@router.get(PAGE)
async def events_page(visit: Reader) -> Response:
    asked = Asked(visit, PAGE, "status", "typ", "anbieter", "beleg", "von", "bis")
    provider = asked.text("anbieter")
    wanted = EventFilter(
        state=asked.state("status", EventState),
        event_type=asked.text("typ"),
        provider=provider if provider in event_words.PROVIDERS else None,
        document=asked.text("beleg"),
        received_from=asked.first_day("von"),
        received_before=asked.day_after("bis"),
    )
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        found, following = (
            ([], None)
            if asked.wrong
            else await event_list.list_events(tx, wanted, after=position_in_time(asked.cursor), limit=PAGE_LENGTH)
        )
        types = await event_list.types(tx)
    return visit.page(
        "events.html",
        asked=asked,
        events=found,
        first=asked.first,
        following=asked.following(following),
        states=[(state, _(word)) for state, (word, _tone) in STATES["event"].items()],
        types=[(one, one) for one in types],
        providers=list(event_words.PROVIDERS.items()),
        message=_HINTS.get(visit.request.query_params.get("hinweis", "")),
        may_write=visit.person.may(Permission.WRITE),
    )


@router.post(f"{PAGE}/vorschau")
async def preview_chosen(visit: Writer) -> Response:
    return await _preview(visit, _chosen(visit))


@router.post(f"{PAGE}/verarbeiten")
async def replay_chosen(visit: Writer) -> Response:
    """Each by itself: one that cannot be replayed does not keep the others."""
    results: list[tuple[EventId, str | None]] = []
    made: list[Replayed] = []
    for event in _chosen(visit):
        try:
            made.append(await _replayed(visit, event))
            results.append((event, None))
        except Refused as refused:
            results.append((event, said(refused)))
    await replaying.announce(visit.doors, visit.tenant, made)
    if all(wrong is None for _event, wrong in results):
        return RedirectResponse(f"{PAGE}?hinweis=alle", status_code=303)
    return visit.page("events_replayed.html", status=422, results=results)


@router.get(PAGE + "/{event}")
async def event_page(event: Number, visit: Reader) -> Response:
    tenant = visit.tenant
    async with visit.doors.ledger.transaction(tenant) as tx:
        found = await events.get(tx, EventId(event))
        document = await event_list.document_of(tx, found.resource_id)
    return visit.page(
        "event.html",
        event=found,
        document=document,
        document_url=None
        if document is None
        else page_of_document(visit.doors.settings, document.kind, document.resource_id),
        body=event_words.readable(events.readable_body(found.body)),
        snapshot=None
        if found.snapshot is None
        else event_words.readable(events.readable_body(found.snapshot.encode())),
        changes=event_words.changes_of(found.changes),
        replayable=is_replayable(found),
        message=_HINTS.get(visit.request.query_params.get("hinweis", "")),
        may_write=visit.person.may(Permission.WRITE),
    )


@router.get(PAGE + "/{event}/vorschau")
async def preview_one(event: Number, visit: Writer) -> Response:
    return await _preview(visit, [EventId(event)])


@router.post(PAGE + "/{event}/verarbeiten")
async def replay_one(event: Number, visit: Writer) -> Response:
    try:
        made = await _replayed(visit, EventId(event))
    except NotAcceptable as refused:
        return await _preview(visit, [EventId(event)], wrong=refused)
    await replaying.announce(visit.doors, visit.tenant, [made])
    return RedirectResponse(f"{PAGE}/{event}?hinweis=erneut", status_code=303)


async def _replayed(visit: Visit, event: EventId) -> Replayed:
    async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
        return await replaying.replay(tx, event, actor=visit.person.actor)


async def _preview(visit: Visit, chosen: Sequence[EventId], *, wrong: Refused | None = None) -> Response:
    if not chosen:
        raise NotAcceptable("nothing_chosen")
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        found = await events.find_each(tx, chosen)
    if not found:
        raise NotFound("event_not_found")
    rehearsed: list[tuple[Event, Rehearsal | None]] = [
        (event, await replaying.preview(visit.doors, visit.tenant, event) if is_replayable(event) else None)
        for event in found
    ]
    return visit.page(
        "event_preview.html",
        status=422 if wrong else 200,
        wrong=wrong and said(wrong),
        rehearsed=rehearsed,
        fetches=any(event.provider == LEXOFFICE for event in found),
        changes_of=event_words.changes_of,
        single=len(found) == 1,
    )


def _chosen(visit: Visit) -> list[EventId]:
    chosen = [EventId(int(found[1])) for name in visit.form if (found := _CHOSEN.fullmatch(name))]
    return sorted(chosen)[:AT_ONCE]
