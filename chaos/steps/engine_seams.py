"""The seams to the engine: calls of its client, and tasks that a worker takes and answers.

How often the SDK tells that an activity is alive is a matter of time, and no step.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import temporalio.bridge.worker
import temporalio.service
from google.protobuf.duration_pb2 import Duration

from chaos.steps.naming import LOOP, in_loop
from chaos.steps.points import Fate, Steps, fall
from sandbox.slow_engine import SlowLine, slow_line

_DONE_WITHIN_S = 0.6
"""The engine has carried out by then what was sent: the answer waits on the line, which is cut."""
_FOR_EVER_S = 1e6
_ACTIVITY_AT_MOST, _HEARTBEAT_AT_MOST, _WORKFLOW_TASK_AT_MOST = (timedelta(seconds=s) for s in (12, 8, 4))
"""How soon the engine takes a process for dead: as long as the product says, an hour would be waited for. An activity
says after 3 s for the first time that it is alive (activities/heartbeats.py)."""
_TELLING = ("start_", "signal_")
"""Calls that change something. What else a process asks is whether the engine is there."""


class Line:
    """Between a process and the engine, in a thread of its own: it can be cut while an answer is on its way."""

    def __init__(self, engine: str) -> None:
        self._engine = engine
        self._ready = threading.Event()
        self._line: SlowLine
        self._loop: asyncio.AbstractEventLoop
        threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True).start()
        self._ready.wait()
        self.address = self._line.address

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        async with slow_line(self._engine) as self._line:
            self._ready.set()
            await asyncio.Event().wait()

    async def lose_answer(self, act: Callable[[], Awaitable[Any]]) -> Any:
        """Do it, with the answer lost on the way. What comes of it is the SDK's: it may ask again."""
        self._line.delay = _FOR_EVER_S
        acting = asyncio.ensure_future(act())
        await asyncio.sleep(_DONE_WITHIN_S)
        cut = asyncio.run_coroutine_threadsafe(self._line.close(), self._loop)
        self._line.delay = 0.0
        await asyncio.wrap_future(cut)
        return await acting


def calls(steps: Steps, line: Line) -> None:
    """Whatever the client asks of the engine."""
    client = temporalio.service._BridgeServiceClient
    call: Callable[..., Awaitable[Any]] = client._rpc_call

    async def calling(self: Any, rpc: str, req: Any, resp_type: Any, **how: Any) -> Any:
        if not rpc.startswith(_TELLING) or not in_loop(steps.process):
            return await call(self, rpc, req, resp_type, **how)
        if steps.are_disturbed and hasattr(req, "workflow_task_timeout"):
            _shorten(req.workflow_task_timeout, _WORKFLOW_TASK_AT_MOST)
        what = req.workflow_type.name if hasattr(req, "workflow_type") else req.signal_name
        return await _told(steps, line, f"engine: {rpc} {what}", lambda: call(self, rpc, req, resp_type, **how))

    setattr(client, "_rpc_call", calling)  # noqa: B010 - it is replaced, not implemented


def tasks(steps: Steps, line: Line) -> None:
    """What the worker takes and answers for the workflows of the loop."""
    worker = temporalio.bridge.worker.Worker
    poll_workflow, complete_workflow = worker.poll_workflow_activation, worker.complete_workflow_activation
    poll_activity, complete_activity = worker.poll_activity_task, worker.complete_activity_task
    kinds: dict[str, str] = {}
    silent: set[str] = set()
    activities: dict[bytes, str] = {}

    async def polled_workflow(self: Any) -> Any:
        task = await poll_workflow(self)
        for job in task.jobs:
            if job.HasField("initialize_workflow"):
                kinds[task.run_id] = job.initialize_workflow.workflow_type
        kind = kinds.get(task.run_id, "?")
        evicted = [job.HasField("remove_from_cache") for job in task.jobs]
        queried = [job.HasField("query_workflow") for job in task.jobs]
        if task.is_replaying or all(evicted) or all(queried) or kind not in LOOP:
            silent.add(task.run_id)
        else:
            silent.discard(task.run_id)
            if steps.begin(f"engine: task of {kind} taken") is not None:
                fall()
        return task

    async def completed_workflow(self: Any, completion: Any) -> None:
        if steps.are_disturbed:
            for command in completion.successful.commands:
                _shorten_waits(command)
        told = sorted({name for command in completion.successful.commands if (name := _told_by(command))})
        if completion.run_id in silent:
            await complete_workflow(self, completion)
            return
        name = f"engine: {kinds.get(completion.run_id, '?')} {', '.join(told) or 'waits'}"
        await _told(steps, line, name, lambda: complete_workflow(self, completion))

    async def polled_activity(self: Any) -> Any:
        task = await poll_activity(self)
        if task.HasField("start") and task.start.workflow_type in LOOP:
            activities[task.task_token] = task.start.activity_type
            if steps.begin(f"engine: {task.start.activity_type} taken") is not None:
                fall()
        return task

    async def completed_activity(self: Any, completion: Any) -> None:
        kind = activities.pop(completion.task_token, None)
        if kind is None:
            await complete_activity(self, completion)
            return
        status = completion.result.WhichOneof("status")
        await _told(steps, line, f"engine: {kind} {status}", lambda: complete_activity(self, completion))

    for name, by in (
        ("poll_workflow_activation", polled_workflow),
        ("complete_workflow_activation", completed_workflow),
        ("poll_activity_task", polled_activity),
        ("complete_activity_task", completed_activity),
    ):
        setattr(worker, name, by)


async def _told(steps: Steps, line: Line, name: str, act: Callable[[], Awaitable[Any]]) -> Any:
    fate = steps.begin(name)
    if fate is Fate.LOST:
        return await line.lose_answer(act)
    answer = await act()
    if fate is Fate.AFTER:
        fall()
    return answer


def _told_by(command: Any) -> str | None:
    """What a command has others do; None where it is of the workflow alone (timers, what the UI shows)."""
    match command.WhichOneof("variant"):
        case "schedule_activity":
            return f"schedules {command.schedule_activity.activity_type}"
        case "signal_external_workflow_execution":
            return f"signals {command.signal_external_workflow_execution.signal_name}"
        case "start_child_workflow_execution":
            return f"starts {command.start_child_workflow_execution.workflow_type}"
        case "complete_workflow_execution":
            return "ends"
        case "fail_workflow_execution":
            return "fails"
        case _:
            return None


def _shorten_waits(command: Any) -> None:
    if command.HasField("schedule_activity"):
        activity = command.schedule_activity
        _shorten(activity.start_to_close_timeout, _ACTIVITY_AT_MOST)
        if activity.HasField("heartbeat_timeout"):
            _shorten(activity.heartbeat_timeout, _HEARTBEAT_AT_MOST)


def _shorten(duration: Duration, at_most: timedelta) -> None:
    if not duration.seconds or duration.ToTimedelta() > at_most:
        duration.FromTimedelta(at_most)
