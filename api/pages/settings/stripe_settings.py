"""Admin → Zahlungsanbieter → Stripe: the address for its webhooks, and the secret that it signs them with."""

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from api.actions.sources.stripe_events import EVENTS
from api.http.language import said
from api.pages.frame.languages import N_
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may
from ledger.access import tenants
from ledger.connections import source_secrets
from ledger.inbox import event_list
from ledger.inbox.event_list import EventFilter
from ledger.refusals import NotAcceptable
from ledger.roles import Permission
from ledger.types import STRIPE

PAGE = "/admin/zahlungsanbieter/stripe"
router = APIRouter(route_class=PageRoute, include_in_schema=False)
Member = Annotated[Visit, may(Permission.READ)]
SettingsAdmin = Annotated[Visit, may(Permission.SETTINGS, page=PAGE)]
_HINTS = {
    "gespeichert": N_("Das Signaturgeheimnis ist hinterlegt. Ob es stimmt, zeigt das erste Ereignis."),
    "entfernt": N_("Das Signaturgeheimnis ist entfernt; die Adresse nimmt nichts mehr an."),
}


@router.get(PAGE)
async def page(visit: Member) -> Response:
    return await _shown(visit, message=_HINTS.get(visit.request.query_params.get("hinweis", "")))


@router.post(PAGE)
async def save_secret(visit: SettingsAdmin) -> Response:
    secret = visit.field("signing_secret")
    try:
        if not secret:
            raise NotAcceptable("secret_not_acceptable")
        await _save(visit, secret)
    except NotAcceptable as refused:
        return await _shown(visit, wrong=said(refused))
    return RedirectResponse(f"{PAGE}?hinweis=gespeichert", status_code=303)


@router.post(f"{PAGE}/entfernen")
async def remove_secret(visit: SettingsAdmin) -> Response:
    """Without a secret the address is switched off."""
    await _save(visit, "")
    return RedirectResponse(f"{PAGE}?hinweis=entfernt", status_code=303)


async def _save(visit: Visit, secret: str) -> None:
    async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
        await source_secrets.save(tx, visit.doors.vault, STRIPE, secret=secret, actor=visit.person.actor)


async def _shown(visit: Visit, *, message: str | None = None, wrong: str | None = None) -> Response:
    tenant = visit.tenant
    async with visit.doors.ledger.transaction(tenant) as tx:
        connection = await source_secrets.show(tx, STRIPE)
        last, _following = await event_list.list_events(tx, EventFilter(provider=STRIPE), limit=5)
        profile = await tenants.get_profile(tx)
    return visit.page(
        "stripe.html",
        status=422 if wrong else 200,
        message=message,
        wrong=wrong,
        connection=connection,
        address=f"{visit.doors.settings.public_url}/api/webhooks/{tenant.slug}/stripe",
        listened_to=EVENTS,
        last=last,
        waits=connection.waits_for_first_event,
        is_demo=profile.is_demo,
        may_change=visit.person.may(Permission.SETTINGS),
    )
