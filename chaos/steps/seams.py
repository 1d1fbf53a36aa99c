"""The seams: libraries of a process are wrapped where something becomes true outside of it."""

import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import asyncpg.connection
import httpx

from chaos.steps.naming import address, doer, in_loop, whose
from chaos.steps.points import Fate, Steps, fall
from ledger.database import Lookup

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_NOT_STORED = ("/dev/", "/proc/", "/sys/")


def commits(steps: Steps) -> None:
    """Transactions that have written, and statements that are transactions of their own."""
    connection = asyncpg.connection.Connection
    execute: Callable[..., Awaitable[str]] = connection.execute

    async def committing(self: Any, query: str, *args: object, **how: Any) -> str:
        if query != "COMMIT" or not in_loop(steps.process) or (kind := await _kind(self)) is None:
            return await execute(self, query, *args, **how)

        async def cut(_: str) -> str:
            self.terminate()
            raise asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation")

        return await steps.take(f"{kind}: {doer()}", lambda: execute(self, query), cut)

    _replace(connection, "execute", committing)
    for name in ("fetch", "fetchrow", "fetchval", "execute"):
        _replace(Lookup, name, _alone(getattr(Lookup, name)))


async def _kind(connection: Any) -> str | None:
    """What the commit of what was written is; None where nothing was."""
    try:
        waits = await connection.fetchval(
            "SELECT current_setting('synchronous_commit') <> 'off' WHERE pg_current_xact_id_if_assigned() IS NOT NULL"
        )
    except asyncpg.PostgresError:
        return None  # it has failed already, and nothing is committed
    return None if waits is None else "commit" if waits else "commit without waiting"


def _alone(statement: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """A statement without a transaction gets one, so that its commit passes where the others do."""

    async def within(self: Any, query: str, *args: object, **how: Any) -> Any:
        connection = self._connection
        await connection.execute("BEGIN")
        try:
            answer = await statement(self, query, *args, **how)
        except BaseException:
            await connection.execute("ROLLBACK")
            raise
        await connection.execute("COMMIT")
        return answer

    return within


def requests(steps: Steps) -> None:
    """To lexoffice, easybill, VIES, Stripe: whatever goes by httpx."""
    send: Callable[..., Awaitable[httpx.Response]] = httpx.AsyncHTTPTransport.handle_async_request

    async def sending(self: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
        if not in_loop(steps.process):
            return await send(self, request)

        async def cut(answer: httpx.Response) -> httpx.Response:
            await answer.aclose()
            raise httpx.ReadError("the connection was cut before the answer", request=request)

        name = f"request: {request.method} {address(request.url.path)} of {whose()}"
        return await steps.take(name, lambda: send(self, request), cut)

    _replace(httpx.AsyncHTTPTransport, "handle_async_request", sending)


def files(steps: Steps, *, beside: Path) -> None:
    """What is opened for writing, or renamed. `beside`: our own notes, and the logs of the processes."""

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            if not isinstance(path, str) or not (flags or 0) & _WRITING:
                return
        elif event == "os.rename":
            path = arguments[1]
        else:
            return
        where = os.path.abspath(path)
        if where.startswith((str(beside), *_NOT_STORED)) or where.endswith(".pyc"):
            return
        if steps.begin(f"file: {Path(where).name} of {whose()}") is Fate.AFTER:
            fall()  # it is there, and empty

    sys.addaudithook(hear)


def _replace(of: Any, name: str, by: Any) -> None:
    setattr(of, name, by)
