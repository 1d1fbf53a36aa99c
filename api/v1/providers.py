"""Connections: lexoffice, where documents are made, and Stripe, where sales come from. No secret is shown again."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from api.parts import Doors, Parts
from api.v1.answers import PROBLEMS, shown
from api.v1.callers import Reader, Writer
from api.v1.lexoffice_profile import KeyRefused, ask_profile
from api.v1.once import OnlyOnce
from ledger import connections, credentials, events, payouts
from ledger.connections import LEXOFFICE, STRIPE, LexofficeAccount, OtherOrganization, ProviderConnection
from ledger.credentials import Caller
from ledger.database import Connection
from ledger.types import EventId

router = APIRouter(prefix="/providers", tags=["Zahlungsanbieter"], responses=PROBLEMS)

# Both tokens work while a relay is being changed over.
GRACE = timedelta(days=1)

NOTICE = (
    "lexoffice führt eine Gutschrift als Rechnungskorrektur: sie mindert den Umsatz, und das Gutschriftverfahren gilt "
    "dort als nicht anwendbar. Klären Sie die Buchung mit Ihrer Steuerberatung."
)
_STOPS = (
    "Meldungen von lexoffice werden nur noch gesammelt (skipped).",
    "Rechnungen und Zahlungen werden nicht mehr abgeglichen.",
    "Für freigegebene Auszahlungen werden keine Gutschriften mehr angelegt.",
)


class LexofficeConnection(ProviderConnection):
    """`webhook_address` is where notifications go; `notice` is what `confirm_credit_note_notice` confirms."""

    webhook_address: str
    notice: str


class StripeConnection(BaseModel):
    state: Literal["unconnected", "connected", "broken"]
    secret_last4: str | None
    secret_saved_at: datetime | None
    webhook_address: str


class LexofficeChange(BaseModel):
    """Each member is optional; what is not set stays."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    api_key: SecretStr | None = Field(default=None, min_length=1, max_length=500)
    webhook_token: SecretStr | None = Field(
        default=None,
        max_length=200,
        description="Selbst gewählt, mindestens 128 Bit; frühere gelten noch einen Tag",
    )
    effective_from: date | None = Field(default=None, description="Stichtag: ältere Rechnungen bleiben außen vor")
    requires_signature: bool | None = Field(default=None, description="Nur signierte Meldungen annehmen")
    confirm_credit_note_notice: Literal[True] | None = Field(default=None, description=NOTICE)


class StripeChange(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    signing_secret: SecretStr = Field(max_length=500, description="whsec_…; leer schaltet die Adresse ab")


class ConnectionTest(BaseModel):
    ok: bool
    code: str | None = None
    detail: str | None = None
    connection: LexofficeConnection


class Removed(BaseModel):
    stops: list[str] = Field(description="Was von nun an nicht mehr geschieht")


@router.get(
    "/lexoffice",
    summary="Die Verbindung zu lexoffice ansehen",
    operation_id="get_lexoffice",
    response_model=LexofficeConnection,
)
async def get_lexoffice(doors: Doors, caller: Reader) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as db:
        return JSONResponse(await _lexoffice(db, doors, caller))


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
    caller: Writer,
    change: Annotated[LexofficeChange, Body(examples=[{"api_key": "…", "effective_from": "2026-01-01"}])],
) -> JSONResponse:
    account: LexofficeAccount | None = None
    if change.api_key is not None:
        account = await ask_profile(doors, caller.tenant, change.api_key.get_secret_value())
    taken_up: list[EventId] = []
    async with doors.ledger.transaction(caller.tenant, cause=caller.actor) as db:
        if change.webhook_token is not None:
            await credentials.create_webhook_token(
                db,
                caller.tenant,
                doors.vault,
                chosen=change.webhook_token.get_secret_value(),
                grace=GRACE,
                actor=caller.actor,
            )
        if change.model_fields_set & {"effective_from", "requires_signature", "confirm_credit_note_notice"}:
            await connections.change_lexoffice(
                db,
                caller.tenant,
                effective_from=change.effective_from,
                requires_signature=change.requires_signature,
                confirm_credit_note_notice=bool(change.confirm_credit_note_notice),
                actor=caller.actor,
            )
        if change.api_key is not None and account is not None:
            taken_up = await connections.connect_lexoffice(
                db,
                caller.tenant,
                doors.vault,
                api_key=change.api_key.get_secret_value(),
                account=account,
                actor=caller.actor,
            )
            await payouts.want_recheck_of_blocked(db, caller.tenant)
        to_announce = await events.load(db, caller.tenant, taken_up)
        answer = await _lexoffice(db, doors, caller)
    doors.webhook_tokens.forget()
    await doors.announcer.events(caller.tenant, to_announce)
    if account is not None:
        await doors.announcer.sweep(caller.tenant, timedelta(seconds=doors.settings.sweep_every_seconds))
    return JSONResponse(answer)


