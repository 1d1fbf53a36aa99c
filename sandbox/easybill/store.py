"""What the sandbox keeps: things with a number, as JSON; deliveries; faults; the calls that were made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sandbox.sqlite_store import SqliteStore

SCHEMA = """
CREATE TABLE IF NOT EXISTS accounts (
  id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS things (
  id INTEGER PRIMARY KEY AUTOINCREMENT, account INTEGER NOT NULL, kind TEXT NOT NULL, at INTEGER NOT NULL,
  body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS things_by_account ON things (account, kind, id);
CREATE TABLE IF NOT EXISTS counters (
  account INTEGER NOT NULL, name TEXT NOT NULL, value INTEGER NOT NULL, PRIMARY KEY (account, name));
CREATE TABLE IF NOT EXISTS deliveries (
  id INTEGER PRIMARY KEY AUTOINCREMENT, account INTEGER NOT NULL, webhook INTEGER NOT NULL, event TEXT NOT NULL,
  body TEXT NOT NULL, next_at INTEGER NOT NULL, status TEXT NOT NULL, attempts TEXT NOT NULL DEFAULT '[]');
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (next_at) WHERE status = 'pending';
CREATE TABLE IF NOT EXISTS faults (
  id INTEGER PRIMARY KEY AUTOINCREMENT, account INTEGER NOT NULL, body TEXT NOT NULL,
  injected INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS calls (
  id INTEGER PRIMARY KEY AUTOINCREMENT, account INTEGER, at INTEGER NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL,
  status INTEGER, executed INTEGER, made INTEGER, fault TEXT);
-- Ids do not begin at 1: who takes an id for a position finds out.
INSERT INTO sqlite_sequence SELECT 'things', 41000
 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'things');
"""

Thing = dict[str, Any]


class Store(SqliteStore):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "easybill.sqlite", SCHEMA)

    def add(self, account: int, kind: str, thing: Thing, at: int) -> Thing:
        """Keep it under a number of its own, which is put into it."""
        cursor = self.run("INSERT INTO things (account, kind, at, body) VALUES (?, ?, ?, '{}')", account, kind, at)
        kept = {"id": cursor.lastrowid, **thing}
        self.put(kept)
        return kept

    def put(self, thing: Thing) -> None:
        self.run("UPDATE things SET body = ? WHERE id = ?", json.dumps(thing, ensure_ascii=False), thing["id"])

    def get(self, account: int, kind: str, number: int) -> Thing | None:
        row = self.row("SELECT body FROM things WHERE id = ? AND account = ? AND kind = ?", number, account, kind)
        return None if row is None else json.loads(row["body"])

    def all(self, account: int, kind: str, until: int | None = None) -> list[Thing]:
        """Newest first, as lists show them. `until`: only what was made before this instant."""
        rows = self.rows(
            "SELECT body FROM things WHERE account = ? AND kind = ? AND (?3 IS NULL OR at <= ?3) ORDER BY id DESC",
            account,
            kind,
            until,
        )
        return [json.loads(row["body"]) for row in rows]

    def delete(self, number: int) -> None:
        self.run("DELETE FROM things WHERE id = ?", number)

    def count_up(self, account: int, name: str) -> int:
        """The next number of a series."""
        row = self.row(
            "INSERT INTO counters VALUES (?, ?, 1) ON CONFLICT (account, name) DO UPDATE SET value = value + 1"
            " RETURNING value",
            account,
            name,
        )
        assert row is not None
        return int(row["value"])
