"""Admin → Neue Bankverbindungen: a second person confirms or refuses what was entered for a partner.

Reading the page asks for a fresh second factor as well: it is one step from diverting money.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from api.actions.rechecks import announce_rechecks
from api.http.language import said
from api.pages.frame import actor_names
from api.pages.frame.languages import N_
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may
from ledger.access import four_eyes
from ledger.bank import partner_accounts, pending_accounts
from ledger.bank.pending_accounts import PendingAccount
from ledger.booking import resolutions
from ledger.booking.resolutions import Answer
from ledger.database import TenantTransaction
from ledger.imports import questions
from ledger.refusals import NotAcceptable, NotAllowedNow, NotFound
from ledger.roles import Permission
from ledger.types import PayoutNumber

PAGE = "/admin/bankverbindungen"
router = APIRouter(prefix=PAGE, route_class=PageRoute, include_in_schema=False)
SecondPerson = Annotated[Visit, may(Permission.CONFIRM_BANK, page=PAGE)]

_DONE = {
    "bestaetigt": N_("Die Bankverbindung ist bestätigt."),
    "abgelehnt": N_("Die Bankverbindung ist abgelehnt."),
    "doppelt": N_("Die doppelte IBAN ist zur Kenntnis genommen."),
}


@router.get("")
async def pending_page(visit: SecondPerson) -> Response:
    return await _listed(visit)


@router.post("/{account}/bestaetigen")
async def confirm(account: UUID, visit: SecondPerson) -> Response:
    """In force at once, or when its quarantine is over."""
    try:
        async with visit.doors.ledger.transaction(visit.tenant) as tx:
            pending = await _find(tx, account)
            _, touched = await partner_accounts.confirm(tx, pending.partner_id, account, by=visit.person.actor)
            await questions.close_done(tx, by=visit.person.actor)
    except (NotAllowedNow, NotAcceptable) as refused:
        return await _listed(visit, wrong=said(refused))
    return await _done(visit, "bestaetigt", touched)


@router.post("/{account}/ablehnen")
async def refuse(account: UUID, visit: SecondPerson) -> Response:
    """The old account stays in force."""
    try:
        reason = _reason(visit)
        async with visit.doors.ledger.transaction(visit.tenant) as tx:
            pending = await _find(tx, account)
            _, touched = await partner_accounts.refuse(
                tx, pending.partner_id, account, by=visit.person.actor, reason=reason
            )
            await questions.close_done(tx, by=visit.person.actor)
    except (NotAllowedNow, NotAcceptable) as refused:
        return await _listed(visit, wrong=said(refused))
    return await _done(visit, "abgelehnt", touched)


@router.post("/{account}/doppelt")
async def acknowledge(account: UUID, visit: SecondPerson) -> Response:
    """Two partners may share an account (a couple, a firm), if somebody else than its recorder says why."""
    try:
        reason = _reason(visit)
        async with visit.doors.ledger.transaction(visit.tenant) as tx:
            pending = await _find(tx, account)
            if pending.same_iban_task is None:
                raise NotAllowedNow("task_resolved")
            await four_eyes.require_second_person(tx, visit.person.actor, made_by=[pending.recorded_by])
            await resolutions.resolve(
                tx, pending.same_iban_task, Answer(action="acknowledge", reason=reason), actor=visit.person.actor
            )
    except (NotAllowedNow, NotAcceptable) as refused:
        return await _listed(visit, wrong=said(refused))
    return await _done(visit, "doppelt", [])


async def _find(tx: TenantTransaction, account: UUID) -> PendingAccount:
    for pending in await pending_accounts.list_pending(tx):
        if pending.id == account:
            return pending
    raise NotFound("partner_account_not_found")


async def _done(visit: Visit, what: str, touched: list[PayoutNumber]) -> Response:
    await announce_rechecks(visit.doors, visit.tenant, touched)
    return RedirectResponse(f"{PAGE}?hinweis={what}", status_code=303)


async def _listed(visit: Visit, *, wrong: str | None = None) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        accounts = await pending_accounts.list_pending(tx)
        name = await actor_names.names(tx)
    return visit.page(
        "bank_confirmation.html",
        status=409 if wrong else 200,
        wrong=wrong,
        message=_DONE.get(visit.request.query_params.get("hinweis", "")) if not wrong else None,
        accounts=accounts,
        name=name,
        reason=visit.form.get("reason", "") if wrong else "",
    )


def _reason(visit: Visit) -> str:
    reason = visit.field("reason")
    if not 3 <= len(reason) <= 500:
        raise NotAcceptable("reason_missing")
    return reason
