"""Admin → Auszahlung: have its own document taken back, or take that back in time."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from fastapi.responses import Response

from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may, require_fresh
from api.pages.payouts.payout_detail import acting, back, required_reason
from api.pages.payouts.payouts import PAGE
from ledger.payouts import own_reversals
from ledger.payouts.own_reversal_rows import Ground
from ledger.payouts.own_reversals import Wanted
from ledger.refusals import NotAcceptable
from ledger.roles import Permission

router = APIRouter(prefix=PAGE, route_class=PageRoute, include_in_schema=False)
Approver = Annotated[Visit, may(Permission.APPROVE, page=PAGE)]
Number = Annotated[str, Path(max_length=40)]


@router.post("/{number}/beleg-stornieren")
async def reverse_document(number: Number, visit: Approver) -> Response:
    """As weighty as an approval: with a fresh second factor."""
    await require_fresh(visit, page=f"{PAGE}/{number}")
    async with acting(visit, number, status=409) as (tx, after):
        ground = visit.field("anlass")
        if ground not in set(Ground):
            raise NotAcceptable("ground_missing")
        wanted = Wanted(ground=Ground(ground), reason=required_reason(visit))
        reversal = await own_reversals.ask(tx, number, wanted, by=visit.person.actor)
        after(visit.doors.announcer.own_document, tx.tenant, reversal.id)
    return back(number, "beleg-storno")


@router.post("/{number}/stornos/{reversal}/zuruecknehmen")
async def withdraw_reversal(number: Number, reversal: UUID, visit: Approver) -> Response:
    async with acting(visit, number, status=409) as (tx, after):
        await own_reversals.withdraw(tx, reversal, by=visit.person.actor, reason=required_reason(visit))
        after(visit.doors.announcer.own_document, tx.tenant, reversal)
    return back(number, "storno-zurueck")
