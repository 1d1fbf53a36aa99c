"""Admin → Webhooks: addresses that hear what happens, every delivery with its answer, hearing again, trying out."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from pydantic import SecretStr, ValidationError

from api.http.language import said
from api.pages.frame.languages import N_, _
from api.pages.frame.list_filters import PAGE_LENGTH, Asked
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may
from api.pages.frame.words import STATES
from ledger.audit import event_deliveries, webhook_endpoints
from ledger.audit.event_deliveries import DeliveryFilter, ReplayedRange
from ledger.audit.event_types import EVENT_TYPES
from ledger.audit.webhook_endpoints import WantedEndpoint
from ledger.database import TenantTransaction
from ledger.refusals import NotAcceptable, Refused
from ledger.roles import Permission
from ledger.types import BERLIN

PAGE = "/admin/webhooks"
router = APIRouter(prefix=PAGE, route_class=PageRoute, include_in_schema=False)
SettingsAdmin = Annotated[Visit, may(Permission.SETTINGS, page=PAGE)]
_HINTS = {
    "gespeichert": N_("Gespeichert."),
    "ping": N_("Der Probeaufruf geht binnen einer halben Minute hinaus. Die Seite erneuert sich."),
    "erneut": N_("Es wird noch einmal zugestellt."),
    "aufgegeben": N_("Diese Zustellung ist aufgegeben; was dahinter wartet, geht weiter."),
}
_DELIVERY_STATES = ("due", "delivered", "dropped")


@router.get("")
async def endpoints_page(visit: SettingsAdmin) -> Response:
    return await _listed(visit)


@router.post("")
async def add(visit: SettingsAdmin) -> Response:
    wanted: WantedEndpoint | None = None
    try:
        wanted = _wanted(visit)
        async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
            added = await webhook_endpoints.add(
                tx,
                visit.doors.vault,
                wanted,
                by=visit.person.actor,
                plain_http=visit.doors.settings.events_out_loopback,
            )
    except Refused as refused:
        return await _listed(visit, wrong=said(refused), typed=wanted)
    return RedirectResponse(f"{PAGE}/{added.id}", status_code=303)


@router.get("/{endpoint}")
async def endpoint_page(endpoint: UUID, visit: SettingsAdmin) -> Response:
    return await _shown(visit, endpoint)


@router.post("/{endpoint}")
async def change(endpoint: UUID, visit: SettingsAdmin) -> Response:
    async def changed(tx: TenantTransaction) -> None:
        await webhook_endpoints.change(
            tx,
            endpoint,
            _wanted(visit),
            by=visit.person.actor,
            plain_http=visit.doors.settings.events_out_loopback,
        )

    return await _act(visit, endpoint, changed, "gespeichert")


@router.post("/{endpoint}/geheimnis")
async def show_secret(endpoint: UUID, visit: SettingsAdmin) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
        secret = await webhook_endpoints.show_secret(tx, visit.doors.vault, endpoint, by=visit.person.actor)
    return await _shown(visit, endpoint, secret=secret)


@router.post("/{endpoint}/neues-geheimnis")
async def rotate(endpoint: UUID, visit: SettingsAdmin) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
        await webhook_endpoints.rotate_secret(tx, visit.doors.vault, endpoint, by=visit.person.actor)
        secret = await webhook_endpoints.show_secret(tx, visit.doors.vault, endpoint, by=visit.person.actor)
    return await _shown(visit, endpoint, secret=secret)


@router.post("/{endpoint}/einschalten")
async def switch_on(endpoint: UUID, visit: SettingsAdmin) -> Response:
    async def switched(tx: TenantTransaction) -> None:
        await webhook_endpoints.switch(tx, endpoint, on=True, by=visit.person.actor)

    return await _act(visit, endpoint, switched, "gespeichert")


@router.post("/{endpoint}/ausschalten")
async def switch_off(endpoint: UUID, visit: SettingsAdmin) -> Response:
    async def switched(tx: TenantTransaction) -> None:
        await webhook_endpoints.switch(tx, endpoint, on=False, by=visit.person.actor)

    return await _act(visit, endpoint, switched, "gespeichert")


@router.post("/{endpoint}/entfernen")
async def remove(endpoint: UUID, visit: SettingsAdmin) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
        await webhook_endpoints.remove(tx, endpoint, by=visit.person.actor)
    return RedirectResponse(PAGE, status_code=303)


@router.post("/{endpoint}/ping")
async def ping(endpoint: UUID, visit: SettingsAdmin) -> Response:
    async def pinged(tx: TenantTransaction) -> None:
        await event_deliveries.ping(tx, endpoint, by=visit.person.actor)

    return await _act(visit, endpoint, pinged, "ping")


@router.post("/{endpoint}/zeitraum")
async def replay_range(endpoint: UUID, visit: SettingsAdmin) -> Response:
    async def replayed(tx: TenantTransaction) -> None:
        try:
            wanted = ReplayedRange(since=_moment(visit.field("von")), until=_moment(visit.field("bis")))
        except ValueError:
            raise NotAcceptable("replayed_range_not_acceptable") from None
        await event_deliveries.replay_range(tx, endpoint, wanted, by=visit.person.actor)

    return await _act(visit, endpoint, replayed, "erneut")


@router.get("/{endpoint}/zustellungen/{delivery}")
async def delivery_page(endpoint: UUID, delivery: UUID, visit: SettingsAdmin) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        found = await event_deliveries.get(tx, endpoint, delivery)
        attempts = await event_deliveries.list_attempts(tx, delivery)
    return visit.page("webhook_delivery.html", endpoint=endpoint, delivery=found, attempts=attempts)


@router.post("/{endpoint}/zustellungen/{delivery}/erneut")
async def replay(endpoint: UUID, delivery: UUID, visit: SettingsAdmin) -> Response:
    async def replayed(tx: TenantTransaction) -> None:
        await event_deliveries.replay(tx, endpoint, delivery, by=visit.person.actor)

    return await _act(visit, endpoint, replayed, "erneut")


@router.post("/{endpoint}/zustellungen/{delivery}/aufgeben")
async def skip(endpoint: UUID, delivery: UUID, visit: SettingsAdmin) -> Response:
    async def skipped(tx: TenantTransaction) -> None:
        await event_deliveries.skip(tx, endpoint, delivery, by=visit.person.actor)

    return await _act(visit, endpoint, skipped, "aufgegeben")


async def _act(
    visit: Visit, endpoint: UUID, act: Callable[[TenantTransaction], Awaitable[None]], hint: str
) -> Response:
    """A refusal is said on the page itself."""
    try:
        async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
            await act(tx)
    except Refused as refused:
        return await _shown(visit, endpoint, wrong=said(refused))
    return RedirectResponse(f"{PAGE}/{endpoint}?hinweis={hint}", status_code=303)


async def _listed(visit: Visit, *, wrong: str | None = None, typed: WantedEndpoint | None = None) -> Response:
    asked = Asked(visit, PAGE)
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        found, following = await webhook_endpoints.list_endpoints(tx, after=asked.number, limit=PAGE_LENGTH)
    return visit.page(
        "webhooks.html",
        status=422 if wrong else 200,
        wrong=wrong,
        endpoints=found,
        typed=typed,
        types=EVENT_TYPES,
        first=asked.first,
        following=asked.following(following),
    )


async def _shown(
    visit: Visit, endpoint: UUID, *, wrong: str | None = None, secret: SecretStr | None = None
) -> Response:
    asked = Asked(visit, f"{PAGE}/{endpoint}", "stand")
    state = next((one for one in _DELIVERY_STATES if one == asked.text("stand")), None)
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        there = await webhook_endpoints.get(tx, endpoint)
        found, following = await event_deliveries.list_deliveries(
            tx, endpoint, DeliveryFilter(state=state), after=asked.number, limit=PAGE_LENGTH
        )
    return visit.page(
        "webhook.html",
        status=422 if wrong else 200,
        wrong=wrong,
        secret=secret,
        message=_HINTS.get(visit.request.query_params.get("hinweis", "")),
        endpoint=there,
        types=EVENT_TYPES,
        deliveries=found,
        asked=asked,
        states=[(one, _(STATES["delivery"][one][0])) for one in _DELIVERY_STATES],
        first=asked.first,
        following=asked.following(following),
    )


def _wanted(visit: Visit) -> WantedEndpoint:
    """As it was typed; raises NotAcceptable for what is too long to be kept."""
    try:
        return WantedEndpoint(
            url=visit.field("url").strip(),
            description=visit.field("beschreibung"),
            types=tuple(one for one in EVENT_TYPES if visit.field(one)),
        )
    except ValidationError:
        raise NotAcceptable("endpoint_address_not_acceptable") from None


def _moment(typed: str) -> datetime:
    """A time as a browser's field says it, in Berlin. Raises ValueError."""
    return datetime.fromisoformat(typed).replace(tzinfo=BERLIN)
