"""lexoffice's notifications: set up on request by the engine, looked after by each sweep, and how they fare."""

from fastapi.responses import JSONResponse

from api.actions.subscriptions import Subscriptions, health, want
from api.http.parts import Doors
from api.v1.callers import Administrator, Reader
from api.v1.doors import door_router
from api.v1.once import OnlyOnce

router = door_router("/api/v1/providers/lexoffice/subscriptions", "Zahlungsanbieter")


@router.get(
    "",
    summary="Zustand der Meldungen von lexoffice",
    description="Wie die letzte Prüfung sie vorfand; lexoffice wird dafür nicht gefragt.",
    operation_id="get_lexoffice_subscriptions",
    response_model=Subscriptions,
)
async def get_subscriptions(doors: Doors, caller: Reader) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        return JSONResponse(await health(tx, doors))


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
    async with once.acting() as (tx, after):
        await want(tx)
        # When the engine is away the wish stands, and the next sweep fulfils it.
        after(doors.announcer.subscriptions, tx.tenant)
        return after.answer(await health(tx, doors), status=202)
