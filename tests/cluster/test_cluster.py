"""The parts of script/cluster work together: the loop ends, and an API that dies takes nobody with it."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import httpx
import pytest

from sandbox.demo import run_loop
from sandbox.processes import Service
from sandbox.stack import CLUSTER, Ports, Stack
from tests.fixtures.house import until

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
async def cluster(stack_state: Path) -> AsyncIterator[Stack]:
    """Everything, on free ports; the sandbox without its limits."""
    quick = ["--key-bits", "2048", "--rate", "0"]
    state = stack_state / "cluster"
    async with Stack(
        state, Ports.free(), emit=print, durable=False, requests_per_second=100, lexoffice_options=quick, shape=CLUSTER
    ) as stack:
        yield stack


async def test_the_loop_ends_on_a_real_server_behind_the_proxy(cluster: Stack) -> None:
    steps: list[Mapping[str, object]] = []
    assert await run_loop(cluster.addresses, steps.append, say=print)
    assert [step["name"] for step in steps if not step["ok"]] == []
    assert len(cluster.apis) == len(cluster.workers) == 2


async def test_an_api_that_dies_is_not_noticed_by_who_asks(cluster: Stack) -> None:
    api: Service = cluster.apis[1]
    async with httpx.AsyncClient(base_url=cluster.addresses.api_url, trust_env=False, timeout=30) as http:
        assert (await http.get("/readyz")).status_code == 200
        await api.kill()
        # Before and after the proxy has seen it: a connection that does not come about is tried at the other one.
        assert [(await http.get("/healthz")).status_code for _ in range(20)] == [200] * 20
        await api.restart()
        assert (await http.get("/metrics")).status_code == 404  # for operators, at each API's own port


async def test_the_engine_comes_back_with_what_it_knew_and_its_absence_closes_no_door(
    cluster: Stack, stack_state: Path
) -> None:
    log = stack_state / "cluster" / "haproxy.log"
    noticed = "backend apis has no server available"
    before = log.read_text().count(noticed)

    async def ready_ones_are_gone() -> bool:
        return log.read_text().count(noticed) > before

    await cluster.temporal.kill()
    await until(ready_ones_are_gone, bool, "the proxy to notice")
    async with httpx.AsyncClient(base_url=cluster.addresses.api_url, trust_env=False, timeout=30) as http:
        assert (await http.get("/readyz")).status_code == 503
        assert (await http.get("/login")).status_code == 200
    await cluster.temporal.restart()
    steps: list[Mapping[str, object]] = []
    assert await run_loop(cluster.addresses, steps.append, say=print)
