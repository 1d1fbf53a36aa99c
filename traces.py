"""Traces by OpenTelemetry: off unless the standard OTEL_… variables ask for them, and then without anybody's data.

What that takes is the extra `otel` of pyproject.toml; while it is off, none of it is imported. A span tells what was
done, how long it took and how it ended. What the instrumentation would tell besides (addresses with their queries,
values, texts of errors) does not leave the process, whoever made the span (`_KEPT`).
"""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
    from opentelemetry.trace import Span, Tracer

_KEPT = frozenset(
    {
        *("http.request.method", "http.method", "http.route", "http.response.status_code", "http.status_code"),
        *("server.address", "server.port", "net.peer.name", "net.peer.port"),
        *("db.system", "db.system.name", "db.name", "db.namespace", "db.operation", "db.operation.name"),
        *("temporalWorkflowID", "temporalRunID", "temporalActivityID", "temporalActivityType"),
        *("error.type", "exception.type", "partnerdesk.request_id"),
    }
)
"""Attributes that say what was done. All others may quote somebody."""
_STATEMENTS = ("db.statement", "db.query.text")
_LONGEST_STATEMENT = 300


class UnusableTracing(Exception):
    """The OTEL_… variables ask for something that is not there. The text says what helps."""


_provider: "TracerProvider | None" = None


def wanted(environment: Mapping[str, str]) -> bool:
    """Whether the standard variables ask for traces.

    Raises UnusableTracing where they ask for another way than OTLP over HTTP.
    """
    if environment.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return False
    exporter = environment.get("OTEL_TRACES_EXPORTER", "").lower()
    endpoint = environment.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") or environment.get("OTEL_EXPORTER_OTLP_ENDPOINT")
    if exporter not in ("", "none", "otlp"):
        raise UnusableTracing("OTEL_TRACES_EXPORTER: only otlp and none are known.")
    if exporter == "none" or not (exporter or endpoint):
        return False
    for name in ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"):
        if environment.get(name, "http/protobuf") not in ("", "http/protobuf"):
            raise UnusableTracing(f"{name}: only http/protobuf is spoken (port 4318 of a collector).")
    return True


def is_on() -> bool:
    """Whether this process makes spans."""
    return _provider is not None


@contextmanager
def told(service: str, environment: Mapping[str, str] = os.environ) -> Iterator[None]:
    """While this lasts spans are made and sent, if `wanted`; at the end what is left is sent.

    `service` is who we are where OTEL_SERVICE_NAME does not say. Raises UnusableTracing, also without the extra.
    """
    if not wanted(environment):
        yield
        return
    try:
        _start(service, environment)
    except ImportError:
        raise UnusableTracing(
            "OTEL_… asks for traces, and what makes them is not installed: pip install 'partnerdesk-payouts[otel]', or "
            "set OTEL_SDK_DISABLED=true."
        ) from None
    try:
        yield
    finally:
        _stop()


def tracer(name: str) -> "Tracer":
    """For spans of our own, where `is_on`."""
    assert _provider is not None
    return _provider.get_tracer(name)


def current() -> tuple[str, str] | None:
    """Ids of trace and span that this runs in, as traces are searched by."""
    span = _span()
    if span is None:
        return None
    context = span.get_span_context()
    return (f"{context.trace_id:032x}", f"{context.span_id:016x}") if context.is_valid else None


def exemplar() -> dict[str, str] | None:
    """What a figure's bucket may point to: the trace, where it is kept."""
    span = _span()
    if span is None or not span.get_span_context().trace_flags.sampled:
        return None
    return {"trace_id": f"{span.get_span_context().trace_id:032x}"}


def _span() -> "Span | None":
    if _provider is None:
        return None
    return sys.modules["opentelemetry.trace"].get_current_span()  # type: ignore[no-any-return]


def _start(service: str, environment: Mapping[str, str]) -> None:
    global _provider
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.instrumentation.asyncpg import AsyncPGInstrumentor
    from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
    from opentelemetry.propagate import set_global_textmap
    from opentelemetry.propagators.composite import CompositePropagator
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    named = environment.get("OTEL_SERVICE_NAME") or "service.name=" in environment.get("OTEL_RESOURCE_ATTRIBUTES", "")
    provider = TracerProvider(resource=Resource.create({} if named else {"service.name": service}))
    provider.add_span_processor(BatchSpanProcessor(_sparing(OTLPSpanExporter())))
    AsyncPGInstrumentor().instrument(tracer_provider=provider)  # type: ignore[no-untyped-call]
    HTTPXClientInstrumentor().instrument(tracer_provider=provider)
    set_global_textmap(CompositePropagator([]))  # whom we call learns nothing of our traces
    _provider = provider


def _stop() -> None:
    global _provider
    from opentelemetry.instrumentation.asyncpg import AsyncPGInstrumentor
    from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor

    assert _provider is not None
    AsyncPGInstrumentor().uninstrument()  # type: ignore[no-untyped-call]
    HTTPXClientInstrumentor().uninstrument()
    _provider.shutdown()
    _provider = None


def _sparing(inner: "SpanExporter") -> "SpanExporter":
    """An exporter that passes on what `_KEPT` names, and the type of an error in place of its text."""
    from opentelemetry.sdk.trace import Event, ReadableSpan
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Status

    def spared(span: "ReadableSpan") -> ReadableSpan:
        return ReadableSpan(
            name=span.name,
            context=span.context,
            parent=span.parent,
            resource=span.resource,
            attributes=_spared(span.attributes),
            events=[Event(event.name, _spared(event.attributes), event.timestamp) for event in span.events],
            links=span.links,
            kind=span.kind,
            status=Status(span.status.status_code),
            start_time=span.start_time,
            end_time=span.end_time,
            instrumentation_scope=span.instrumentation_scope,
        )

    class Sparing(SpanExporter):
        def export(self, spans: "Sequence[ReadableSpan]") -> "SpanExportResult":
            return inner.export([spared(span) for span in spans])

        def shutdown(self) -> None:
            inner.shutdown()

        def force_flush(self, timeout_millis: int = 30_000) -> bool:
            return inner.force_flush(timeout_millis)

    return Sparing()


def _spared(attributes: Mapping[str, Any] | None) -> dict[str, Any]:
    kept = {name: value for name, value in (attributes or {}).items() if name in _KEPT}
    for name in _STATEMENTS:
        # Values are parameters; only what says for whom a transaction works has ids in its text.
        if isinstance(text := (attributes or {}).get(name), str) and "set_config(" not in text:
            kept[name] = " ".join(text.split())[:_LONGEST_STATEMENT]
    return kept
