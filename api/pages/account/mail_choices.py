"""Admin → Benachrichtigungen: which mails somebody gets, and which the tenant sends at all."""

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from api.pages.frame.languages import N_
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may
from ledger.mail import mail_kinds
from ledger.mail.mail_kinds import GETS, OF_THE_TENANT, MailKind
from ledger.refusals import NotAllowedNow
from ledger.roles import Permission

PAGE = "/admin/benachrichtigungen"
router = APIRouter(prefix=PAGE, route_class=PageRoute, include_in_schema=False)
Member = Annotated[Visit, may(Permission.READ)]
SettingsAdmin = Annotated[Visit, may(Permission.SETTINGS, page=PAGE)]

KINDS = {
    MailKind.APPROVAL_WAITS: N_("Eine Auszahlung wartet auf Ihre Freigabe"),
    MailKind.TASK_CREATED: N_("Eine neue Aufgabe"),
    MailKind.CONNECTION_BROKEN: N_("Eine Verbindung ist unterbrochen, oder ein Webhook nimmt nichts an"),
    MailKind.DAILY: N_("Der Stand des Tages"),
    MailKind.PARTNER_DOCUMENT: N_("An Partner: ihr Beleg"),
    MailKind.BANK_DETAILS_WANTED: N_("An Partner: Bitte um eine neue Bankverbindung nach einer Rückbuchung"),
}
"""What can be switched off, in the order of the page."""
ALWAYS = (
    N_("Neue Bankverbindung eines Partners"),
    N_("Passwort oder zweiter Faktor geändert"),
    N_("Links für einen Zugang"),
    N_("Kopf des Prüfpfads, täglich an Admins"),
)


@router.get("")
async def notifications_page(visit: Member) -> Response:
    return await _shown(visit)


@router.post("")
async def choose(visit: Member) -> Response:
    """For oneself, in this tenant."""
    person = visit.person
    if person.role is None:
        raise NotAllowedNow("not_a_member")
    mine = [kind for kind in KINDS if kind in GETS and person.role in GETS[kind]]
    async with visit.doors.ledger.transaction(visit.tenant, person=person.user_id) as tx:
        await mail_kinds.switch(tx, person.user_id, _off(visit, mine), actor=person.actor)
    return RedirectResponse(f"{PAGE}?hinweis=gespeichert", status_code=303)


@router.post("/mandant")
async def choose_for_all(visit: SettingsAdmin) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        await mail_kinds.switch(tx, None, _off(visit, OF_THE_TENANT), actor=visit.person.actor)
    return RedirectResponse(f"{PAGE}?hinweis=gespeichert", status_code=303)


def _off(visit: Visit, of: Iterable[MailKind]) -> frozenset[MailKind]:
    """What is not ticked is off."""
    return frozenset(kind for kind in of if not visit.field(kind))


async def _shown(visit: Visit) -> Response:
    person = visit.person
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        chosen = await mail_kinds.choices(tx, person.user_id)
    return visit.page(
        "notifications.html",
        message=N_("Gespeichert.") if visit.request.query_params.get("hinweis") == "gespeichert" else None,
        kinds=KINDS,
        mine=[kind for kind in KINDS if kind in GETS and person.role is not None and person.role in GETS[kind]],
        chosen=chosen,
        always=ALWAYS,
        sends_mail=visit.doors.settings.sends_mail,
    )
