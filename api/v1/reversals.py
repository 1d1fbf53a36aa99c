"""Taking a document of our own back: ask for it, decide as the second person, withdraw it in time."""

from typing import Any
from uuid import UUID

from fastapi.responses import JSONResponse
from pydantic import Field

from api.http.language import in_words
from api.http.parts import Doors
from api.http.rows import shown
from api.v1.answers import PayoutNo
from api.v1.callers import Approver, Reader
from api.v1.doors import door_router
from api.v1.once import OnlyOnce
from ledger.payouts import own_reversal_rows, own_reversals
from ledger.payouts.own_reversal_rows import Ground, OwnReversal
from ledger.payouts.own_reversals import Wanted
from ledger.types import Submitted

router = door_router("/api/v1", "Eigene Belege")


class ReversalShown(OwnReversal):
    """`blocked_reason` is the sentence of `blocked`."""

    blocked_reason: str | None


class ReversalWanted(Submitted):
    ground: Ground = Field(
        description="`error`: der Beleg war falsch (Monat des Originals); `change`: die Gegenleistung hat sich "
        "geändert (§ 17 UStG, Monat des Stornos); `objection`: der Partner hat widersprochen (Monat des Widerspruchs)"
    )
    reason: str = Field(min_length=1, max_length=500, examples=["Falscher Steuersatz"])


class Why(Submitted):
    reason: str = Field(min_length=1, max_length=500, examples=["Der Beleg ist doch richtig."])


def reversal_shown(reversal: OwnReversal) -> dict[str, Any]:
    return shown(reversal, blocked_reason=in_words(reversal.blocked) if reversal.blocked else None)


@router.post(
    "/payouts/{number}/reversal",
    summary="Den eigenen Beleg einer Auszahlung stornieren",
    description="Bis zur Vier-Augen-Grenze ist damit entschieden, darüber bestätigt eine zweite Person. Der Storno "
    "wird ausgestellt, gebucht und zugestellt; erst danach ist die Auszahlung storniert oder, wo Geld geflossen sein "
    "kann, zurückgekommen. 409 mit `no_own_document_to_reverse`, `nothing_to_reverse_yet`, `booking_under_way`, "
    "`reversal_exists` oder `not_objected`.",
    operation_id="reverse_document",
    status_code=202,
    response_model=ReversalShown,
)
async def reverse(
    number: PayoutNo, doors: Doors, caller: Approver, once: OnlyOnce, wanted: ReversalWanted
) -> JSONResponse:
    async with once.acting() as (tx, after):
        reversal = await own_reversals.ask(
            tx, number, Wanted(ground=wanted.ground, reason=wanted.reason), by=caller.actor
        )
        after(doors.announcer.own_document, tx.tenant, reversal.id)
        return after.answer(reversal_shown(reversal), status=202)


@router.get(
    "/reversals/{id}", summary="Einen Storno ansehen", operation_id="get_reversal", response_model=ReversalShown
)
async def get_reversal(id: UUID, doors: Doors, caller: Reader) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        return JSONResponse(reversal_shown(await own_reversal_rows.get(tx, id)))


@router.post(
    "/reversals/{id}/confirm",
    summary="Einen Storno als zweite Person bestätigen",
    operation_id="confirm_reversal",
    status_code=202,
    response_model=ReversalShown,
)
async def confirm_reversal(id: UUID, doors: Doors, caller: Approver, once: OnlyOnce) -> JSONResponse:
    async with once.acting() as (tx, after):
        reversal = await own_reversals.decide(tx, id, confirmed=True, by=caller.actor, reason=None)
        after(doors.announcer.own_document, tx.tenant, reversal.id)
        return after.answer(reversal_shown(reversal), status=202)


@router.post(
    "/reversals/{id}/refuse",
    summary="Einen Storno ablehnen",
    operation_id="refuse_reversal",
    response_model=ReversalShown,
)
async def refuse_reversal(id: UUID, doors: Doors, caller: Approver, once: OnlyOnce, why: Why) -> JSONResponse:
    async with once.acting() as (tx, after):
        reversal = await own_reversals.decide(tx, id, confirmed=False, by=caller.actor, reason=why.reason)
        return after.answer(reversal_shown(reversal))


@router.post(
    "/reversals/{id}/withdraw",
    summary="Einen Storno zurücknehmen",
    description="Solange er weder gebucht noch zugestellt ist; seine Nummer bleibt als „nicht ausgegeben“. 409 mit "
    "`reversal_is_booked` oder `reversal_is_over`.",
    operation_id="withdraw_reversal",
    response_model=ReversalShown,
)
async def withdraw_reversal(id: UUID, doors: Doors, caller: Approver, once: OnlyOnce, why: Why) -> JSONResponse:
    async with once.acting() as (tx, after):
        reversal = await own_reversals.withdraw(tx, id, by=caller.actor, reason=why.reason)
        after(doors.announcer.own_document, tx.tenant, reversal.id)
        return after.answer(reversal_shown(reversal))
