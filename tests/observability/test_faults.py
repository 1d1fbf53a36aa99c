"""Twelve faults, one after the other: each turns its alert red within a minute, and silences what follows from it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import httpx
import pytest
from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

import worker
from activities.gateway.lexoffice_gateway import LexofficeDoor
from api.operator_doors import doors_for_operators, listen, serve_doors
from engine.runtime import shown_at
from httpcalls.errors import ProviderError
from sandbox.lexoffice_server import LexofficeAddresses
from sandbox.postgres import PostgresAddresses
from sandbox.processes import free_port
from sandbox.temporal_server import TemporalAddresses
from tests.conftest import Database
from tests.fixtures.door import Door, new_door
from tests.fixtures.house import until
from tests.fixtures.products import own_database
from tests.fixtures.samples import drawn_today
from tests.fixtures.scraping import Scrapes
from tests.observability.rules import Fault, faults, inhibited, metrics_of, quickly, rules
from tests.security.serving import served

TWENTY_TIMES_QUICKER = 0.05
BEFORE, WITHIN = 4, 4
"""Scrapes before a fault, and within a minute of it."""
_ENDINGS = ("", "_bucket", "_count", "_sum")
WANTED = frozenset(name + ending for rule in rules() for name in metrics_of(str(rule["expr"])) for ending in _ENDINGS)
FAULTS = faults()
TODAY = [FAULTS[number] for number in drawn_today(range(len(FAULTS)), sample=3)]

Act = Callable[[], Awaitable[object]]


async def _nothing() -> None:
    """What goes on while some faults last."""


@dataclass
class Watched:
    """A product of its own, and the addresses at which it tells its figures."""

    database: Database
    lexoffice: LexofficeAddresses
    engine: Client
    api: str
    worker: str
    sdk: str
    door: Door
    office: LexofficeDoor
    organization: str
    api_key: str

    async def plant(self, sql: str, *args: Any) -> None:
        admin = urlunsplit(urlsplit(self.database.admin_url)._replace(path=urlsplit(self.database.app_url).path))
        connection = await asyncpg.connect(admin)
        await connection.execute(sql, *args)
        await connection.close()

    async def hook(self, method: str, path: str, body: Any = None) -> Any:
        address = f"{self.lexoffice.app_url}/sandbox/organizations/{self.organization}/{path}"
        async with httpx.AsyncClient(trust_env=False) as http:
            (answer := await http.request(method, address, json=body)).raise_for_status()
        return answer.json() if answer.content else None

    async def ask_lexoffice(self) -> None:
        """A few reads, as activities make them."""
        for _ in range(4):
            with contextlib.suppress(ProviderError, ApplicationError):
                async with (
                    self.office.failures_explained(self.door.tenant),
                    self.office.reading(self.door.tenant) as client,
                ):
                    await client.profile()


@pytest.fixture(scope="module")
async def watched_product(
    postgres: PostgresAddresses,
    database: Database,
    lexoffice_sandbox: LexofficeAddresses,
    temporal: TemporalAddresses,
) -> AsyncIterator[Watched]:
    async with AsyncExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setenv("TEMPORAL_ADDRESS", temporal.address)
        patch.setenv("TEMPORAL_NAMESPACE", temporal.namespace)
        own = await own_database(postgres)
        api = await stack.enter_async_context(_api(own, lexoffice_sandbox))
        door = await new_door(api.started)
        async with httpx.AsyncClient(trust_env=False) as http:
            made = await http.post(
                f"{lexoffice_sandbox.app_url}/sandbox/organizations", json={"name": "Firma", "rate": 0}
            )
        account = made.raise_for_status().json()
        await door.connect(account["apiKey"])
        parts = door.parts
        office = LexofficeDoor(parts.ledger, parts.vault, base_url=lexoffice_sandbox.base_url, pace_per_second=0)
        stack.push_async_callback(office.close)
        sdk = f"127.0.0.1:{free_port()}"
        engine = await Client.connect(temporal.address, namespace=temporal.namespace, runtime=shown_at(sdk))
        await stack.enter_async_context(_first_version(engine))
        worker_port = await stack.enter_async_context(_worker_doors(door))
        yield Watched(
            own,
            lexoffice_sandbox,
            engine,
            f"{api.url}/metrics",
            f"http://127.0.0.1:{worker_port}/metrics",
            f"http://{sdk}/metrics",
            door,
            office,
            account["organizationId"],
            account["apiKey"],
        )


@asynccontextmanager
async def _api(database: Database, lexoffice: LexofficeAddresses) -> AsyncIterator[Any]:
    async with served(database, lexoffice, operators_doors=True, figures_seconds=0) as api:
        yield api


@asynccontextmanager
async def _worker_doors(door: Door) -> AsyncIterator[int]:
    async def ready() -> Any:
        raise AssertionError("nobody asks")

    listening = listen("127.0.0.1", 0)
    port: int = listening.getsockname()[1]
    doors = doors_for_operators(ready=ready, figures=worker._figures)
    async with serve_doors(doors, door.parts.settings, listening):
        yield port


@activity.defn(name="step")
async def _step() -> None:
    """Does nothing."""


@workflow.defn(name="TwoSteps")
class _AsDeployed:
    @workflow.run
    async def run(self) -> None:
        await workflow.execute_activity(_step, start_to_close_timeout=timedelta(seconds=30))
        await workflow.wait_condition(lambda: False)


@workflow.defn(name="TwoSteps")
class _DeployedCarelessly:
    @workflow.run
    async def run(self) -> None:
        await workflow.sleep(3600)


@asynccontextmanager
async def _first_version(engine: Client) -> AsyncIterator[None]:
    """A worker whose pollers are seen."""
    async with _work(engine, "steady", _AsDeployed):
        yield


def _work(engine: Client, queue: str, of: type) -> Worker:
    return Worker(
        engine, task_queue=queue, workflows=[of], activities=[_step], workflow_runner=UnsandboxedWorkflowRunner()
    )


# How each is brought about. What is yielded goes on between the scrapes.


@asynccontextmanager
async def _api_ended(watched_product: Watched, scrapes: Scrapes) -> AsyncIterator[Act]:
    async with _api(watched_product.database, watched_product.lexoffice) as other:
        scrapes.targets["partnerdesk-api"] = f"{other.url}/metrics"
    yield _nothing


@asynccontextmanager
async def _worker_ended(watched_product: Watched, scrapes: Scrapes) -> AsyncIterator[Act]:
    async with _worker_doors(watched_product.door) as port:
        scrapes.targets["partnerdesk-worker"] = f"http://127.0.0.1:{port}/metrics"
    yield _nothing


@asynccontextmanager
async def _line_cut(watched_product: Watched, scrapes: Scrapes) -> AsyncIterator[Act]:
    address = urlsplit(watched_product.database.app_url)
    nowhere = address._replace(netloc=f"{address.netloc.rpartition('@')[0]}@127.0.0.1:{free_port()}")
    async with _api(replace(watched_product.database, app_url=urlunsplit(nowhere)), watched_product.lexoffice) as cut:
        scrapes.targets["partnerdesk-api"] = f"{cut.url}/metrics"
        yield _nothing


@asynccontextmanager
async def _engine_silent(watched_product: Watched, scrapes: Scrapes) -> AsyncIterator[Act]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port()}")
        async with _api(watched_product.database, watched_product.lexoffice) as alone:
            scrapes.targets["partnerdesk-api"] = f"{alone.url}/metrics"
            yield _nothing


@asynccontextmanager
async def _lexoffice_fails(watched_product: Watched, scrapes: Scrapes, kind: str) -> AsyncIterator[Act]:
    await watched_product.hook("POST", "faults", {"kind": kind, "path": "/v1/profile"})
    yield watched_product.ask_lexoffice
    await watched_product.hook("DELETE", "faults")


@asynccontextmanager
async def _key_revoked(watched_product: Watched, scrapes: Scrapes) -> AsyncIterator[Act]:
    await watched_product.hook("DELETE", f"api-keys/{watched_product.api_key}")
    await watched_product.ask_lexoffice()
    yield _nothing
    made = await watched_product.hook("POST", "api-keys", {})
    watched_product.api_key = made["apiKey"]
    await watched_product.door.connect(watched_product.api_key)


@asynccontextmanager
async def _planted(watched_product: Watched, scrapes: Scrapes, fault: str, mended: str) -> AsyncIterator[Act]:
    await watched_product.plant(fault, watched_product.door.tenant.id)
    yield _nothing
    await watched_product.plant(mended, watched_product.door.tenant.id)


@asynccontextmanager
async def _careless_deploy(watched_product: Watched, scrapes: Scrapes) -> AsyncIterator[Act]:
    sdk, queue = f"127.0.0.1:{free_port()}", "deployed"
    address, namespace = watched_product.engine.service_client.config.target_host, watched_product.engine.namespace
    engine = await Client.connect(address, namespace=namespace, runtime=shown_at(sdk))
    async with _work(engine, queue, _AsDeployed):
        handle = await engine.start_workflow("TwoSteps", id=f"{queue}-{sdk}", task_queue=queue)
        await until(lambda: handle.fetch_history(), lambda seen: len(seen.events) > 9, "its first step")
    async with _work(engine, queue, _DeployedCarelessly):
        await handle.signal("anything")

        async def failed() -> bool:
            async with httpx.AsyncClient(trust_env=False) as http:
                return "NonDeterminismError" in (await http.get(f"http://{sdk}/metrics")).text

        await until(failed, bool, "a task that failed")
        scrapes.targets["partnerdesk-engine-client"] = f"http://{sdk}/metrics"
        yield _nothing
    await handle.terminate()


@asynccontextmanager
async def _wrong_token(watched_product: Watched, scrapes: Scrapes) -> AsyncIterator[Act]:
    wrong = replace(watched_product.door, token="wrong")

    async def knock() -> None:
        await asyncio.gather(*(wrong.notify(wrong.event()) for _ in range(15)))

    yield knock


_EVENT = """
    INSERT INTO events (tenant_id, provider, event_type, resource_id, body, state, received_at, changed_at)
    VALUES ($1, 'lexoffice', 'invoice.changed', gen_random_uuid()::text, '', 'received', now() - interval '20 minutes',
            now() - interval '20 minutes')
