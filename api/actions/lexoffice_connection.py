"""What people do about the connection to lexoffice. The JSON API and the page call these functions and no others."""

import asyncio
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import structlog
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from activities.gateway.oauth_access import pair_of
from api.actions.lexoffice_profile import KeyRefused, ask_profile, ask_profile_by_oauth
from api.http.language import in_words, say
from api.http.parts import Parts
from api.http.problems import Problem, not_available
from api.http.rows import shown
from ledger.booking import reconnection
from ledger.booking.reconnection import GoesOn
from ledger.connections import (
    connecting,
    connection_health,
    connections,
    oauth_tokens,
    subscriptions,
    webhook_tokens,
)
from ledger.connections.connecting import LexofficeAccount
from ledger.connections.connections import OtherOrganization, ProviderConnection
from ledger.connections.wanted_schedules import ScheduleKind
from ledger.database import TenantTransaction
from ledger.inbox import events
from ledger.inbox.events import Event
from ledger.reasons import Reason
from ledger.refusals import NotAllowedNow
from ledger.types import LEXOFFICE, Frozen, Tenant
from lexoffice.oauth import AuthorizationAway, AuthorizationServer, ClientRefused, GrantRefused, OAuthFailed, Tokens
from words import sentence

log = structlog.get_logger("connection")

# Both tokens work while a relay is being changed over.
GRACE = timedelta(days=1)

NOTICE = "credit_note_notice"
STOPS = (
    Reason.of("notifications_only_kept"),
    Reason.of("nothing_compared_any_more"),
    Reason.of("no_credit_notes_any_more"),
)


class OAuthNotSetUp(NotAllowedNow):
    def __init__(self) -> None:
        super().__init__("oauth_not_offered")


class LexofficeConnection(ProviderConnection):
    """`webhook_address` is where notifications go; `notice` is what `confirm_credit_note_notice` confirms."""

    state_reason: str | None = Field(description="Warum die Verbindung unterbrochen ist")
    credential: Literal["api_key", "oauth"] | None = Field(description="Was zurzeit verwendet wird")
    oauth_hint: str | None = Field(description="Warum nicht mit OAuth verbunden werden kann; null, wenn es geht")
    webhook_address: str
    notice: str


