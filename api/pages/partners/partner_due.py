"""Admin → Partner → Fälligkeit: what the next payout would hold, what waits and why, and the final settlement."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from api.http.language import said
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit
from api.pages.partners.partners import PAGE, TAX_STATUSES, Code, Reader, Writer, of_code
from api.pages.words.payout_words import REASONS
from ledger.payouts import due, final_settlement
from ledger.refusals import NotAllowedNow
from ledger.roles import Permission
from ledger.types import TaxStatus

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get(PAGE + "/{code}/faelligkeit")
async def due_page(code: Code, visit: Reader) -> Response:
    return await _shown(visit, code)


@router.post(PAGE + "/{code}/schlussabrechnung")
async def settle_finally(code: Code, visit: Writer) -> Response:
    """Begins the final settlement (Schlussabrechnung), or takes it back."""
    try:
        async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
            partner = await of_code(tx, code)
            act = final_settlement.take_back if visit.field("zurueck") else final_settlement.begin
            await act(tx, partner.id, by=visit.person.actor)
    except NotAllowedNow as refused:
        return await _shown(visit, code, wrong=said(refused))
    return RedirectResponse(f"{PAGE}/{partner.code}/faelligkeit", status_code=303)


async def _shown(visit: Visit, code: str, *, wrong: str | None = None) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        partner = await of_code(tx, code)
        owed = await due.of_partner(tx, partner.id)
    return visit.page(
        "partner_due.html",
        status=409 if wrong else 200,
        wrong=wrong,
        partner=partner,
        owed=owed,
        reasons=REASONS,
        tax_cases={group.tax_case: TAX_STATUSES[TaxStatus(group.tax_case)] for group in owed.groups},
        may_write=visit.person.may(Permission.WRITE),
    )
