"""Admin → Zahlungsanbieter → a source of sales: its address, its secret, a test, and how what it says is taken."""

from typing import Annotated, NamedTuple

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from api.actions.sources import receiving, stripe_events
from api.http.language import said
from api.pages.frame.languages import N_
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may
from ledger.access import tenants
from ledger.connections import source_secrets
from ledger.connections.source_secrets import SourceSettings
from ledger.inbox import event_list
from ledger.inbox.event_list import EventFilter
from ledger.refusals import NotFound, Refused
from ledger.roles import Permission
from ledger.types import COPECART, CUSTOM, DIGISTORE24, STRIPE, EventId

PAGE = "/admin/zahlungsanbieter/quellen"
router = APIRouter(route_class=PageRoute, include_in_schema=False)
Member = Annotated[Visit, may(Permission.READ)]
SettingsAdmin = Annotated[Visit, may(Permission.SETTINGS, page="/admin/zahlungsanbieter")]


class SourceWords(NamedTuple):
    name: str
    where: str
    """Where the address and the secret are entered at the source."""
    secret: str
    listens_to: tuple[str, ...] = ()
    """What is to be chosen there; none: there is nothing to choose."""
    may_be_final: bool = True
    """Without: its sales always wait for their invoice."""
    pays_affiliates: bool = False
    has_test_mode: bool = True


SOURCES = {
    STRIPE: SourceWords(
        "Stripe",
        N_("Tragen Sie diese Adresse in Stripe unter Entwickler, Webhooks ein, und wählen Sie diese Ereignisse:"),
        N_("Signaturgeheimnis (whsec_…)"),
        listens_to=stripe_events.EVENTS,
        may_be_final=False,
    ),
    CUSTOM: SourceWords(
        N_("Eigener Webhook"),
        N_("Tragen Sie Adresse und Geheimnis in Zapier, Make, n8n oder Ihrem eigenen System ein."),
        N_("Geheimnis"),
        has_test_mode=False,
    ),
    DIGISTORE24: SourceWords(
        "Digistore24",
        N_("In Digistore24: Einstellungen, Integrationen (IPN), Verbindung „Generisch“."),
        N_("SHA-Passphrase"),
        pays_affiliates=True,
    ),
    COPECART: SourceWords(
        "CopeCart",
        N_("In CopeCart: Einstellungen, IPN; das Geheimnis zeigt CopeCart dort."),
        N_("Geheimnis"),
        pays_affiliates=True,
    ),
}
_HINTS = {
    "gespeichert": N_("Das Signaturgeheimnis ist hinterlegt. Ob es stimmt, zeigt das erste Ereignis."),
    "entfernt": N_("Das Signaturgeheimnis ist entfernt; die Adresse nimmt nichts mehr an."),
    "geaendert": N_("Gespeichert. Es gilt für Meldungen von jetzt an."),
}


@router.get("/admin/zahlungsanbieter/stripe")
async def page_of_before(_visit: Member) -> Response:
    """Where Stripe's page was until it became one of the sources."""
    return RedirectResponse(f"{PAGE}/{STRIPE}", status_code=303)


@router.get(PAGE + "/{source}")
async def page(visit: Member, source: str) -> Response:
    return await _shown(visit, _known(source), message=_HINTS.get(visit.request.query_params.get("hinweis", "")))


@router.post(PAGE + "/{source}")
async def save_secret(visit: SettingsAdmin, source: str) -> Response:
    secret = visit.field("secret")
    try:
        source_secrets.require_secret(_known(source), secret)
    except Refused as refused:
        return await _shown(visit, source, wrong=said(refused))
    return await _saved(visit, source, secret, hint="gespeichert")


@router.post(PAGE + "/{source}/entfernen")
async def remove_secret(visit: SettingsAdmin, source: str) -> Response:
    """Without a secret the address is switched off."""
    return await _saved(visit, _known(source), "", hint="entfernt")


@router.post(PAGE + "/{source}/erzeugen")
async def generate_secret(visit: SettingsAdmin, source: str) -> Response:
    """A new one, shown once. Only where we choose it."""
    if _known(source) != CUSTOM:
        raise NotFound("source_not_found")
    secret = source_secrets.new_secret().get_secret_value()
    async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
        await source_secrets.save(tx, visit.doors.vault, source, secret=secret, actor=visit.person.actor)
    return await _shown(visit, source, new_secret=secret)


@router.post(PAGE + "/{source}/testen")
async def send_test(visit: SettingsAdmin, source: str) -> Response:
    """A test message through the source's own door; nothing is booked."""
    try:
        received = await receiving.probe(visit.doors, _known(source), visit.tenant)
    except Refused as refused:
        return await _shown(visit, source, wrong=said(refused))
    return await _shown(visit, source, tested=received.event)


@router.post(PAGE + "/{source}/verwendung")
async def change_settings(visit: SettingsAdmin, source: str) -> Response:
    if not SOURCES[_known(source)].may_be_final:
        raise NotFound("source_not_found")
    wanted = SourceSettings(
        awaits_invoice=bool(visit.field("awaits_invoice")),
        takes_affiliate_sales=bool(visit.field("takes_affiliate_sales")),
    )
    async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
        await source_secrets.change(tx, source, wanted, actor=visit.person.actor)
    return RedirectResponse(f"{PAGE}/{source}?hinweis=geaendert", status_code=303)


async def _saved(visit: Visit, source: str, secret: str, *, hint: str) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
        await source_secrets.save(tx, visit.doors.vault, source, secret=secret, actor=visit.person.actor)
    return RedirectResponse(f"{PAGE}/{source}?hinweis={hint}", status_code=303)


def _known(source: str) -> str:
    """The name of a source, as an address gives it. Raises NotFound."""
    if source not in SOURCES:
        raise NotFound("source_not_found")
    return source


async def _shown(
    visit: Visit,
    source: str,
    *,
    message: str | None = None,
    wrong: str | None = None,
    new_secret: str | None = None,
    tested: EventId | None = None,
) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        connection = await source_secrets.show(tx, source)
        last, _following = await event_list.list_events(tx, EventFilter(provider=source), limit=5)
        profile = await tenants.get_profile(tx)
    return visit.page(
        "source.html",
        status=422 if wrong else 200,
        message=message,
        wrong=wrong,
        new_secret=new_secret,
        tested=tested,
        connection=connection,
        source=source,
        words=SOURCES[source],
        own=source == CUSTOM,
        page=f"{PAGE}/{source}",
        address=f"{visit.doors.settings.public_url}/api/webhooks/{visit.tenant.slug}/{source}",
        last=last,
        is_demo=profile.is_demo,
        may_change=visit.person.may(Permission.SETTINGS),
    )
