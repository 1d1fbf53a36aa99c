"""A backup is proved by restoring it; one that was cut, changed or is of no use is refused by name."""

import asyncio
import json
import os
import secrets
import signal
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from cryptography.fernet import Fernet

from ledger.backups import backups
from ledger.backups.manifest import UnusableBackup, place_of
from ledger.vault import Vault
from sandbox.postgres import client_tools
from sandbox.stack import partnerdesk_command
from tests.conftest import Database
from tests.fixtures.house import until
from tests.fixtures.ledger_shop import Shop

TOOLS = client_tools()


def of_database(address: str, name: str) -> str:
    return urlunsplit(urlsplit(address)._replace(path=f"/{name}"))


@pytest.fixture
def address(database: Database) -> str:
    """Of the tests' ledger, as a superuser."""
    return of_database(database.admin_url, urlsplit(database.app_url).path.lstrip("/"))


@pytest.fixture
async def new_database(database: Database) -> AsyncIterator[str]:
    """A new database on the same server."""
    name = f"restored_{secrets.token_hex(4)}"
    db = await asyncpg.connect(database.admin_url)
    await db.execute(f"CREATE DATABASE {name}")
    yield of_database(database.admin_url, name)
    await db.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await db.close()


@pytest.fixture
async def dump(address: str, shop: Shop, tmp_path: Path) -> Path:
    """Of a ledger with at least one tenant."""
    made = tmp_path / "partnerdesk.dump"
    await backups.make(address, made, postgres_tools=TOOLS)
    return made


