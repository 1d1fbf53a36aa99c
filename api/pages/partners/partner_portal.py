"""A partner's own page, behind a personal link: read-only but for the objection and the name that the bank knows.

The link is shown a button first, so that a mail scanner that opens links does not use it up; pressing it exchanges the
link for a cookie. Whoever has that cookie is this partner here and nobody anywhere else.
"""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path
from fastapi.responses import RedirectResponse, Response

from api.http.files import PDF, XML, attachment
from api.http.language import said
from api.pages.frame.languages import N_, _, day
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, Visiting
from api.pages.words.document_words import KINDS
from ledger.bank import partner_accounts, payee_checks
from ledger.documents import papers
from ledger.documents.own import delivery, issuing, own_document_list
from ledger.documents.own.own_document_list import OwnDocumentFilter
from ledger.payouts import objections, partner_balance
from ledger.programme import partner_links
from ledger.programme.partner_links import Guest
from ledger.refusals import NotAcceptable, NotAllowedNow, NotFound, Refused
from ledger.reports import partner_portal
from ledger.reports.partner_portal import OwnPayout
from ledger.types import PayoutState

PAGE = "/p"
router = APIRouter(route_class=PageRoute, include_in_schema=False)
Token = Annotated[str, Path(max_length=100)]
_HINTS = {
    "widerspruch": N_("Ihr Widerspruch ist angekommen. Die Antwort steht später hier."),
    "kontoinhaber": N_("Vielen Dank. Eine zweite Person prüft die Änderung, dann gilt sie."),
    "frage": N_("Ihre Frage ist angekommen. Die Antwort steht später hier."),
}
_30_DAYS_S = 30 * 86_400
_DOCUMENTS = 25
_STATES = {
    PayoutState.AWAITING_APPROVAL: N_("Wird geprüft."),
    PayoutState.APPROVED: N_("Freigegeben; der Beleg wird erstellt."),
    PayoutState.OUTCOME_UNKNOWN: N_("Freigegeben; der Beleg wird erstellt."),
    PayoutState.CREDIT_NOTE_OPEN: N_("Der Beleg ist erstellt; die Überweisung steht noch aus."),
    PayoutState.PAID: N_("Ausgezahlt."),
    PayoutState.REJECTED: N_("Nicht freigegeben; die Provisionen bleiben in Ihrem Saldo."),
    PayoutState.CANCELLED: N_("Storniert; die Provisionen bleiben in Ihrem Saldo."),
    PayoutState.RETURNED: N_("Die Überweisung wird geklärt."),
    PayoutState.SETTLED_MANUALLY: N_("Außerhalb dieser Abrechnung erledigt."),
}


@router.get(PAGE)
async def own_page(visit: Visiting) -> Response:
    guest = await _guest(visit)
    if guest is None:
        return _over(visit)
    return await _shown(visit, guest, hint=visit.request.query_params.get("hinweis", ""))


@router.post(f"{PAGE}/widerspruch")
async def object_to_payout(visit: Visiting) -> Response:
    guest = await _guest(visit)
    if guest is None:
        return _over(visit)
    number = visit.field("nummer")
    is_objection = visit.field("art") != "frage"
    try:
        async with visit.doors.ledger.transaction(guest.tenant) as tx:
            if is_objection:
                await objections.object_to(tx, guest.partner_id, number, reason=visit.field("grund"))
            else:
                await objections.ask_about(tx, guest.partner_id, number, question=visit.field("grund"))
    except (NotAcceptable, NotAllowedNow) as refused:
        return await _shown(visit, guest, wrong=refused, about=number)
    return RedirectResponse(f"{PAGE}?hinweis={'widerspruch' if is_objection else 'frage'}", status_code=303)


@router.post(f"{PAGE}/kontoinhaber")
async def take_name_at_bank(visit: Visiting) -> Response:
    """The partner says that the name which the bank knows is theirs; a second person of the firm confirms it."""
    guest = await _guest(visit)
    if guest is None:
        return _over(visit)
    try:
        async with visit.doors.ledger.transaction(guest.tenant) as tx:
            await payee_checks.take_own_name(tx, visit.doors.vault, guest.partner_id, seen=visit.field("name"))
    except NotAllowedNow as refused:
        return await _shown(visit, guest, wrong=refused)
    return RedirectResponse(f"{PAGE}?hinweis=kontoinhaber", status_code=303)


@router.post(f"{PAGE}/abmelden")
async def leave(visit: Visiting) -> Response:
    """The cookie ends here and wherever else it is; the link stays used."""
    guest = await _guest(visit)
    if guest is not None:
        await partner_links.leave(visit.doors.ledger, guest)
    answer = _over(visit, status=200)
    answer.delete_cookie(_cookie(visit), path="/", secure=visit.doors.settings.https, httponly=True, samesite="lax")
    return answer


