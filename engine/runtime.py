"""The figures of Temporal's SDK: pollers, slots, how long tasks wait, workflow tasks that failed and why.

The SDK shows them at an address of its own (PARTNERDESK_ENGINE_METRICS), as Prometheus reads them.
"""

from functools import cache

from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig

_SECONDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0)
_DURATIONS = (
    "temporal_activity_schedule_to_start_latency",
    "temporal_workflow_task_schedule_to_start_latency",
    "temporal_workflow_task_execution_latency",
    "temporal_activity_execution_latency",
    "temporal_request_latency",
)


class MetricsPortBusy(Exception):
    """The SDK's figures cannot be shown where PARTNERDESK_ENGINE_METRICS says. Each process needs a port of its own."""


@cache
def shown_at(address: str) -> Runtime:
    """The runtime of this process that shows its figures at HOST:PORT, once for all its clients.

    Raises MetricsPortBusy.
    """
    metrics = PrometheusConfig(
        bind_address=address,
        counters_total_suffix=True,
        unit_suffix=True,
        durations_as_seconds=True,
        histogram_bucket_overrides=dict.fromkeys(_DURATIONS, _SECONDS),
    )
    try:
        return Runtime(telemetry=TelemetryConfig(metrics=metrics))
    except (RuntimeError, ValueError) as error:
        raise MetricsPortBusy(f"{MetricsPortBusy.__doc__} ({address})") from error
