"""The limit of the API: so many requests within any minute, by the plan of the account; the rest is answered 429.

Whether easybill counts calendar minutes or sliding ones is not documented; a sliding one is the stricter reading.
"""

from __future__ import annotations

import time
from collections import deque

MINUTE = 60.0


class Limits:
    def __init__(self) -> None:
        self._taken: dict[int, deque[float]] = {}

    def take(self, account: int, limit: int) -> bool:
        """Whether one more request is within the limit; 0 is none."""
        if limit == 0:
            return True
        at = time.monotonic()
        taken = self._taken.setdefault(account, deque())
        while taken and at - taken[0] >= MINUTE:
            taken.popleft()
        if len(taken) >= limit:
            return False
        taken.append(at)
        return True
