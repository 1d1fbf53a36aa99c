"""The list of calls that clients made: what an oracle counts, refused ones included."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .clock import from_millis, wire
from .store import Store


@dataclass(frozen=True)
class Record:
    organization: str | None
    at: int
    method: str
    route: str
    path: str
    status: int | None  # what the client got; None when the connection broke without an answer
    executed: int | None  # the status of the executed call, which a fault may have hidden; None if not executed
    resource: str | None
    fault: str | None
    ms: float


def note(store: Store, record: Record) -> None:
    store.run(
        "INSERT INTO calls (organization, at, method, route, path, status, executed, resource, fault, ms)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *vars(record).values(),
    )


def report(store: Store, organization: str) -> dict[str, Any]:
    rows = store.rows("SELECT * FROM calls WHERE organization = ? ORDER BY id", organization)
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        by_status = counts.setdefault(f"{row['method']} {row['route']}", {})
        status = "reset" if row["status"] is None else str(row["status"])
        by_status[status] = by_status.get(status, 0) + 1
    return {
        "total": len(rows),
        "counts": counts,
        "calls": [
            {
                "time": wire(from_millis(row["at"])),
                "method": row["method"],
                "route": row["route"],
                "path": row["path"],
                "status": row["status"],
                "executedStatus": row["executed"],
                "id": row["resource"],
                "fault": row["fault"],
                "ms": row["ms"],
            }
            for row in rows
        ],
    }


def reset(store: Store, organization: str) -> None:
    store.run("DELETE FROM calls WHERE organization = ?", organization)
