"""The pool, and transactions that know their tenant."""

import json
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, Self

import asyncpg

from ledger import lock_order
from ledger.refusals import translating_refusals
from ledger.types import Tenant, UserId

if TYPE_CHECKING:
    from asyncpg.connection import LoggedQuery
    from asyncpg.cursor import CursorFactory
    from asyncpg.pool import PoolConnectionProxy

# set_config(…, true) ends with the transaction; the tenant must be its first statement (engine.md, Database).
_ENTER = (
    "BEGIN; "
    "SELECT set_config('app.tenant', {}, true), set_config('app.cause', {}, true), set_config('app.person', {}, true)"
)
NOT_WAITED_FOR = "set_config('synchronous_commit', 'off', true)"
"""Selected in a transaction, its commit does not wait for the disk (`Ledger.transaction`, `may_be_lost`)."""


class NotCommitted(RuntimeError):
    """A statement had failed, and whoever ran it went on as if it had not: PostgreSQL has rolled everything back.

    What may fail runs within `Connection.savepoint`.
    """


class Connection:
    """Statements, whatever they may see; times out after `timeout` seconds, or those that the ledger was opened with.

    asyncpg's connection behind it goes back to the pool when the `async with` ends, and refuses from then on.
    """

    __slots__ = ("_connection",)

    def __init__(self, connection: "PoolConnectionProxy[asyncpg.Record]") -> None:
        self._connection = connection

    def fetch(
        self, query: str, *args: object, timeout: float | None = None
    ) -> Coroutine[Any, Any, list[asyncpg.Record]]:
        """All rows, awaited. `timeout` in seconds. Raises what asyncpg raises."""
        return self._connection.fetch(query, *args, timeout=timeout)

    def fetchrow(
        self, query: str, *args: object, timeout: float | None = None
    ) -> Coroutine[Any, Any, asyncpg.Record | None]:
        """The first row or None, awaited. `timeout` in seconds. Raises what asyncpg raises."""
        return self._connection.fetchrow(query, *args, timeout=timeout)

    def fetchval(self, query: str, *args: object, timeout: float | None = None) -> Coroutine[Any, Any, Any]:
        """The first value of the first row, None without a row, awaited. `timeout` in seconds."""
        return self._connection.fetchval(query, *args, timeout=timeout)

    def execute(self, query: str, *args: object, timeout: float | None = None) -> Coroutine[Any, Any, str]:
        """What PostgreSQL says of it ('UPDATE 3')."""
        return self._connection.execute(query, *args, timeout=timeout)

    def executemany(
        self, query: str, args: Iterable[Sequence[object]], *, timeout: float | None = None
    ) -> Coroutine[Any, Any, None]:
        """Runs the statement once for each of `args`, awaited. `timeout` in seconds, of all together."""
        return self._connection.executemany(query, args, timeout=timeout)

    def cursor(self, query: str, *args: object, prefetch: int) -> "CursorFactory[asyncpg.Record]":
        """Rows to be read with `async for`, so many at a time."""
        return self._connection.cursor(query, *args, prefetch=prefetch)

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """A part of a transaction that may fail by itself: an error undoes what was done within, and is raised."""
        await self.execute("SAVEPOINT part")  # one inside another hides it until it is released
        try:
            yield
        except BaseException:
            await _undo(self._connection, "ROLLBACK TO SAVEPOINT part; RELEASE SAVEPOINT part")
            raise
        await self.execute("RELEASE SAVEPOINT part")


class TenantTransaction(Connection):
    """One transaction of one tenant: whoever is given it knows whose rows it opens."""

    __slots__ = ("_afterwards", "tenant")

    def __init__(self, connection: "PoolConnectionProxy[asyncpg.Record]", tenant: Tenant) -> None:
        super().__init__(connection)
        self.tenant = tenant
        self._afterwards: list[Callable[[], None]] = []

    def afterwards(self, do: Callable[[], None]) -> None:
        """Have this done once the transaction is committed, and only then: for figures, which nothing takes back."""
        self._afterwards.append(do)

    def end(self) -> None:
        """It is committed."""
        for do in self._afterwards:
            do()


