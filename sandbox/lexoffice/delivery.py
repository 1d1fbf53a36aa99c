"""Carries notifications out: the documented retry plan, and what each answer of a receiver means (§2.3).

The queue is a table, so a sandbox that was killed goes on where it was; a delivery that was under way
is sent again, as from the real one.
"""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from dataclasses import dataclass
from enum import Enum
from sqlite3 import Row
from typing import Any
from urllib.parse import urljoin

import httpx

from .clock import millis, now
from .signature import Signer
from .store import Store

READ_TIMEOUT_SECONDS = 5.0
MAX_REDIRECTS = 3
IN_FLIGHT = 64

# Phase 1 after 10 … 160 s; a pause of 30 min opens phase 2, whose 20 retries are 2 h apart.
RETRY_AFTER_SECONDS: tuple[float, ...] = (10, 20, 40, 80, 160, 1800, *(7200,) * 19)


class Verdict(Enum):
    DELIVERED = "delivered"
    RETRY = "retry"
    RETRY_THEN_UNSUBSCRIBE = "retry, then the subscription is deleted"
    UNSUBSCRIBE = "the subscription is deleted at once"
    LOST = "not retried"


def judge_status(status: int) -> Verdict:
    if status in (200, 201, 202, 204):
        return Verdict.DELIVERED
    if status == 410:
        return Verdict.UNSUBSCRIBE
    if status == 404:
        return Verdict.RETRY_THEN_UNSUBSCRIBE
    if status in (401, 403, 429) or status >= 500:
        return Verdict.RETRY
    return Verdict.LOST


def judge_error(error: BaseException) -> Verdict:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, socket.gaierror):
            return Verdict.RETRY_THEN_UNSUBSCRIBE
        cause = cause.__cause__ or cause.__context__
    return Verdict.RETRY


@dataclass(frozen=True)
class Parcel:
    """One notification to one receiver, as it is put into the queue."""

    organization: str
    event_type: str
    resource: str
    url: str
    body: bytes
    subscription: str | None = None
    signed: bool = True
    headers: tuple[tuple[str, str], ...] = ()
    delay_ms: int = 0
    dropped: bool = False  # by a fault; kept so that the log shows it


