"""The bare engine on the product's own server: a namespace, its worker process, and the legs that are run on it.

The floor (bench/floor.py) is another one, in a namespace of its own, whose worker commits.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

from temporalio.api.enums.v1 import IndexedValueType, TaskQueueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.api.taskqueue.v1 import RateLimit
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest, UpdateTaskQueueConfigRequest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RPCError

from activities.models import EventAnnouncement, PayoutInput
from bench.bare import CONCLUDED, PAID, READ_BACK, document_of, event_of, number_of
from bench.clock import LegClock, until
from bench.crowd import all_of, insist
from bench.rig import UNLIMITED_STARTS, Rig, Stuck
from bench.tenancy import PARTNER
from engine import announcing
from ledger.types import DecisionId, DecisionKind, EventId, Tenant, TenantId
from sandbox.processes import Command, Service
from workflows import search_attributes
from workflows.messages import LEXOFFICE, Pace, document_workflow_id, payout_workflow_id

BARE, FLOOR = "bare", "floor"
"""Namespaces."""
_CHECKOUT = Path(__file__).resolve().parent.parent


class BareWorker(Service):
    def __init__(self, state: Path, address: str, namespace: str, database: str | None) -> None:
        self.name = f"Worker of the namespace {namespace}"
        self._arguments = [address, namespace]
        self._database = database
        self._log = state / f"{namespace}-worker.log"
        self.counter = state / f"{namespace}-counter"
        self._ready = state / f"{namespace}-ready"

    def command(self) -> Command:
        self._ready.unlink(missing_ok=True)
        argv = [sys.executable, "-m", "bench.bare_worker", *self._arguments, str(self.counter), str(self._ready)]
        argv += [] if self._database is None else [self._database]
        return Command(self.name, argv, self._log, env={"PYTHONPATH": str(_CHECKOUT)})

    async def is_ready(self) -> bool:
        return self._ready.exists()


@dataclass
class BareEngine:
    """Runs the legs that the product runs, with the same announcements."""

    rig: Rig
    client: Client
    worker: BareWorker
    pace: Pace
    tenants: list[Tenant]
    last_whole: list[tuple[str, str]] = field(default_factory=list)
    """Workflow ids of payout and document of the last whole loop, for a look at their histories."""
    commits: bool = False
    """It is the floor."""
    _next: int = 1

    def processes(self) -> dict[str, int]:
        of_both = {"temporal", "engine_postgres", *(("postgres",) if self.commits else ())}
        shared = {part: pid for part, pid in self.rig.processes().items() if part in of_both}
        return {**shared, "bare_worker": self.worker.process.pid}

    async def payouts_alone(self, count: int, clock: LegClock) -> None:
        wanted = self._take(count)
        with clock.running():
            await all_of(self._start_and_approve(sequence) for sequence in wanted)
            await self._counted(READ_BACK, count)
        with clock.running():
            await all_of(self._settle_directly(sequence) for sequence in wanted)
            await self._counted(PAID, count)

    async def whole_loop(self, count: int, clock: LegClock) -> None:
        wanted = self._take(count)
        self.last_whole = [
            (
                payout_workflow_id(self._tenant(sequence), number_of(sequence)),
                document_workflow_id(self._tenant(sequence), document_of(sequence)),
            )
            for sequence in wanted
        ]
        with clock.running():
            await all_of(self._start_and_approve(sequence, tell_of_creation=True) for sequence in wanted)
            await self._counted(READ_BACK, count)
            await self._counted(CONCLUDED, count)
        with clock.running():
            await all_of(self._settle_by_notification(sequence) for sequence in wanted)
            await self._counted(CONCLUDED, 2 * count)
            await self._counted(PAID, count)

    async def signal_with_start(self, count: int, in_flight: int, clock: LegClock) -> None:
        """What a webhook asks of the engine, and nothing else."""
        with clock.running():
            await all_of((self._announce(self._tenant(i), uuid4(), event_of(i, 0)) for i in range(count)), in_flight)

    async def _start_and_approve(self, sequence: int, *, tell_of_creation: bool = False) -> None:
        tenant = self._tenant(sequence)
        payout = PayoutInput(tenant=tenant, number=number_of(sequence), partner=PARTNER, gross_cents=11_900)
        decision = DecisionId(uuid4())
        await insist(lambda: announcing.announce_payout(self.client, payout))
        await insist(lambda: announcing.announce_decision(self.client, payout, DecisionKind.APPROVE, decision))
        if tell_of_creation:
            await self._notify(sequence, 0)

    async def _settle_directly(self, sequence: int) -> None:
        handle = self.client.get_workflow_handle(payout_workflow_id(self._tenant(sequence), number_of(sequence)))
        await insist(lambda: handle.signal("credit_note_paid", {"event": event_of(sequence, 1)}))

    async def _settle_by_notification(self, sequence: int) -> None:
        await self._notify(sequence, 1)
        await self._notify(sequence, 2)

    async def _notify(self, sequence: int, which: int) -> None:
        await self._announce(self._tenant(sequence), document_of(sequence), event_of(sequence, which))

    async def _announce(self, tenant: Tenant, document: UUID, event: EventId) -> None:
        told = EventAnnouncement(resource_id=document, event=event, delivery=1)
        await insist(lambda: announcing.announce_event(self.client, tenant, told, self.pace))

    def _tenant(self, sequence: int) -> Tenant:
        return self.tenants[sequence % len(self.tenants)]

    def _take(self, count: int) -> range:
        """Numbers that no leg has used, with an empty counter."""
        wanted = range(self._next, self._next + count)
        self._next += count
        with self.worker.counter.open("r+b") as file:
            file.truncate(0)
        return wanted

    async def _counted(self, letter: bytes, count: int) -> None:
        async def enough() -> bool:
            return self.worker.counter.read_bytes().count(letter) >= count

        await until(enough, f"{count} times {letter.decode()} of the bare engine")


@asynccontextmanager
async def bare_engine(rig: Rig, pace: Pace, tenants: int, *, of: str = BARE) -> AsyncIterator[BareEngine]:
    """`of`: BARE or FLOOR."""
    addresses = rig.stack.addresses
    await _make_namespace(rig.engine, of)
    client = await Client.connect(addresses.temporal.address, namespace=of, data_converter=pydantic_data_converter)
    await _make_ready(client)
    database = addresses.postgres.app_url if of == FLOOR else None
    worker = BareWorker(addresses.state, addresses.temporal.address, of, database)
    await worker.serve()
    slugs = [f"{of}-{number:02d}" for number in range(1, tenants + 1)]
    try:
        known = [Tenant(id=TenantId(uuid4()), slug=slug) for slug in slugs]
        yield BareEngine(rig, client, worker, pace, known, commits=of == FLOOR)
    finally:
        await worker.stop()


async def _make_namespace(client: Client, name: str) -> None:
    retention = timedelta(days=1)
    request = RegisterNamespaceRequest(namespace=name)
    request.workflow_execution_retention_period.FromTimedelta(retention)
    await client.workflow_service.register_namespace(request)


async def _make_ready(client: Client) -> None:
    """The server learns of a new namespace some seconds later; then it is set as the product's own is."""
    wanted = dict.fromkeys((key.name for key in search_attributes.ALL), IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD)
    for _ in range(60):
        try:
            await client.operator_service.add_search_attributes(
                AddSearchAttributesRequest(namespace=client.namespace, search_attributes=wanted)
            )
            await client.workflow_service.update_task_queue_config(
                UpdateTaskQueueConfigRequest(
                    namespace=client.namespace,
                    identity="bench",
                    task_queue=LEXOFFICE,
                    task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
                    update_fairness_key_rate_limit_default=UpdateTaskQueueConfigRequest.RateLimitUpdate(
                        rate_limit=RateLimit(requests_per_second=UNLIMITED_STARTS), reason="bench"
                    ),
                )
            )
            return
        except RPCError:
            await asyncio.sleep(0.5)
    raise Stuck("The server does not take the namespace of the bare engine.")
