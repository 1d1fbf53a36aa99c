"""`script/chaos --events N`: events out while worker and API are killed, and one receiver answers 500 half of the time.

Three endpoints hear everything: one that refuses every other call by dice, one that takes all, one that never answers.
Each event must reach the first two at least once, signed, and those of one object in their order.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Coroutine, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import httpx
from standardwebhooks import WebhookVerificationError

from chaos.monkey import Monkey
from chaos.run import Say
from ledger.access import api_keys, tenants
from ledger.audit import webhook_endpoints
from ledger.audit.webhook_endpoints import WantedEndpoint
from ledger.database import Ledger
from ledger.types import Tenant
from ledger.vault import Vault
from sandbox.stack import Ports, Stack
from sandbox.webhook_receiver import Call, Receiver, receiving

_SETTINGS: Final = {
    "PARTNERDESK_EVENTS_OUT_LOOPBACK": "1",
    "PARTNERDESK_EVENTS_OUT_WAITS_SECONDS": "0.2,0.5,1",  # for 5 s, 5 min, 30 min …
    "PARTNERDESK_HANDOVER_AFTER_SECONDS": "1",
    "PARTNERDESK_HANDOVER_EVERY_SECONDS": "2",
    "PARTNERDESK_REQUESTS_A_MINUTE": "0",
    "PARTNERDESK_LOG_LEVEL": "warning",
}
_CHANGES_OF_ONE: Final = 20
_CALLERS: Final = 8
_AGAIN_AFTER_S: Final = 0.3
_KILLED: Final = ("worker", "api")


@dataclass(frozen=True)
class EventsPlan:
    """So many events, and so many kills of worker and API in turns while they are told."""

    seed: int
    events: int
    kills: int
    patience_seconds: float


@dataclass
class Endpoint:
    """An endpoint, and what its receiver took of what came."""

    name: str
    receiver: Receiver
    secret: str = ""
    unsigned: int = 0
    taken: dict[str, int] = field(default_factory=dict)
    """`webhook-id` → its place among those that were taken the first time."""
    refused: int = 0

    def hear(self, call: Call, answer: int) -> int:
        try:
            call.signed_with(self.secret)
        except WebhookVerificationError:
            self.unsigned += 1
        if answer < 300:
            self.taken.setdefault(call.id, len(self.taken))
        else:
            self.refused += 1
        return answer


async def run(plan: EventsPlan, state: Path, say: Say) -> dict[str, Any]:
    """The report; `differences` names each thing that is not as promised."""
    dice = random.Random(f"events/{plan.seed}")  # noqa: S311 - repeatable on purpose
    async with AsyncExitStack() as exits:
        stack = await exits.enter_async_context(
            Stack(state, Ports.free(), emit=say, durable=False, environment=_SETTINGS)
        )
        ledger = await Ledger.open(stack.addresses.postgres.app_url)
        exits.push_async_callback(ledger.close)
        receivers = [await exits.enter_async_context(receiving()) for _ in range(3)]
        moody, steady, hanging = (
            Endpoint(name, receiver) for name, receiver in zip(("moody", "steady", "hanging"), receivers, strict=True)
        )
        moody.receiver.answering = lambda call: moody.hear(call, 500 if dice.random() < 0.5 else 204)
        steady.receiver.answering = lambda call: steady.hear(call, 204)
        hanging.receiver.answering = lambda call: None
        tenant, key = await _open(stack, ledger, (moody, steady, hanging))
        monkey = Monkey({"worker": stack.worker, "api": stack.api}, say)
        began = time.monotonic()
        async with _background(monkey.keep_running("worker"), monkey.keep_running("api"), _kill(plan, monkey, moody)):
            await _cause(plan, stack.addresses.api_url, key)
            caused = time.monotonic() - began
            say(f"{plan.events} events are caused within {caused:.0f} s.")
            settled = await _settled(ledger, tenant, (moody, steady), began + plan.patience_seconds)
        told = time.monotonic() - began
        events = await _events(ledger, tenant)
    differences = [] if settled else [f"not all is told within {plan.patience_seconds:.0f} s"]
    if len(events) != plan.events:
        differences.append(f"{len(events)} events were written, {plan.events} were caused")
    for endpoint in (moody, steady):
        differences += missing_or_out_of_order(endpoint, events)
    return {
        "seed": plan.seed,
        "events": len(events),
        "kills": dict(monkey.kills),
        "seconds_to_cause": round(caused, 1),
        "seconds_to_tell": round(told, 1),
        "calls": {one.name: len(one.receiver.calls) for one in (moody, steady, hanging)},
        "refused": moody.refused,
        "differences": differences,
    }


def missing_or_out_of_order(endpoint: Endpoint, events: Sequence[tuple[str, str]]) -> Iterable[str]:
    """`events`: webhook id and object of each, in the order in which they were written."""
    if endpoint.unsigned:
        yield f"{endpoint.name}: {endpoint.unsigned} calls do not pass standardwebhooks"
    if missing := [id for id, _ in events if id not in endpoint.taken]:
        yield f"{endpoint.name}: {len(missing)} events were never taken, such as {missing[0]}"
    last: dict[str, int] = {}
    late = 0
    for id, about in events:
        place = endpoint.taken.get(id)
        if place is not None:
            late += place < last.get(about, -1)
            last[about] = max(place, last.get(about, -1))
    if late:
        yield f"{endpoint.name}: {late} events came before an earlier one of their object"


async def _open(stack: Stack, ledger: Ledger, endpoints: Iterable[Endpoint]) -> tuple[Tenant, str]:
    vault = Vault.from_setting(stack.addresses.environment["PARTNERDESK_SECRET_KEY"])
    tenant = await tenants.create(ledger, "events", "Events GmbH", actor="chaos", is_demo=True)
    async with ledger.transaction(tenant) as tx:
        wanted = api_keys.WantedKey(name="chaos", scopes=("read", "write"))
        key = (await api_keys.create_api_key(tx, vault, wanted, actor="chaos")).key.get_secret_value()
        for endpoint in endpoints:
            address = WantedEndpoint(url=endpoint.receiver.url, types=("partner.updated",))
            made = await webhook_endpoints.add(tx, vault, address, by="chaos", plain_http=True)
            shown = await webhook_endpoints.show_secret(tx, vault, made.id, by="chaos")
            endpoint.secret = shown.get_secret_value()
    return tenant, key


async def _cause(plan: EventsPlan, api_url: str, key: str) -> None:
    """Partners that are made and moved. A caller insists; the same move again causes nothing."""
    partners = max(1, plan.events // _CHANGES_OF_ONE)
    waiting = iter(range(partners))

    async def call(http: httpx.AsyncClient, method: str, path: str, body: dict[str, str]) -> None:
        while True:
            try:
                answer = await http.request(method, f"{api_url}/api/v1/{path}", json=body, headers={"X-API-Key": key})
            except httpx.HTTPError:
                await asyncio.sleep(_AGAIN_AFTER_S)
                continue
            if answer.status_code < 500 and (answer.status_code != 409 or method == "PATCH"):
                answer.raise_for_status()
                return
            if answer.status_code == 409:  # made before the answer was lost
                return
            await asyncio.sleep(_AGAIN_AFTER_S)

    async def caller(http: httpx.AsyncClient) -> None:
        for number in waiting:
            code = f"P{number:05d}"
            await call(http, "POST", "partners", {"code": code, "name": f"Partner {number}"})
            mine = plan.events // partners + (number < plan.events % partners)
            for change in range(1, mine):
                await call(http, "PATCH", f"partners/{code}", {"city": f"Ort {change}"})

    async with httpx.AsyncClient(trust_env=False, timeout=10) as http, asyncio.TaskGroup() as group:
        for _ in range(_CALLERS):
            group.create_task(caller(http))


async def _kill(plan: EventsPlan, monkey: Monkey, moody: Endpoint) -> None:
    """Evenly by what was taken, so that a slow machine has the same kills."""
    for number in range(plan.kills):
        while len(moody.taken) < plan.events * (number + 1) // (plan.kills + 1):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        await monkey.kill(_KILLED[number % len(_KILLED)], 0.0)


async def _settled(ledger: Ledger, tenant: Tenant, of: Sequence[Endpoint], deadline: float) -> bool:
    urls = [one.receiver.url for one in of]
    while time.monotonic() < deadline:
        async with ledger.transaction(tenant) as tx:
            due = await tx.fetchval(
                """
                SELECT count(*) FROM event_deliveries d
                  JOIN webhook_endpoints e ON e.tenant_id = d.tenant_id AND e.id = d.endpoint_id
                 WHERE d.tenant_id = $1 AND d.state = 'due' AND e.url = ANY ($2)
                """,
                tenant.id,
                urls,
            )
        if not due:
            return True
        await asyncio.sleep(1)
    return False


async def _events(ledger: Ledger, tenant: Tenant) -> list[tuple[str, str]]:
    async with ledger.transaction(tenant) as tx:
        rows = await tx.fetch("SELECT id, subject_id FROM events_out WHERE tenant_id = $1 ORDER BY seq", tenant.id)
    return [(f"evt_{UUID(str(row['id'])).hex}", row["subject_id"]) for row in rows]


@asynccontextmanager
async def _background(*running: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(one) for one in running]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
