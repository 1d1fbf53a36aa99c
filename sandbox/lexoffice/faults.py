"""Faults on purpose, per organisation: what goes wrong between a client and lexoffice.

They are counted by kind, and every die is seeded, so that a failing run can be repeated.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from pydantic import Field, field_validator

from .clock import millis, now
from .document import Document
from .errors import Answer, RegularRefusal, gateway
from .organizations import Wire
from .store import Store

Before = Literal[
    "rate_limit_429",
    "throttled_500",
    "unavailable_503",
    "timeout_504_before",
    "reset_before",
    "unauthorized_401",
    "payment_required_402",
    "forbidden_403",
    "conflict_409",
]
After = Literal["timeout_504_after", "reset_after", "slow"]
Lag = Literal["late_number", "stale_read", "late_index"]
FaultKind = Literal[Before, After, Lag]

AFTER = ("timeout_504_after", "reset_after", "slow")
LAGS = ("late_number", "stale_read", "late_index")
THROTTLED = "Internal server error or rate limit exceeded"


class Fault(Wire):
    """One fault. Without `times` and `rate` it hits every matching call until it is deleted."""

    kind: FaultKind
    method: str | None = None
    path: str | None = None  # a regular expression, searched in the path
    times: int | None = Field(None, ge=1)  # of a lag: reads of one document, after each of its changes
    rate: float | None = Field(None, gt=0, le=1)
    delay_ms: int = Field(0, ge=0, le=600_000)  # of a lag: how long it lasts after a change
    seed: int = 0

    @field_validator("path")
    @classmethod
    def _pattern(cls, path: str | None) -> str | None:
        if path is not None:
            try:
                re.compile(path)
            except re.error as error:
                raise ValueError(f"path is no regular expression: {error}") from error
        return path

    def matches(self, method: str, path: str) -> bool:
        if self.method is not None and self.method.upper() != method:
            return False
        return self.path is None or re.search(self.path, path) is not None

    @property
    def is_lag(self) -> bool:
        return self.kind in LAGS

    @property
    def comes_after(self) -> bool:
        """The call is executed and committed first."""
        return self.kind in AFTER


@dataclass
class Running:
    id: int
    organization: str
    fault: Fault
    injected: int
    dice: random.Random
    reads: dict[tuple[str, int], int] = field(default_factory=dict)  # (document, version) → reads seen so far


class FaultBook:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._running: dict[str, list[Running]] = {}
        for row in store.rows("SELECT * FROM faults ORDER BY id"):
            self._take(row["id"], row["organization"], Fault.model_validate_json(row["body"]), row["injected"])

    def _take(self, number: int, organization: str, fault: Fault, injected: int) -> Running:
        # A restarted sandbox throws other dice than one that went on, but the same ones each time.
        dice = random.Random(f"{fault.seed}/{injected}")  # noqa: S311 - repeatable on purpose
        running = Running(number, organization, fault, injected, dice)
        self._running.setdefault(organization, []).append(running)
        return running

    def add(self, organization: str, fault: Fault) -> Running:
        row = self._store.row(
            "INSERT INTO faults (organization, body, injected) VALUES (?, ?, 0) RETURNING id",
            organization,
            fault.model_dump_json(),
        )
        assert row is not None
        return self._take(row["id"], organization, fault, 0)

    def of(self, organization: str) -> list[Running]:
        return list(self._running.get(organization, ()))

    def clear(self, organization: str, number: int | None = None) -> int:
        held = self._running.get(organization, [])
        kept = [running for running in held if number is not None and running.id != number]
        self._running[organization] = kept
        self._store.run("DELETE FROM faults WHERE organization = ? AND (?2 IS NULL OR id = ?2)", organization, number)
        return len(held) - len(kept)

    def counts(self, organization: str) -> dict[str, int]:
        counts: dict[str, int] = {}
        for running in self._running.get(organization, ()):
            counts[running.fault.kind] = counts.get(running.fault.kind, 0) + running.injected
        return counts

    def strike(self, organization: str, method: str, path: str) -> Fault | None:
        """The first fault that hits this call; it counts as injected."""
        for running in self._running.get(organization, ()):
            fault = running.fault
            if fault.is_lag or not fault.matches(method, path):
                continue
            if fault.times is not None and running.injected >= fault.times:
                continue
            if fault.rate is not None and running.dice.random() >= fault.rate:
                continue
            self.count(running)
            return fault
        return None

    def count(self, running: Running) -> None:
        running.injected += 1
        self._store.run("UPDATE faults SET injected = ? WHERE id = ?", running.injected, running.id)

    def stale(self, organization: str, method: str, path: str) -> StaleReads:
        lags = [
            running
            for running in self._running.get(organization, ())
            if running.fault.is_lag and running.fault.matches(method, path)
        ]
        return StaleReads(self, lags)


@dataclass(frozen=True)
class StaleReads:
    """What this one read may not see yet."""

    book: FaultBook
    lags: list[Running]

    def shows_before(self, document: Document) -> bool:
        return self._lagging("stale_read", document)

    def hides_number(self, document: Document) -> bool:
        return self._lagging("late_number", document)

    def indexed_until(self) -> datetime | None:
        """Documents created later are not in the voucherlist yet."""
        delays = [running for running in self.lags if running.fault.kind == "late_index"]
        for running in delays:
            self.book.count(running)
        if not delays:
            return None
        return now() - timedelta(milliseconds=max(running.fault.delay_ms for running in delays))

    def _lagging(self, kind: Lag, document: Document) -> bool:
        for running in self.lags:
            fault = running.fault
            if fault.kind != kind or (fault.rate is not None and running.dice.random() >= fault.rate):
                continue
            key = (document.id, document.version if kind == "stale_read" else 0)
            seen = running.reads.get(key, 0)
            since = document.updated if kind == "stale_read" else document.created
            fresh = fault.delay_ms > 0 and millis(now()) - millis(since) < fault.delay_ms
            reads = fault.times if fault.times is not None else int(not fault.delay_ms)
            if fresh or seen < reads:
                running.reads[key] = seen + 1
                self.book.count(running)
                return True
        return False


def answer_before(fault: Fault, path: str) -> Answer:
    """The answer of a call that lexoffice did not execute."""
    match fault.kind:
        case "rate_limit_429":
            return gateway(429, "Rate limit exceeded")
        case "throttled_500":
            return gateway(500, THROTTLED)
        case "unavailable_503":
            return Answer(503)
        case "timeout_504_before":
            return GATEWAY_TIMEOUT
        case "unauthorized_401":
            return gateway(401, "Unauthorized")
        case "payment_required_402":
            return RegularRefusal(402, "Diese Funktion ist in Ihrem Vertrag nicht enthalten.").answer(path)
        case "forbidden_403":
            return gateway(403, "Forbidden")
        case "conflict_409":
            return RegularRefusal(409, "Conflict").answer(path)
        case _:
            raise AssertionError(fault.kind)


GATEWAY_TIMEOUT = gateway(504, "Endpoint request timed out")
