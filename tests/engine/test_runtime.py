"""The SDK shows its own figures, where an address for them is set."""

import socket

import httpx
import pytest

from engine.connect import missing_search_attributes, open_client
from engine.runtime import MetricsPortBusy
from sandbox.processes import free_port
from sandbox.temporal_server import TemporalAddresses


async def test_a_process_shows_what_its_client_asked_the_engine_and_how_long_that_took(
    temporal: TemporalAddresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"127.0.0.1:{free_port()}"
    monkeypatch.setenv("TEMPORAL_ADDRESS", temporal.address)
    monkeypatch.setenv("TEMPORAL_NAMESPACE", temporal.namespace)
    monkeypatch.setenv("PARTNERDESK_ENGINE_METRICS", address)
    for _ in range(2):  # one runtime for all clients of a process
        await missing_search_attributes(await open_client(shows_metrics=True))
    async with httpx.AsyncClient(trust_env=False) as http:
        shown = (await http.get(f"http://{address}/metrics")).text
    assert "temporal_request_total{" in shown
    assert "temporal_request_latency_seconds_bucket{" in shown
    assert 'le="0.25"' in shown


async def test_a_port_that_another_process_has_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv("PARTNERDESK_ENGINE_METRICS", f"127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(MetricsPortBusy, match="PARTNERDESK_ENGINE_METRICS"):
            await open_client(lazy=True, shows_metrics=True)


async def test_a_command_beside_it_takes_no_port(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv("PARTNERDESK_ENGINE_METRICS", f"127.0.0.1:{taken.getsockname()[1]}")
        await open_client(lazy=True)
