"""The addresses that anybody on the internet can knock at: arbitrary bytes and headers, 10,000 of them, and no fault.

Seeded, so that a finding can be looked at again; several in flight, as on a bad day.
"""

import asyncio
import json
import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID

import asyncpg
import pytest

from sandbox.lexoffice_server import LexofficeAddresses
from sandbox.temporal_server import TemporalAddresses
from tests.conftest import Database
from tests.fixtures.door import Door, new_door
from tests.fixtures.samples import SEED, cases
from tests.security.serving import Served, served

pytestmark = pytest.mark.timeout(1800)
CASES = cases(10_000, sample=2_000)
AT_ONCE = 16
_HEADERS = (
    b"authorization", b"x-lexoffice-token", b"x-lxo-signature", b"stripe-signature", b"host", b"content-type",
    b"cookie", b"x-request-id", b"x-forwarded-for", b"x-api-key", b"accept", b"idempotency-key", b"te", b"origin",
)  # fmt: skip
_WORDS = (
    "invoice.status.changed", "credit-note.status.changed", "payment.changed", "token.revoked", "voucher.created", "",
    "checkout.session.completed", "charge.refunded", "\x00", "\ud800", "x" * 300, "2026-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "../../etc/passwd", "'; DROP TABLE events; --",
    "11111111-2222-3333-4444-555555555555", "‮", "evt_1", "pi_1", "ANNA", "EUR", "paid",
)  # fmt: skip
_MEMBERS = (
    "organizationId", "eventType", "resourceId", "eventDate", "paymentReference", "id", "type", "data", "object",
    "created", "livemode", "account", "payment_intent", "amount_total", "amount", "amount_refunded", "metadata",
    "client_reference_id", "payment_status", "customer_details", "email", "currency", "charge", "status",
)  # fmt: skip


@dataclass(frozen=True)
class Knock:
    method: str
    path: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


class Burglar:
    """Requests out of dice: raw bytes, torn JSON, events that are nearly right; now and then the right token."""

    def __init__(self, door: Door, seed: int) -> None:
        self._door = door
        self._dice = random.Random(seed)

    def knock(self) -> Knock:
        dice = self._dice
        provider = dice.choice(("lexoffice", "easybill", "stripe"))
        knows = provider == "lexoffice" and dice.random() < 0.1
        slug = self._door.tenant.slug if knows or dice.random() < 0.7 else dice.choice(_SLUGS)
        method = "POST" if knows else dice.choice(("POST",) * 12 + ("GET", "HEAD", "PUT", "OPTIONS", "DELETE"))
        query = b"" if dice.random() < 0.6 else b"?token=" + quote(_line(dice, 60)).encode()
        headers = [(dice.choice(_HEADERS), _line(dice, 80)) for _ in range(dice.randrange(5))]
        if dice.random() < 0.01:  # no HTTP at all: the server itself refuses it
            headers.append((b"x-\xff", b""))
        headers = [(name, value) for name, value in headers if name != b"host" or not knows]
        if knows:
            headers = [(b"authorization", f"Bearer {self._door.token}".encode()), *headers]
        return Knock(method, f"/api/webhooks/{slug}/{provider}".encode() + query, tuple(headers), self._body(provider))

    def is_real(self, knock: Knock) -> bool:
        return knock.method in ("GET", "HEAD", "POST") and knock.path.startswith(self._door.address.encode())

    def _body(self, provider: str) -> bytes:
        dice = self._dice
        match dice.randrange(6):
            case 0:
                return dice.randbytes(dice.randrange(400))
            case 1:
                return b"[" * dice.randrange(2000)
            case 2:
                whole = self._json(provider)
                return whole[: dice.randrange(len(whole) + 1)]
            case 3:
                torn = bytearray(self._json(provider))
                for _ in range(dice.randrange(1, 5)):
                    torn[dice.randrange(len(torn))] = dice.randrange(256)
                return bytes(torn)
            case _:
                return self._json(provider)

    def _json(self, provider: str) -> bytes:
        told: dict[str, Any] = self._object(3)
        if self._dice.random() < 0.5:
            told = self._door.event() | told
            if provider == "stripe":
                told = {"id": "evt_1", "type": "checkout.session.completed", "data": {"object": told}}
        return json.dumps(told, ensure_ascii=True).encode()

    def _object(self, depth: int) -> dict[str, Any]:
        return {self._dice.choice(_MEMBERS): self._value(depth) for _ in range(self._dice.randrange(5))}

    def _value(self, depth: int) -> Any:
        dice = self._dice
        match dice.randrange(8):
            case 0 if depth:
                return self._object(depth - 1)
            case 1 if depth:
                return [self._value(depth - 1) for _ in range(dice.randrange(3))]
            case 2:
                return dice.choice((0, -1, 2**31, 2**63, -(2**63), 10**400, 1e308, 1.5))
            case 3:
                return dice.choice((None, True, False))
            case 4:
                return str(UUID(int=dice.getrandbits(128)))
            case _:
                return dice.choice(_WORDS)


