"""Timing of a leg: only the parts of it that count, with what each process used of the machine meanwhile."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager

from bench.machine import cpu_seconds
from sandbox.processes import StackError

POLL_S = 0.02
PATIENCE_S = 180.0


class NotReached(StackError):
    """What a leg waits for did not come; the text names it."""


class LegClock:
    """Runs while what is measured runs, and stands while the next part is prepared."""

    def __init__(self, processes: Mapping[str, int]) -> None:
        self._processes = processes
        self.seconds = 0.0
        self.cpu: dict[str, float] = dict.fromkeys([*processes, "bench"], 0.0)

    @contextmanager
    def running(self) -> Iterator[None]:
        before = self._used()
        started = time.perf_counter()
        yield
        self.seconds += time.perf_counter() - started
        for name, used in self._used().items():
            self.cpu[name] += used - before[name]

    def _used(self) -> dict[str, float]:
        # The parts are children of the bench: each counts for itself.
        return {**cpu_seconds(self._processes), "bench": time.process_time()}


async def until(reached: Callable[[], Awaitable[bool]], what: str, *, patience_s: float = PATIENCE_S) -> None:
    deadline = time.monotonic() + patience_s
    while not await reached():
        if time.monotonic() > deadline:
            raise NotReached(f"{what}: not within {patience_s:.0f} s")
        await asyncio.sleep(POLL_S)
