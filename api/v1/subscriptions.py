"""lexoffice's notifications: set up on request by the engine, looked after by each sweep, and how they fare."""

from datetime import datetime
from typing import Any, Literal

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from api.parts import Doors, Parts
from api.v1.answers import PROBLEMS, shown
from api.v1.callers import Administrator, Reader
from api.v1.once import OnlyOnce
from ledger import connections, subscriptions, types
from ledger.connections import NotConnected
from ledger.database import Connection
from ledger.subscriptions import Subscribed
from ledger.types import Tenant
from lexoffice.webhook import SUBSCRIBED

router = APIRouter(prefix="/providers/lexoffice/subscriptions", tags=["Zahlungsanbieter"], responses=PROBLEMS)


class Subscriptions(BaseModel):
    state: Literal["unknown", "healthy", "failing"]
    reason: str | None = Field(description="Woran es liegt, wenn der Zustand `failing` ist")
    checked_at: datetime | None
    pending: bool = Field(description="Eine Einrichtung wurde verlangt und ist noch nicht abgeschlossen")
    address: str = Field(description="Wohin lexoffice meldet; der Token jedes Abonnements wird nicht gezeigt")
    subscriptions: list[Subscribed]
    missing: list[str] = Field(description="Ereignisse, die zurzeit niemand meldet")


@router.get(
    "",
    summary="Zustand der Meldungen von lexoffice",
    description="Wie die letzte Prüfung sie vorfand; lexoffice wird dafür nicht gefragt.",
    operation_id="get_lexoffice_subscriptions",
    response_model=Subscriptions,
)
async def get_subscriptions(doors: Doors, caller: Reader) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as db:
        return JSONResponse(await health(db, doors, caller.tenant))


@router.post(
    "",
    summary="Meldungen von lexoffice einrichten oder reparieren",
    description="Fehlende Abonnements werden angelegt, danach überzählige dieser Adresse gelöscht; fremde bleiben. "
    "Es geschieht im Hintergrund, weil lexoffice zwei Anfragen je Sekunde erlaubt.",
    operation_id="set_up_lexoffice_subscriptions",
    response_model=Subscriptions,
    status_code=202,
)
async def set_up_subscriptions(doors: Doors, caller: Administrator, once: OnlyOnce) -> JSONResponse:
    async def act(db: Connection) -> dict[str, Any]:
        await want(db, caller.tenant)
        return await health(db, doors, caller.tenant)

    answer = await once.answer(act, status=202)
    # When the engine is away the wish stands, and the next sweep fulfils it.
    await doors.announcer.subscriptions(caller.tenant)
    return answer


async def want(db: Connection, tenant: Tenant) -> None:
    """Raises NotConnected."""
    if not (await connections.load(db, tenant, types.LEXOFFICE)).has_secret:
        raise NotConnected
    await subscriptions.want_set_up(db, tenant)


async def health(db: Connection, doors: Parts, tenant: Tenant) -> dict[str, Any]:
    found = await subscriptions.health(db, tenant)
    there = {one.event_type for one in found.subscriptions}
    return shown(
        found,
        address=f"{doors.settings.public_url}/api/webhooks/{tenant.slug}/lexoffice",
        missing=[event_type for event_type in SUBSCRIBED if event_type not in there],
    )
