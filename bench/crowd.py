"""Many calls at once, but only so many at a time."""

import asyncio
from collections.abc import Awaitable, Iterable

IN_FLIGHT = 32


async def all_of(calls: Iterable[Awaitable[object]], in_flight: int = IN_FLIGHT) -> None:
    """Await all; the first failure is raised and stops the others."""
    waiting = iter(calls)

    async def take_turns() -> None:
        for call in waiting:
            await call

    async with asyncio.TaskGroup() as group:
        for _ in range(in_flight):
            group.create_task(take_turns())
