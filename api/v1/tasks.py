"""What waits for a person."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from api.parts import Doors
from api.v1.answers import PROBLEMS, Cursor, Limit, Page, after, page, shown
from api.v1.callers import Reader
from ledger import task_list
from ledger.task_list import Task
from ledger.types import TaskId

router = APIRouter(prefix="/tasks", tags=["Aufgaben"], responses=PROBLEMS)


@router.get("", summary="Aufgaben auflisten", operation_id="list_tasks", response_model=Page[Task])
async def list_tasks(
    doors: Doors,
    caller: Reader,
    state: Annotated[Literal["open", "resolved"] | None, Query()] = "open",
    kind: Annotated[str | None, Query(max_length=100)] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as db:
        found = await task_list.list_tasks(db, caller.tenant, state=state, kind=kind, after=after(cursor), limit=limit)
    return JSONResponse(page(found))


@router.get("/{task_id}", summary="Eine Aufgabe ansehen", operation_id="get_task", response_model=Task)
async def get_task(task_id: UUID, doors: Doors, caller: Reader) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as db:
        task: Any = await task_list.find(db, caller.tenant, TaskId(task_id))
    return JSONResponse(shown(task))
