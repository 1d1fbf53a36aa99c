"""Admin → Zahlungsanbieter → lexoffice. Everybody sees how it stands; who may change settings also sees the forms.

It calls what the JSON API calls (api/actions/lexoffice_connection.py) and decides nothing.
"""

from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from pydantic import SecretStr, ValidationError

from api.actions import lexoffice_connection, subscriptions
from api.actions.lexoffice_connection import STOPS, LexofficeChange
from api.actions.lexoffice_profile import KeyRefused
from api.http.problems import Problem
from api.pages.frame import actor_names
from api.pages.frame.languages import N_
from api.pages.frame.rendering import PageRoute, problem_of
from api.pages.frame.visits import Visit, may
from ledger import clock
from ledger.connections import connections, webhook_tokens
from ledger.refusals import NotAcceptable, Refused
from ledger.roles import Permission
from ledger.types import BERLIN, LEXOFFICE

PAGE = "/admin/zahlungsanbieter/lexoffice"
router = APIRouter(route_class=PageRoute, include_in_schema=False)
Member = Annotated[Visit, may(Permission.READ)]
SettingsAdmin = Annotated[Visit, may(Permission.SETTINGS, page=PAGE)]

_HINTS = {
    "verbunden": N_("lexoffice ist mit OAuth verbunden."),
    "getrennt": N_("Die OAuth-Verbindung ist getrennt und bei lexoffice widerrufen."),
    "nur-hier-getrennt": N_(
        "Die OAuth-Verbindung ist hier getrennt. lexoffice hat den Widerruf nicht bestätigt: "
        "Bitte entfernen Sie die Verbindung zusätzlich in lexoffice."
    ),
    "schluessel": N_("Der API-Schlüssel ist geprüft und hinterlegt."),
    "schluessel-entfernt": N_("Der API-Schlüssel ist entfernt."),
    "token": N_("Der Webhook-Token ist hinterlegt. Frühere gelten noch einen Tag."),
    "token-beendet": N_("Der Token gilt nicht mehr."),
    "geprueft": N_("lexoffice hat geantwortet: Die Verbindung steht."),
    "zugang": N_("Der verwendete Zugang ist gewechselt."),
    "meldungen": N_("Die Meldungen werden eingerichtet. Das dauert einige Sekunden."),
    "gespeichert": N_("Gespeichert."),
}
_EVENTS = {
    "invoice.status.changed": N_("Rechnung: Status geändert"),
    "invoice.deleted": N_("Rechnung gelöscht"),
    "credit-note.status.changed": N_("Gutschrift: Status geändert"),
    "credit-note.deleted": N_("Gutschrift gelöscht"),
    "payment.changed": N_("Zahlung geändert"),
    "token.revoked": N_("Zugang widerrufen"),
    "voucher.status.changed": N_("Beleg: Status geändert"),
    "voucher.changed": N_("Beleg geändert"),
    "voucher.deleted": N_("Beleg gelöscht"),
}


@router.get(PAGE)
async def page(visit: Member) -> Response:
    return await _shown(visit, message=_HINTS.get(visit.request.query_params.get("hinweis", "")))


@router.post(f"{PAGE}/schluessel")
async def save_key(visit: SettingsAdmin) -> Response:
    return await _change(visit, "schluessel", api_key=SecretStr(visit.field("api_key")))


@router.post(f"{PAGE}/schluessel/entfernen")
async def remove_key(visit: SettingsAdmin) -> Response:
    await lexoffice_connection.remove_key(visit.doors, visit.tenant, actor=visit.person.actor)
    return _go("schluessel-entfernt")


@router.post(f"{PAGE}/oauth/trennen")
async def disconnect(visit: SettingsAdmin) -> Response:
    return await _answer_refusal(visit, _disconnected(visit))


@router.post(f"{PAGE}/zugang")
async def choose(visit: SettingsAdmin) -> Response:
    return await _change(visit, "zugang", credential=visit.field("credential"))


@router.post(f"{PAGE}/pruefen")
async def test(visit: SettingsAdmin) -> Response:
    return await _answer_refusal(visit, _tested(visit))


@router.post(f"{PAGE}/token")
async def save_token(visit: SettingsAdmin) -> Response:
    """Self-chosen, or a generated one that is shown in this answer and never again."""
    if visit.field("webhook_token"):
        return await _change(visit, "token", webhook_token=SecretStr(visit.field("webhook_token")))
    token = await lexoffice_connection.generate_webhook_token(visit.doors, visit.tenant, actor=visit.person.actor)
    return await _shown(visit, token=token)


