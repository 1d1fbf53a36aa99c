"""Doors for operators: alive, ready, and in figures. What is missing is said with the command that mends it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from temporalio.client import Client

from activities.engine_away import AWAY
from api.http.parts import FOR_OPERATORS, Doors
from api.http.problems import DATABASE_AWAY
from engine.connect import missing_search_attributes
from ledger.database import Ledger
from ledger.migrations.needed import NeededSchema, describe_missing

router = APIRouter(tags=["Betrieb"])
_DATABASE_WITHIN_S = 2.0


@router.get("/healthz", summary="Läuft der Prozess?", operation_id="healthz")
async def healthz() -> dict[str, str]:
    return {"status": "alive"}


@router.get(
    "/readyz",
    summary="Kann der Prozess arbeiten?",
    description="200, sobald die Datenbank erreichbar und auf dem neuesten Stand ist und die Engine unsere "
    "Suchattribute kennt; sonst 503, für Betreiber mit dem, was fehlt, und dem Befehl, der es behebt.",
    operation_id="readyz",
    responses={503: {"description": "Etwas fehlt", "content": {"application/json": {"schema": {"type": "object"}}}}},
)
async def readyz(doors: Doors) -> JSONResponse:
    found = await readiness(doors.ledger, doors.engine, doors.needed_schema)
    if doors.settings.operators_doors or found.status_code == 200:
        return found
    return JSONResponse({"status": "not ready"}, status_code=found.status_code)


@router.get(
    "/metrics",
    summary="Kennzahlen für Prometheus",
    operation_id="metrics",
    response_class=Response,
    dependencies=[FOR_OPERATORS],
)
async def metrics(request: Request, doors: Doors) -> Response:
    shown = await doors.figures.shown(request.headers.get("accept", ""))
    return Response(shown.body, media_type=shown.media_type)


async def _nothing() -> None:
    return None


async def readiness(
    ledger: Ledger,
    engine: Client,
    needed: NeededSchema,
    *,
    missing_there: Callable[[], Awaitable[str | None]] = _nothing,
) -> JSONResponse:
    """200, or 503 with what is missing. All are asked at once: an answer within 2 s, whichever of them hangs.

    `missing_there`: what else this process wants of the engine."""
    found = await asyncio.gather(_missing_of_database(ledger, needed), _missing_of_engine(engine, missing_there))
    missing = [text for text in found if text]
    body: dict[str, Any] = {"status": "not ready", "missing": missing} if missing else {"status": "ready"}
    return JSONResponse(body, status_code=503 if missing else 200)


async def _missing_of_database(ledger: Ledger, needed: NeededSchema) -> str | None:
    """What keeps the database from being used, with the command that mends it; None when nothing does."""
    try:
        async with asyncio.timeout(_DATABASE_WITHIN_S), ledger.without_tenant() as db:
            return await describe_missing(db, needed)
    except DATABASE_AWAY:
        return "The database does not answer. Check PARTNERDESK_DATABASE_URL, and that PostgreSQL runs."


async def _missing_of_engine(engine: Client, more: Callable[[], Awaitable[str | None]]) -> str | None:
    """What keeps the engine from being used, with the command that mends it; None when nothing does."""
    try:
        missing, also = await asyncio.gather(missing_search_attributes(engine), more())
    except AWAY:
        return "The engine does not answer. Check TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE, and that Temporal runs."
    if missing:
        return f"The engine does not know the search attributes {', '.join(missing)}. Run `partnerdesk migrate`."
    return also
