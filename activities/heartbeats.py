"""Telling the engine that this worker lives while it waits for one long answer: one that was killed is missed soon."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from temporalio import activity

P = ParamSpec("P")
S = TypeVar("S")
R = TypeVar("R")

EVERY = 3.0
"""Seconds; the workflows give up on a worker after 15 s of silence."""


@asynccontextmanager
async def heartbeats(*, every: float = EVERY) -> AsyncIterator[None]:
    """Say every few seconds that this worker lives."""

    async def beat() -> None:
        while True:
            # First the pause: most answers are here before it ends, and cost the engine no message.
            await asyncio.sleep(every)
            activity.heartbeat()

    beating = asyncio.create_task(beat())
    try:
        yield
    finally:
        beating.cancel()
        with suppress(asyncio.CancelledError):
            await beating


def with_heartbeats(
    step: Callable[Concatenate[S, P], Coroutine[Any, Any, R]],
) -> Callable[Concatenate[S, P], Coroutine[Any, Any, R]]:
    """A method that says so for as long as it runs."""

    @wraps(step)
    async def beaten(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
        async with heartbeats():
            return await step(self, *args, **kwargs)

    return beaten
