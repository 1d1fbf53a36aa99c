"""Everyday acts about a partner: its account, stopping its payouts, a line by hand, a payout, its personal link."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from fastapi.responses import RedirectResponse, Response

from api.actions.rechecks import announce_rechecks
from api.http.language import said
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may
from api.pages.partners import partner_forms
from api.pages.partners.partners import PAGE, Code, Writer, go, of_code, shown
from api.pages.words.bank_words import PAYEE_RESULTS
from ledger.bank import partner_accounts, payee_checks, payment_evidence, return_reasons
from ledger.commissions import manual_lines
from ledger.imports import questions
from ledger.payouts import payout_requests, payout_stops, rechecks
from ledger.programme import coupons, partner_links
from ledger.refusals import AlreadyExists, Blocked, NotAcceptable, NotAllowedNow, NothingDue
from ledger.roles import Permission
from ledger.tax import vat_checks

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Banker = Annotated[Visit, may(Permission.BANK, page=PAGE)]


@router.get(PAGE + "/{code}/bankverbindung")
async def account_page(code: Code, visit: Banker) -> Response:
    return await _account_form(visit, code)


@router.post(PAGE + "/{code}/bankverbindung")
async def save_account(code: Code, visit: Banker) -> Response:
    """A new account waits for a second person; meanwhile the partner's payouts are held."""
    try:
        new = partner_forms.bank_details(visit.form)
        async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
            partner = await of_code(tx, code)
            await partner_accounts.save_bank_details(tx, visit.doors.vault, partner.id, new, by=visit.person.actor)
            await questions.close_done(tx, by=visit.person.actor)
            touched = await rechecks.want_for_partner(tx, partner.id)
    except NotAcceptable as refused:
        return await _account_form(visit, code, wrong=said(refused))
    await announce_rechecks(visit.doors, visit.tenant, touched)
    return go(partner, "bank")


@router.post(PAGE + "/{code}/vies")
async def check_vat_id(code: Code, visit: Writer) -> Response:
    try:
        async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
            partner = await of_code(tx, code)
            check = await vat_checks.want_for(tx, partner.id, by=visit.person.actor)
    except NotAllowedNow as refused:
        return await shown(visit, code, wrong=refused, where="vies")
    await visit.doors.announcer.vat_check(visit.tenant, check.id)
    return go(partner, "vies")


@router.post(PAGE + "/{code}/vies/nachweis")
async def record_vat_proof(code: Code, visit: Writer) -> Response:
    try:
        proof = partner_forms.vat_proof(visit.form)
        async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
            partner = await of_code(tx, code)
            await vat_checks.record_by_hand(tx, partner.id, proof, by=visit.person.actor)
    except (NotAcceptable, NotAllowedNow) as refused:
        return await shown(visit, code, wrong=refused, where="vies")
    return go(partner, "nachweis")


@router.post(PAGE + "/{code}/anhalten")
async def stop(code: Code, visit: Writer) -> Response:
    try:
        async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
            partner = await of_code(tx, code)
            touched = await payout_stops.stop(tx, partner.id, by=visit.person.actor, reason=visit.field("reason"))
    except (NotAcceptable, NotAllowedNow) as refused:
        return await shown(visit, code, wrong=refused, where="anhalten")
    await announce_rechecks(visit.doors, visit.tenant, touched)
    return go(partner, "angehalten")


@router.post(PAGE + "/{code}/fortsetzen")
async def resume(code: Code, visit: Writer) -> Response:
    try:
        async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
            partner = await of_code(tx, code)
            touched = await payout_stops.resume(tx, partner.id, by=visit.person.actor, reason=visit.field("reason"))
    except (NotAcceptable, NotAllowedNow) as refused:
        return await shown(visit, code, wrong=refused, where="anhalten")
    await announce_rechecks(visit.doors, visit.tenant, touched)
    return go(partner, "fortgesetzt")


@router.post(PAGE + "/{code}/zeile")
async def write_line(code: Code, visit: Writer) -> Response:
    """A bonus or a correction; a second person confirms it among the tasks."""
    try:
        new = partner_forms.manual_line(visit.form)
        async with visit.doors.ledger.transaction(
            visit.tenant, cause=visit.person.actor, person=visit.person.user_id
        ) as tx:
            partner = await of_code(tx, code)
            await manual_lines.write(tx, partner.id, new, by=visit.person.actor)
    except NotAcceptable as refused:
        return await shown(visit, code, wrong=refused, where="zeile")
    return go(partner, "zeile")


@router.post(PAGE + "/{code}/auszahlung")
async def request_payout(code: Code, visit: Writer) -> Response:
    """All of the partner's approved commissions become one payout that waits for its approval."""
    try:
        async with visit.doors.ledger.transaction(
            visit.tenant, cause=visit.person.actor, person=visit.person.user_id
        ) as tx:
            payout = await payout_requests.request_payout(tx, partner_code=code, actor=visit.person.actor)
    except (NothingDue, Blocked) as refused:
        return await shown(visit, code, wrong=refused, where="auszahlung")
    await visit.doors.announcer.payout(visit.tenant, payout)
    return RedirectResponse(f"/admin/auszahlungen/{payout.number}", status_code=303)


@router.post(PAGE + "/{code}/link")
async def make_link(code: Code, visit: Writer) -> Response:
    """The answer shows the link, once."""
    async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
        partner = await of_code(tx, code)
        token = await partner_links.make(tx, visit.doors.vault, partner.id, by=visit.person.actor)
    return await shown(visit, code, link=token)


@router.post(PAGE + "/{code}/link/{link}/widerrufen")
async def revoke_link(code: Code, link: UUID, visit: Writer) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
        partner = await of_code(tx, code)
        await partner_links.revoke(tx, partner.id, link, by=visit.person.actor)
    return go(partner, "widerrufen")


@router.post(PAGE + "/{code}/gutschein")
async def add_coupon(code: Code, visit: Writer) -> Response:
    try:
        async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
            partner = await of_code(tx, code)
            await coupons.add(tx, partner.id, visit.field("coupon"), by=visit.person.actor)
            await rechecks.want_for_hands(tx)
    except (NotAcceptable, AlreadyExists) as refused:
        return await shown(visit, code, wrong=refused, where="gutschein")
    return go(partner, "gutschein")


@router.post(PAGE + "/{code}/gutschein/{coupon}/beenden")
async def end_coupon(code: Code, coupon: Annotated[str, Path(max_length=100)], visit: Writer) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
        partner = await of_code(tx, code)
        await coupons.end(tx, partner.id, coupon, by=visit.person.actor)
        await rechecks.want_for_hands(tx)
    return go(partner, "gutschein")


async def _account_form(visit: Visit, code: str, *, wrong: str | None = None) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        partner = await of_code(tx, code)
        account = await partner_accounts.bank_details_of(tx, partner.id)
        pending = await partner_accounts.pending_of(tx, partner.id)
        of_bank = await payment_evidence.of_account(tx, account.id) if account else None
        check = (await payee_checks.newest(tx, [account.id])).get(account.id) if account else None
    # The IBAN is not shown again, also when it was refused.
    typed = {name: visit.form.get(name, "") for name in ("account_holder", "bic")}
    return visit.page(
        "partner_account.html",
        status=422 if wrong else 200,
        wrong=wrong,
        partner=partner,
        account=account,
        of_bank=of_bank,
        refused_because=of_bank and of_bank.refused_code and return_reasons.in_words(of_bank.refused_code),
        check=check,
        payee_results=PAYEE_RESULTS,
        pending=pending,
        may_confirm_bank=visit.person.may(Permission.CONFIRM_BANK),
        typed=typed,
    )
