"""Each inhibition of alertmanager.yml at work, in an Alertmanager that runs with that very file."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.processes import free_port
from tests.fixtures.house import until
from tests.fixtures.prometheus_tools import alertmanager
from tests.observability.rules import FOLDER, alerts, inhibited, inhibitions

pytestmark = pytest.mark.long


def alert(name: str, **labels: str) -> dict[str, Any]:
    of_a_level = {"slo": "decision_to_document"} if name == "ServiceLevelBurns" else {}
    severity = alerts()[name]["labels"]["severity"]
    return {"labels": {"alertname": name, "severity": severity, **of_a_level, **labels}}


@pytest.fixture
async def manager(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A new one, that nobody has told anything."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *alertmanager(),
        f"--config.file={FOLDER / 'alertmanager.yml'}",
        f"--storage.path={tmp_path}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}/api/v2", trust_env=False) as http:

        async def answers() -> bool:
            try:
                return (await http.get("/status")).status_code == 200
            except httpx.TransportError:
                return False

        try:
            await until(answers, bool, "Alertmanager")
            yield http
        finally:
            process.terminate()
            await process.wait()


async def tell(manager: httpx.AsyncClient, *told: dict[str, Any]) -> None:
    (await manager.post("/alerts", json=told)).raise_for_status()


async def silent_ones(manager: httpx.AsyncClient) -> set[str]:
    """Names of the alerts that it knows of and tells nobody."""
    listed = (await manager.get("/alerts")).raise_for_status().json()
    return {one["labels"]["alertname"] for one in listed if one["status"]["inhibitedBy"]}


@pytest.mark.parametrize("source", sorted({source for source, _ in inhibitions()}))
async def test_a_cause_silences_its_consequences_and_nothing_else(source: str, manager: httpx.AsyncClient) -> None:
    consequences = {target for cause, targets in inhibitions() if cause == source for target in targets}
    unconcerned = set(alerts()) - {name for cause, targets in inhibitions() for name in (cause, *targets)}
    assert unconcerned
    firing = {source, *consequences, *unconcerned}
    await tell(manager, *map(alert, firing))
    assert await until(lambda: silent_ones(manager), lambda seen: seen >= consequences) == inhibited(firing)
    assert source not in inhibited(firing)


async def test_a_run_that_uses_up_a_budget_silences_the_level_of_documents_alone(manager: httpx.AsyncClient) -> None:
    await tell(manager, alert("BudgetUsedUp"), alert("PayoutsStuck"), alert("ServiceLevelBurns", slo="webhook_answer"))
    assert await until(lambda: silent_ones(manager), bool) == {"PayoutsStuck"}
