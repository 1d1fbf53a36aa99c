"""The outbox of events out: what is due at an endpoint, and what became of each try (engine.md).

Events and what is due are written by triggers, in the transaction that causes them (functions/audit.sql). An object
whose event fails waits, others go on.
"""

from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from pydantic import Field

from ledger.audit import audit, webhook_endpoints
from ledger.database import TenantTransaction
from ledger.types import Frozen

_RANDOM = Random()  # noqa: S311 - spreads tries, keeps no secret
_ACTOR = "engine:events-out"


class RetryPlan(Frozen):
    """When what failed is tried again, in seconds: the n-th wait, the last one for ever, each a fifth more or less.

    An endpoint that took nothing for `warn_after` is told of by mail (functions/mail.sql), after `off_after` it is
    switched off. After `rest_after` failures in a row it gets one event at a time.
    """

    waits: tuple[float, ...]
    warn_after: float
    off_after: float
    rest_after: int = Field(default=10, gt=0)

    def wait(self, failures: int) -> timedelta:
        """After so many failures in a row, at least one."""
        wait = self.waits[min(failures, len(self.waits)) - 1]
        return timedelta(seconds=wait * _RANDOM.uniform(0.8, 1.2))


class DueEvent(Frozen):
    """An event that may go to its endpoint now: nothing before it waits of the same object."""

    delivery: UUID
    tries: int
    event: UUID
    type: str
    version: int
    subject: str
    subject_id: str
    data: dict[str, Any]
    created_at: datetime


class Attempt(Frozen):
    """What came of one try. `failure`: a code, None where it was taken; `answer`: the beginning of what came back."""

    failure: str | None
    status: int | None = None
    answer: str | None = None
    milliseconds: int = 0

    @property
    def gone(self) -> bool:
        """The endpoint says that it hears nothing for ever."""
        return self.status == 410


_LONG_ENOUGH = "failing_since < now() - $4::interval AND warned_at <= now() - $5::interval"
_DUE = """
  FROM event_deliveries d
 WHERE d.tenant_id = $1 AND d.endpoint_id = $2 AND d.state = 'due'
   AND NOT EXISTS (SELECT FROM event_deliveries o
                    WHERE o.tenant_id = d.tenant_id AND o.endpoint_id = d.endpoint_id AND o.state = 'due'
                      AND o.subject = d.subject AND o.subject_id = d.subject_id AND o.seq < d.seq)"""


async def list_due(tx: TenantTransaction, endpoint: UUID, plan: RetryPlan, *, at_most: int) -> list[DueEvent]:
    """The oldest that may go now, each of another object; of an endpoint that fails all the time one, after a rest."""
    row = await tx.fetchrow(
        """
        SELECT failures, rests_until > now() AS rests FROM webhook_endpoints
         WHERE tenant_id = $1 AND id = $2 AND state = 'active'
        """,
        tx.tenant.id,
        endpoint,
    )
    if row is None or row["rests"]:
        return []
    fails = row["failures"] >= plan.rest_after
    rows = await tx.fetch(
        f"""
        SELECT due.id AS delivery, due.tries, v.id AS event, v.type, v.version, v.subject, v.subject_id, v.data,
               v.created_at
          FROM (SELECT d.* {_DUE} AND ($4 OR d.next_at <= now()) ORDER BY d.seq LIMIT $3) due
          JOIN events_out v ON v.tenant_id = due.tenant_id AND v.id = due.event_id ORDER BY due.seq
        """,
        tx.tenant.id,
        endpoint,
        1 if fails else at_most,
        fails,
    )
    return [DueEvent.from_row(row) for row in rows]


async def seconds_until_due(tx: TenantTransaction, endpoint: UUID, plan: RetryPlan) -> float | None:
    """Until something may go. None: nothing waits, or the endpoint is not told."""
    row = await tx.fetchrow(
        """
        SELECT failures, COALESCE(extract(epoch FROM rests_until - now()), 0)::float AS rest FROM webhook_endpoints
         WHERE tenant_id = $1 AND id = $2 AND state = 'active'
        """,
        tx.tenant.id,
        endpoint,
    )
    if row is None:
        return None
    wait: float | None = await tx.fetchval(
        f"SELECT extract(epoch FROM min(d.next_at) - now())::float {_DUE}", tx.tenant.id, endpoint
    )
    if wait is None:
        return None
    rest: float = row["rest"]
    return max(rest, 0.0) if row["failures"] >= plan.rest_after else max(wait, rest, 0.0)


