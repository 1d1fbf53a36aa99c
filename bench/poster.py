"""POSTs over kept connections, as cheap as Python can: the sender shares the machine with what it measures."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit
from uuid import uuid4

from bench.tenancy import BenchTenant
from sandbox.lexoffice.signature import Signer


@dataclass(frozen=True)
class Parcel:
    """A request to send, ready made."""

    head: bytes
    body: bytes


@dataclass(frozen=True)
class Answered:
    status: int
    body: bytes
    seconds: float


class Connection:
    """One kept HTTP/1.1 connection, one request at a time. Understands answers with Content-Length only."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, url: str) -> Self:
        parts = urlsplit(url)
        assert parts.hostname is not None
        return cls(*await asyncio.open_connection(parts.hostname, parts.port))

    async def send(self, parcel: Parcel) -> Answered:
        started = time.perf_counter()
        self._writer.write(parcel.head + parcel.body)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line.partition(b":")[2]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
        )
        body = await self._reader.readexactly(length)
        return Answered(int(head.split(b" ", 2)[1]), body, time.perf_counter() - started)

    def close(self) -> None:
        self._writer.close()


@asynccontextmanager
async def connections(url: str, count: int) -> AsyncIterator[list[Connection]]:
    opened = [await Connection.open(url) for _ in range(count)]
    try:
        yield opened
    finally:
        for connection in opened:
            connection.close()


def notification(
    to: BenchTenant,
    event_type: str,
    resource_id: str,
    *,
    signer: Signer | None = None,
    at: datetime | None = None,
) -> Parcel:
    """As lexoffice sends it: four members, a date in milliseconds (now, if no other), signed if there is a signer."""
    event = {
        "organizationId": str(to.organization),
        "eventType": event_type,
        "resourceId": resource_id,
        "eventDate": (at or datetime.now(UTC)).isoformat(timespec="milliseconds"),
    }
    body = json.dumps(event, separators=(",", ":")).encode()
    headers: dict[str, Any] = {
        "Host": "127.0.0.1",
        "Authorization": f"Bearer {to.token}",
        "Content-Type": "application/json",
        "Content-Length": len(body),
    }
    if signer is not None:
        headers["X-Lxo-Signature"] = signer.sign(body)
    lines = [f"POST /api/webhooks/{to.tenant.slug}/lexoffice HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items())]
    return Parcel("\r\n".join([*lines, "", ""]).encode(), body)


def fresh_notifications(to: Sequence[BenchTenant], count: int, signer: Signer) -> list[Parcel]:
    """Of documents that nobody has heard of, signed, spread over the tenants."""
    return [
        notification(to[number % len(to)], "credit-note.status.changed", str(uuid4()), signer=signer)
        for number in range(count)
    ]


def repeated_notifications(to: BenchTenant, count: int, signer: Signer) -> list[Parcel]:
    """Of one document that nobody has heard of, each of another instant, signed."""
    document, now = str(uuid4()), datetime.now(UTC)
    return [
        notification(to, "invoice.status.changed", document, signer=signer, at=now + timedelta(milliseconds=number))
        for number in range(count)
    ]


def signer_of(sandbox_state: Path) -> Signer:
    """The key of the running sandbox: what it signs, the product can check."""
    return Signer(sandbox_state)


async def send_all(url: str, parcels: Iterable[Parcel], in_flight: int) -> list[Answered]:
    """Send all, so many at a time, and return the answers as they came."""
    waiting: Iterator[Parcel] = iter(parcels)
    answers: list[Answered] = []

    async def take_turns(connection: Connection) -> None:
        for parcel in waiting:
            answers.append(await connection.send(parcel))  # noqa: PERF401

    async with connections(url, in_flight) as opened:
        await asyncio.gather(*(take_turns(connection) for connection in opened))
    return answers
