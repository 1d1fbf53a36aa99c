"""Telling the engine that this worker lives while it waits for one long answer: one that was killed is missed soon."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from temporalio import activity

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
