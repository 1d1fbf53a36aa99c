"""Set-offs of a payout that awaits approval: claims of its partner that are not transferred with it."""

from fastapi.responses import JSONResponse
from pydantic import Field

from api.v1.answers import PayoutNo
from api.v1.callers import WriterOrApprover
from api.v1.doors import door_router
from api.v1.holds import PayoutShown, payout_shown
from api.v1.once import OnlyOnce
from ledger.payouts import set_offs
from ledger.types import Submitted

router = door_router("/api/v1/payouts", "Auszahlungen")


class NotSetOff(Submitted):
    reason: str = Field(min_length=1, max_length=500, examples=["Der Partner zahlt selbst zurück."])


@router.post(
    "/{number}/set-offs",
    summary="Offene Forderungen mit einer Auszahlung verrechnen",
    description="Solange sie auf Freigabe wartet und die Einstellung es erlaubt. Es zählt als Beteiligung. 409 mit "
    "`nothing_to_set_off` oder `payout_is_decided`.",
    operation_id="set_claims_off",
    response_model=PayoutShown,
)
async def set_off(number: PayoutNo, caller: WriterOrApprover, once: OnlyOnce) -> JSONResponse:
    async with once.acting() as (tx, after):
        return after.answer(payout_shown(await set_offs.put_on(tx, number, by=caller.actor)))


@router.post(
    "/{number}/set-offs/take-off",
    summary="Eine Auszahlung doch nicht verrechnen",
    description="Solange sie auf Freigabe wartet; dann wird alles überwiesen, und die Forderungen bleiben offen. Es "
    "zählt als Beteiligung. 409 mit `nothing_is_set_off` oder `payout_is_decided`.",
    operation_id="take_set_offs_off",
    response_model=PayoutShown,
)
async def take_off(number: PayoutNo, caller: WriterOrApprover, once: OnlyOnce, why: NotSetOff) -> JSONResponse:
    async with once.acting() as (tx, after):
        return after.answer(payout_shown(await set_offs.take_off(tx, number, by=caller.actor, reason=why.reason)))
