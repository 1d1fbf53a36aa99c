"""„Erneut überweisen": asked for and confirmed by answering tasks; here it is taken back while no run holds it."""

from typing import Annotated

from fastapi import Body
from fastapi.responses import JSONResponse
from pydantic import Field

from api.http.rows import shown
from api.v1.answers import PayoutNo
from api.v1.callers import Approver
from api.v1.doors import door_router
from api.v1.once import OnlyOnce
from ledger.bank import further_attempts
from ledger.bank.further_attempts import FurtherAttempt
from ledger.types import Submitted

router = door_router("/api/v1/payouts", "Auszahlungen")


class NotAgain(Submitted):
    reason: str = Field(min_length=1, max_length=500, examples=["Mit dem Partner verrechnet."])


@router.post(
    "/{number}/further-attempts/withdraw",
    summary="Eine erneute Überweisung zurücknehmen",
    description="Solange kein Zahlungslauf sie enthält. Danach fragt eine Aufgabe wieder, was aus der Auszahlung wird. "
    "Verlangt und bestätigt wird sie über die Aufgaben `returned` (`transfer_again`) und `transfer_again_asked`.",
    operation_id="withdraw_further_attempt",
    response_model=FurtherAttempt,
)
async def withdraw(
    number: PayoutNo, caller: Approver, once: OnlyOnce, why: Annotated[NotAgain, Body()]
) -> JSONResponse:
    async with once.acting() as (tx, after):
        return after.answer(shown(await further_attempts.withdraw(tx, number, by=caller.actor, reason=why.reason)))
