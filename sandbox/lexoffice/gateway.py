"""The door of `/v1`: key, limit, faults, route, and then the resource. Every call is noted."""

from __future__ import annotations

import asyncio
import time
from http import HTTPStatus
from urllib.parse import parse_qsl

from starlette.types import Receive, Scope, Send

from sandbox.serving import break_connection

from . import calls, grants, routes
from .bucket import Buckets
from .call import Call
from .clock import millis, now
from .errors import Answer, Refused, RegularRefusal, gateway
from .faults import GATEWAY_TIMEOUT, Fault, FaultBook, answer_before
from .grants import Opened
from .office import Office

MAX_BODY_BYTES = 6_000_000
"""A file of 5 MiB with what is around it."""
WRONG_ROUTE = (
    "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
    " Authorization=... not a valid key=value pair (missing equal-sign) in Authorization header"
)


class Gateway:
    def __init__(self, office: Office, faults: FaultBook) -> None:
        self._office = office
        self._faults = faults
        self._buckets = Buckets()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _read_body(receive)
        started, at = time.perf_counter(), millis(now())
        method, path = scope["method"], scope["path"]
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        found = routes.find(method, path)
        answer: Answer | None
        opened, executed, fault = None, None, None
        token = _bearer(headers)
        if not path.startswith("/v1/"):
            answer = gateway(403, WRONG_ROUTE)
        elif token is None or (opened := grants.opened_by(self._office.store, token)) is None:
            answer = gateway(401, "Unauthorized")
        elif not self._buckets.take(opened.organization):
            answer = gateway(429, "Rate limit exceeded")
        elif body is None:
            answer = RegularRefusal(413, "Payload too large").answer(path)
        else:
            fault = self._faults.strike(opened.organization.organization_id, method, path)
            if fault is None or fault.comes_after:
                executed = await self._execute(scope, headers, body, opened, found)
            if fault is not None and fault.delay_ms:
                await asyncio.sleep(fault.delay_ms / 1000)
            answer = executed if fault is None else _seen(fault, executed, path)
        calls.note(
            self._office.store,
            calls.Record(
                opened.organization.organization_id if opened else None,
                at,
                method,
                found.template if found else path,
                path,
                answer.status if answer else None,
                executed.status if executed else None,
                executed.resource if executed else None,
                fault.kind if fault else None,
                round((time.perf_counter() - started) * 1000, 3),
            ),
        )
        if answer is None:
            await break_connection(scope)
        else:
            await _send(send, answer)

    async def _execute(
        self,
        scope: Scope,
        headers: dict[str, str],
        body: bytes,
        opened: Opened,
        found: routes.Found | None,
    ) -> Answer:
        method, path = scope["method"], scope["path"]
        try:
            if found is None:
                raise RegularRefusal(404, HTTPStatus.NOT_FOUND.phrase)
            if found.route is None:
                # There is no DELETE of contacts and vouchers, and it answers 404 (§7).
                kept = method == "DELETE" and found.template in ("/v1/contacts/{id}", "/v1/vouchers/{id}")
                raise RegularRefusal(404 if kept else 405, f"Request method '{method}' is not supported")
            if not opened.may(method, path):
                return gateway(403, "Forbidden")
            wanted = "multipart/form-data" if found.template.endswith("/files") else "application/json"
            if method in ("POST", "PUT") and _content_type(headers) != wanted:
                raise RegularRefusal(415, f"Content-Type '{wanted}' is required")
            call = Call(
                office=self._office,
                organization=opened.organization,
                api_key=opened.holder,
                method=method,
                path=path,
                base_url=f"{scope['scheme']}://{headers.get('host', '')}",
                params=found.params,
                query=dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)),
                headers=headers,
                body=body,
                stale=self._faults.stale(opened.organization.organization_id, method, path),
            )
            return await found.route.handler(call)
        except Refused as refusal:
            return refusal.answer(path)


def _seen(fault: Fault, executed: Answer | None, path: str) -> Answer | None:
    """What the client gets to see; None for a connection that breaks without an answer."""
    match fault.kind:
        case "slow":
            return executed
        case "timeout_504_after":
            return GATEWAY_TIMEOUT
        case "reset_before" | "reset_after":
            return None
        case _:
            return answer_before(fault, path)


def _bearer(headers: dict[str, str]) -> str | None:
    scheme, _, key = headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" and key.strip() else None


def _content_type(headers: dict[str, str]) -> str:
    return headers.get("content-type", "").split(";")[0].strip().lower()


async def _read_body(receive: Receive) -> bytes | None:
    parts, size = [], 0
    while True:
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        if size <= MAX_BODY_BYTES:
            parts.append(part)
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            return b"".join(parts) if size <= MAX_BODY_BYTES else None


async def _send(send: Send, answer: Answer) -> None:
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in answer.headers.items()]
    if answer.status != 204:
        headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
