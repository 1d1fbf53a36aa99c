"""What an endpoint heard and what it has still to hear: every delivery with its tries, and hearing it again."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field, model_validator

from ledger.audit import audit, webhook_endpoints
from ledger.audit.event_types import PING
from ledger.database import TenantTransaction
from ledger.keyset import Conditions
from ledger.refusals import NotAllowedNow, NotFound
from ledger.types import BusinessTime, Frozen, Submitted

MOST_REPLAYED = 10_000


class Delivery(Frozen):
    """An event at one endpoint. `failure`, `status`, `answer`: of the last try. `event`: what `webhook-id` says."""

    id: UUID
    seq: int
    event: UUID
    type: str
    subject: str
    subject_id: str
    state: Literal["due", "delivered", "dropped"]
    tries: int
    next_at: datetime
    replayed_by: str | None
    created_at: datetime
    changed_at: datetime
    delivered_at: datetime | None
    status: int | None
    failure: str | None
    answer: str | None


class AttemptShown(Frozen):
    """One try. `failure`: a code, None where it was taken."""

    number: int
    at: datetime
    milliseconds: int
    status: int | None
    failure: str | None
    answer: str | None


class ReplayedRange(Submitted):
    """What an endpoint is to hear again: everything that happened from `since` until before `until`."""

    since: BusinessTime = Field(examples=["2026-11-30T08:00:00Z"])
    until: BusinessTime = Field(examples=["2026-11-30T12:00:00Z"])

    @model_validator(mode="after")
    def _has_a_length(self) -> "ReplayedRange":
        if self.until <= self.since:
            raise ValueError("until is not after since")
        return self


class DeliveryFilter(Frozen):
    """Which deliveries are wanted; None: all."""

    state: Literal["due", "delivered", "dropped"] | None = None
    updated_since: datetime | None = None


_ALL = DeliveryFilter()
_FROM = """
  FROM event_deliveries d
  JOIN events_out v ON v.tenant_id = d.tenant_id AND v.id = d.event_id
  LEFT JOIN event_attempts a ON a.tenant_id = d.tenant_id AND a.delivery_id = d.id AND a.number = d.tries"""
_COLUMNS = """d.id, d.seq, d.event_id AS event, v.type, d.subject, d.subject_id, d.state, d.tries, d.next_at,
       d.replayed_by, d.created_at, d.changed_at, d.delivered_at, a.status, a.failure, a.answer"""


async def list_deliveries(
    tx: TenantTransaction, endpoint: UUID, wanted: DeliveryFilter = _ALL, *, after: int | None = None, limit: int = 50
) -> tuple[list[Delivery], int | None]:
    """Of one endpoint, newest first; the second value is the cursor of the next page. Raises NotFound."""
    await webhook_endpoints.get(tx, endpoint)
    where = Conditions(tx.tenant.id)
    where.require("d.endpoint_id = {}", endpoint)
    if wanted.state is not None:
        where.require("d.state = {}", wanted.state)
    if wanted.updated_since is not None:
        where.require("d.changed_at >= {}", wanted.updated_since)
    if after is not None:
        where.require("d.seq < {}", after)
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS} {_FROM} WHERE d.tenant_id = $1 {where} ORDER BY d.seq DESC
         LIMIT {where.parameter(limit + 1)}
        """,
        *where.parameters,
    )
    found = [Delivery.from_row(row) for row in rows[:limit]]
    return found, (found[-1].seq if len(rows) > limit else None)


async def get(tx: TenantTransaction, endpoint: UUID, id: UUID) -> Delivery:
    """The delivery. Raises NotFound."""
    row = await tx.fetchrow(
        f"SELECT {_COLUMNS} {_FROM} WHERE d.tenant_id = $1 AND d.endpoint_id = $2 AND d.id = $3",
        tx.tenant.id,
        endpoint,
        id,
    )
    if row is None:
        raise NotFound("delivery_not_found")
    return Delivery.from_row(row)


async def list_attempts(tx: TenantTransaction, delivery: UUID) -> list[AttemptShown]:
    """All tries of a delivery, the newest first; at most a hundred."""
    rows = await tx.fetch(
        """
        SELECT number, at, milliseconds, status, failure, answer FROM event_attempts
         WHERE tenant_id = $1 AND delivery_id = $2 ORDER BY number DESC LIMIT 100
        """,
        tx.tenant.id,
        delivery,
    )
    return [AttemptShown.from_row(row) for row in rows]


