"""How many requests a key may make in a minute, counted without asking the database each time.

Each process counts what it lets in and, within a second, adds that to the key's row in PostgreSQL; by the same
statement it hears what the others have let in. So several processes together let in at most what they take within that
second beyond the limit. While the database is away each of them counts alone.
"""

import math
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

WINDOW_S: Final = 60
AGREED_EVERY_S: Final = 1.0
_POLICY: Final = "key"


class Standing(NamedTuple):
    """How a key stands after a request. `allowed` says whether that was let in."""

    limit: int
    remaining: int
    reset_seconds: int
    allowed: bool

    @property
    def headers(self) -> dict[str, str]:
        """As draft-ietf-httpapi-ratelimit-headers-10 says it."""
        return {
            "RateLimit-Policy": f'"{_POLICY}";q={self.limit};w={WINDOW_S}',
            "RateLimit": f'"{_POLICY}";r={self.remaining};t={self.reset_seconds}',
        }


@dataclass
class _Count:
    minute: int
    known: int = 0
    """What all processes had let in when this one last told, its own included."""
    untold: int = 0


class Quota:
    """`tell` adds what was let in to the counts of all and returns those (ledger/access/api_quota.py)."""

    def __init__(
        self,
        limit: int,
        tell: Callable[[int, Mapping[str, int]], Awaitable[Mapping[str, int]]],
        *,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._limit = limit
        self._tell = tell
        self._now = now
        self._counts: dict[str, _Count] = {}

    def take(self, key: str) -> Standing:
        """Count one request of this key, if it may still make one. Never waits."""
        now = self._now()
        minute = int(now // WINDOW_S)
        count = self._counts.get(key)
        if count is None or count.minute != minute:
            count = self._counts[key] = _Count(minute)
        allowed = count.known + count.untold < self._limit
        if allowed:
            count.untold += 1
        return Standing(
            limit=self._limit,
            remaining=max(0, self._limit - count.known - count.untold),
            reset_seconds=max(1, math.ceil((minute + 1) * WINDOW_S - now)),
            allowed=allowed,
        )

    async def agree(self) -> None:
        """Tell what is untold and hear what the others have; nothing is asked while there is nothing to tell."""
        minute = int(self._now() // WINDOW_S)
        self._counts = {key: count for key, count in self._counts.items() if count.minute == minute}
        told = {key: count.untold for key, count in self._counts.items() if count.untold}
        if not told:
            return
        totals = await self._tell(minute, told)
        for key, made in told.items():
            count = self._counts.get(key)
            if count is not None and count.minute == minute:
                count.untold -= made
                count.known = max(count.known + made, totals.get(key, 0))