_SLUGS = ("acme", "x", "%00", "..%2f..", "%ff%fe", "t-0", "%F0%9F%92%A9", "a" * 300)


def _line(dice: random.Random, most: int) -> bytes:
    """Bytes that can stand in one line of a request at all."""
    raw = (
        dice.randbytes(dice.randrange(most)) if dice.random() < 0.5 else dice.choice(_WORDS).encode("utf-8", "replace")
    )
    return bytes(byte for byte in raw if byte >= 32 and byte != 127).strip()


async def send(url: str, knock: Knock) -> int:
    """By hand: clients would refuse to send half of it. Returns the status."""
    host, port = url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        lines = [knock.method.encode() + b" " + knock.path + b" HTTP/1.1"]
        if not any(name == b"host" for name, _ in knock.headers):
            lines.append(b"host: 127.0.0.1")
        lines += [name + b": " + value for name, value in knock.headers]
        lines += [b"content-length: %d" % len(knock.body), b"connection: close"]
        writer.write(b"\r\n".join(lines) + b"\r\n\r\n" + knock.body)
        await writer.drain()
        answer = await reader.readline()
        await reader.read()
    finally:
        writer.close()
    return int(answer.split(b" ")[1])


@pytest.fixture(scope="module")
async def target(
    database: Database, temporal: TemporalAddresses, lexoffice_sandbox: LexofficeAddresses
) -> AsyncIterator[Served]:
    patch = pytest.MonkeyPatch()
    patch.setenv("TEMPORAL_ADDRESS", temporal.address)
    patch.setenv("TEMPORAL_NAMESPACE", temporal.namespace)
    async with served(database, lexoffice_sandbox) as running:
        yield running
    patch.undo()


async def storm(target: Served, burglar: Burglar, knocks: int) -> Counter[int]:
    statuses: Counter[int] = Counter()
    left = iter(range(knocks))

    async def one() -> None:
        for _ in left:
            knock = burglar.knock()
            status = await send(target.url, knock)
            assert status < 500, (status, knock)
            # lexoffice deletes the subscription of an address that answers 404 or 410.
            assert status not in (404, 410) or not burglar.is_real(knock), (status, knock)
            # An address that cannot be is refused as one that is not ours (rules.md, The connection).
            assert status != 422, knock
            statuses[status] += 1

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(one())
    return statuses


@pytest.mark.parametrize(
    ("knocks", "seed"), [(1_000, 1_000), pytest.param(CASES, SEED, marks=pytest.mark.long)], ids=["few", "many"]
)
async def test_arbitrary_bytes_and_headers_at_the_webhooks_are_no_fault_of_ours(
    target: Served, knocks: int, seed: int
) -> None:
    door = await new_door(target.started, is_demo=True)
    await door.connect()
    statuses = await storm(target, Burglar(door, seed=seed), knocks)
    print(dict(statuses))
    assert sum(statuses.values()) == knocks
    # Each branch was taken: refused, not understood, taken in.
    assert {200, 400, 401, 405} <= statuses.keys()
    alive = await door.notify(door.event(eventType="voucher.created"))
    assert (alive.status_code, alive.json()["status"]) == (200, "ignored")


async def test_a_wrong_token_leaves_no_row(target: Served, superuser: asyncpg.Connection) -> None:
    door = await new_door(target.started, is_demo=True)
    await door.connect()
    burglar = Burglar(door, seed=7)
    for _ in range(300):
        knock = burglar.knock()
        if door.token.encode() not in b"".join(value for _, value in knock.headers):
            assert await send(target.url, knock) < 500
    event = door.event()
    good = json.dumps(event).encode()
    for token in (b"", b"x", door.token[:-1].encode(), door.token.upper().encode(), door.key.encode()):
        headers = ((b"authorization", b"Bearer " + token),)
        assert await send(target.url, Knock("POST", door.address.encode(), headers, good)) == 401
    kept = "SELECT count(*) FROM events WHERE tenant_id = $1 OR resource_id = $2"
    assert await superuser.fetchval(kept, door.tenant.id, event["resourceId"]) == 0