@router.post(
    "/lexoffice/test",
    summary="Die Verbindung zu lexoffice prüfen",
    description="Fragt lexoffice mit dem hinterlegten Schlüssel; eine unterbrochene Verbindung wird dadurch ganz.",
    operation_id="test_lexoffice",
    response_model=ConnectionTest,
)
async def test_lexoffice(doors: Doors, caller: Writer, once: OnlyOnce) -> JSONResponse:
    if (kept := await once.kept()) is not None:
        return kept
    async with doors.ledger.transaction(caller.tenant) as db:
        key = await connections.lexoffice_key(db, caller.tenant, doors.vault)
        pinned = (await connections.load(db, caller.tenant, LEXOFFICE)).organization_id
    refused: KeyRefused | None = None
    try:
        account = await ask_profile(doors, caller.tenant, key.get_secret_value())
        if account.organization_id != pinned:
            other = OtherOrganization()
            refused = KeyRefused(other.code, other.sentence)
    except KeyRefused as error:
        refused = error

    async def act(db: Connection) -> dict[str, Any]:
        if refused is None:
            await connections.mark_connected(db, caller.tenant)
            await payouts.want_recheck_of_blocked(db, caller.tenant)
        else:
            await connections.mark_broken(db, caller.tenant, refused.detail)
        told = {} if refused is None else {"code": refused.code, "detail": refused.detail}
        return {"ok": refused is None, **told, "connection": await _lexoffice(db, doors, caller)}

    return await once.answer(act)


@router.delete(
    "/lexoffice/key",
    summary="Den API-Schlüssel von lexoffice entfernen",
    operation_id="remove_lexoffice_key",
    response_model=Removed,
)
async def remove_key(doors: Doors, caller: Writer) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as db:
        await connections.remove_lexoffice_key(db, caller.tenant, actor=caller.actor)
    doors.webhook_tokens.forget()
    return JSONResponse({"stops": list(_STOPS)})


@router.get(
    "/stripe",
    summary="Die Verbindung zu Stripe ansehen",
    operation_id="get_stripe",
    response_model=StripeConnection,
)
async def get_stripe(doors: Doors, caller: Reader) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as db:
        return JSONResponse(await _stripe(db, doors, caller))


@router.put(
    "/stripe",
    summary="Das Geheimnis hinterlegen, mit dem Stripe signiert",
    operation_id="put_stripe",
    response_model=StripeConnection,
)
async def put_stripe(
    doors: Doors, caller: Writer, change: Annotated[StripeChange, Body(examples=[{"signing_secret": "whsec_…"}])]
) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as db:
        await connections.save_stripe_secret(
            db,
            caller.tenant,
            doors.vault,
            signing_secret=change.signing_secret.get_secret_value().strip(),
            actor=caller.actor,
        )
        return JSONResponse(await _stripe(db, doors, caller))


async def _lexoffice(db: Connection, doors: Parts, caller: Caller) -> dict[str, Any]:
    return shown(
        await connections.load(db, caller.tenant, LEXOFFICE),
        webhook_address=f"{doors.settings.public_url}/api/webhooks/{caller.tenant.slug}/lexoffice",
        notice=NOTICE,
    )


async def _stripe(db: Connection, doors: Parts, caller: Caller) -> dict[str, Any]:
    connection = await connections.load(db, caller.tenant, STRIPE)
    return {
        "state": connection.state,
        "secret_last4": connection.secret_last4,
        "secret_saved_at": connection.secret_saved_at and connection.secret_saved_at.isoformat(),
        "webhook_address": f"{doors.settings.public_url}/api/webhooks/{caller.tenant.slug}/stripe",
    }
