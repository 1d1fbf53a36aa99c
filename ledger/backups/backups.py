"""A dump of the whole database with a manifest; the proof that it can be restored; the restoring.

It takes a role that row-level security does not bind and that may make databases (a superuser): to the owner the tables
show no rows. Nothing here locks more than `pg_dump` does (ACCESS SHARE).
"""

import contextlib
import os
import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

import asyncpg

from ledger.backups import tools
from ledger.backups.manifest import Manifest, UnusableBackup, digest, place_of, read
from ledger.vault import CannotDecrypt, Vault

_CONNECT_WITHIN_S = 10.0
_SAMPLED = 50
"""Secrets of each column that are tried with the key."""
Connection = asyncpg.Connection  # generic in asyncpg's stubs only


@dataclass(frozen=True)
class Verified:
    """What a restored backup proved. `seconds` is what restoring took; `secrets` how many were opened, None: no key."""

    manifest: Manifest
    seconds: float
    secrets: int | None

    @property
    def age_seconds(self) -> float:
        """How old the backup is now: what would be lost with the database."""
        return (datetime.now(UTC) - self.manifest.taken_at).total_seconds()


async def make(address: str, dump: Path, *, postgres_tools: Path | None = None) -> Manifest:
    """Dump the database that the address names into a file, with its manifest beside it; whole or not at all.

    Raises UnusableBackup (a file that is there already, a role that is bound by row-level security, pg_dump).
    """
    started = time.monotonic()
    async with _connected(address) as db:
        await _require_all_rows(db)
        unfinished = _place_for(dump)
        # The count and the dump see the same instant.
        async with db.transaction(isolation="repeatable_read", readonly=True):
            row = await db.fetchrow("SELECT pg_export_snapshot() AS snapshot, now() AS at, version() AS server")
            assert row is not None
            version, rows = await _version(db), await _rows(db)
            try:
                await tools.run(
                    "pg_dump",
                    address,
                    "--format=custom",
                    f"--snapshot={row['snapshot']}",
                    f"--file={unfinished}",
                    folder=postgres_tools,
                )
            except BaseException:
                unfinished.unlink(missing_ok=True)
                raise
    manifest = Manifest(
        sha256=digest(unfinished),
        bytes=unfinished.stat().st_size,
        taken_at=row["at"],
        seconds=round(time.monotonic() - started, 3),
        version=version,
        postgres=row["server"].split()[1],
        rows=rows,
    )
    _on_disk(unfinished)
    try:
        os.link(unfinished, dump)  # and not a rename, which would overwrite what another one made meanwhile
    except FileExistsError:
        raise _exists(dump) from None
    except OSError:  # where there are no hard links
        unfinished.rename(dump)
    finally:
        unfinished.unlink(missing_ok=True)
    place_of(dump).write_text(manifest.model_dump_json(indent=1) + "\n")
    _on_disk(place_of(dump))
    _on_disk(dump.parent)
    return manifest


async def verify(
    address: str, dump: Path, *, vault: Vault | None = None, postgres_tools: Path | None = None
) -> Verified:
    """Restore a backup into a database that is made for it and thrown away, beside the one that the address names.

    Each table must have the rows that were counted, and the vault must open what is stored encrypted. Raises
    UnusableBackup.
    """
    manifest = read(dump)
    scratch = f"partnerdesk_verify_{secrets.token_hex(6)}"
    async with _connected(address) as db:
        try:
            await db.execute(f'CREATE DATABASE "{scratch}" TEMPLATE template0')
        except asyncpg.InsufficientPrivilegeError:
            raise UnusableBackup(
                "PARTNERDESK_BACKUP_DATABASE_URL names a role that may make no databases, and a backup is proved in "
                "one of its own: it must be a superuser for that."
            ) from None
    there = _of_database(address, scratch)
    try:
        started = time.monotonic()
        await _restore(there, dump, postgres_tools)
        seconds = time.monotonic() - started
        async with _connected(there) as db:
            await _require_rows(db, manifest)
            opened = None if vault is None else await _secrets_opened(db, vault)
    finally:
        async with _connected(address) as db:
            await db.execute(f'DROP DATABASE IF EXISTS "{scratch}" WITH (FORCE)')
    return Verified(manifest, round(seconds, 3), opened)


async def restore(address: str, dump: Path, *, postgres_tools: Path | None = None) -> Verified:
    """Restore a backup into the database that the address names, which must be empty; all of it or nothing.

    The roles of ledger/roles.sql are there. Raises UnusableBackup.
    """
    manifest = read(dump)
    async with _connected(address) as db:
        tables = await _tables(db)
    if tables:
        raise UnusableBackup(
            f"The database holds {len(tables)} tables already, such as {tables[0]}: a backup is restored into an empty "
            "one only. Make a new database with ledger/roles.sql, or move this one away (ALTER DATABASE … RENAME)."
        )
    started = time.monotonic()
    await _restore(address, dump, postgres_tools)
    seconds = time.monotonic() - started
    async with _connected(address) as db:
        await _require_rows(db, manifest)
    return Verified(manifest, round(seconds, 3), None)


