"""Databases of a test's own, beside the session's: empty, as ledger/roles.sql makes one."""

import secrets
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from sandbox.postgres import PostgresAddresses
from tests.conftest import Database


async def made_database(postgres: PostgresAddresses, *, like: Database | None = None) -> Database:
    """An empty one on this server, or a copy of one to which nobody is connected."""
    template = "template0" if like is None else urlsplit(like.owner_url).path[1:]
    name = f"partnerdesk_{secrets.token_hex(4)}"
    await _as_superuser(
        _in(postgres.admin_url, "postgres"),
        f"CREATE DATABASE {name} OWNER partnerdesk_owner ENCODING 'UTF8' TEMPLATE {template}",
        f"REVOKE ALL ON DATABASE {name} FROM PUBLIC",
        f"GRANT CONNECT ON DATABASE {name} TO partnerdesk_app",
    )
    await _as_superuser(
        _in(postgres.admin_url, name),
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        "GRANT USAGE ON SCHEMA public TO partnerdesk_app",
    )
    return Database(
        app_url=_in(postgres.app_url, name),
        owner_url=_in(postgres.owner_url, name),
        admin_url=_in(postgres.admin_url, name),
    )


async def _as_superuser(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def _in(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))
