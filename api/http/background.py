"""What an API process does beside its requests, again and again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog

from api.http.problems import DATABASE_AWAY
from logs import where

log = structlog.get_logger("background")


@asynccontextmanager
async def repeating(act: Callable[[], Awaitable[None]], *, every_s: float) -> AsyncIterator[None]:
    """`act` every so many seconds until the block ends, and once more then. What fails is tried again the next time."""

    async def repeat() -> None:
        while True:
            await asyncio.sleep(every_s)
            await _tried(act)

    task = asyncio.create_task(repeat())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
        await _tried(act)


async def _tried(act: Callable[[], Awaitable[None]]) -> None:
    try:
        await act()
    except DATABASE_AWAY:
        pass  # /readyz says so
    except Exception as error:
        log.error("failed", **where(error))