class PersonTransaction(Connection):
    """One transaction about one person, in no tenant."""

    __slots__ = ("person",)

    def __init__(self, connection: "PoolConnectionProxy[asyncpg.Record]", person: UserId) -> None:
        super().__init__(connection)
        self.person = person


class Lookup(Connection):
    """Before it is known whose rows are meant: functions that return ids only. Each statement stands alone."""

    __slots__ = ()


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
        on_statement: "Callable[[LoggedQuery], None] | None" = None,
    ) -> Self:
        """Connect. Time-outs are seconds; the API sets them short (engine.md: pool 1 s, statement 1 s).

        With `least_connections=0` nothing is tried before the first transaction: whoever must start and say so while
        the database is away needs that. `on_statement` is told each message to PostgreSQL, for measuring.
        """

        async def prepare(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
            await _speak_json(connection)
            if on_statement is not None:
                connection.add_query_logger(on_statement)

        pool = await asyncpg.create_pool(
            url,
            min_size=least_connections,
            max_size=most_connections,
            command_timeout=statement_timeout,
            init=prepare,
            reset=_nothing_to_reset,
            server_settings={
                "application_name": "partnerdesk",
                "timezone": "UTC",
                "standard_conforming_strings": "on",  # which `_quoted` counts on
            },
        )
        return cls(pool, acquire_timeout=acquire_timeout)

    async def close(self) -> None:
        """Closes the pool once its connections are given back."""
        await self._pool.close()

    @asynccontextmanager
    async def transaction(
        self, tenant: Tenant, *, cause: str = "", person: UserId | None = None, may_be_lost: bool = False
    ) -> AsyncIterator[TenantTransaction]:
        """One transaction of one tenant. `cause` is remembered with each change of state ('event:17').

        `person` opens the rows of that person, too (functions/ground.sql). `may_be_lost`: its commit does not wait for
        the disk, and a crash of PostgreSQL may take back the last second of such commits; only for what can be derived
        again, never for a decision, an intent, an event or money (docs/adr).
        Raises the Refused that a constraint stands for.
        """
        async with self._entered(str(tenant.id), cause, person, may_be_lost=may_be_lost) as connection:
            tx = TenantTransaction(connection, tenant)
            yield tx
        tx.end()

    @asynccontextmanager
    async def of_person(self, person: UserId) -> AsyncIterator[PersonTransaction]:
        """One transaction about one person, in no tenant: secrets, sessions, links."""
        async with self._entered("", "", person) as connection:
            yield PersonTransaction(connection, person)

    @asynccontextmanager
    async def _entered(
        self, tenant: str, cause: str, person: UserId | None, *, may_be_lost: bool = False
    ) -> AsyncIterator["PoolConnectionProxy[asyncpg.Record]"]:
        person_id = "" if person is None else str(person)
        # One message for BEGIN and all that we set, which is why the values stand in its text.
        enter = _ENTER.format(_quoted(tenant), _quoted(cause), _quoted(person_id))
        with translating_refusals():
            async with self._pool.acquire(timeout=self._acquire_timeout) as connection:
                try:
                    await connection.execute(f"{enter}, {NOT_WAITED_FOR}" if may_be_lost else enter)
                    yield lock_order.watched(connection)
                except BaseException:
                    await _undo(connection, "ROLLBACK")
                    raise
                if await connection.execute("COMMIT") != "COMMIT":
                    raise NotCommitted

    @asynccontextmanager
    async def without_tenant(self) -> AsyncIterator[Lookup]:
        """For the look-up functions that return ids only; tables are empty here."""
        async with self._pool.acquire(timeout=self._acquire_timeout) as connection:
            yield Lookup(connection)


async def _undo(connection: "PoolConnectionProxy[asyncpg.Record]", statement: str) -> None:
    """With a lost connection all is undone already. The error that led here is the one to be known, not this one."""
    with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
        await connection.execute(statement)


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
