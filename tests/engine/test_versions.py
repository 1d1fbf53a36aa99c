"""Versions of the worker: what docs/upgrades.md says is done line by line, on a real engine, and does what it says."""

import asyncio
import os
import re
import shlex
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner
from temporalio.api.history.v1 import WorkflowTaskCompletedEventAttributes
from temporalio.client import Client, WorkflowHandle
from temporalio.common import VersioningBehavior

from activities.sweep.sweep_models import SweepInput
from cli import commands
from engine import versions
from engine.connect import describe_age
from engine.plugin import plugin
from engine.versions import Version, unrouted, worker_options
from ledger.types import Tenant, TenantId
from sandbox.postgres import PostgresAddresses
from sandbox.processes import Command, Process, free_port, http_answers
from settings import EngineSettings, UnusableSettings
from tests.fixtures.house import until
from tests.fixtures.products import OwnProduct, own_product
from workflows.messages import PAYOUTS

NOBODY = SweepInput(tenant=Tenant(id=TenantId(uuid4()), slug="nobody"))
UPGRADES = Path(__file__).resolve().parents[2] / "docs" / "upgrades.md"


def commands_of_the_page() -> list[list[str]]:
    """The commands of the section, in its order."""
    section = UPGRADES.read_text().split("### Worker versions")[1].split("\n### ")[0]
    return [shlex.split(line) for line in re.findall(r"^    ((?:partnerdesk|temporal) .*)$", section, re.MULTILINE)]


@pytest.fixture
async def without_workers(postgres: PostgresAddresses, stack_state: Path) -> AsyncIterator[OwnProduct]:
    async with own_product(postgres, stack_state / "versions", staffed=False) as product:
        yield product


