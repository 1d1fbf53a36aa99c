"""The list of calls of the token endpoints: an oracle sees in it how often a token was refreshed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .clock import from_millis, wire
from .store import Store


@dataclass(frozen=True)
class Record:
    at: int
    client: str | None
    organization: str | None
    kind: str  # the grant_type, or revoke
    status: int | None  # what the client got; None when the connection broke without an answer
    executed: int | None  # the status of the executed call, which a fault may have hidden; None if not executed
    error: str | None
    fault: str | None
    ms: float


def note(store: Store, record: Record) -> None:
    store.run(
        "INSERT INTO oauth_calls (at, client, organization, kind, status, executed, error, fault, ms)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *vars(record).values(),
    )


def report(store: Store, client: str | None, organization: str | None) -> dict[str, Any]:
    rows = store.rows(
        "SELECT * FROM oauth_calls WHERE (?1 IS NULL OR client = ?1) AND (?2 IS NULL OR organization = ?2) ORDER BY id",
        client,
        organization,
    )
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        by_status = counts.setdefault(row["kind"], {})
        status = "reset" if row["status"] is None else str(row["status"])
        by_status[status] = by_status.get(status, 0) + 1
    return {
        "total": len(rows),
        "counts": counts,
        "calls": [
            {
                "time": wire(from_millis(row["at"])),
                "clientId": row["client"],
                "organizationId": row["organization"],
                "kind": row["kind"],
                "status": row["status"],
                "executedStatus": row["executed"],
                "error": row["error"],
                "fault": row["fault"],
                "ms": row["ms"],
            }
            for row in rows
        ],
    }


def reset(store: Store, client: str | None, organization: str | None) -> None:
    store.run(
        "DELETE FROM oauth_calls WHERE (?1 IS NULL OR client = ?1) AND (?2 IS NULL OR organization = ?2)",
        client,
        organization,
    )
