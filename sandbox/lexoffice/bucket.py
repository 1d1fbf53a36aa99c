"""The limit of the API: a token bucket per account, over all endpoints (§1.3). A call beyond it is not executed."""

from __future__ import annotations

import time

from .organizations import Organization


class Bucket:
    def __init__(self, rate: float, burst: int) -> None:
        self.rate = rate
        self.burst = burst
        self._tokens = float(burst)
        self._at = time.monotonic()

    def take(self) -> bool:
        if not self.rate:
            return True
        at = time.monotonic()
        self._tokens = min(float(self.burst), self._tokens + (at - self._at) * self.rate)
        self._at = at
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class Buckets:
    def __init__(self) -> None:
        self._held: dict[str, Bucket] = {}

    def take(self, organization: Organization) -> bool:
        held = self._held.get(organization.organization_id)
        if held is None or (held.rate, held.burst) != (organization.rate, organization.burst):
            held = self._held[organization.organization_id] = Bucket(organization.rate, organization.burst)
        return held.take()
