"""Connections: lexoffice, where documents are made, and the sources of sales. No secret is shown again."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Body
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from api.actions import easybill_connection, lexoffice_connection
from api.actions.easybill_connection import EasybillChange, EasybillConnection
from api.actions.lexoffice_connection import LexofficeChange, LexofficeConnection
from api.actions.lexoffice_profile import KeyRefused
from api.actions.sources import receiving
from api.http.language import in_words
from api.http.parts import Doors, Parts
from api.http.rows import shown
from api.v1.callers import Administrator, Reader
from api.v1.doors import door_router
from api.v1.once import OnlyOnce
from ledger.access.api_keys import Caller
from ledger.connections import source_secrets, webhook_tokens
from ledger.connections.source_secrets import SourceSettings
from ledger.connections.webhook_tokens import WebhookToken
from ledger.database import TenantTransaction
from ledger.reasons import Reason
from ledger.types import CUSTOM, STRIPE, Submitted

router = door_router("/api/v1/providers", "Zahlungsanbieter")


class StripeConnection(BaseModel):
    state: Literal["unconnected", "connected", "broken"]
    secret_last4: str | None
    secret_saved_at: datetime | None
    webhook_address: str
    waits_for_first_event: bool = Field(description="Seit das Geheimnis hinterlegt ist, kam noch kein Ereignis")


SourceName = Literal["custom", "digistore24", "copecart"]
SignedSource = Literal["stripe", "custom", "digistore24", "copecart"]


class SourceShown(StripeConnection):
    source: SourceName
    awaits_invoice: bool = Field(description="Ein Verkauf wartet auf seine Rechnung; sonst gilt er als bezahlt")
    takes_affiliate_sales: bool = Field(
        description="Auch was der Anbieter schon einem eigenen Affiliate zahlt, verdient hier Provision"
    )


class SourceChange(Submitted):
    model_config = ConfigDict(hide_input_in_errors=True)

    secret: SecretStr | None = Field(default=None, max_length=500, description="Leer schaltet die Adresse ab")
    awaits_invoice: bool | None = None
    takes_affiliate_sales: bool | None = None


class StripeChange(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    signing_secret: SecretStr = Field(max_length=500, description="whsec_…; leer schaltet die Adresse ab")


class SourceTested(BaseModel):
    event: int = Field(description="Unter dieser Nummer steht die Testmeldung im Eingang")
    detail: str


class NewSecret(BaseModel):
    secret: str = Field(description="Nur dieses eine Mal zu sehen")


class ConnectionTest(BaseModel):
    ok: bool
    code: str | None = None
    detail: str | None = None
    connection: LexofficeConnection


class Removed(BaseModel):
    stops: list[str] = Field(description="Was von nun an nicht mehr geschieht; leer, wenn ein anderer Zugang bleibt")
    stops_codes: list[str]


class Disconnected(Removed):
    revoked: bool = Field(description="Ob lexoffice den Widerruf bestätigt hat; sonst bitte auch dort entfernen")


class WebhookTokens(BaseModel):
    items: list[WebhookToken]


class NewToken(BaseModel):
    token: str = Field(description="Nur dieses eine Mal zu sehen; frühere gelten noch einen Tag")


class NewAddress(BaseModel):
    address: str = Field(description="Nur dieses eine Mal zu sehen; frühere gelten noch einen Tag")


@router.get(
    "/lexoffice",
    summary="Die Verbindung zu lexoffice ansehen",
    operation_id="get_lexoffice",
    response_model=LexofficeConnection,
)
async def get_lexoffice(doors: Doors, caller: Reader) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        return JSONResponse(await lexoffice_connection.show(tx, doors))


@router.put(
    "/lexoffice",
    summary="lexoffice verbinden oder die Verbindung ändern",
    description="Ein API-Schlüssel wird bei lexoffice geprüft und verschlüsselt abgelegt; seine Organisation gehört "
    "von da an diesem Mandanten. Meldungen, die ohne Schlüssel ankamen, werden dann ausgewertet.",
    operation_id="put_lexoffice",
    response_model=LexofficeConnection,
)
async def put_lexoffice(
    doors: Doors,
    caller: Administrator,
    change: Annotated[LexofficeChange, Body(examples=[{"api_key": "…", "effective_from": "2026-01-01"}])],
) -> JSONResponse:
    return JSONResponse(await lexoffice_connection.change(doors, caller.tenant, change, actor=caller.actor))


@router.put(
    "/lexoffice/webhook-token",
    summary="Einen Webhook-Token erzeugen lassen",
    operation_id="generate_webhook_token",
    response_model=NewToken,
)
async def generate_token(doors: Doors, caller: Administrator) -> JSONResponse:
    token = await lexoffice_connection.generate_webhook_token(doors, caller.tenant, actor=caller.actor)
    return JSONResponse({"token": token.get_secret_value()})


@router.get(
    "/lexoffice/webhook-tokens",
    summary="Webhook-Token auflisten, die noch gelten",
    operation_id="list_webhook_tokens",
    response_model=WebhookTokens,
)
async def list_tokens(doors: Doors, caller: Reader) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        return JSONResponse({"items": [shown(one) for one in await webhook_tokens.list_tokens(tx)]})


@router.delete(
    "/lexoffice/webhook-tokens/{webhook_token}",
    summary="Einen Webhook-Token sofort beenden",
    description="Was mit ihm meldet, wird ab sofort abgewiesen. Meldet lexoffice selbst mit ihm, werden die "
    "Abonnements mit einem neuen eingerichtet.",
    operation_id="end_webhook_token",
    response_model=WebhookTokens,
)
async def end_token(webhook_token: UUID, doors: Doors, caller: Administrator) -> JSONResponse:
    await lexoffice_connection.end_webhook_token(doors, caller.tenant, webhook_token, actor=caller.actor)
    return await list_tokens(doors, caller)


@router.post(
    "/lexoffice/test",
    summary="Die Verbindung zu lexoffice prüfen",
    description="Fragt lexoffice mit dem hinterlegten Schlüssel; eine unterbrochene Verbindung wird dadurch ganz.",
    operation_id="test_lexoffice",
    response_model=ConnectionTest,
)
async def test_lexoffice(doors: Doors, caller: Administrator, once: OnlyOnce) -> JSONResponse:
    await once.require_unanswered()
    asked_at = datetime.now(UTC)
    probed = await lexoffice_connection.probe(doors, caller.tenant)
    refused = probed if isinstance(probed, KeyRefused) else None
    async with once.acting() as (tx, after):
        taken_up = await lexoffice_connection.note_probe(tx, probed, asked_at=asked_at)
        after(doors.announcer.events, tx.tenant, taken_up)
        told = {} if refused is None else {"code": refused.code, "detail": refused.detail}
        connection = await lexoffice_connection.show(tx, doors)
        return after.answer({"ok": refused is None, **told, "connection": connection})


@router.delete(
    "/lexoffice/key",
    summary="Den API-Schlüssel von lexoffice entfernen",
    operation_id="remove_lexoffice_key",
    response_model=Removed,
)
async def remove_key(doors: Doors, caller: Administrator) -> JSONResponse:
    stops = await lexoffice_connection.remove_key(doors, caller.tenant, actor=caller.actor)
    return JSONResponse(_stops(stops))


@router.delete(
    "/lexoffice/oauth",
    summary="Die OAuth-Verbindung zu lexoffice trennen",
    description="Die Zustimmung wird bei lexoffice widerrufen. Ein hinterlegter API-Schlüssel gilt danach wieder.",
    operation_id="disconnect_lexoffice_oauth",
    response_model=Disconnected,
)
async def disconnect_oauth(doors: Doors, caller: Administrator) -> JSONResponse:
    ended = await lexoffice_connection.disconnect_oauth(doors, caller.tenant, actor=caller.actor)
    return JSONResponse({**_stops(ended.stops), "revoked": ended.revoked})


@router.get(
    "/easybill",
    summary="Die Verbindung zu easybill ansehen",
    operation_id="get_easybill",
    response_model=EasybillConnection,
)
async def get_easybill(doors: Doors, caller: Reader) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        return JSONResponse(await easybill_connection.show(tx, doors))


@router.put(
    "/easybill",
    summary="easybill verbinden oder die Verbindung ändern",
    description="Ein API-Schlüssel wird bei easybill geprüft und verschlüsselt abgelegt. Rechnungen, die dort bezahlt "
    "oder storniert werden, werden Verkäufe; Gutschriften werden in easybill noch nicht angelegt.",
    operation_id="put_easybill",
    response_model=EasybillConnection,
)
async def put_easybill(
    doors: Doors,
    caller: Administrator,
    change: Annotated[EasybillChange, Body(examples=[{"api_key": "…", "plan": "BUSINESS"}])],
) -> JSONResponse:
    return JSONResponse(await easybill_connection.change(doors, caller.tenant, change, actor=caller.actor))


@router.put(
    "/easybill/webhook-address",
    summary="Eine Adresse mit neuem Geheimnis erzeugen lassen",
    operation_id="generate_easybill_address",
    response_model=NewAddress,
)
async def generate_easybill_address(doors: Doors, caller: Administrator) -> JSONResponse:
    address = await easybill_connection.new_address(doors, caller.tenant, actor=caller.actor)
    return JSONResponse({"address": address.get_secret_value()})


@router.delete(
    "/easybill/key",
    summary="Den API-Schlüssel von easybill entfernen",
    operation_id="remove_easybill_key",
    response_model=Removed,
)
async def remove_easybill_key(doors: Doors, caller: Administrator) -> JSONResponse:
    return JSONResponse(_stops(await easybill_connection.remove_key(doors, caller.tenant, actor=caller.actor)))


@router.get(
    "/stripe",
    summary="Die Verbindung zu Stripe ansehen",
    operation_id="get_stripe",
    response_model=StripeConnection,
)
async def get_stripe(doors: Doors, caller: Reader) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        return JSONResponse(await _stripe(tx, doors, caller))


@router.put(
    "/stripe",
    summary="Das Geheimnis hinterlegen, mit dem Stripe signiert",
    operation_id="put_stripe",
    response_model=StripeConnection,
)
async def put_stripe(
    doors: Doors, caller: Administrator, change: Annotated[StripeChange, Body(examples=[{"signing_secret": "whsec_…"}])]
) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        await source_secrets.save(
            tx, doors.vault, STRIPE, secret=change.signing_secret.get_secret_value().strip(), actor=caller.actor
        )
        return JSONResponse(await _stripe(tx, doors, caller))


@router.get(
    "/{source}",
    summary="Eine Quelle von Verkäufen ansehen",
    operation_id="get_source",
    response_model=SourceShown,
)
async def get_source(source: SourceName, doors: Doors, caller: Reader) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        return JSONResponse(await _source(tx, doors, caller, source))


@router.put(
    "/{source}",
    summary="Eine Quelle von Verkäufen einrichten",
    description="Was weggelassen wird, bleibt. Ohne Geheimnis nimmt die Adresse nichts an.",
    operation_id="put_source",
    response_model=SourceShown,
)
async def put_source(
    source: SourceName,
    doors: Doors,
    caller: Administrator,
    change: Annotated[SourceChange, Body(examples=[{"secret": "…", "awaits_invoice": False}])],
) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        before = await source_secrets.settings_of(tx, source)
        if change.secret is not None:
            secret = change.secret.get_secret_value().strip()
            await source_secrets.save(tx, doors.vault, source, secret=secret, actor=caller.actor)
        chosen = change.model_dump(include=set(SourceSettings.model_fields), exclude_none=True)
        await source_secrets.change(tx, source, before.model_copy(update=chosen), actor=caller.actor)
        return JSONResponse(await _source(tx, doors, caller, source))


@router.post(
    "/{source}/test",
    summary="Eine Testmeldung durch die Adresse einer Quelle schicken",
    description="So signiert, wie die Quelle signiert. Im Eingang steht sie als Test; gebucht wird nichts.",
    operation_id="test_source",
    response_model=SourceTested,
)
async def test_source(source: SignedSource, doors: Doors, caller: Administrator, once: OnlyOnce) -> JSONResponse:
    await once.require_unanswered()
    received = await receiving.probe(doors, source, caller.tenant)
    async with once.acting() as (_tx, after):
        return after.answer({"event": received.event, "detail": in_words(received.reason)})


@router.put(
    "/custom/secret",
    summary="Ein Geheimnis für den eigenen Webhook erzeugen lassen",
    description="Nur dieses eine Mal zu sehen. Das bisherige gilt ab sofort nicht mehr.",
    operation_id="generate_custom_secret",
    response_model=NewSecret,
)
async def generate_custom_secret(doors: Doors, caller: Administrator) -> JSONResponse:
    secret = source_secrets.new_secret().get_secret_value()
    async with doors.ledger.transaction(caller.tenant) as tx:
        await source_secrets.save(tx, doors.vault, CUSTOM, secret=secret, actor=caller.actor)
    return JSONResponse({"secret": secret})


async def _stripe(tx: TenantTransaction, doors: Parts, caller: Caller) -> dict[str, Any]:
    shown_ = await _source(tx, doors, caller, STRIPE)
    return {member: shown_[member] for member in StripeConnection.model_fields}


async def _source(tx: TenantTransaction, doors: Parts, caller: Caller, provider: str) -> dict[str, Any]:
    connection = await source_secrets.show(tx, provider)
    return {
        "source": provider,
        **connection.model_dump(mode="json", exclude={"provider"}),
        "webhook_address": f"{doors.settings.public_url}/api/webhooks/{caller.tenant.slug}/{provider}",
    }


def _stops(stops: Sequence[Reason]) -> dict[str, Any]:
    return {"stops": [in_words(one) for one in stops], "stops_codes": [one.code for one in stops]}
