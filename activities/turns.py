"""Who is served next where many wait and the engine may be slow (engine.md, Fairness of the hand-over)."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

import structlog

from activities.engine_away import AWAY

log = structlog.get_logger()

AT_ONCE = 10
FAILURES_OF_ONE = 3
"""So many of one tenant, and its others wait for the next pass."""
FAILURES_IN_A_ROW = 20
"""So many times the engine was away, whoever was to be announced: it is asked again by the next pass."""


class Due(NamedTuple):
    """Something to be announced. `key` is its own, `whose` the tenant's slug, or what it is for a person."""

    key: str
    kind: str
    whose: str
    tell: Callable[[], Awaitable[None]]


class Turns:
    """One pass: what was tried in it is not tried again, and it ends in time for the next."""

    def __init__(self, seconds: float, *, alive: Callable[[], None]) -> None:
        """`alive` is called after each announcement."""
        self._until = time.monotonic() + seconds
        self._alive = alive
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._failures: Counter[str] = Counter()
        self._away = 0
        self.tried: set[str] = set()
        self.announced = 0

    @property
    def is_over(self) -> bool:
        """Whether its time is up, or the engine is away."""
        return time.monotonic() >= self._until or self._away >= FAILURES_IN_A_ROW

    async def tell(self, due: Sequence[Due]) -> bool:
        """Announce these in their order, several at once. False where all of them were tried before."""
        fresh = [one for one in due if one.key not in self.tried]
        async with asyncio.TaskGroup() as group:
            for one in fresh:
                group.create_task(self._tell(one))
        return bool(fresh)

    async def _tell(self, due: Due) -> None:
        async with self._slots:
            if self.is_over:
                return
            self.tried.add(due.key)
            if self._failures[due.whose] >= FAILURES_OF_ONE:
                return
            try:
                await due.tell()
                self.announced += 1
                self._away = 0
            except Exception as error:
                self._failures[due.whose] += 1
                self._away += isinstance(error, AWAY)
                log.warning("announcement failed", tenant=due.whose, kind=due.kind, error=type(error).__name__)
            finally:
                self._alive()
