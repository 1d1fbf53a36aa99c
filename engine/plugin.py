"""What is the same for everybody who speaks to the engine: client, worker, replayer, benches and chaos.

Whoever has it reads and writes payloads alike, and its activities tell log and metrics how they ended. A worker gets it
from its client.
"""

from typing import Any

from temporalio.plugin import SimplePlugin

import traces
from activities.failures import ExplainFailures
from engine.payloads import data_converter


def plugin(payload_key: str | None = None) -> SimplePlugin:
    """`payload_key`: as PARTNERDESK_PAYLOAD_KEY has it; None encrypts nothing. Raises UnusablePayloadKey."""
    return SimplePlugin(
        "partnerdesk", data_converter=data_converter(payload_key), interceptors=[*_tracing(), ExplainFailures()]
    )


def _tracing() -> list[Any]:
    """Outermost, so that what an activity logs is within its span. A history of either kind replays without it."""
    if not traces.is_on():
        return []
    from temporalio.contrib.opentelemetry import TracingInterceptor

    return [TracingInterceptor(traces.tracer("temporalio"))]