async def test_the_page_about_upgrades_is_done_line_by_line(
    without_workers: OwnProduct, stack_state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a version whose workers leave out a queue is not routed to."""
    product, environment = without_workers, environment_of(without_workers)
    client = await Client.connect(product.engine.addresses.address, plugins=[plugin()])
    began_on: dict[str, str] = {}
    version = ["partnerdesk", "version"]
    status, told = await run([*version, "promote", "1.0.0"], environment, product)
    assert (status, "once one of its workers runs" in told) == (1, True), told
    async with AsyncExitStack() as running:
        for words in commands_of_the_page():
            if words[:2] == ["partnerdesk", "worker"]:
                await start_worker(running, words, environment, stack_state)
                if not began_on:
                    status, told = await run([*version, "list"], environment, product)
                    assert (status, "so no workflow runs" in told) == (1, True), told
                continue
            status, told = await run(words, environment, product)
            assert status == 0, f"{shlex.join(words)}: {told}"
            if words[:3] == [*version, "promote"]:
                handle = await begin(client, f"after-{len(began_on)}-{words[3]}")
                began_on[handle.id] = (await first_task(handle)).deployment_version.build_id
        sweep = await client.start_workflow("SweepWorkflow", NOBODY, id="sweep", task_queue=PAYOUTS)
        behaviours = [int((await first_task(run)).versioning_behavior) for run in (handle, sweep)]
        await sweep.terminate()
        monkeypatch.setattr(versions, "_QUEUES_WITHIN_S", 0.0)
        partly = [
            "partnerdesk",
            "worker",
            "--deployment-name",
            "partnerdesk",
            "--build-id",
            "1.2.0",
            "--queues",
            "mail",
        ]
        await start_worker(running, [*partly, "--health-port", "8003"], environment, stack_state)
        status, told = await run([*version, "promote", "1.2.0"], environment, product)
        assert (status, "No worker of version 1.2.0 takes from" in told, PAYOUTS in told) == (1, True, True), told
    assert behaviours == [VersioningBehavior.AUTO_UPGRADE.value, VersioningBehavior.PINNED.value]
    # Each promotion, forwards and back, sends what begins after it to the version that it names.
    assert [id.rpartition("-")[2] for id in began_on] == list(began_on.values()) == ["1.0.0", "1.1.0", "1.0.0", "1.1.0"]


def test_a_draining_version_without_workers_matters_only_while_something_stays_with_it() -> None:
    def problem(status: str, *, workers: int, open_runs: int) -> str | None:
        return Version("1.0.0", status, 0.0, workers, open_runs).problem("desk")

    assert problem("draining", workers=0, open_runs=0) is None
    assert problem("draining", workers=1, open_runs=9) is None
    assert problem("drained", workers=0, open_runs=0) is None
    told = problem("draining", workers=0, open_runs=9)
    assert told is not None
    assert told.startswith("9 workflows stay with version 1.0.0, of which no worker runs.")
    assert "--versioning-override-behavior auto_upgrade" in told


def test_without_a_build_there_are_no_versions() -> None:
    assert worker_options(None, None) == worker_options("partnerdesk", None) == {}
    with pytest.raises(UnusableSettings, match="PARTNERDESK_DEPLOYMENT_NAME is needed"):
        EngineSettings.from_environment(build_id="1.0.0")
    with pytest.raises(UnusableSettings, match="PARTNERDESK_DEPLOYMENT_NAME"):
        EngineSettings.from_environment(deployment_name="a.b", build_id="1.0.0")


def test_nothing_is_said_while_a_version_is_current() -> None:
    assert unrouted([Version("1.0.0", "current", 100.0, 1, 0)], "desk", "1.1.0") is None
    assert "promote 1.1.0 --deployment-name desk" in str(unrouted([], "desk", "1.1.0"))


@pytest.mark.parametrize("version", ["1.29.0", "1.29.1", "1.32.0", "2.0.0", "1.31.2-rc", "", "cloud"])
def test_an_engine_that_is_new_enough_is_taken(version: str) -> None:
    assert describe_age(version) is None


@pytest.mark.parametrize("version", ["1.28.3", "1.9.0", "0.30.1"])
def test_an_engine_older_than_1_29_is_refused_with_what_to_do(version: str) -> None:
    told = str(describe_age(version))
    assert f"is {version}, and 1.29 or newer is needed" in told
    assert "one minor version at a time" in told


def environment_of(product: OwnProduct) -> dict[str, str]:
    settings = product.house.settings
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PARTNERDESK_", "TEMPORAL_"))},
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "TEMPORAL_ADDRESS": product.engine.addresses.address,
        "PARTNERDESK_DATABASE_URL": settings.database_url.get_secret_value(),
        "PARTNERDESK_OWNER_DATABASE_URL": product.database.owner_url,
        "PARTNERDESK_SECRET_KEY": settings.secret_key.get_secret_value(),
        "PARTNERDESK_LOG_LEVEL": "warning",
    }


async def run(words: Sequence[str], environment: dict[str, str], product: OwnProduct) -> tuple[int, str]:
    """Status, and what it printed. Our own command in this process: it takes two seconds to load."""
    if words[0] == "partnerdesk":
        done = await asyncio.to_thread(CliRunner().invoke, commands, list(words[1:]), env=environment)
        return done.exit_code, done.output
    process = await asyncio.create_subprocess_exec(
        product.engine.addresses.cli,
        *words[1:],
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    told, _ = await process.communicate()
    return process.returncode or 0, told.decode()


async def start_worker(
    running: AsyncExitStack, words: Sequence[str], environment: dict[str, str], state: Path
) -> Process:
    """Ready once it is here, as the next line of the page expects."""
    at, port = words.index("--health-port") + 1, str(free_port())
    program = str(Path(sys.executable).with_name("partnerdesk"))
    argv = [program, *words[1:at], port, *words[at + 1 :]]
    process = Process(Command("worker", argv, state / f"worker-{port}.log", env=environment))
    running.push_async_callback(process.stop, grace_s=15)
    await process.ready(lambda: http_answers(f"http://127.0.0.1:{port}/readyz"))
    return process


async def begin(client: Client, id: str) -> WorkflowHandle[Any, Any]:
    """One that every version has, needs no tenant, and ends by itself."""
    return await client.start_workflow("HandoverWorkflow", id=id, task_queue=PAYOUTS)


async def first_task(handle: WorkflowHandle[Any, Any]) -> WorkflowTaskCompletedEventAttributes:
    """What the worker said that has done it."""

    async def done() -> WorkflowTaskCompletedEventAttributes | None:
        events = (await handle.fetch_history()).events
        told = (event.workflow_task_completed_event_attributes for event in events)
        return next((one for one in told if one.HasField("deployment_version")), None)

    found = await until(done, bool, "the first task")
    assert found is not None
    return found
