"""The door of the API: key, limit, faults, route, and then the thing. Every call is noted."""

from __future__ import annotations

import asyncio
import base64
import binascii
from urllib.parse import parse_qs

from starlette.types import Receive, Scope, Send

from sandbox.serving import break_connection

from . import accounts, faults, routes
from .accounts import Account
from .call import Call, Desk
from .clock import millis
from .delivery import Courier
from .errors import Answer, Refused, not_found
from .limits import Limits
from .store import Store

LARGEST_BODY = 1_000_000
LONGEST_REQUEST_LINE = 4094


class Gateway:
    def __init__(self, store: Store, courier: Courier, limits: Limits) -> None:
        self._store = store
        self._courier = courier
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _read(receive)
        method, path = scope["method"], scope["path"]
        account = self._account(dict(scope["headers"]).get(b"authorization", b"").decode("latin-1"))
        answer: Answer | None
        executed, fault = None, None
        if account is None:
            answer = Refused(401, "Unauthorized").answer()
        elif not self._limits.take(account.id, account.limit):
            answer = Refused(429, "Too Many Requests").answer()
        elif len(path) + len(scope["query_string"]) + len(method) + 11 > LONGEST_REQUEST_LINE:
            answer = Refused(414, "Request-URI Too Large").answer()
        else:
            fault = faults.strike(self._store, account.id, method, path)
            if fault is None or fault.comes_after:
                executed = await self._execute(scope, body, account)
            if fault is not None and fault.delay_ms:
                await asyncio.sleep(fault.delay_ms / 1000)
            answer = executed if fault is None or fault.kind == "slow" else _seen(fault)
        self._note(account, method, path, answer, executed, fault)
        if answer is None:
            await break_connection(scope)
        else:
            await _send(send, answer)

    def _account(self, authorization: str) -> Account | None:
        scheme, _, told = authorization.partition(" ")
        if scheme.lower() == "basic":
            try:
                told = base64.b64decode(told, validate=True).decode().partition(":")[2]
            except (binascii.Error, ValueError):
                return None
        elif scheme.lower() != "bearer":
            return None
        return accounts.by_key(self._store, told.strip())

    async def _execute(self, scope: Scope, body: bytes | None, account: Account) -> Answer:
        try:
            found = routes.find(scope["method"], scope["path"])
            if found is None:
                raise not_found()
            if body is None:
                raise Refused(413, "Payload Too Large")
            handler, number = found
            return await handler(
                Call(
                    desk=Desk(self._store, self._courier, account),
                    query=parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True),
                    body=body,
                    number=number,
                    list_lag_ms=faults.list_lag_ms(self._store, account.id, scope["path"]),
                )
            )
        except Refused as refused:
            return refused.answer()

    def _note(
        self,
        account: Account | None,
        method: str,
        path: str,
        answer: Answer | None,
        executed: Answer | None,
        fault: faults.Fault | None,
    ) -> None:
        self._store.run(
            "INSERT INTO calls (account, at, method, path, status, executed, made, fault)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            account.id if account else None,
            millis(),
            method,
            path,
            answer.status if answer else None,
            executed.status if executed else None,
            executed.made if executed else None,
            fault.kind if fault else None,
        )


def _seen(fault: faults.Fault) -> Answer | None:
    """What the client gets to see; None for a connection that breaks without an answer."""
    return faults.GATEWAY_TIMEOUT if fault.kind == "timeout_504_after" else faults.answer_before(fault)


async def _read(receive: Receive) -> bytes | None:
    """The body; None where it is too large."""
    parts, size = [], 0
    while True:
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        if size <= LARGEST_BODY:
            parts.append(part)
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            return b"".join(parts) if size <= LARGEST_BODY else None


async def _send(send: Send, answer: Answer) -> None:
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in answer.headers.items()]
    if answer.status != 204:
        headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
