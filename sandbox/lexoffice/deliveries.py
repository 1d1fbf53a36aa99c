"""The log of notifications: what was sent where, how often, and how it ended."""

from __future__ import annotations

import json
from typing import Any

from .clock import from_millis, wire
from .store import Store


def log(store: Store, organization: str, last: int | None = None) -> list[dict[str, Any]]:
    """Oldest first; the last so many if a number is given."""
    rows = store.rows(
        "SELECT * FROM (SELECT * FROM deliveries WHERE organization = ? ORDER BY id DESC LIMIT ?) ORDER BY id",
        organization,
        -1 if last is None else last,
    )
    return [
        {
            "id": row["id"],
            "eventType": row["event_type"],
            "resourceId": row["resource"],
            "subscriptionId": row["subscription"],
            "url": row["url"],
            "body": row["body"],
            "status": row["status"],
            "created": wire(from_millis(row["created"])),
            "nextAttempt": wire(from_millis(row["next_at"])) if row["status"] == "pending" else None,
            "attempts": [
                {**attempt, "at": wire(from_millis(attempt["at"]))} for attempt in json.loads(row["attempts"])
            ],
        }
        for row in rows
    ]


def forget_finished(store: Store, organization: str) -> None:
    store.run("DELETE FROM deliveries WHERE organization = ? AND status <> 'pending'", organization)