"""
INJECTED: dict[str, Callable[..., Any]] = {
    "ApiDown": _api_ended,
    "WorkerDown": _worker_ended,
    "DatabaseAway": _line_cut,
    "EngineAway": _engine_silent,
    "ProviderAway": partial(_lexoffice_fails, kind="unavailable_503"),
    "ProviderThrottles": partial(_lexoffice_fails, kind="rate_limit_429"),
    "ConnectionBroken": _key_revoked,
    "SubscriptionsBroken": partial(
        _planted,
        fault="""
            INSERT INTO sweep_states (tenant_id, subscriptions_state) VALUES ($1, 'failing')
            ON CONFLICT (tenant_id, provider) DO UPDATE SET subscriptions_state = 'failing'
        """,
        mended="UPDATE sweep_states SET subscriptions_state = 'healthy' WHERE tenant_id = $1",
    ),
    "SweepStale": partial(
        _planted,
        fault="UPDATE provider_connections SET secret_saved_at = now() - interval '3 hours' WHERE tenant_id = $1",
        mended="UPDATE provider_connections SET secret_saved_at = now() WHERE tenant_id = $1",
    ),
    "NonDeterminism": _careless_deploy,
    "HandoverLags": partial(_planted, fault=_EVENT, mended="DELETE FROM events WHERE tenant_id = $1"),
    "WebhooksRefused": _wrong_token,
}


def test_each_fault_of_the_table_can_be_brought_about() -> None:
    assert {fault.alert for fault in FAULTS} == set(INJECTED)


@pytest.mark.long
@pytest.mark.parametrize("fault", TODAY, ids=lambda fault: fault.alert)
async def test_a_fault_turns_its_alert_red_within_a_minute_and_silences_what_follows(
    fault: Fault, watched_product: Watched, tmp_path: Path
) -> None:
    scrapes = Scrapes(
        {
            "partnerdesk-api": watched_product.api,
            "partnerdesk-worker": watched_product.worker,
            "partnerdesk-engine-client": watched_product.sdk,
        },
        WANTED,
    )
    judged = quickly(TWENTY_TIMES_QUICKER)
    for _ in range(BEFORE):
        await scrapes.scrape()
    assert scrapes.firing(judged, tmp_path, set()) is None, "all is well before"
    async with INJECTED[fault.alert](watched_product, scrapes) as goes_on:
        for _ in range(WITHIN):
            await goes_on()
            await scrapes.scrape()
        red = {fault.alert, *fault.consequences}
        assert (said := scrapes.firing(judged, tmp_path, red)) is None, said
    assert red - inhibited(red) == {fault.alert}, "who is woken"
