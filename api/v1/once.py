"""POST with an Idempotency-Key: once in effect, the same answer each time."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response
from fastapi.responses import JSONResponse

from api.actions.after import After
from api.http.parts import Doors, Parts
from api.v1.callers import Anyone
from ledger import idempotency
from ledger.access.api_keys import Caller
from ledger.database import TenantTransaction
from ledger.idempotency import KeptAnswer


class AnsweredBefore(Exception):
    """This request was answered: the same answer again, whatever the door would do now."""

    def __init__(self, kept: KeptAnswer) -> None:
        super().__init__(kept.status)
        self.kept = kept


def answer_again(_: Request, answered: Exception) -> Response:
    assert isinstance(answered, AnsweredBefore)
    kept = answered.kept
    return Response(
        kept.content, kept.status, headers={"Idempotency-Replayed": "true"}, media_type=JSONResponse.media_type
    )


class Acting(After):
    """What the door answers, and what follows once that is committed."""

    given: KeptAnswer | None = None

    def answer(self, body: dict[str, Any], *, status: int = 200) -> JSONResponse:
        """The answer, which is remembered with what was done."""
        answer = JSONResponse(body, status_code=status)
        self.given = KeptAnswer(status=status, content=bytes(answer.body))
        return answer


class Once:
    """One transaction of the caller's tenant for a door's act and the memory of its answer.

    A refusal rolls back, and is judged anew when the request is repeated. Without a key nothing is remembered.
    """

    def __init__(self, doors: Parts, caller: Caller, key: str | None, request_sha256: bytes) -> None:
        self._doors = doors
        self._caller = caller
        self._key = key
        self._request = request_sha256

    @asynccontextmanager
    async def acting(self) -> AsyncIterator[tuple[TenantTransaction, Acting]]:
        """A transaction, and what follows it; kept under the caller's Idempotency-Key.

        Raises AnsweredBefore, UnderWay, KeyReused; the door returns what `after.answer` gives it.
        """
        tenant = self._caller.tenant
        after = Acting(self._doors, tenant)
        async with self._doors.ledger.transaction(tenant, cause=self._caller.actor) as tx:
            await self._refuse_repetition(tx)
            yield tx, after
            assert after.given is not None, "a door that acts answers"
            await self._keep(tx, after.given)
        await after.follow()

    async def require_unanswered(self) -> None:
        """For doors that ask others before they act. Raises AnsweredBefore, UnderWay, KeyReused."""
        if self._key is not None:
            async with self._doors.ledger.transaction(self._caller.tenant) as tx:
                await self._refuse_repetition(tx)

    async def _refuse_repetition(self, tx: TenantTransaction) -> None:
        if self._key is not None:
            kept = await idempotency.recall(tx, caller=self._caller.actor, key=self._key, request_sha256=self._request)
            if kept is not None:
                raise AnsweredBefore(kept)

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