async def replay(tx: TenantTransaction, endpoint: UUID, id: UUID, *, by: str) -> Delivery:
    """The event once more, behind what is due of its object; one that is due already is tried at once.

    Raises NotFound, NotAllowedNow (the endpoint has ended).
    """
    await _require_alive(tx, endpoint)
    before = await get(tx, endpoint, id)
    if before.state == "due":
        await tx.execute(
            "UPDATE event_deliveries SET next_at = now() WHERE tenant_id = $1 AND id = $2 AND state = 'due'",
            tx.tenant.id,
            id,
        )
        again = id
    else:
        again = await tx.fetchval(
            """
            INSERT INTO event_deliveries (tenant_id, endpoint_id, event_id, subject, subject_id, replayed_by)
            SELECT tenant_id, endpoint_id, event_id, subject, subject_id, $3 FROM event_deliveries
             WHERE tenant_id = $1 AND id = $2 RETURNING id
            """,
            tx.tenant.id,
            id,
            by,
        )
    await _note(tx, by, "event_replayed", endpoint, event=str(before.event))
    return await get(tx, endpoint, again)


async def replay_range(tx: TenantTransaction, endpoint: UUID, wanted: ReplayedRange, *, by: str) -> int:
    """Everything that this endpoint was to hear in that time and that is not due, once more and in its order.

    Returns how many. Raises NotFound, NotAllowedNow (the endpoint has ended, or they are more than MOST_REPLAYED).
    """
    await _require_alive(tx, endpoint)
    told = await tx.fetch(
        """
        SELECT v.id, min(v.seq) AS seq FROM events_out v
          JOIN event_deliveries d ON d.tenant_id = v.tenant_id AND d.event_id = v.id AND d.endpoint_id = $2
         WHERE v.tenant_id = $1 AND v.created_at >= $3 AND v.created_at < $4
         GROUP BY v.id HAVING bool_and(d.state <> 'due') ORDER BY 2 LIMIT $5
        """,
        tx.tenant.id,
        endpoint,
        wanted.since,
        wanted.until,
        MOST_REPLAYED + 1,
    )
    if len(told) > MOST_REPLAYED:
        raise NotAllowedNow("too_many_to_replay", most=MOST_REPLAYED)
    await tx.execute(
        """
        INSERT INTO event_deliveries (tenant_id, endpoint_id, event_id, subject, subject_id, replayed_by)
        SELECT v.tenant_id, $2, v.id, v.subject, v.subject_id, $4
          FROM events_out v WHERE v.tenant_id = $1 AND v.id = ANY ($3) ORDER BY v.seq
        """,
        tx.tenant.id,
        endpoint,
        [row["id"] for row in told],
        by,
    )
    await _note(
        tx,
        by,
        "range_replayed",
        endpoint,
        since=wanted.since.isoformat(),
        until=wanted.until.isoformat(),
        events=len(told),
    )
    return len(told)


async def skip(tx: TenantTransaction, endpoint: UUID, id: UUID, *, by: str) -> Delivery:
    """Give one up that its receiver will never take: what waits behind it of the same object goes on.

    Raises NotFound, NotAllowedNow (it is not due).
    """
    before = await get(tx, endpoint, id)
    dropped = await tx.fetchval(
        "UPDATE event_deliveries SET state = 'dropped' WHERE tenant_id = $1 AND id = $2 AND state = 'due' RETURNING 1",
        tx.tenant.id,
        id,
    )
    if dropped is None:
        raise NotAllowedNow("delivery_not_due")
    await _note(tx, by, "event_skipped", endpoint, event=str(before.event))
    return await get(tx, endpoint, id)


async def ping(tx: TenantTransaction, endpoint: UUID, *, by: str) -> Delivery:
    """An event that means nothing, for this endpoint alone. Raises NotFound, NotAllowedNow (it is not told)."""
    if await _state(tx, endpoint) != "active":
        raise NotAllowedNow("endpoint_not_active")
    made: UUID = await tx.fetchval(
        """
        WITH made AS (
            INSERT INTO events_out (tenant_id, type, subject, subject_id, data)
            VALUES ($1, $3, 'webhook_endpoint', $2::text, jsonb_build_object('id', $2::text)) RETURNING id)
        INSERT INTO event_deliveries (tenant_id, endpoint_id, event_id, subject, subject_id)
        SELECT $1, $2::uuid, id, 'webhook_endpoint', $2::text FROM made RETURNING id
        """,
        tx.tenant.id,
        str(endpoint),
        PING,
    )
    await _note(tx, by, "pinged", endpoint)
    return await get(tx, endpoint, made)


async def _require_alive(tx: TenantTransaction, endpoint: UUID) -> None:
    if await _state(tx, endpoint) == "ended":
        raise NotAllowedNow("endpoint_ended")


async def _state(tx: TenantTransaction, endpoint: UUID) -> str:
    """Held against its end: nothing becomes due at an endpoint that has ended. Raises NotFound."""
    await tx.execute(
        "SELECT 1 FROM webhook_endpoints WHERE tenant_id = $1 AND id = $2 FOR KEY SHARE", tx.tenant.id, endpoint
    )
    return (await webhook_endpoints.get(tx, endpoint)).state


async def _note(tx: TenantTransaction, by: str, what: str, endpoint: UUID, **detail: str | int) -> None:
    await audit.record(
        tx,
        actor=by,
        action=f"webhook_endpoint.{what}",
        subject="webhook_endpoint",
        subject_id=str(endpoint),
        detail=dict(detail),
    )
