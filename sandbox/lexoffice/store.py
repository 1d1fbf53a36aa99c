"""What the sandbox lexoffice keeps."""

from __future__ import annotations

from pathlib import Path

from sandbox.sqlite_store import SqliteStore

SCHEMA = """
CREATE TABLE IF NOT EXISTS organizations (
  id TEXT PRIMARY KEY, position INTEGER NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS api_keys (
  key TEXT PRIMARY KEY, organization TEXT NOT NULL, created INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS counters (
  organization TEXT NOT NULL, name TEXT NOT NULL, value INTEGER NOT NULL,
  PRIMARY KEY (organization, name));
CREATE TABLE IF NOT EXISTS contacts (
  id TEXT PRIMARY KEY, organization TEXT NOT NULL, sort_name TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS contacts_by_name ON contacts (organization, sort_name);
CREATE TABLE IF NOT EXISTS documents (
  id TEXT PRIMARY KEY, organization TEXT NOT NULL, kind TEXT NOT NULL, status TEXT NOT NULL,
  number TEXT NOT NULL, voucher_date INTEGER NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL,
  due INTEGER, contact TEXT, archived INTEGER NOT NULL, body TEXT NOT NULL, body_before TEXT);
CREATE INDEX IF NOT EXISTS documents_by_date ON documents (organization, voucher_date);
CREATE INDEX IF NOT EXISTS documents_by_updated ON documents (organization, updated);
CREATE INDEX IF NOT EXISTS documents_by_contact ON documents (organization, contact);
CREATE TABLE IF NOT EXISTS vouchers (
  id TEXT PRIMARY KEY, organization TEXT NOT NULL, type TEXT NOT NULL, status TEXT NOT NULL, number TEXT NOT NULL,
  voucher_date INTEGER NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL, due INTEGER, contact TEXT,
  body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS vouchers_by_date ON vouchers (organization, voucher_date);
CREATE TABLE IF NOT EXISTS files (
  id TEXT PRIMARY KEY, organization TEXT NOT NULL, voucher TEXT NOT NULL, sha256 TEXT NOT NULL, mime TEXT NOT NULL,
  by_upload INTEGER NOT NULL, content BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS files_by_voucher ON files (voucher);
CREATE VIEW IF NOT EXISTS listed AS
  SELECT organization, kind, status, number, voucher_date, created, updated, due, contact, archived, body,
         rowid AS place
    FROM documents
   UNION ALL
  SELECT organization, type, status, number, voucher_date, created, updated, due, contact, 0, body, rowid FROM vouchers;
CREATE TABLE IF NOT EXISTS subscriptions (
  id TEXT PRIMARY KEY, organization TEXT NOT NULL, api_key TEXT NOT NULL, event_type TEXT NOT NULL,
  callback_url TEXT NOT NULL, created INTEGER NOT NULL, UNIQUE (organization, event_type, callback_url));
CREATE TABLE IF NOT EXISTS deliveries (
  id INTEGER PRIMARY KEY, organization TEXT NOT NULL, subscription TEXT, event_type TEXT NOT NULL,
  resource TEXT NOT NULL, url TEXT NOT NULL, headers TEXT NOT NULL, signed INTEGER NOT NULL, body TEXT NOT NULL,
  created INTEGER NOT NULL, next_at INTEGER NOT NULL, status TEXT NOT NULL, attempts TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (next_at) WHERE status = 'pending';
CREATE INDEX IF NOT EXISTS deliveries_by_organization ON deliveries (organization);
CREATE TABLE IF NOT EXISTS faults (
  id INTEGER PRIMARY KEY, organization TEXT NOT NULL, body TEXT NOT NULL, injected INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS notification_faults (
  organization TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS calls (
  id INTEGER PRIMARY KEY, organization TEXT, at INTEGER NOT NULL, method TEXT NOT NULL, route TEXT NOT NULL,
  path TEXT NOT NULL, status INTEGER, executed INTEGER, resource TEXT, fault TEXT, ms REAL NOT NULL);
CREATE INDEX IF NOT EXISTS calls_by_organization ON calls (organization);
CREATE TABLE IF NOT EXISTS oauth_clients (
  id TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS oauth_grants (
  id TEXT PRIMARY KEY, client TEXT NOT NULL, organization TEXT NOT NULL, scope TEXT NOT NULL, created INTEGER NOT NULL,
  code TEXT NOT NULL UNIQUE, code_state TEXT NOT NULL, code_expires INTEGER NOT NULL, redirect_uri TEXT NOT NULL,
  challenge TEXT, access_token TEXT UNIQUE, access_expires INTEGER, refresh_token TEXT UNIQUE,
  refreshes INTEGER NOT NULL DEFAULT 0, ended TEXT);
CREATE TABLE IF NOT EXISTS oauth_spent_tokens (
  token TEXT PRIMARY KEY, grant_id TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS oauth_calls (
  id INTEGER PRIMARY KEY, at INTEGER NOT NULL, client TEXT, organization TEXT, kind TEXT NOT NULL, status INTEGER,
  executed INTEGER, error TEXT, fault TEXT, ms REAL NOT NULL);
"""


class Store(SqliteStore):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "lexoffice.sqlite", SCHEMA)

    def next_value(self, organization: str, name: str, first: int = 1) -> int:
        """The next number of a series; no two calls get the same."""
        row = self.row(
            "INSERT INTO counters VALUES (?, ?, ?) "
            "ON CONFLICT (organization, name) DO UPDATE SET value = value + 1 RETURNING value",
            organization,
            name,
            first,
        )
        assert row is not None
        return int(row["value"])
