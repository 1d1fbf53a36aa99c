"""Endpoints that hear of what happens here (Standard Webhooks): added, changed, tried, and what they heard."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Body, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from api.http.parts import Doors
from api.http.rows import after, shown
from api.v1.answers import ListQuery, Page, page
from api.v1.callers import Administrator, Reader
from api.v1.doors import door_router
from api.v1.once import OnlyOnce
from ledger.audit import event_deliveries, webhook_endpoints
from ledger.audit.event_deliveries import AttemptShown, Delivery, DeliveryFilter, ReplayedRange
from ledger.audit.webhook_endpoints import Endpoint, WantedEndpoint

router = door_router("/api/v1/webhook-endpoints", "Ausgehende Webhooks")


class EndpointSecret(BaseModel):
    secret: str = Field(
        description="Womit Aufrufe unterschrieben sind", examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]
    )


class Replayed(BaseModel):
    events: int = Field(description="So viele Ereignisse werden noch einmal zugestellt")


class DeliveryWithAttempts(Delivery):
    attempts: list[AttemptShown] = Field(description="Der neueste Versuch zuerst, höchstens hundert")


class DeliveriesQuery(ListQuery):
    state: Literal["due", "delivered", "dropped"] | None = Field(
        default=None, description="Stand der Zustellung; ohne Angabe alle"
    )


@router.get("", summary="Adressen auflisten", operation_id="list_webhook_endpoints", response_model=Page[Endpoint])
async def list_endpoints(doors: Doors, caller: Reader, asked: Annotated[ListQuery, Query()]) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        found = await webhook_endpoints.list_endpoints(
            tx, updated_since=asked.updated_since, after=after(asked.cursor), limit=asked.limit
        )
    return JSONResponse(page(found))


@router.post(
    "",
    summary="Eine Adresse anlegen",
    description="Sie hört, was von nun an geschieht. Das Geheimnis, mit dem Aufrufe unterschrieben sind, zeigt "
    "`GET /webhook-endpoints/{endpoint}/secret`. Nur https, und nur Adressen im öffentlichen Netz.",
    operation_id="add_webhook_endpoint",
    response_model=Endpoint,
    status_code=201,
)
async def add(
    doors: Doors, caller: Administrator, once: OnlyOnce, wanted: Annotated[WantedEndpoint, Body()]
) -> JSONResponse:
    async with once.acting() as (tx, after):
        added = await webhook_endpoints.add(
            tx, doors.vault, wanted, by=caller.actor, plain_http=doors.settings.events_out_loopback
        )
        return after.answer(shown(added), status=201)


@router.get("/{endpoint}", summary="Eine Adresse ansehen", operation_id="get_webhook_endpoint", response_model=Endpoint)
async def get_endpoint(endpoint: UUID, doors: Doors, caller: Reader) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        return JSONResponse(shown(await webhook_endpoints.get(tx, endpoint)))


@router.put(
    "/{endpoint}",
    summary="Eine Adresse ändern",
    description="Was aussteht, geht an die neue Adresse. Das Geheimnis bleibt.",
    operation_id="change_webhook_endpoint",
    response_model=Endpoint,
)
async def change(
    endpoint: UUID, doors: Doors, caller: Administrator, once: OnlyOnce, wanted: Annotated[WantedEndpoint, Body()]
) -> JSONResponse:
    async with once.acting() as (tx, after):
        changed = await webhook_endpoints.change(
            tx, endpoint, wanted, by=caller.actor, plain_http=doors.settings.events_out_loopback
        )
        return after.answer(shown(changed))


@router.get(
    "/{endpoint}/secret",
    summary="Das Geheimnis einer Adresse zeigen",
    description="Das neueste; ein ersetztes gilt daneben noch 24 Stunden. Wer es sich zeigen ließ, steht im Prüfpfad.",
    operation_id="get_webhook_secret",
    response_model=EndpointSecret,
)
async def get_secret(endpoint: UUID, doors: Doors, caller: Administrator) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        secret = await webhook_endpoints.show_secret(tx, doors.vault, endpoint, by=caller.actor)
    return JSONResponse({"secret": secret.get_secret_value()}, headers={"Cache-Control": "no-store"})


@router.post(
    "/{endpoint}/rotate-secret",
    summary="Das Geheimnis einer Adresse ersetzen",
    description="24 Stunden lang ist jeder Aufruf mit beiden unterschrieben.",
    operation_id="rotate_webhook_secret",
    response_model=Endpoint,
)
async def rotate(endpoint: UUID, doors: Doors, caller: Administrator, once: OnlyOnce) -> JSONResponse:
    async with once.acting() as (tx, after):
        return after.answer(shown(await webhook_endpoints.rotate_secret(tx, doors.vault, endpoint, by=caller.actor)))


@router.post(
    "/{endpoint}/switch-on",
    summary="Eine Adresse einschalten",
    description="Was aussteht, wird gleich zugestellt.",
    operation_id="switch_webhook_endpoint_on",
    response_model=Endpoint,
)
async def switch_on(endpoint: UUID, caller: Administrator, once: OnlyOnce) -> JSONResponse:
    async with once.acting() as (tx, after):
        return after.answer(shown(await webhook_endpoints.switch(tx, endpoint, on=True, by=caller.actor)))


@router.post(
    "/{endpoint}/switch-off",
    summary="Eine Adresse ausschalten",
    description="Was geschieht, wird für sie aufgehoben.",
    operation_id="switch_webhook_endpoint_off",
    response_model=Endpoint,
)
async def switch_off(endpoint: UUID, caller: Administrator, once: OnlyOnce) -> JSONResponse:
    async with once.acting() as (tx, after):
        return after.answer(shown(await webhook_endpoints.switch(tx, endpoint, on=False, by=caller.actor)))


@router.post(
    "/{endpoint}/ping",
    summary="Eine Adresse ausprobieren",
    description="Ein Ereignis `ping` geht an diese Adresse.",
    operation_id="ping_webhook_endpoint",
    response_model=Delivery,
    status_code=202,
)
async def ping(endpoint: UUID, caller: Administrator, once: OnlyOnce) -> JSONResponse:
    async with once.acting() as (tx, after):
        return after.answer(shown(await event_deliveries.ping(tx, endpoint, by=caller.actor)), status=202)


@router.post(
    "/{endpoint}/replay",
    summary="Einen Zeitraum noch einmal zustellen",
    description="Alles, was in der Zeit geschah und diese Adresse hören sollte, in seiner Reihenfolge und unter seiner "
    "`webhook-id`; höchstens 10.000 Ereignisse.",
    operation_id="replay_webhook_events",
    response_model=Replayed,
    status_code=202,
)
async def replay_range(
    endpoint: UUID, caller: Administrator, once: OnlyOnce, wanted: Annotated[ReplayedRange, Body()]
) -> JSONResponse:
    async with once.acting() as (tx, after):
        events = await event_deliveries.replay_range(tx, endpoint, wanted, by=caller.actor)
        return after.answer({"events": events}, status=202)


@router.get(
    "/{endpoint}/deliveries",
    summary="Zustellungen auflisten",
    description="Mit dem letzten Versuch und dem Anfang seiner Antwort; 90 Tage lang.",
    operation_id="list_webhook_deliveries",
    response_model=Page[Delivery],
)
async def list_deliveries(
    endpoint: UUID, doors: Doors, caller: Reader, asked: Annotated[DeliveriesQuery, Query()]
) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        found = await event_deliveries.list_deliveries(
            tx,
            endpoint,
            DeliveryFilter(state=asked.state, updated_since=asked.updated_since),
            after=after(asked.cursor),
            limit=asked.limit,
        )
    return JSONResponse(page(found))


@router.get(
    "/{endpoint}/deliveries/{delivery}",
    summary="Eine Zustellung mit allen Versuchen ansehen",
    operation_id="get_webhook_delivery",
    response_model=DeliveryWithAttempts,
)
async def get_delivery(endpoint: UUID, delivery: UUID, doors: Doors, caller: Reader) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        found = await event_deliveries.get(tx, endpoint, delivery)
        attempts = await event_deliveries.list_attempts(tx, delivery)
    return JSONResponse(shown(found, attempts=[shown(attempt) for attempt in attempts]))


@router.post(
    "/{endpoint}/deliveries/{delivery}/replay",
    summary="Ein Ereignis noch einmal zustellen",
    description="Unter seiner `webhook-id`, nach dem, was von demselben Gegenstand aussteht. Steht es selbst aus, wird "
    "es gleich versucht.",
    operation_id="replay_webhook_event",
    response_model=Delivery,
    status_code=202,
)
async def replay(endpoint: UUID, delivery: UUID, caller: Administrator, once: OnlyOnce) -> JSONResponse:
    async with once.acting() as (tx, after):
        again = await event_deliveries.replay(tx, endpoint, delivery, by=caller.actor)
        return after.answer(shown(again), status=202)


@router.post(
    "/{endpoint}/deliveries/{delivery}/skip",
    summary="Eine Zustellung aufgeben",
    description="Was von demselben Gegenstand dahinter wartet, geht weiter.",
    operation_id="skip_webhook_event",
    response_model=Delivery,
)
async def skip(endpoint: UUID, delivery: UUID, caller: Administrator, once: OnlyOnce) -> JSONResponse:
    async with once.acting() as (tx, after):
        return after.answer(shown(await event_deliveries.skip(tx, endpoint, delivery, by=caller.actor)))


@router.post(
    "/{endpoint}/remove",
    summary="Eine Adresse entfernen",
    description="Sie hört nichts mehr; was aussteht, verfällt. Geantwortet wird, was sie war.",
    operation_id="remove_webhook_endpoint",
    response_model=Endpoint,
)
async def remove(endpoint: UUID, caller: Administrator, once: OnlyOnce) -> JSONResponse:
    async with once.acting() as (tx, after):
        return after.answer(shown(await webhook_endpoints.remove(tx, endpoint, by=caller.actor)))
