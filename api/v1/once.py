"""POST with an Idempotency-Key: once in effect, the same answer each time."""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from fastapi.responses import JSONResponse

from api.actions.rechecks import announce_rechecks
from api.http.parts import Doors, Parts
from api.v1.callers import Anyone
from ledger import idempotency
from ledger.access.api_keys import Caller
from ledger.database import TenantTransaction
from ledger.idempotency import KeptAnswer
from ledger.types import PayoutNumber

Act = Callable[[TenantTransaction], Awaitable[dict[str, Any]]]


class Once:
    """Runs a door's act in one transaction of the caller's tenant, together with the memory of its answer.

    A refusal rolls back, and is judged anew when the request is repeated. Without a key the act simply runs.
    """

    def __init__(self, doors: Parts, caller: Caller, key: str | None, request_sha256: bytes) -> None:
        self._doors = doors
        self._caller = caller
        self._key = key
        self._request = request_sha256

    async def answer(
        self, act: Act, *, status: int = 200, cause: str = "", rechecks: Sequence[PayoutNumber] = ()
    ) -> JSONResponse:
        """`rechecks` are read after the act: the payouts that must look again are told once it is committed."""
        tenant = self._caller.tenant
        async with self._doors.ledger.transaction(tenant, cause=cause or self._caller.actor) as tx:
            if (kept := await self._recall(tx)) is not None:
                return JSONResponse(kept.body, status_code=kept.status, headers={"Idempotency-Replayed": "true"})
            body = await act(tx)
            await self._keep(tx, KeptAnswer(status=status, body=body))
        await announce_rechecks(self._doors, tenant, rechecks)
        return JSONResponse(body, status_code=status)

    async def kept(self) -> JSONResponse | None:
        """The answer that was given before, for doors that ask others before they act."""
        async with self._doors.ledger.transaction(self._caller.tenant) as tx:
            kept = await self._recall(tx)
        if kept is None:
            return None
        return JSONResponse(kept.body, status_code=kept.status, headers={"Idempotency-Replayed": "true"})

    async def _recall(self, tx: TenantTransaction) -> KeptAnswer | None:
        if self._key is None:
            return None
        return await idempotency.recall(tx, caller=self._caller.actor, key=self._key, request_sha256=self._request)

    async def _keep(self, tx: TenantTransaction, answer: KeptAnswer) -> None:
        if self._key is not None:
            await idempotency.keep(
                tx, caller=self._caller.actor, key=self._key, request_sha256=self._request, answer=answer
            )


async def _once(
    request: Request,
    doors: Doors,
    caller: Anyone,
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=1,
            max_length=255,
            pattern=r"^[\x21-\x7e]+$",
            description="Derselbe Schlüssel mit demselben Inhalt wirkt einmal und liefert dieselbe Antwort (7 Tage)",
            examples=["7f3c0c0e-payout-anna"],
        ),
    ] = None,
) -> Once:
    said = b"\0".join([request.method.encode(), request.url.path.encode(), await request.body()])
    return Once(doors, caller, idempotency_key, hashlib.sha256(said).digest())


OnlyOnce = Annotated[Once, Depends(_once)]
