"""Admin → Auszahlung: take back that what came back is transferred again."""

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import Response

from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may
from api.pages.payouts.payout_detail import acting, back, required_reason
from api.pages.payouts.payouts import PAGE
from ledger.bank import further_attempts
from ledger.roles import Permission

router = APIRouter(prefix=PAGE, route_class=PageRoute, include_in_schema=False)
Approver = Annotated[Visit, may(Permission.APPROVE, page=PAGE)]


@router.post("/{number}/erneut/zuruecknehmen")
async def withdraw(number: Annotated[str, Path(max_length=40)], visit: Approver) -> Response:
    async with acting(visit, number, status=409) as (tx, _):
        await further_attempts.withdraw(tx, number, by=visit.person.actor, reason=required_reason(visit))
    return back(number, "nicht-erneut")
