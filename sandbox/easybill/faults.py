"""Faults on purpose, per account: what goes wrong between a client and easybill. Every die is seeded."""

from __future__ import annotations

import random
import re
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from .errors import Answer, Refused
from .store import Store

AFTER = ("timeout_504_after", "reset_after", "slow")
LIST_LAG = "late_list"
KINDS = (
    "rate_limit_429",
    "unavailable_503",
    "timeout_504_before",
    "reset_before",
    "unauthorized_401",
    "forbidden_403",
    *AFTER,
    LIST_LAG,
)
GATEWAY_TIMEOUT = Answer(504, b"<html><body>504 Gateway Time-out</body></html>", {"Content-Type": "text/html"})


class Fault(BaseModel):
    """One fault. Without `times` and `rate` it hits every matching call until it is deleted.

    late_list: what was made less than `delay_ms` ago is in no list yet; a GET by its id finds it.
    """

    model_config = ConfigDict(extra="forbid")

    kind: Literal[
        "rate_limit_429",
        "unavailable_503",
        "timeout_504_before",
        "reset_before",
        "unauthorized_401",
        "forbidden_403",
        "timeout_504_after",
        "reset_after",
        "slow",
        "late_list",
    ]
    method: str | None = None
    path: str | None = Field(None, max_length=200)  # a regular expression, searched in the path
    times: int | None = Field(None, ge=1)
    rate: float | None = Field(None, gt=0, le=1)
    delay_ms: int = Field(0, ge=0, le=600_000)
    seed: int = 0

    def matches(self, method: str, path: str) -> bool:
        if self.method is not None and self.method.upper() != method:
            return False
        return self.path is None or re.search(self.path, path) is not None

    @property
    def comes_after(self) -> bool:
        """The call is executed and committed first."""
        return self.kind in AFTER


def add(store: Store, account: int, fault: Fault) -> int:
    if fault.path is not None:
        re.compile(fault.path)
    cursor = store.run("INSERT INTO faults (account, body) VALUES (?, ?)", account, fault.model_dump_json())
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def of(store: Store, account: int) -> list[dict[str, Any]]:
    rows = store.rows("SELECT * FROM faults WHERE account = ? ORDER BY id", account)
    return [
        {"id": row["id"], "injected": row["injected"], **Fault.model_validate_json(row["body"]).model_dump()}
        for row in rows
    ]


def clear(store: Store, account: int) -> None:
    store.run("DELETE FROM faults WHERE account = ?", account)


def strike(store: Store, account: int, method: str, path: str) -> Fault | None:
    """The first fault that hits this call; it counts as injected."""
    for row in store.rows("SELECT * FROM faults WHERE account = ? ORDER BY id", account):
        fault = Fault.model_validate_json(row["body"])
        if fault.kind == LIST_LAG or not fault.matches(method, path):
            continue
        if fault.times is not None and row["injected"] >= fault.times:
            continue
        if fault.rate is not None and not _hits(store, row["id"], fault):
            continue
        store.run("UPDATE faults SET injected = injected + 1 WHERE id = ?", row["id"])
        return fault
    return None


def _hits(store: Store, number: int, fault: Fault) -> bool:
    thrown = store.count_up(-number, "dice")
    return random.Random(f"{fault.seed}/{thrown}").random() < (fault.rate or 1)  # noqa: S311 - repeatable on purpose


def list_lag_ms(store: Store, account: int, path: str) -> int:
    """How long something new stays out of the lists."""
    rows = store.rows("SELECT body FROM faults WHERE account = ?", account)
    lags = [Fault.model_validate_json(row["body"]) for row in rows]
    return max((lag.delay_ms for lag in lags if lag.kind == LIST_LAG and lag.matches("GET", path)), default=0)


def answer_before(fault: Fault) -> Answer | None:
    """The answer of a call that was not executed; None for a connection that breaks."""
    match fault.kind:
        case "rate_limit_429":
            return Refused(429, "Too Many Requests").answer()
        case "unavailable_503":
            return Answer(503, b"<html><body>503</body></html>", {"Content-Type": "text/html"})
        case "timeout_504_before":
            return GATEWAY_TIMEOUT
        case "unauthorized_401":
            return Refused(401, "Unauthorized").answer()
        case "forbidden_403":
            return Refused(403, "Forbidden").answer()
        case _:
            return None
