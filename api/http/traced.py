"""One span for each request, named by its route: in its place in whatever trace the caller is in."""

from opentelemetry.trace import SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.types import ASGIApp, Receive, Scope, Send

import traces
from api.http.edge import ANSWERED, QUIET

_CONTEXT = ("traceparent", "tracestate")


class Traced:
    """Stands before the edge, which says in the request's state which route was taken and how it was answered."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._tracer = traces.tracer("partnerdesk.api")
        self._propagator = TraceContextTextMapPropagator()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in QUIET:
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        with self._tracer.start_as_current_span(
            "request", context=self._propagator.extract(_carrier(scope)), kind=SpanKind.SERVER
        ) as span:
            await self._app(scope, receive, send)
            if (answered := state.get(ANSWERED)) is None:
                return
            span.update_name(f"{answered.method} {answered.route}")
            span.set_attribute("http.request.method", answered.method)
            span.set_attribute("http.route", answered.route)
            span.set_attribute("http.response.status_code", answered.status)
            span.set_attribute("partnerdesk.request_id", state["request_id"])
            if answered.status >= 500:
                span.set_status(StatusCode.ERROR)


def _carrier(scope: Scope) -> dict[str, str]:
    given = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    return {name: given[name] for name in _CONTEXT if name in given}
