"""The inbox as people see it: what arrived, what became of it, and once more."""

from typing import Annotated, Any

from fastapi import Path, Query
from fastapi.responses import JSONResponse
from pydantic import Field

from api.actions import replaying
from api.http.language import in_words
from api.http.parts import Doors
from api.http.rows import after, changes_in_words, shown
from api.v1.answers import ListQuery, Page, page
from api.v1.callers import Reader, Writer
from api.v1.doors import door_router
from api.v1.once import OnlyOnce
from ledger.inbox import event_list, events
from ledger.inbox.event_list import BY_NUMBER, EventFilter
from ledger.inbox.events import Event
from ledger.types import EventId, EventState

router = door_router("/api/v1/events", "Ereignisse")

Number = Annotated[int, Path(ge=1, le=2**63 - 1, description="Nummer des Ereignisses", examples=[17])]


class EventShown(Event):
    """`changes`: each member with what it was and what it is."""

    reason: str | None = Field(description="Warum es so endete oder worauf es wartet")


class EventListed(EventShown):
    voucher_number: str | None = Field(description="Nummer des Belegs, um den es geht", examples=["RE1001"])


class EventInFull(EventShown):
    """With the body as it arrived and the document that was fetched because of it."""

    body: Any
    snapshot: Any


class EventQuery(ListQuery):
    state: Annotated[EventState | None, Query()] = None
    resource: Annotated[str | None, Query(max_length=300, description="Id des Belegs")] = None


@router.get("", summary="Ereignisse auflisten", operation_id="list_events", response_model=Page[EventListed])
async def list_events(doors: Doors, caller: Reader, asked: Annotated[EventQuery, Query()]) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        found = await event_list.list_events(
            tx,
            EventFilter(state=asked.state, resource_id=asked.resource, updated_since=asked.updated_since),
            order=BY_NUMBER,
            after=after(asked.cursor),
            limit=asked.limit,
        )
    return JSONResponse(page(found, _shown))


@router.get(
    "/{event}",
    summary="Ein Ereignis ansehen",
    description="Mit dem Inhalt, wie er ankam, und dem Beleg, der daraufhin geholt wurde.",
    operation_id="get_event",
    response_model=EventInFull,
)
async def get_event(event: Number, doors: Doors, caller: Reader) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        found = await events.get(tx, EventId(event))
    snapshot = None if found.snapshot is None else events.readable_body(found.snapshot.encode())
    bare = Event.model_validate(found.model_dump(exclude={"body", "snapshot"}))
    return JSONResponse(
        _shown(
            bare,
            body=events.readable_body(found.body),
            snapshot=snapshot,
            snapshot_fetched_at=found.snapshot_fetched_at and found.snapshot_fetched_at.isoformat(),
        )
    )


@router.post(
    "/{event}/replay",
    summary="Ein Ereignis noch einmal auswerten",
    description="Ein Beleg von lexoffice wird neu geholt und mit dem Stand verglichen; ein Ereignis von Stripe wird so "
    "gebucht, wie es ankam. Zweimal auszuwerten ändert nichts.",
    operation_id="replay_event",
    status_code=202,
    response_model=EventShown,
)
async def replay(event: Number, doors: Doors, caller: Writer, once: OnlyOnce) -> JSONResponse:
    async with once.acting() as (tx, after):
        replayed = await replaying.replay(tx, EventId(event), actor=caller.actor)
        after(replaying.announce, doors, tx.tenant, [replayed])
        return after.answer(_shown(replayed.event), status=202)


def _shown(event: Event, **more: Any) -> dict[str, Any]:
    return shown(event, reason=in_words(event.why), changes=changes_in_words(event.changes), **more)
