"""What waits for a person."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Body, Query
from fastapi.responses import JSONResponse
from pydantic import Field

from api.actions import task_answers
from api.http.language import in_words
from api.http.parts import Doors
from api.http.rows import after, shown
from api.v1.answers import ListQuery, Page, page
from api.v1.callers import Reader, WriterOrApprover, require
from api.v1.doors import door_router
from api.v1.once import OnlyOnce
from ledger import tasks
from ledger.booking.resolutions import Answer
from ledger.payouts import claim_write_offs, own_reversals
from ledger.tasks import Task, TaskFilter
from ledger.types import Submitted, TaskId

_DECIDED = ("payout", own_reversals.SUBJECT, claim_write_offs.SUBJECT)
router = door_router("/api/v1/tasks", "Aufgaben")


class Resolution(Submitted):
    """What is done about the task: one of its `actions`, and what that action needs."""

    action: str = Field(min_length=1, max_length=50, examples=["adopt"])
    reason: str | None = Field(default=None, max_length=500)
    detail: dict[str, str] = Field(
        default_factory=dict,
        max_length=10,
        description="`resource_id`, `transaction_id`, `partner_code`, `paid_on` (JJJJ-MM-TT), `payment_reference`, "
        "oder `rate` (so viel von der Währung war ein Euro), `rate_day` und `rate_source`, je nach Aktion",
    )


class TaskShown(Task):
    reason: str = Field(description="Was gefragt ist")


class TaskQuery(ListQuery):
    state: Annotated[
        Literal["open", "resolved"] | None, Query(description="Sonst die offenen; mit `updated_since` alle")
    ] = None
    kind: Annotated[str | None, Query(max_length=100)] = None


@router.get("", summary="Aufgaben auflisten", operation_id="list_tasks", response_model=Page[TaskShown])
async def list_tasks(doors: Doors, caller: Reader, asked: Annotated[TaskQuery, Query()]) -> JSONResponse:
    state = asked.state or (None if asked.updated_since else "open")
    async with doors.ledger.transaction(caller.tenant) as tx:
        found = await tasks.list_tasks(
            tx,
            TaskFilter(state=state, kind=asked.kind, updated_since=asked.updated_since),
            after=after(asked.cursor),
            limit=asked.limit,
        )
    return JSONResponse(page(found, _shown))


@router.get("/{task_id}", summary="Eine Aufgabe ansehen", operation_id="get_task", response_model=TaskShown)
async def get_task(task_id: UUID, doors: Doors, caller: Reader) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        task = await tasks.get(tx, TaskId(task_id))
    return JSONResponse(_shown(task))


@router.post(
    "/{task_id}/resolve",
    summary="Eine Aufgabe erledigen",
    description="`action` ist eine der `actions` der Aufgabe. Was eine Auszahlung oder einen Storno betrifft, ist "
    "eine Entscheidung und braucht das Recht `approve`.",
    operation_id="resolve_task",
    status_code=202,
    response_model=TaskShown,
)
async def resolve_task(
    task_id: UUID,
    doors: Doors,
    caller: WriterOrApprover,
    once: OnlyOnce,
    resolution: Annotated[Resolution, Body(examples=[{"action": "done", "reason": "Mit dem Partner geklärt."}])],
) -> JSONResponse:
    async with once.acting() as (tx, after):
        task = await tasks.get(tx, TaskId(task_id))
        require(caller, "approve" if task.subject in _DECIDED else "write")
        answer = Answer.model_validate(resolution.model_dump())
        resolved, replayed = await task_answers.resolve(tx, task, answer, actor=caller.actor)
        after(task_answers.announce_answer, doors, tx.tenant, resolved, replayed)
        return after.answer(_shown(await tasks.get(tx, task.id)), status=202)


def _shown(task: Task) -> dict[str, Any]:
    return shown(task, reason=in_words(task.why))
