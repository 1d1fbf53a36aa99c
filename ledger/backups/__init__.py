"""Backups of the whole database: made, proved by restoring them, restored (docs/operations.md, Backup)."""