@router.post(f"{PAGE}/token/{{webhook_token}}/beenden")
async def end_token(webhook_token: UUID, visit: SettingsAdmin) -> Response:
    return await _answer_refusal(visit, _token_ended(visit, webhook_token))


@router.post(f"{PAGE}/meldungen")
async def set_up_subscriptions(visit: SettingsAdmin) -> Response:
    return await _answer_refusal(visit, _set_up(visit))


@router.post(f"{PAGE}/einstellungen")
async def save_settings(visit: SettingsAdmin) -> Response:
    chosen: dict[str, Any] = {"requires_signature": bool(visit.field("requires_signature"))}
    if visit.field("effective_from"):
        chosen["effective_from"] = visit.field("effective_from")
    return await _change(visit, "gespeichert", **chosen)


@router.post(f"{PAGE}/hinweis")
async def confirm_notice(visit: SettingsAdmin) -> Response:
    return await _change(visit, "gespeichert", confirm_credit_note_notice=bool(visit.field("gelesen")) or None)


async def _change(visit: Visit, hint: str, **members: Any) -> Response:
    async def changed() -> Response:
        try:
            wanted = LexofficeChange(**members)
        except ValidationError:
            raise NotAcceptable("invalid_request") from None
        await lexoffice_connection.change(visit.doors, visit.tenant, wanted, actor=visit.person.actor)
        return _go(hint)

    return await _answer_refusal(visit, changed())


async def _disconnected(visit: Visit) -> Response:
    ended = await lexoffice_connection.disconnect_oauth(visit.doors, visit.tenant, actor=visit.person.actor)
    return _go("getrennt" if ended.revoked else "nur-hier-getrennt")


async def _tested(visit: Visit) -> Response:
    asked_at = datetime.now(UTC)
    probed = await lexoffice_connection.probe(visit.doors, visit.tenant)
    async with visit.doors.ledger.transaction(visit.tenant, cause=visit.person.actor) as tx:
        taken_up = await lexoffice_connection.note_probe(tx, probed, asked_at=asked_at)
    await visit.doors.announcer.events(visit.tenant, taken_up)
    if isinstance(probed, KeyRefused):
        raise probed
    return _go("geprueft")


async def _token_ended(visit: Visit, token: UUID) -> Response:
    await lexoffice_connection.end_webhook_token(visit.doors, visit.tenant, token, actor=visit.person.actor)
    return _go("token-beendet")


async def _set_up(visit: Visit) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant, cause=visit.person.actor) as tx:
        await subscriptions.want(tx)
    await visit.doors.announcer.subscriptions(visit.tenant)
    return _go("meldungen")


async def _answer_refusal(visit: Visit, act: Awaitable[Response]) -> Response:
    """A refusal is said on the page itself."""
    try:
        return await act
    except (Refused, Problem) as refused:
        problem = problem_of(refused)
        assert problem is not None
        return await _shown(visit, status=problem.status, wrong=problem.detail)


def _go(hint: str) -> Response:
    return RedirectResponse(f"{PAGE}?hinweis={hint}", status_code=303)


async def _shown(
    visit: Visit,
    *,
    status: int = 200,
    message: str | None = None,
    wrong: str | None = None,
    token: SecretStr | None = None,
) -> Response:
    doors, tenant = visit.doors, visit.tenant
    async with doors.ledger.transaction(tenant) as tx:
        connection = await connections.get(tx, LEXOFFICE)
        told = await lexoffice_connection.show(tx, doors)
        reports = await subscriptions.health(tx, doors)
        tokens = await webhook_tokens.list_tokens(tx)
        name_of = await actor_names.names(tx)
    saved = connection.secret_saved_at
    return visit.page(
        "lexoffice.html",
        status=status,
        message=message,
        wrong=wrong,
        token=token.get_secret_value() if token else None,
        connection=connection,
        tokens=tokens,
        told=told,
        reports=reports,
        checked_at=reports["checked_at"] and datetime.fromisoformat(reports["checked_at"]),
        events=_EVENTS,
        name_of=name_of,
        stops=STOPS,
        key_days=saved and (clock.today() - saved.astimezone(BERLIN).date()).days,
        may_change=visit.person.may(Permission.SETTINGS),
    )
