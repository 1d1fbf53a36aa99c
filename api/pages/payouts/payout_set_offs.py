"""Admin → Auszahlung: set the partner's claims off against it, or not, while it awaits approval."""

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import Response

from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may
from api.pages.payouts.payout_detail import acting, back, required_reason
from api.pages.payouts.payouts import PAGE
from ledger.payouts import set_offs
from ledger.roles import Permission

router = APIRouter(prefix=PAGE, route_class=PageRoute, include_in_schema=False)
Worker = Annotated[Visit, may(Permission.WRITE, Permission.APPROVE, page=PAGE)]
Number = Annotated[str, Path(max_length=40)]


@router.post("/{number}/verrechnen")
async def set_off(number: Number, visit: Worker) -> Response:
    async with acting(visit, number, status=409) as (tx, _after):
        await set_offs.put_on(tx, number, by=visit.person.actor)
    return back(number, "verrechnet")


@router.post("/{number}/nicht-verrechnen")
async def take_off(number: Number, visit: Worker) -> Response:
    async with acting(visit, number, status=409) as (tx, _after):
        await set_offs.take_off(tx, number, by=visit.person.actor, reason=required_reason(visit))
    return back(number, "nicht-verrechnet")