async def note(tx: TenantTransaction, endpoint: UUID, due: DueEvent, attempt: Attempt, plan: RetryPlan) -> None:
    """Keep what came of a try. Of two tries under one number, as when a worker was thought dead, the first counts.

    Locks the endpoint, then the delivery: whoever switches or removes it does the same.
    """
    await tx.execute(
        "SELECT 1 FROM webhook_endpoints WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE", tx.tenant.id, endpoint
    )
    counted = await tx.fetchval(
        """
        UPDATE event_deliveries
           SET tries = tries + 1, next_at = now() + $4::interval,
               state = CASE WHEN $5::boolean THEN 'delivered' ELSE state END,
               delivered_at = CASE WHEN $5 THEN now() END
         WHERE tenant_id = $1 AND id = $2 AND state = 'due' AND tries = $3 RETURNING tries
        """,
        tx.tenant.id,
        due.delivery,
        due.tries,
        plan.wait(due.tries + 1),
        attempt.failure is None,
    )
    if counted is None:
        return
    await tx.execute(
        """
        INSERT INTO event_attempts (tenant_id, delivery_id, number, milliseconds, status, failure, answer)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        tx.tenant.id,
        due.delivery,
        counted,
        attempt.milliseconds,
        attempt.status,
        attempt.failure,
        attempt.answer,
    )
    if attempt.failure is None:
        await _note_success(tx, endpoint, plan)
    elif attempt.gone:
        await webhook_endpoints.end(tx, endpoint, reason="gone")
        await _record(tx, endpoint, "gone")
    else:
        await _note_failure(tx, endpoint, plan)


async def _note_success(tx: TenantTransaction, endpoint: UUID, plan: RetryPlan) -> None:
    """Whoever took nothing for long takes everything that waits now."""
    rested = await tx.fetchval(
        """
        UPDATE webhook_endpoints e
           SET failures = 0, failing_since = NULL, warned_at = NULL, rests_until = NULL
          FROM webhook_endpoints before
         WHERE e.tenant_id = $1 AND e.id = $2 AND e.failures > 0
           AND before.tenant_id = e.tenant_id AND before.id = e.id
        RETURNING before.failures >= $3
        """,
        tx.tenant.id,
        endpoint,
        plan.rest_after,
    )
    if rested:
        await webhook_endpoints.tell_at_once(tx, endpoint)


async def _note_failure(tx: TenantTransaction, endpoint: UUID, plan: RetryPlan) -> None:
    """Rest, warn, switch off: by how long the endpoint has taken nothing.

    Between the warning (functions/mail.sql) and the end lies as much time as the plan has between them, also where
    nothing was due for days after the first failure.
    """
    row = await tx.fetchrow(
        f"""
        UPDATE webhook_endpoints
           SET failures = failures + 1, failing_since = COALESCE(failing_since, now()),
               warned_at = CASE WHEN failing_since < now() - $3::interval THEN COALESCE(warned_at, now()) END,
               state = CASE WHEN {_LONG_ENOUGH} THEN 'off' ELSE state END,
               state_reason = CASE WHEN {_LONG_ENOUGH} THEN 'failing' END
         WHERE tenant_id = $1 AND id = $2 AND state = 'active' RETURNING failures, state
        """,
        tx.tenant.id,
        endpoint,
        timedelta(seconds=plan.warn_after),
        timedelta(seconds=plan.off_after),
        timedelta(seconds=max(plan.off_after - plan.warn_after, 0.0)),
    )
    if row is None:
        return
    if row["state"] == "off":
        await _record(tx, endpoint, "switched_off")
    elif row["failures"] >= plan.rest_after:
        await tx.execute(
            "UPDATE webhook_endpoints SET rests_until = now() + $3::interval WHERE tenant_id = $1 AND id = $2",
            tx.tenant.id,
            endpoint,
            plan.wait(row["failures"] - plan.rest_after + 1),
        )


async def _record(tx: TenantTransaction, endpoint: UUID, what: str) -> None:
    await audit.record(
        tx,
        actor=_ACTOR,
        action=f"webhook_endpoint.{what}",
        subject="webhook_endpoint",
        subject_id=str(endpoint),
    )
