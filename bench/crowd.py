"""Many calls at once, but only so many at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from temporalio.service import RPCError

IN_FLIGHT = 32
_AGAIN_AFTER_S = 0.1


async def all_of(calls: Iterable[Awaitable[object]], in_flight: int = IN_FLIGHT) -> None:
    """Await all; the first failure is raised and stops the others."""
    waiting = iter(calls)

    async def take_turns() -> None:
        for call in waiting:
            await call

    async with asyncio.TaskGroup() as group:
        for _ in range(in_flight):
            group.create_task(take_turns())


async def insist(announce: Callable[[], Awaitable[None]]) -> None:
    """Announce until the engine takes it, as the hand-over does: on a busy machine an RPC may take more than 2 s."""
    while True:
        try:
            return await announce()
        except RPCError:
            await asyncio.sleep(_AGAIN_AFTER_S)