@router.get(PAGE + "/belege/{number}")
async def paper(number: Annotated[str, Path(max_length=40)], visit: Visiting) -> Response:
    """The PDF of a credit note of this partner, as lexoffice issued it."""
    guest = await _guest(visit)
    if guest is None:
        return _over(visit)
    async with visit.doors.ledger.transaction(guest.tenant) as tx:
        if not await partner_portal.is_own(tx, guest.partner_id, number):
            raise NotFound("document_not_found")
        found = await papers.get(tx, number)
    return Response(
        found.content,
        media_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="Beleg-{number}.pdf"'},
    )


@router.get(PAGE + "/eigene-belege/{document}.{form}")
async def own_document(document: UUID, form: Literal["pdf", "xml"], visit: Visiting) -> Response:
    """A document of ours, as it was issued. Whoever is this partner's guest has it from then on: it is delivered."""
    guest = await _guest(visit)
    if guest is None:
        return _over(visit)
    async with visit.doors.ledger.transaction(guest.tenant) as tx:
        row = await issuing.get_of_partner(tx, guest.partner_id, document)
        content = await (issuing.get_pdf if form == "pdf" else issuing.get_xml)(tx, row.id)
        await delivery.mark_delivered(tx, row, "page", by=f"partner:{guest.partner_id}")
    return attachment(content, issuing.file_name(row.number, form), PDF if form == "pdf" else XML)


@router.get(PAGE + "/{token}")
async def link(token: Token, visit: Visiting) -> Response:
    doors = visit.doors
    if not await partner_links.is_open(doors.ledger, doors.vault, token):
        return RedirectResponse(PAGE, status_code=303) if await _guest(visit) else _over(visit, status=404)
    return visit.page("portal_link.html", person=None)


@router.post(PAGE + "/{token}")
async def open_link(token: Token, visit: Visiting) -> Response:
    doors = visit.doors
    try:
        cookie = await partner_links.open_link(doors.ledger, doors.vault, token)
    except NotFound:
        return _over(visit, status=404)
    answer = RedirectResponse(PAGE, status_code=303)
    answer.set_cookie(
        _cookie(visit),
        cookie.get_secret_value(),
        max_age=_30_DAYS_S,
        path="/",
        secure=doors.settings.https,
        httponly=True,
        samesite="lax",
    )
    return answer


def state_words(payout: OwnPayout) -> str:
    if payout.held and payout.state in (PayoutState.AWAITING_APPROVAL, PayoutState.APPROVED):
        return _("Zurzeit angehalten.")
    if payout.state is PayoutState.PAID and payout.paid_on is not None:
        return _("Ausgezahlt am %(day)s.", day=day(payout.paid_on))
    return _(_STATES[payout.state])


async def _guest(visit: Visit) -> Guest | None:
    cookie = visit.request.cookies.get(_cookie(visit))
    if not cookie:
        return None
    return await partner_links.recognise(visit.doors.ledger, visit.doors.vault, cookie)


async def _shown(
    visit: Visit, guest: Guest, *, hint: str = "", wrong: Refused | None = None, about: str = ""
) -> Response:
    cursor, older = visit.request.query_params.get("ab", ""), visit.request.query_params.get("belege-ab", "")
    async with visit.doors.ledger.transaction(guest.tenant) as tx:
        recipient = await partner_portal.recipient(tx, guest.partner_id)
        balance = await partner_balance.of_partner(tx, guest.partner_id)
        account = await partner_accounts.bank_details_of(tx, guest.partner_id)
        name_at_bank = await payee_checks.name_to_take(tx, guest.partner_id)
        payouts, following = await partner_portal.payouts_of(
            tx,
            guest.partner_id,
            after=_place(cursor),
        )
        documents, older_still = await own_document_list.list_own_documents(
            tx, OwnDocumentFilter(partner_id=guest.partner_id, is_out=True), after=_place(older), limit=_DOCUMENTS
        )
    return visit.page(
        "portal.html",
        status=422 if wrong else 200,
        person=None,
        message=_HINTS.get(hint),
        wrong=wrong and said(wrong),
        about=about,
        typed=visit.form.get("grund", "") if wrong else "",
        recipient=recipient,
        balance=balance,
        account=account,
        name_at_bank=name_at_bank,
        payouts=payouts,
        documents=documents,
        kinds=KINDS,
        first_documents=PAGE if older else "",
        older_documents=f"{PAGE}?belege-ab={older_still}" if older_still else "",
        first=PAGE if cursor else "",
        following=f"{PAGE}?ab={following}" if following else "",
        state_words=state_words,
    )


def _place(cursor: str) -> int | None:
    return int(cursor) if cursor.isascii() and cursor.isdigit() and len(cursor) < 19 else None


def _over(visit: Visit, *, status: int = 401) -> Response:
    return visit.page("portal_over.html", status=status, person=None)


def _cookie(visit: Visit) -> str:
    # __Host-: Secure, from this host and for it alone. Browsers take it over https only.
    return "__Host-partnerdesk-partner" if visit.doors.settings.https else "partnerdesk-partner"