def mode_of(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def names_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def harm(dump: Path, done: str) -> None:
    content = dump.read_bytes()
    match done:
        case "cut":
            dump.write_bytes(content[: len(content) // 2])
        case "changed":
            dump.write_bytes(content[:-10] + bytes(10))
        case "no manifest":
            place_of(dump).unlink()
        case "no dump":
            dump.unlink()
        case "manifest of nothing":
            place_of(dump).write_text("{}")


async def rows(address: str, query: str, *values: object) -> list[asyncpg.Record]:
    db = await asyncpg.connect(address)
    try:
        return await db.fetch(query, *values)
    finally:
        await db.close()


async def scratch_databases(address: str) -> list[asyncpg.Record]:
    return await rows(address, "SELECT datname FROM pg_database WHERE datname LIKE 'partnerdesk_verify_%'")


async def test_a_backup_comes_back_whole_with_rights_and_isolation(
    address: str, dump: Path, new_database: str, shop: Shop, database: Database
) -> None:
    assert mode_of(dump) == 0o600
    done = await backups.restore(new_database, dump, postgres_tools=TOOLS)
    assert done.manifest.rows["tenants"] >= 1
    [kept] = await rows(new_database, "SELECT slug FROM tenants WHERE id = $1", shop.tenant.id)
    assert kept["slug"] == shop.tenant.slug
    # As the application, which sees no tenant that it does not name.
    as_app = of_database(database.app_url, urlsplit(new_database).path.lstrip("/"))
    assert (await rows(as_app, "SELECT count(*) AS n FROM partners"))[0]["n"] == 0
    with pytest.raises(UnusableBackup, match="tables already"):
        await backups.restore(new_database, dump, postgres_tools=TOOLS)


async def test_a_backup_is_proved_beside_the_database_and_leaves_nothing_there(address: str, dump: Path) -> None:
    found = await backups.verify(address, dump, postgres_tools=TOOLS)
    assert (found.secrets, 0 < found.age_seconds < 600) == (None, True)
    assert await scratch_databases(address) == []


async def test_a_key_that_opens_nothing_is_found_before_it_is_needed(
    address: str, shop: Shop, vault: Vault, tmp_path: Path
) -> None:
    await shop.rows(
        """
        INSERT INTO partner_bank_details (tenant_id, partner_id, account_holder, iban_encrypted, iban_hmac, iban_last4,
                                          recorded_by, usable_from)
        SELECT tenant_id, id, 'Anna', $1, $2, '3000', 'user:1', now() FROM partners LIMIT 1
        """,
        vault.encrypt("DE89370400440532013000"),
        secrets.token_bytes(32),
    )
    made = tmp_path / "with-secrets.dump"
    await backups.make(address, made, postgres_tools=TOOLS)
    lost = Vault.from_setting(Fernet.generate_key().decode())
    with pytest.raises(UnusableBackup, match="PARTNERDESK_SECRET_KEY does not open"):
        await backups.verify(address, made, vault=lost, postgres_tools=TOOLS)
    assert await scratch_databases(address) == []


@pytest.mark.parametrize(
    ("done", "says"),
    [
        ("cut", "cut or changed"),
        ("changed", "SHA-256 is another one"),
        ("no manifest", "is missing: without it"),
        ("no dump", "is missing."),
        ("manifest of nothing", "no manifest of a backup"),
    ],
)
async def test_what_is_not_whole_is_refused_before_anything_is_restored(
    address: str, dump: Path, done: str, says: str
) -> None:
    harm(dump, done)
    with pytest.raises(UnusableBackup, match=says):
        await backups.verify(address, dump, postgres_tools=TOOLS)


async def test_a_dump_with_other_rows_than_were_counted_is_no_backup(address: str, dump: Path) -> None:
    told = json.loads(place_of(dump).read_text())
    told["rows"]["tenants"] += 1
    place_of(dump).write_text(json.dumps(told))
    with pytest.raises(UnusableBackup, match="differs in 1 tables, such as tenants"):
        await backups.verify(address, dump, postgres_tools=TOOLS)
    assert await scratch_databases(address) == []


async def test_a_role_that_sees_no_rows_makes_no_empty_backup(database: Database, tmp_path: Path) -> None:
    with pytest.raises(UnusableBackup, match="row-level security"):
        await backups.make(database.owner_url, tmp_path / "x.dump", postgres_tools=TOOLS)
    assert names_in(tmp_path) == []


async def test_a_backup_overwrites_nothing_and_a_failed_one_leaves_nothing(address: str, tmp_path: Path) -> None:
    there = tmp_path / "x.dump"
    there.write_bytes(b"older")
    with pytest.raises(UnusableBackup, match="overwrites nothing"):
        await backups.make(address, there, postgres_tools=TOOLS)
    with pytest.raises(UnusableBackup, match="pg_dump is not installed"):
        await backups.make(address, tmp_path / "y.dump", postgres_tools=tmp_path)
    with pytest.raises(UnusableBackup, match="cannot be written"):
        await backups.make(address, tmp_path / "nowhere" / "y.dump", postgres_tools=TOOLS)
    assert names_in(tmp_path) == ["x.dump"]


def stand_in(folder: Path, name: str, script: str) -> None:
    """One of PostgreSQL's tools that does something else."""
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


async def test_of_two_backups_to_one_place_one_is_made_and_it_is_whole(address: str, tmp_path: Path) -> None:
    there = tmp_path / "x.dump"
    made = await asyncio.gather(
        *(backups.make(address, there, postgres_tools=TOOLS) for _ in range(2)), return_exceptions=True
    )
    assert [type(one) for one in made].count(UnusableBackup) == 1, made
    assert names_in(tmp_path) == ["x.dump", "x.dump.json"]
    await backups.verify(address, there, postgres_tools=TOOLS)


async def test_pg_dump_is_told_all_that_the_address_says(address: str, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    stand_in(tmp_path, "pg_dump", f"env > {seen}; exit 1")
    with pytest.raises(UnusableBackup, match="status 1"):
        await backups.make(f"{address}?sslmode=prefer", tmp_path / "x.dump", postgres_tools=tmp_path)
    assert "PGSSLMODE=prefer" in seen.read_text().splitlines()


async def test_a_proof_that_is_ended_leaves_no_copy_of_the_rows(address: str, dump: Path, tmp_path: Path) -> None:
    stand_in(tmp_path, "pg_restore", "exec sleep 60")
    proving = await asyncio.create_subprocess_exec(
        partnerdesk_command(),
        *("backup", "verify", str(dump)),
        env={**os.environ, "PARTNERDESK_BACKUP_DATABASE_URL": address, "PARTNERDESK_POSTGRES_TOOLS": str(tmp_path)},
        stderr=asyncio.subprocess.PIPE,
    )
    await until(lambda: scratch_databases(address), bool, "a database to restore into")
    proving.send_signal(signal.SIGTERM)
    _, told = await proving.communicate()
    assert (proving.returncode, await scratch_databases(address)) == (1, []), told.decode()


async def test_a_database_that_is_not_there_and_a_role_that_makes_none_are_said(address: str, dump: Path) -> None:
    with pytest.raises(UnusableBackup, match="does not exist"):
        await backups.restore(of_database(address, "nowhere"), dump, postgres_tools=TOOLS)
    reader = f"reader_{secrets.token_hex(4)}"
    parts = urlsplit(address)
    await rows(address, f"CREATE ROLE {reader} LOGIN BYPASSRLS PASSWORD 'x'")
    await rows(address, f"GRANT CONNECT ON DATABASE {parts.path.lstrip('/')} TO {reader}")
    as_reader = urlunsplit(parts._replace(netloc=f"{reader}:x@{parts.netloc.rpartition('@')[2]}"))
    with pytest.raises(UnusableBackup, match="may make no databases"):
        await backups.verify(as_reader, dump, postgres_tools=TOOLS)
    await rows(address, f"DROP OWNED BY {reader}")
    await rows(address, f"DROP ROLE {reader}")