class Courier:
    def __init__(self, store: Store, signer: Signer, time_scale: float = 1.0) -> None:
        self._store = store
        self._signer = signer
        self._scale = time_scale
        self._wake = asyncio.Event()
        self._flying: dict[int, asyncio.Task[None]] = {}
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(READ_TIMEOUT_SECONDS, pool=None),
            limits=httpx.Limits(max_connections=IN_FLIGHT, max_keepalive_connections=IN_FLIGHT),
            verify=ssl.create_default_context(),
            trust_env=False,
        )
        self._loop: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._loop = asyncio.create_task(self._run())

    async def stop(self) -> None:
        tasks = [*self._flying.values(), *([self._loop] if self._loop else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._client.aclose()

    def send(self, parcel: Parcel) -> None:
        at = millis(now())
        self._store.run(
            "INSERT INTO deliveries (organization, subscription, event_type, resource, url, headers, signed,"
            " body, created, next_at, status, attempts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '[]')",
            parcel.organization,
            parcel.subscription,
            parcel.event_type,
            parcel.resource,
            parcel.url,
            json.dumps(parcel.headers),
            parcel.signed,
            parcel.body.decode(),
            at,
            at + parcel.delay_ms,
            "dropped_by_fault" if parcel.dropped else "pending",
        )
        self._wake.set()

    async def reachable(self, url: str) -> bool:
        """The HEAD request that lexoffice sends when a subscription is made (§2.1)."""
        try:
            for _ in range(MAX_REDIRECTS + 1):
                answer = await self._client.head(url)
                if not answer.has_redirect_location:
                    return answer.is_success
                url = urljoin(url, answer.headers["Location"])
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError):
            pass
        return False

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            at = millis(now())
            due = self._store.rows(
                "SELECT * FROM deliveries WHERE status = 'pending' ORDER BY next_at, id LIMIT ?",
                IN_FLIGHT + len(self._flying) + 1,
            )
            wait: float | None = None
            for row in due:
                if row["id"] in self._flying:
                    continue
                if row["next_at"] > at:
                    wait = (row["next_at"] - at) / 1000
                    break
                if len(self._flying) >= IN_FLIGHT:
                    break
                self._fly(row)
            try:
                async with asyncio.timeout(wait):
                    await self._wake.wait()
            except TimeoutError:
                pass

    def _fly(self, row: Row) -> None:
        key: int = row["id"]
        task = asyncio.create_task(self._attempt(row))
        self._flying[key] = task

        def landed(_: asyncio.Task[None]) -> None:
            self._flying.pop(key, None)
            self._wake.set()

        task.add_done_callback(landed)

    async def _attempt(self, row: Row) -> None:
        if row["subscription"] and not self._store.row("SELECT 1 FROM subscriptions WHERE id = ?", row["subscription"]):
            self._finish(row["id"], "subscription_deleted", json.loads(row["attempts"]))
            return
        started = now()
        status, error = None, None
        try:
            status, verdict = await self._post(row)
        except Exception as failure:  # whatever it is, the queue must go on
            verdict, error = judge_error(failure), f"{type(failure).__name__}: {failure}"
        attempts = [
            *json.loads(row["attempts"]),
            {"at": millis(started), "status": status, "error": error, "ms": millis(now()) - millis(started)},
        ]
        self._settle(row, verdict, attempts)

    async def _post(self, row: Row) -> tuple[int, Verdict]:
        body = row["body"].encode()
        headers = {"Content-Type": "application/json", "User-Agent": "sandbox-lexoffice"}
        headers |= dict(json.loads(row["headers"]))
        if row["signed"]:
            headers["X-Lxo-Signature"] = await asyncio.to_thread(self._signer.sign, body)
        url = row["url"]
        for _ in range(MAX_REDIRECTS + 1):
            answer = await self._client.post(url, content=body, headers=headers)
            if not answer.has_redirect_location:
                return answer.status_code, judge_status(answer.status_code)
            url = urljoin(url, answer.headers["Location"])
        return answer.status_code, Verdict.LOST

    def _settle(self, row: Row, verdict: Verdict, attempts: list[dict[str, Any]]) -> None:
        with self._store.transaction():
            if verdict is Verdict.DELIVERED:
                self._finish(row["id"], "delivered", attempts)
            elif verdict is Verdict.LOST:
                self._finish(row["id"], "lost", attempts)
            elif verdict is Verdict.UNSUBSCRIBE:
                self._unsubscribe(row, attempts)
            elif len(attempts) <= len(RETRY_AFTER_SECONDS):
                pause = RETRY_AFTER_SECONDS[len(attempts) - 1] * self._scale
                self._store.run(
                    "UPDATE deliveries SET attempts = ?, next_at = ? WHERE id = ?",
                    json.dumps(attempts),
                    millis(now()) + round(pause * 1000),
                    row["id"],
                )
            elif verdict is Verdict.RETRY_THEN_UNSUBSCRIBE:
                self._unsubscribe(row, attempts)
            else:
                self._finish(row["id"], "given_up", attempts)

    def _unsubscribe(self, row: Row, attempts: list[dict[str, Any]]) -> None:
        # A webhook of the chapter's dialect has no subscription: it stays configured, the event is lost.
        self._finish(row["id"], "subscription_deleted" if row["subscription"] else "lost", attempts)
        self._store.run("DELETE FROM subscriptions WHERE id = ?", row["subscription"])

    def _finish(self, delivery: int, status: str, attempts: list[dict[str, Any]]) -> None:
        self._store.run(
            "UPDATE deliveries SET status = ?, attempts = ? WHERE id = ?", status, json.dumps(attempts), delivery
        )
