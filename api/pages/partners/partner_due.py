"""Admin → Partner → Fälligkeit: what the next payout would hold, what waits and why, and the final settlement."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from api.http.language import said
from api.pages.frame.actor_names import names
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may, require_fresh
from api.pages.partners.partners import PAGE, TAX_STATUSES, Code, Reader, Writer, of_code
from api.pages.words import reversal_words
from api.pages.words.payout_words import REASONS
from ledger.payouts import corrections, due, final_settlement, own_reversal_rows, own_reversals
from ledger.refusals import NotAcceptable, NotAllowedNow
from ledger.roles import Permission
from ledger.types import TaxCase, TaxStatus

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Approver = Annotated[Visit, may(Permission.APPROVE, page=PAGE)]


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


@router.post(PAGE + "/{code}/korrektur")
async def ask_for_correction(code: Code, visit: Approver) -> Response:
    """A correcting document over a negative balance: as weighty as an approval, with a fresh second factor."""
    await require_fresh(visit, page=f"{PAGE}/{code}/faelligkeit")
    case, reason = visit.field("steuerfall"), visit.field("grund")[:500]
    try:
        if case not in set(TaxCase):
            raise NotAcceptable("tax_case_missing")
        async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
            asked = await corrections.ask(tx, code, TaxCase(case), reason=reason, by=visit.person.actor)
    except (NotAcceptable, NotAllowedNow) as refused:
        return await _shown(visit, code, wrong=said(refused))
    await visit.doors.announcer.own_document(visit.tenant, asked.id)
    return RedirectResponse(f"{PAGE}/{asked.partner_code}/faelligkeit", status_code=303)


@router.post(PAGE + "/{code}/korrekturen/{reversal}/zuruecknehmen")
async def withdraw_correction(code: Code, reversal: UUID, visit: Approver) -> Response:
    try:
        async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
            reason = visit.field("grund")[:500]
            await own_reversals.withdraw(tx, reversal, by=visit.person.actor, reason=reason)
    except (NotAcceptable, NotAllowedNow) as refused:
        return await _shown(visit, code, wrong=said(refused))
    await visit.doors.announcer.own_document(visit.tenant, reversal)
    return RedirectResponse(f"{PAGE}/{code}/faelligkeit", status_code=303)


async def _shown(visit: Visit, code: str, *, wrong: str | None = None) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        partner = await of_code(tx, code)
        owed = await due.of_partner(tx, partner.id)
        asked = await own_reversal_rows.corrections_of(tx, partner.id)
        name_of = await names(tx)
    return visit.page(
        "partner_due.html",
        status=409 if wrong else 200,
        wrong=wrong,
        partner=partner,
        owed=owed,
        reasons=REASONS,
        tax_cases={group.tax_case: TAX_STATUSES[TaxStatus(group.tax_case)] for group in owed.groups},
        may_write=visit.person.may(Permission.WRITE),
        may_approve=visit.person.may(Permission.APPROVE),
        owing=[group for group in owed.groups if sum(line.whole_cents for line in group.every_line) < 0],
        corrections=asked,
        reversal_words=reversal_words,
        name_of=name_of,
    )
