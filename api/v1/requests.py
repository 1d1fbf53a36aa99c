"""The log of this API: what was asked by which key, and how it was answered."""

from typing import Annotated

from fastapi import Query
from fastapi.responses import JSONResponse
from pydantic import Field

from api.http.parts import Doors
from api.http.rows import after
from api.v1.answers import ListQuery, Page, page
from api.v1.callers import Reader
from api.v1.doors import door_router
from ledger.audit import api_requests
from ledger.audit.api_requests import LoggedRequest, RequestFilter
from ledger.types import BusinessTime

router = door_router("/api/v1/requests", "Anfragen an die API")


class RequestsQuery(ListQuery):
    key: str | None = Field(default=None, max_length=20, description="Id des Schlüssels")
    method: str | None = Field(default=None, max_length=10, examples=["POST"])
    route: str | None = Field(default=None, max_length=300, description="Vorlage der Adresse, wie die Liste sie zeigt")
    status: int | None = Field(default=None, ge=100, le=599)
    failed: bool | None = Field(default=None, description="`true`: nur Antworten ab 400; `false`: nur die anderen")
    request_id: str | None = Field(default=None, max_length=64, description="Wie `X-Request-Id` der Antwort")
    before: BusinessTime | None = Field(default=None, description="Nur was vorher gefragt wurde")


@router.get(
    "",
    summary="Anfragen auflisten",
    description="Neueste zuerst, 30 Tage lang: Adresse, Schlüssel, Status und Dauer, nie Inhalte. Eine Anfrage steht "
    "etwa eine Sekunde nach ihrer Antwort hier; mit unbekanntem Schlüssel steht sie nirgends. `updated_since` zählt ab "
    "dem Zeitpunkt der Anfrage.",
    operation_id="list_api_requests",
    response_model=Page[LoggedRequest],
)
async def list_requests(doors: Doors, caller: Reader, asked: Annotated[RequestsQuery, Query()]) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        found = await api_requests.list_requests(
            tx,
            RequestFilter(
                key_id=asked.key,
                method=asked.method,
                route=asked.route,
                status=asked.status,
                failed=asked.failed,
                request_id=asked.request_id,
                since=asked.updated_since,
                before=asked.before,
            ),
            after=after(asked.cursor),
            limit=asked.limit,
        )
    return JSONResponse(page(found))
