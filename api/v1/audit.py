"""The audit trail for machines: who did what, when, through which door."""

from datetime import datetime
from typing import Annotated

from fastapi import Query
from fastapi.responses import JSONResponse

from api.http.parts import Doors
from api.http.rows import after, shown
from api.v1.answers import Cursor, Limit, Page, UpdatedSince
from api.v1.callers import Approver
from api.v1.doors import door_router
from ledger.audit import audit, audit_chain
from ledger.audit.audit import AuditFilter
from ledger.audit.audit_chain import Head
from ledger.types import BusinessTime, Frozen

router = door_router("/api/v1/audit", "Prüfpfad")
Word = Annotated[str | None, Query(max_length=100)]


class AuditQuery(AuditFilter):
    actor: Word = None
    action: Word = None
    subject: Word = None
    subject_id: Word = None
    since: BusinessTime | None = None
    before: BusinessTime | None = None
    updated_since: UpdatedSince = None
    """Entries do not change: the same as `since`."""
    cursor: Cursor = None
    limit: Limit = 50


class TrailEntry(Frozen):
    """`detail` holds before and after. What tells who somebody is lies beside the trail and is not shown here."""

    number: int
    at: datetime
    actor: str
    action: str
    subject: str
    subject_id: str
    detail: dict[str, object]
    origin: str | None


@router.get(
    "",
    summary="Den Prüfpfad lesen",
    description="Neueste zuerst. Braucht das Recht `approve`: wer freigibt, darf den Prüfpfad sehen.",
    operation_id="list_audit_entries",
    response_model=Page[TrailEntry],
)
async def list_entries(
    doors: Doors,
    caller: Approver,
    asked: Annotated[AuditQuery, Query()],
) -> JSONResponse:
    since = max((at for at in (asked.since, asked.updated_since) if at is not None), default=None)
    async with doors.ledger.transaction(caller.tenant) as tx:
        found, following = await audit.list_entries(
            tx, asked.model_copy(update={"since": since}), after=after(asked.cursor), limit=asked.limit
        )
    items = [shown(entry) for entry in found]
    for item in items:
        del item["personal"]
    return JSONResponse({"items": items, "next_cursor": None if following is None else str(following)})


@router.get(
    "/head",
    summary="Der Kopf des Prüfpfads",
    description="Der Hash des neuesten Eintrags. Aufgehoben ist er der Anker für `partnerdesk audit verify --anchor`.",
    operation_id="get_audit_head",
    response_model=Head,
)
async def get_head(doors: Doors, caller: Approver) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        return JSONResponse(shown(await audit_chain.head(tx)))
