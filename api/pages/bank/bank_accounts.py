"""Admin → Bankkonten: the tenant's own accounts. One person records, another confirms; an IBAN is never shown whole."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from pydantic import SecretStr, ValidationError

from api.http.language import said
from api.pages.frame import actor_names
from api.pages.frame.languages import N_
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may
from api.pages.words import waiting_words
from ledger.bank import bank_accounts
from ledger.bank.bank_accounts import NewOwnAccount, Terms
from ledger.refusals import NotAcceptable, NotAllowedNow
from ledger.reports import waiting_elsewhere
from ledger.roles import Permission

PAGE = "/admin/bankkonten"
router = APIRouter(prefix=PAGE, route_class=PageRoute, include_in_schema=False)
Viewer = Annotated[Visit, may(Permission.SEE_BANK, page=PAGE)]
Banker = Annotated[Visit, may(Permission.BANK, page=PAGE)]
Second = Annotated[Visit, may(Permission.CONFIRM_BANK, page=PAGE)]

STATES = {
    "pending": (N_("wartet auf eine zweite Person"), "waiting"),
    "active": (N_("in Kraft"), "done"),
    "refused": (N_("abgelehnt"), "stopped"),
    "retired": (N_("stillgelegt"), "stopped"),
}


@router.get("")
async def accounts_page(visit: Viewer) -> Response:
    return await _shown(visit)


@router.post("")
async def record(visit: Banker) -> Response:
    try:
        new = NewOwnAccount(
            account_holder=visit.field("holder"),
            iban=SecretStr(visit.field("iban")[:50]),
            bic=visit.field("bic") or None,
            batch_booking=visit.field("booking") == "batch",
        )
    except ValidationError:
        return await _shown(visit, wrong=N_("Bitte nennen Sie Kontoinhaber (höchstens 70 Zeichen) und IBAN."))
    except NotAcceptable as refused:
        return await _shown(visit, wrong=said(refused))
    try:
        async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
            await bank_accounts.record(tx, visit.doors.vault, new, by=visit.person.actor)
    except (NotAcceptable, NotAllowedNow) as refused:
        return await _shown(visit, wrong=said(refused))
    return RedirectResponse(PAGE, status_code=303)


@router.post("/{account}/bestaetigen")
async def confirm(account: UUID, visit: Second) -> Response:
    try:
        async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
            await bank_accounts.confirm(tx, account, by=visit.person.actor)
    except NotAllowedNow as refused:
        return await _shown(visit, wrong=said(refused))
    return RedirectResponse(PAGE, status_code=303)


@router.post("/{account}/angaben")
async def note_terms(account: UUID, visit: Banker) -> Response:
    try:
        terms = Terms.model_validate(
            {"cut_off": visit.field("annahmeschluss") or None, "takes_instant": visit.field("echtzeit") == "1"}
        )
    except ValidationError:
        return await _shown(visit, wrong=N_("Bitte nennen Sie den Annahmeschluss als Uhrzeit, zum Beispiel 14:30."))
    try:
        async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
            await bank_accounts.note_terms(tx, account, terms, by=visit.person.actor)
    except NotAllowedNow as refused:
        return await _shown(visit, wrong=said(refused))
    return RedirectResponse(PAGE, status_code=303)


@router.post("/{account}/beenden")
async def end(account: UUID, visit: Banker) -> Response:
    reason = visit.field("reason")[:500]
    if not reason:
        return await _shown(visit, wrong=N_("Bitte nennen Sie den Grund."))
    try:
        async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
            await bank_accounts.end(tx, account, by=visit.person.actor, reason=reason)
    except NotAllowedNow as refused:
        return await _shown(visit, wrong=said(refused))
    return RedirectResponse(PAGE, status_code=303)


async def _shown(visit: Visit, *, wrong: str | None = None) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        accounts = await bank_accounts.list_accounts(tx)
        names = await actor_names.names(tx)
        elsewhere = waiting_words.lines(await waiting_elsewhere.count(tx), visit.person)
    return visit.page(
        "bank_accounts.html",
        status=422 if wrong else 200,
        wrong=wrong,
        accounts=accounts,
        elsewhere=[line for line in elsewhere if line.address != PAGE],
        names=names,
        states=STATES,
        # What was typed stays, but for the IBAN.
        holder=visit.field("holder") if wrong else "",
        may_record=visit.person.may(Permission.BANK),
        may_confirm=visit.person.may(Permission.CONFIRM_BANK),
    )