async def _restore(address: str, dump: Path, postgres_tools: Path | None) -> None:
    database = unquote(urlsplit(address).path.lstrip("/"))
    await tools.run(
        "pg_restore",
        address,
        f"--dbname={database}",
        "--exit-on-error",
        "--single-transaction",
        str(dump),
        folder=postgres_tools,
    )


async def _require_all_rows(db: Connection) -> None:
    allowed = await db.fetchval("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
    if not allowed:
        raise UnusableBackup(
            "PARTNERDESK_BACKUP_DATABASE_URL names a role to which row-level security hides all rows: it must be a "
            "superuser, or have BYPASSRLS and read all tables."
        )


async def _require_rows(db: Connection, manifest: Manifest) -> None:
    found = await _rows(db)
    if found != manifest.rows:
        differs = sorted(table for table in {*found, *manifest.rows} if found.get(table) != manifest.rows.get(table))
        raise UnusableBackup(
            f"The restored database differs in {len(differs)} tables, such as {differs[0]}: "
            f"{found.get(differs[0])} rows, and {manifest.rows.get(differs[0])} were dumped."
        )


async def _secrets_opened(db: Connection, vault: Vault) -> int:
    columns = await db.fetch(
        """
        SELECT c.relname AS "table", a.attname AS "column"
          FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = 'public' AND c.relkind = 'r' AND a.attname LIKE '%\\_encrypted' AND NOT a.attisdropped
         ORDER BY 1, 2
        """
    )
    opened = 0
    for column in columns:
        rows = await db.fetch(
            f'SELECT "{column["column"]}" AS kept FROM "{column["table"]}"'
            f' WHERE length("{column["column"]}") > 0 LIMIT {_SAMPLED}'
        )
        for row in rows:
            try:
                vault.decrypt(row["kept"])
            except CannotDecrypt:
                raise UnusableBackup(
                    f"PARTNERDESK_SECRET_KEY does not open {column['table']}.{column['column']}: after a restore with "
                    "this key the stored secrets would be lost. Find the key that the backup was made under."
                ) from None
            opened += 1
    return opened


async def _tables(db: Connection) -> list[str]:
    rows = await db.fetch(
        """
        SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = 'public' AND c.relkind = 'r' ORDER BY 1
        """
    )
    return [row["name"] for row in rows]


async def _rows(db: Connection) -> dict[str, int]:
    return {table: await db.fetchval(f'SELECT count(*) FROM "{table}"') for table in await _tables(db)}


async def _version(db: Connection) -> str:
    try:
        found: str | None = await db.fetchval("SELECT max(name) FROM schema_history WHERE kind = 'migration'")
    except asyncpg.UndefinedTableError:
        raise UnusableBackup("The database is not one of PartnerDesk since 1.0: there is nothing to back up.") from None
    return found or "0"


@contextlib.asynccontextmanager
async def _connected(address: str) -> AsyncIterator[Connection]:
    try:
        db = await asyncpg.connect(
            address,
            timeout=_CONNECT_WITHIN_S,
            server_settings={
                "application_name": "partnerdesk backup",
                "search_path": "public",
                "statement_timeout": "0",
                "idle_in_transaction_session_timeout": "0",
            },
        )
    except asyncpg.InvalidCatalogNameError:
        raise UnusableBackup(
            "The database that PARTNERDESK_BACKUP_DATABASE_URL names does not exist. A backup is restored into an "
            "empty one: run ledger/roles.sql first."
        ) from None
    try:
        yield db
    finally:
        await db.close()


def _place_for(dump: Path) -> Path:
    """An empty file of our own beside the dump's place that nobody else reads. Raises UnusableBackup."""
    if dump.exists():
        raise _exists(dump)
    unfinished = dump.with_name(f"{dump.name}.{secrets.token_hex(4)}.part")
    try:
        os.close(os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600))
    except OSError as error:
        raise UnusableBackup(f"{unfinished} cannot be written: {error.strerror}.") from None
    return unfinished


def _exists(dump: Path) -> UnusableBackup:
    return UnusableBackup(f"{dump} exists; a backup overwrites nothing.")


def _of_database(address: str, name: str) -> str:
    return urlunsplit(urlsplit(address)._replace(path=f"/{name}"))


def _on_disk(place: Path) -> None:
    opened = os.open(place, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
