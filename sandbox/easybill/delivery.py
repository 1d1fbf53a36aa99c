"""Carries webhooks out: the whole thing in the body, unsigned, in whatever order; only 200 counts as taken.

After what else it is tried again is not documented; here after 1, 5 and 30 minutes, then never.
"""

from __future__ import annotations

import asyncio
import json
import random
from sqlite3 import Row
from typing import Any
from urllib.parse import urlencode

import httpx

from .accounts import Account
from .clock import millis, now
from .store import Store, Thing

EVENTS = (
    *(f"document.{what}" for what in ("create", "update", "completed", "deleted", "payment_add", "payment_delete")),
    *(f"{kind}.{what}" for kind in ("customer", "contact", "position") for what in ("create", "update", "delete")),
    *(f"postbox.{what}" for what in ("create", "update", "delete", "sent")),
)
READ_TIMEOUT_SECONDS = 5.0
RETRY_AFTER_SECONDS = (60, 300, 1800)
IN_FLIGHT = 32
_LONGEST_ANSWER = 500
SHOWN = 200


class Courier:
    def __init__(self, store: Store, time_scale: float = 1.0) -> None:
        self._store = store
        self._scale = time_scale
        self._wake = asyncio.Event()
        self._flying: dict[int, asyncio.Task[None]] = {}
        self._client = httpx.AsyncClient(timeout=READ_TIMEOUT_SECONDS, trust_env=False, follow_redirects=False)
        self._loop: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._loop = asyncio.create_task(self._run())

    async def stop(self) -> None:
        tasks = [*self._flying.values(), *([self._loop] if self._loop else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._client.aclose()

    def tell(self, account: Account, event: str, thing: Thing) -> None:
        """Put it into the queue for every address that wants this event."""
        at = millis()
        for webhook in self._store.all(account.id, "webhooks"):
            if not webhook["is_active"] or event not in webhook["events"]:
                continue
            dice = random.Random(f"{account.seed}/{self._store.count_up(account.id, 'told')}")  # noqa: S311
            for _ in range(2 if dice.random() < account.duplicate_rate else 1):
                self._store.run(
                    "INSERT INTO deliveries (account, webhook, event, body, next_at, status) VALUES (?, ?, ?, ?, ?, ?)",
                    account.id,
                    webhook["id"],
                    event,
                    json.dumps(thing, ensure_ascii=False),
                    at + dice.randint(0, round(account.shuffle_ms * min(1.0, self._scale * 50))),
                    "dropped_by_fault" if dice.random() < account.drop_rate else "pending",
                )
        self._wake.set()

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            wait = self._take_off()
            try:
                async with asyncio.timeout(wait):
                    await self._wake.wait()
            except TimeoutError:
                pass

    def _take_off(self) -> float | None:
        """Send what is due; seconds until the next is, None while nothing waits."""
        due = self._store.rows(
            "SELECT * FROM deliveries WHERE status = 'pending' ORDER BY next_at, id LIMIT ?", 2 * IN_FLIGHT
        )
        for row in due:
            if row["id"] in self._flying:
                continue
            if row["next_at"] > millis():
                return float(row["next_at"] - millis()) / 1000
            if len(self._flying) >= IN_FLIGHT:
                return None
            self._fly(row)
        return None

    def _fly(self, row: Row) -> None:
        key: int = row["id"]
        task = asyncio.create_task(self._attempt(row))
        self._flying[key] = task

        def landed(_: asyncio.Task[None]) -> None:
            self._flying.pop(key, None)
            self._wake.set()

        task.add_done_callback(landed)

    async def _attempt(self, row: Row) -> None:
        webhook = self._store.get(row["account"], "webhooks", row["webhook"])
        attempts: list[dict[str, Any]] = json.loads(row["attempts"])
        if webhook is None or not webhook["is_active"]:
            self._finish(row, "webhook_gone", attempts)
            return
        status, text = None, ""
        try:
            answer = await self._post(row, webhook)
            status, text = answer.status_code, answer.text[:_LONGEST_ANSWER]
        except Exception as failure:  # whatever it is, the queue must go on
            text = type(failure).__name__
        attempts.append({"at": millis(), "status": status, "text": text})
        # It may have been changed or deleted meanwhile.
        if current := self._store.get(row["account"], "webhooks", row["webhook"]):
            self._store.put(current | {"last_response": {"date": now(), "code": status, "response": text}})
        if status == httpx.codes.OK:
            self._finish(row, "delivered", attempts)
        elif len(attempts) <= len(RETRY_AFTER_SECONDS):
            pause = RETRY_AFTER_SECONDS[len(attempts) - 1] * self._scale
            self._store.run(
                "UPDATE deliveries SET attempts = ?, next_at = ? WHERE id = ?",
                json.dumps(attempts),
                millis() + round(pause * 1000),
                row["id"],
            )
        else:
            self._finish(row, "given_up", attempts)

    async def _post(self, row: Row, webhook: Thing) -> httpx.Response:
        thing = json.loads(row["body"])
        account = self._store.row("SELECT body FROM accounts WHERE id = ?", row["account"])
        assert account is not None
        bare = json.loads(account["body"])["envelope"] == "bare"
        told = thing if bare else {"event": row["event"], "data": thing}
        headers = {
            "User-Agent": "sandbox-easybill",
            "X-easybill-Event": row["event"],
            "X-easybill-Webhook-Delivery": f"{row['id']:020d}",
        }
        if webhook["content_type"] == "form":
            body = urlencode({"payload": json.dumps(thing)}).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        else:
            body = json.dumps(told, ensure_ascii=False).encode()
            headers["Content-Type"] = "application/json"
        return await self._client.post(webhook["url"], content=body, headers=headers)

    def _finish(self, row: Row, status: str, attempts: list[dict[str, Any]]) -> None:
        self._store.run(
            "UPDATE deliveries SET status = ?, attempts = ? WHERE id = ?", status, json.dumps(attempts), row["id"]
        )


def log(store: Store, account: int, most: int = SHOWN) -> list[dict[str, Any]]:
    rows = store.rows("SELECT * FROM deliveries WHERE account = ? ORDER BY id DESC LIMIT ?", account, most)
    return [
        {
            "id": row["id"],
            "event": row["event"],
            "document": _document_of(json.loads(row["body"])),
            "status": row["status"],
            "attempts": json.loads(row["attempts"]),
        }
        for row in rows
    ]


def _document_of(thing: Thing) -> int | None:
    """A payment names the document that it was made on."""
    named: int | None = thing.get("document_id") or thing.get("id")
    return named
