"""Traces: one payout is one trace, from the call of the API to the provider's request, and quotes nobody."""

import io
import json
from collections.abc import AsyncIterator

import httpx
import pytest
import structlog
from temporalio.worker import Replayer

import traces
from engine.plugin import plugin
from logs import configure_logs
from sandbox.postgres import PostgresAddresses
from tests.conftest import Database
from tests.fixtures.collector import Collector, attributes, collecting, way_up
from tests.fixtures.house import until
from tests.fixtures.products import OwnProduct, own_product
from workflows.registered import WORKFLOWS

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture(scope="module")
async def traced(
    postgres: PostgresAddresses,
    database: Database,
    temporal_cli: object,
    stack_state: object,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[tuple[OwnProduct, Collector]]:
    """A product that tells a collector, and the collector."""
    with collecting() as collector, pytest.MonkeyPatch.context() as patch:
        patch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
        patch.setenv("OTEL_BSP_SCHEDULE_DELAY", "100")
        with traces.told("partnerdesk-here"):
            async with own_product(postgres, tmp_path_factory.mktemp("traced")) as product:
                yield product, collector
    assert not traces.is_on()


async def test_a_payout_is_one_trace_from_the_api_through_its_workflow_to_the_providers_request(
    traced: tuple[OwnProduct, Collector],
) -> None:
    product, collector = traced
    shop = await product.shop()
    await shop.partners("ANNA")
    await shop.approved_sale()
    asked = await shop.call("POST", "/payouts", {"partner": "ANNA"}, traceparent=f"00-{TRACE}-00f067aa0ba902b7-01")
    payout = asked.json()
    await shop.approve(payout)
    await shop.payout_when(payout["number"], "credit_note_open")

    async def creates() -> list[list[str]]:
        trace = collector.trace(TRACE)
        return [way_up(trace, span) for span in trace.values() if span.name == "POST"]

    (way,) = await until(creates, lambda found: len(found) == 1, "the provider's request in the trace")
    assert way[1:] == [
        "RunActivity:create_credit_note",
        "StartActivity:create_credit_note",
        "StartWorkflow:PayoutWorkflow",
        "POST /api/v1/payouts",
    ]
    trace = collector.trace(TRACE).values()
    assert "RunWorkflow:PayoutWorkflow" in {span.name for span in trace}
    first = next(span for span in trace if span.name == "POST /api/v1/payouts")
    told = attributes(first)
    assert (told["http.route"], told["http.response.status_code"]) == ("/api/v1/payouts", asked.status_code)
    assert told["partnerdesk.request_id"] == asked.headers["x-request-id"]
    assert any(span.name == "SELECT" for span in trace), "what the database was asked stands in it, too"
    assert collector.services == {"partnerdesk-here"}
    await _replays_with_and_without(product, shop.payout_workflow(payout["number"]).id)
    await _quotes_nobody(collector, [shop.token, shop.api_key, *shop.keys.values(), "Partner ANNA", "Lindenweg"])


async def _replays_with_and_without(product: OwnProduct, workflow: str) -> None:
    history = await product.house.engine.get_workflow_handle(workflow).fetch_history()
    await Replayer(workflows=WORKFLOWS, plugins=[plugin()]).replay_workflow(history)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(traces, "_provider", None)
        untraced = plugin()
    await Replayer(workflows=WORKFLOWS, plugins=[untraced]).replay_workflow(history)


async def _quotes_nobody(collector: Collector, words: list[str]) -> None:
    seen = b"".join(collector.bodies)
    assert len(seen) > 10_000
    for word in (*words, "kunde.example", "Kunde AG", "?token=", "set_config"):
        assert word.encode() not in seen, word
    assert not any(span.status.message for span in collector.spans)


async def test_a_figures_bucket_points_to_a_trace(traced: tuple[OwnProduct, Collector]) -> None:
    product, _ = traced
    url = f"{product.house.api_url}/metrics"
    await product.house.http.get(
        f"{product.house.api_url}/login", headers={"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
    )
    shown = await product.house.http.get(url, headers={"Accept": "application/openmetrics-text"})
    assert f'trace_id="{TRACE}"' in shown.text
    assert TRACE not in (await product.house.http.get(url)).text, "the plain format has no exemplars"


async def test_a_line_of_the_log_names_its_trace(traced: tuple[OwnProduct, Collector]) -> None:
    lines = io.StringIO()
    configure_logs("json", "info", lines)
    try:
        with traces.tracer("test").start_as_current_span("one"):
            structlog.get_logger().info("inside")
            ids = traces.current()
        structlog.get_logger().info("outside")
    finally:
        configure_logs("json", "error")
    inside, outside = (json.loads(line) for line in lines.getvalue().splitlines())
    assert (inside["trace_id"], inside["span_id"]) == ids
    assert "trace_id" not in outside


async def test_whom_we_call_learns_nothing_of_our_traces(traced: tuple[OwnProduct, Collector]) -> None:
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200)

    with traces.tracer("test").start_as_current_span("one"):
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
            await http.get("http://lexoffice.example/v1/profile")
    assert "traceparent" not in sent[0].headers


@pytest.mark.parametrize(
    ("environment", "asked"),
    [
        ({}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://collector:4318/v1/traces"}, True),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, True),
        ({"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}, False),
        ({"OTEL_SDK_DISABLED": "true", "OTEL_TRACES_EXPORTER": "otlp"}, False),
        ({"OTEL_SERVICE_NAME": "partnerdesk"}, False),
    ],
)
def test_the_standard_variables_switch_traces_on(environment: dict[str, str], asked: bool) -> None:
    assert traces.wanted(environment) is asked


@pytest.mark.parametrize(
    ("name", "value"),
    [("OTEL_TRACES_EXPORTER", "zipkin"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")],
)
def test_another_way_than_otlp_over_http_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(traces.UnusableTracing, match=name):
        traces.wanted({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4317", name: value})


def test_without_the_extra_the_start_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "opentelemetry.instrumentation.asyncpg", None)
    with (
        pytest.raises(traces.UnusableTracing, match=r"partnerdesk-payouts\[otel\]"),
        traces.told("partnerdesk-here", {"OTEL_TRACES_EXPORTER": "otlp"}),
    ):
        pytest.fail("it did not start")
