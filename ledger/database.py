"""The pool, and transactions that know their tenant."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, Self

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from ledger.refusals import refusals_of_the_database
from ledger.types import Tenant, TenantId, UserId

if TYPE_CHECKING:
    Connection = PoolConnectionProxy[asyncpg.Record]
else:  # asyncpg's classes are generic in their stubs only
    Connection = PoolConnectionProxy

# set_config(…, true) ends with the transaction; the tenant must be its first statement (engine.md, Database).
_ENTER = (
    "BEGIN; "
    "SELECT set_config('app.tenant', {}, true), set_config('app.cause', {}, true), set_config('app.person', {}, true)"
)


class NotCommitted(RuntimeError):
    """A statement had failed, and whoever ran it went on as if it had not: PostgreSQL has rolled everything back.

    What may fail runs within `savepoint`.
    """


class Ledger:
    """Connections as the application's role, which sees nothing until a transaction says for whom it works."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", *, acquire_timeout: float | None = None) -> None:
        self._pool = pool
        self._acquire_timeout = acquire_timeout

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        least_connections: int = 1,
        most_connections: int = 10,
        acquire_timeout: float | None = None,
        statement_timeout: float | None = None,
    ) -> Self:
        """Connect. Time-outs are seconds; the API sets them short (engine.md: pool 1 s, statement 1 s).

        With `least_connections=0` nothing is tried before the first transaction: whoever must start and say so while
        the database is away needs that.
        """
        pool = await asyncpg.create_pool(
            url,
            min_size=least_connections,
            max_size=most_connections,
            command_timeout=statement_timeout,
            init=_speak_json,
            reset=_nothing_to_reset,
            server_settings={
                "application_name": "partnerdesk",
                "timezone": "UTC",
                "standard_conforming_strings": "on",  # which `_quoted` counts on
            },
        )
        return cls(pool, acquire_timeout=acquire_timeout)

    async def close(self) -> None:
        await self._pool.close()

    @asynccontextmanager
    async def transaction(
        self, tenant: Tenant | TenantId, *, cause: str = "", person: UserId | None = None
    ) -> AsyncIterator[Connection]:
        """One transaction of one tenant. `cause` is remembered with each change of state ('event:17').

        `person` opens the rows of that person, too (0010_people.sql). Raises the Refused that a constraint stands for.
        """
        tenant_id = tenant.id if isinstance(tenant, Tenant) else tenant
        async with self._entered(str(tenant_id), cause, person) as connection:
            yield connection

    @asynccontextmanager
    async def of_person(self, person: UserId) -> AsyncIterator[Connection]:
        """One transaction about one person, in no tenant: secrets, sessions, links."""
        async with self._entered("", "", person) as connection:
            yield connection

    @asynccontextmanager
    async def _entered(self, tenant: str, cause: str, person: UserId | None) -> AsyncIterator[Connection]:
        with refusals_of_the_database():
            async with self._pool.acquire(timeout=self._acquire_timeout) as connection:
                try:
                    # One message for BEGIN and all that we set, which is why the values stand in its text.
                    await connection.execute(
                        _ENTER.format(_quoted(tenant), _quoted(cause), _quoted("" if person is None else str(person)))
                    )
                    yield connection
                except BaseException:
                    await _undo(connection, "ROLLBACK")
                    raise
                if await connection.execute("COMMIT") != "COMMIT":
                    raise NotCommitted

    @asynccontextmanager
    async def without_tenant(self) -> AsyncIterator[Connection]:
        """For the look-up functions that return ids only; tables are empty here."""
        async with self._pool.acquire(timeout=self._acquire_timeout) as connection:
            yield connection


@asynccontextmanager
async def savepoint(db: Connection) -> AsyncIterator[None]:
    """A part of a transaction that may fail by itself: an error undoes what was done within, and is raised."""
    await db.execute("SAVEPOINT part")  # one inside another hides it until it is released
    try:
        yield
    except BaseException:
        await _undo(db, "ROLLBACK TO SAVEPOINT part; RELEASE SAVEPOINT part")
        raise
    await db.execute("RELEASE SAVEPOINT part")


async def _undo(db: Connection, statement: str) -> None:
    """With a lost connection all is undone already. The error that led here is the one to be known, not this one."""
    with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
        await db.execute(statement)


def _quoted(value: str) -> str:
    """The value as a literal. Raises ValueError for what PostgreSQL cannot hold."""
    if "\0" in value:
        raise ValueError("a NUL cannot be stored")
    return "'" + value.replace("'", "''") + "'"


async def _speak_json(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    await connection.set_type_codec("jsonb", encoder=_dump, decoder=json.loads, schema="pg_catalog")


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


async def _nothing_to_reset(_: Any) -> None:
    """What we set ends with its transaction, and the pool rolls an open one back: a RESET per use is a round trip."""