class LexofficeChange(BaseModel):
    """Each member is optional; what is not set stays."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    api_key: SecretStr | None = Field(default=None, min_length=1, max_length=500)
    webhook_token: SecretStr | None = Field(
        default=None,
        max_length=200,
        description="Selbst gewählt, mindestens 128 Bit; frühere gelten noch einen Tag",
    )
    credential: Literal["api_key", "oauth"] | None = Field(
        default=None, description="Was verwendet wird, wenn beides hinterlegt ist"
    )
    effective_from: date | None = Field(default=None, description="Stichtag: ältere Rechnungen bleiben außen vor")
    requires_signature: bool | None = Field(default=None, description="Nur signierte Meldungen annehmen")
    confirm_credit_note_notice: Literal[True] | None = Field(default=None, description=sentence(NOTICE))


class Disconnected(Frozen):
    """`revoked`: lexoffice has confirmed it; else the connection should be removed there, too."""

    stops: tuple[Reason, ...]
    revoked: bool


async def show(tx: TenantTransaction, doors: Parts) -> dict[str, Any]:
    connection = await connections.get(tx, LEXOFFICE)
    used = "oauth" if connection.uses_oauth else "api_key" if connection.secret_last4 else None
    return shown(
        connection,
        state_reason=in_words(connection.why),
        credential=used,
        oauth_hint=None if doors.oauth.server is not None else say("oauth_not_offered"),
        webhook_address=f"{doors.settings.public_url}/api/webhooks/{tx.tenant.slug}/lexoffice",
        notice=say(NOTICE),
    )


async def change(doors: Parts, tenant: Tenant, wanted: LexofficeChange, *, actor: str) -> dict[str, Any]:
    """Apply all of it or nothing. A key is tested first. Raises KeyRefused, Refused, Problem (503, 502)."""
    account = None
    if wanted.api_key is not None:
        account = await ask_profile(doors, tenant, wanted.api_key.get_secret_value())
    connected, chosen = GoesOn(), GoesOn()
    async with doors.ledger.transaction(tenant, cause=actor) as tx:
        if wanted.credential is not None:
            # Before the connection itself, which the other members change (docs/locks.md).
            await oauth_tokens.lock(tx)
        if wanted.webhook_token is not None:
            await webhook_tokens.create(
                tx,
                doors.vault,
                chosen=wanted.webhook_token.get_secret_value(),
                grace=GRACE,
                actor=actor,
            )
        if wanted.model_fields_set & {"effective_from", "requires_signature", "confirm_credit_note_notice"}:
            await connecting.change_lexoffice(
                tx,
                effective_from=wanted.effective_from,
                requires_signature=wanted.requires_signature,
                confirm_credit_note_notice=bool(wanted.confirm_credit_note_notice),
                actor=actor,
            )
        if wanted.api_key is not None and account is not None:
            connected = await reconnection.save_key(
                tx, doors.vault, api_key=wanted.api_key.get_secret_value(), account=account, actor=actor
            )
        if wanted.credential is not None:
            chosen = await reconnection.choose(tx, oauth=wanted.credential == "oauth", actor=actor)
        to_announce = await events.find_each(tx, [*connected.events, *chosen.events])
        answer = await show(tx, doors)
    doors.webhook_tokens.forget()
    await doors.announcer.events(tenant, to_announce)
    if account is not None:
        await doors.announcer.schedule(tenant, ScheduleKind.SWEEP)
    if connected.subscriptions:
        await doors.announcer.subscriptions(tenant)
    return answer


async def generate_webhook_token(doors: Parts, tenant: Tenant, *, actor: str) -> SecretStr:
    """256 random bits, seen only now; older ones work for a day."""
    async with doors.ledger.transaction(tenant) as tx:
        token = await webhook_tokens.create(tx, doors.vault, grace=GRACE, actor=actor)
    doors.webhook_tokens.forget()
    return token


async def end_webhook_token(doors: Parts, tenant: Tenant, token: UUID, *, actor: str) -> None:
    """At once. Where lexoffice itself notifies with it, its subscriptions are set up with a new one.

    Raises NotFound.
    """
    async with doors.ledger.transaction(tenant, cause=actor) as tx:
        kind = await webhook_tokens.end(tx, token, actor=actor)
        anew = kind == "subscription" and (await connections.get(tx, LEXOFFICE)).has_secret
        if anew:
            await subscriptions.want_set_up(tx)
    doors.webhook_tokens.forget()
    if anew:
        await doors.announcer.subscriptions(tenant)


async def probe(doors: Parts, tenant: Tenant) -> LexofficeAccount | KeyRefused:
    """Ask lexoffice with what is used, a broken connection too: whose it is, or why it does not work.

    Raises NotConnected, and Problem (503, 502) when lexoffice cannot be asked.
    """
    async with doors.ledger.transaction(tenant) as tx:
        stored = await connections.get(tx, LEXOFFICE)
        key = None if stored.uses_oauth else await connections.lexoffice_key(tx, doors.vault)
    try:
        if key is None:
            account = await ask_profile_by_oauth(doors, tenant)
        else:
            account = await ask_profile(doors, tenant, key.get_secret_value())
    except KeyRefused as refused:
        return refused
    if account.organization_id != stored.organization_id:
        other = OtherOrganization()
        return KeyRefused(other.code)
    return account


async def note_probe(
    tx: TenantTransaction, probed: LexofficeAccount | KeyRefused, *, asked_at: datetime
) -> list[Event]:
    """Returns what was skipped while the connection did not work, and is to be announced now.

    What is stored since `asked_at` is not what was refused.
    """
    if isinstance(probed, KeyRefused):
        if not await connections.has_key_since(tx, asked_at):
            await connection_health.mark_broken(tx, Reason.of(probed.reason, **probed.params))
        return []
    return await events.find_each(tx, (await reconnection.note_answer(tx, probed)).events)


async def remove_key(doors: Parts, tenant: Tenant, *, actor: str) -> tuple[Reason, ...]:
    """Returns what stops from now on; nothing does where OAuth goes on."""
    async with doors.ledger.transaction(tenant) as tx:
        goes_on = await reconnection.remove_key(tx, actor=actor)
        to_announce = await events.find_each(tx, goes_on.events)
        is_left = (await connections.get(tx, LEXOFFICE)).has_secret
    doors.webhook_tokens.forget()
    await doors.announcer.events(tenant, to_announce)
    if goes_on.subscriptions:
        await doors.announcer.subscriptions(tenant)
    return () if is_left else STOPS


async def connect_by_oauth(doors: Parts, tenant: Tenant, *, code: str, verifier: SecretStr, actor: str) -> None:
    """The code of a person who has just agreed becomes the connection. Raises Problem, KeyRefused, Refused.

    A grant that we cannot keep is given back.
    """
    server = authorization_server(doors)
    try:
        pair = pair_of(await _exchanged(server, code, verifier))
    except GrantRefused:
        raise Problem(400, "oauth_code_refused") from None
    except ClientRefused:
        raise Problem(502, "oauth_client_refused") from None
    except AuthorizationAway:
        raise not_available("lexoffice_away_while_connecting") from None
    except OAuthFailed:
        raise Problem(502, "lexoffice_unexpected") from None
    try:
        account = await ask_profile(doors, tenant, pair.access_token.get_secret_value())
        async with doors.ledger.transaction(tenant, cause=actor) as tx:
            goes_on, former = await reconnection.save_grant(tx, doors.vault, pair=pair, account=account, actor=actor)
            to_announce = await events.find_each(tx, goes_on.events)
    except BaseException:
        # Whatever it was, the database or a caller who is gone included: nobody would ever end this grant.
        await asyncio.shield(_give_back(server, pair.refresh_token))
        raise
    doors.webhook_tokens.forget()
    await doors.announcer.events(tenant, to_announce)
    await doors.announcer.schedule(tenant, ScheduleKind.SWEEP)
    if former is not None:
        await _give_back(server, former)  # its subscriptions go with it: they are set up after that
    if goes_on.subscriptions:
        await doors.announcer.subscriptions(tenant)


async def disconnect_oauth(doors: Parts, tenant: Tenant, *, actor: str) -> Disconnected:
    """Forget the grant here, then revoke it there. Raises NotConnectedByOAuth."""
    async with doors.ledger.transaction(tenant) as tx:
        goes_on, token = await reconnection.remove_grant(tx, doors.vault, actor=actor)
        to_announce = await events.find_each(tx, goes_on.events)
        is_left = (await connections.get(tx, LEXOFFICE)).has_secret
    doors.webhook_tokens.forget()
    server = doors.oauth.server
    revoked = token is not None and server is not None and await _give_back(server, token)
    await doors.announcer.events(tenant, to_announce)
    if goes_on.subscriptions:
        await doors.announcer.subscriptions(tenant)
    return Disconnected(stops=() if is_left else STOPS, revoked=revoked)


def authorization_server(doors: Parts) -> AuthorizationServer:
    """The server at which a grant of lexoffice is asked for and exchanged. Raises OAuthNotSetUp."""
    if doors.oauth.server is None:
        raise OAuthNotSetUp
    return doors.oauth.server


async def _exchanged(server: AuthorizationServer, code: str, verifier: SecretStr) -> Tokens:
    """The tokens for a code.

    Raises what the exchange does. Cancelled meanwhile it comes to its end, and what it brought is given back.
    """
    exchanging = asyncio.create_task(server.exchange(code, verifier))
    try:
        return await asyncio.shield(exchanging)
    except asyncio.CancelledError:
        with suppress(OAuthFailed):
            await asyncio.shield(_give_back(server, (await exchanging).refresh_token))
        raise


async def _give_back(server: AuthorizationServer, refresh_token: SecretStr) -> bool:
    try:
        await server.revoke(refresh_token)
    except OAuthFailed as failed:
        log.warning("oauth_not_revoked", failure=type(failed).__name__)
        return False
    return True
