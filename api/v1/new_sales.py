"""Sales that a caller tells, one or a thousand, and what went back of them."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Body
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from api.actions.sources import many_sales, own_report
from api.actions.sources.many_sales import Told
from api.http.language import in_words
from api.http.parts import Doors
from api.v1.callers import Writer
from api.v1.doors import door_router
from api.v1.once import OnlyOnce
from api.v1.transactions import TransactionInFull, in_full
from ledger.sales.told_sales import NewRefund, NewSale
from ledger.types import Submitted, TransactionId

router = door_router("/api/v1", "Verkäufe und Provisionen")
_MOST = 1_000
_STATUS = {"created": 201, "asks": 202}


class SaleRecorded(BaseModel):
    outcome: Literal["created", "changed", "unchanged", "asks"] = Field(
        description="`asks`: er widerspricht dem, was schon gemeldet war; nichts ist gebucht, ein Mensch wird gefragt"
    )
    reason: str | None
    reason_code: str | None
    transaction: TransactionInFull


class SalesTold(Submitted):
    items: tuple[NewSale, ...] = Field(min_length=1, max_length=_MOST)


class SaleOfMany(BaseModel):
    external_id: str
    outcome: Literal["created", "changed", "unchanged", "asks", "refused"]
    transaction_id: UUID | None = None
    reason: str | None = None
    reason_code: str | None = None


class SalesRecorded(BaseModel):
    items: list[SaleOfMany]


_SALE = {
    "external_id": "bestellung-4711",
    "gross_cents": 11_900,
    "tax_cents": 1_900,
    "sold_at": "2026-10-05T10:00:00Z",
    "partner_code": "ANNA",
}


@router.post(
    "/transactions",
    summary="Einen Verkauf melden",
    description="Einmal je `external_id`: dasselbe noch einmal ändert nichts. 202, wenn der Betrag dem widerspricht, "
    "was schon gemeldet war; dann bleibt es beim ersten, und ein Mensch wird gefragt. Eine andere Währung braucht "
    "`exchange_rate`.",
    operation_id="create_transaction",
    status_code=201,
    response_model=SaleRecorded,
    responses={
        200: {"model": SaleRecorded, "description": "War schon so gemeldet"},
        202: {"model": SaleRecorded, "description": "Widerspricht dem, was gemeldet war; ein Mensch wird gefragt"},
    },
)
async def create_transaction(
    caller: Writer, once: OnlyOnce, wanted: Annotated[NewSale, Body(examples=[_SALE])]
) -> JSONResponse:
    async with once.acting() as (tx, after):
        recorded = await own_report.record_sale(tx, wanted, by=caller.actor)
        after.rechecks(recorded.result.payouts)
        reason = recorded.result.reason
        body = {
            "outcome": recorded.outcome,
            "reason": in_words(reason),
            "reason_code": reason and reason.code,
            "transaction": await in_full(tx, recorded.transaction_id),
        }
        return after.answer(body, status=_STATUS.get(recorded.outcome, 200))


@router.post(
    "/transactions/bulk",
    summary="Bis zu tausend Verkäufe melden",
    description="Jeder für sich: was nicht angenommen wird, steht mit dem Grund in seiner Zeile und hält die anderen "
    "nicht auf. Noch einmal geschickt ändert sich nichts.",
    operation_id="create_transactions",
    response_model=SalesRecorded,
)
async def create_transactions(
    doors: Doors,
    caller: Writer,
    once: OnlyOnce,
    wanted: Annotated[SalesTold, Body(examples=[{"items": [_SALE]}])],
) -> JSONResponse:
    await once.require_unanswered()
    told = await many_sales.tell(doors.ledger, caller.tenant, wanted.items, by=caller.actor)
    async with once.acting() as (_tx, after):
        after.rechecks([payout for one in told for payout in one.payouts])
        return after.answer({"items": [_of_many(one) for one in told]})


@router.post(
    "/transactions/{transaction_id}/refund",
    summary="Einen Verkauf ganz oder teilweise erstatten",
    description="Die Provisionen werden im selben Verhältnis zurückgenommen. Dieselbe `reference` zählt einmal.",
    operation_id="refund_transaction",
    response_model=TransactionInFull,
)
async def refund_transaction(
    transaction_id: UUID,
    caller: Writer,
    once: OnlyOnce,
    wanted: Annotated[NewRefund, Body(examples=[{"reference": "erstattung-1", "cents": 5_950}])],
) -> JSONResponse:
    async with once.acting() as (tx, after):
        outcome = await own_report.record_refund(tx, TransactionId(transaction_id), wanted, by=caller.actor)
        after.rechecks(outcome.payouts)
        return after.answer(await in_full(tx, TransactionId(transaction_id)))


def _of_many(one: Told) -> dict[str, Any]:
    return {
        "external_id": one.external_id,
        "outcome": one.outcome,
        "transaction_id": one.transaction_id and str(one.transaction_id),
        "reason": in_words(one.reason),
        "reason_code": one.reason and one.reason.code,
    }
