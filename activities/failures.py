"""What an activity tells engine, log and metrics, in one place: that it ran, for whom, how it ended.

A history and a log hold nothing from outside (rules.md, Words and content): the text of an unforeseen error may quote
a row or an answer, so only its type is passed on; the place where it happened goes to the log.
"""

import time
import traceback
from collections.abc import Sequence
from typing import Any

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError, FailureError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

import traces
from activities import figures
from ledger.audit.audit import Origin, coming_from
from ledger.refusals import Refused

log = structlog.get_logger("activity")


class ExplainFailures(Interceptor):
    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Explain(next)


class _Explain(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        info = activity.info()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(
            workflow_id=info.workflow_id, activity=info.activity_type, attempt=info.attempt, **_about(input.args)
        )
        began = time.monotonic()
        outcome = "failed"
        try:
            result = await self._run(input)
            outcome = "done"
            return result
        finally:
            seconds = time.monotonic() - began
            figures.ACTIVITIES.labels(info.activity_type, outcome).inc()
            figures.SECONDS.labels(info.activity_type).observe(seconds, exemplar=traces.exemplar())
            log.info("activity", outcome=outcome, ms=round(seconds * 1000, 1))

    async def _run(self, input: ExecuteActivityInput) -> Any:
        try:
            with coming_from(Origin(door="engine", request_id=activity.info().workflow_id)):
                return await super().execute_activity(input)
        except (FailureError, TimeoutError) as error:
            if isinstance(error, TimeoutError):
                raise ApplicationError("took too long", type="TimeoutError") from None
            raise
        except Refused as refused:
            # Where a refusal is foreseen the activity handles it. Here it is a defect: the activity stays pending, in
            # sight of ops, and goes on once the data or the code is mended; a failed workflow would be lost.
            raise ApplicationError(refused.code, type=type(refused).__name__) from None
        except Exception as error:
            log.warning("activity failed", error=type(error).__name__, where=_where(error))
            raise ApplicationError("unforeseen", type=type(error).__name__) from None


def _about(args: Sequence[Any]) -> dict[str, Any]:
    """The tenant and the event ids that an activity's input names: the line is found by either."""
    task = args[0] if args else None
    inner = getattr(task, "gathered", task)
    tenant = getattr(inner, "tenant", None)
    events = getattr(inner, "events", None)
    about = {"tenant": getattr(tenant, "slug", None), "events": events if isinstance(events, list) else None}
    return {name: value for name, value in about.items() if value is not None}


def _where(error: Exception) -> list[str]:
    """The last calls, as file:line in function, without values."""
    return [
        f"{frame.filename.rsplit('/', 2)[-1]}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)[-4:]
    ]
