"""Who calls the JSON API, and what the key allows."""

from typing import Annotated

import structlog
from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader

from api.http.parts import Doors
from api.http.problems import Problem, unauthorized
from ledger.access import api_keys
from ledger.access.api_keys import Caller

_HEADER = APIKeyHeader(name="X-API-Key", scheme_name="API-Schlüssel", description="pdk_…", auto_error=False)


async def _caller(request: Request, doors: Doors, presented: Annotated[str | None, Security(_HEADER)]) -> Caller:
    caller = await doors.api_keys.recognise(presented or "")
    if caller is None:
        raise unauthorized()
    structlog.contextvars.bind_contextvars(tenant=caller.tenant.slug, key=caller.key_id)
    request.state.caller = caller
    if doors.quota is not None:
        standing = doors.quota.take(caller.key_id)
        request.state.headers = standing.headers  # whatever the answer will be (api/http/edge.py)
        if not standing.allowed:
            raise Problem(429, "quota_used_up", headers={"Retry-After": str(standing.reset_seconds)})
    return caller


Anyone = Annotated[Caller, Depends(_caller)]


def require(caller: Caller, *scopes: str) -> Caller:
    """The caller, if its key has one of these scopes.

    Raises Problem (403) for a key that has none of these scopes.
    """
    if not caller.scopes.intersection(scopes):
        raise Problem(403, "missing_scope", {"scope": scopes[0]}, scope=scopes[0])
    return caller


async def _reader(caller: Anyone) -> Caller:
    return require(caller, "read")


async def _writer(caller: Anyone) -> Caller:
    return require(caller, "write")


async def _approver(caller: Anyone) -> Caller:
    return require(caller, "approve")


async def _banker(caller: Anyone) -> Caller:
    return require(caller, "bank")


async def _clerk(caller: Anyone) -> Caller:
    return require(caller, "statements")


async def _writer_or_approver(caller: Anyone) -> Caller:
    return require(caller, "write", "approve")


Writer = Annotated[Caller, Depends(_writer)]


async def _administrator(doors: Doors, caller: Writer) -> Caller:
    async with doors.ledger.transaction(caller.tenant) as tx:
        if not await api_keys.maker_may_change_settings(tx, caller.key_id):
            raise Problem(403, "maker_may_not")
    return caller


Reader = Annotated[Caller, Depends(_reader)]
Administrator = Annotated[Caller, Depends(_administrator)]
"""A writer whose key's maker still changes settings; a key by command has no maker."""
Approver = Annotated[Caller, Depends(_approver)]
Banker = Annotated[Caller, Depends(_banker)]
Clerk = Annotated[Caller, Depends(_clerk)]
"""Brings statements of the bank, and may do nothing else with it."""
WriterOrApprover = Annotated[Caller, Depends(_writer_or_approver)]
