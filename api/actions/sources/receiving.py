"""A message of a source of sales, from its bytes to the books: verified, kept and booked, without a workflow."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal, NamedTuple
from uuid import uuid4

import asyncpg
import structlog
from pydantic import SecretStr

from api.actions.rechecks import announce_rechecks
from api.actions.sources import booking, registry
from api.actions.sources.message import Ignored, Message, NotAMessage, Terms
from api.actions.sources.registry import SOURCES
from api.http.parts import Parts
from api.http.problems import Problem, unauthorized
from ledger.access import tenants
from ledger.connections import source_secrets
from ledger.inbox import events
from ledger.inbox.events import Arrival
from ledger.reasons import Reason
from ledger.refusals import NotAllowedNow, NotFound
from ledger.types import STRIPE, EventId, EventState, Tenant, TenantId

_UNREADABLE = Reason.of("source_message_unreadable")


class Received(NamedTuple):
    """What became of a message. Of a duplicate nothing more is known."""

    status: Literal["accepted", "ignored", "duplicate"]
    event: EventId | None = None
    state: EventState | None = None
    reason: Reason | None = None


async def receive(doors: Parts, provider: str, slug: str, body: bytes, headers: Mapping[str, str]) -> Received:
    """Take in what came at the tenant's address of this source. `headers`: by their names in small letters.

    Raises Problem: 401 whatever is wrong with tenant, secret or signature; 400 for what no source of that kind sends.
    """
    source = SOURCES[provider]
    tenant = await _tenant(doors, slug)
    async with doors.ledger.transaction(tenant) as tx:
        stored = await source_secrets.read(tx, doors.vault, provider)
        # Without a secret, or without a tenant, the same check fails against one that nobody knows.
        if not source.is_signed(body, headers, stored or SecretStr(secrets.token_hex(32))):
            raise unauthorized()
        structlog.contextvars.bind_contextvars(tenant=slug)
        terms = await booking.terms_of(tx, provider)
    message = _read(provider, body, terms)
    async with doors.ledger.transaction(tenant, cause=f"{provider}:{message.id}"[:300]) as tx:
        number = await events.take_in_within(tx, _arrival(provider, message, body))
        if number is None:
            return Received("duplicate")
        if isinstance(message.report, Ignored):
            return Received("ignored", number, EventState.IGNORED, message.report.because)
        outcome = await booking.book(tx, number, message.report)
    structlog.contextvars.bind_contextvars(event_id=number)
    await doors.announcer.briefly(announce_rechecks(doors, tenant, outcome.payouts))
    return Received("accepted", number, outcome.state, outcome.reason)


async def probe(doors: Parts, provider: str, tenant: Tenant) -> Received:
    """Send a test message of our own through the source's door. It is kept as a test, and nothing is booked.

    Raises NotAllowedNow while the address is switched off, and what receive raises.
    """
    async with doors.ledger.transaction(tenant) as tx:
        secret = await source_secrets.read(tx, doors.vault, provider)
    if secret is None:
        raise NotAllowedNow("source_is_off")
    sent = SOURCES[provider].probe(uuid4().hex, datetime.now(UTC), secret)
    return await receive(doors, provider, tenant.slug, sent.body, sent.headers)


async def _tenant(doors: Parts, slug: str) -> Tenant:
    """An unknown tenant is one that has nothing, so that it costs and answers the same."""
    try:
        return await tenants.get(doors.ledger, slug)
    except (NotFound, asyncpg.DataError):  # no database takes %00 for a name
        return Tenant(id=TenantId(uuid4()), slug=slug)


def _read(provider: str, body: bytes, terms: Terms) -> Message:
    """The message; of a source that repeats until it reads `OK` also what cannot be read, to be kept for a person.

    Raises Problem.
    """
    try:
        return registry.read(provider, body, terms)
    except NotAMessage:
        if not SOURCES[provider].answers_ok:
            raise Problem(400, "not_a_stripe_event" if provider == STRIPE else "not_a_source_message") from None
    digest = hashlib.sha256(body).hexdigest()
    return Message(kind="unreadable", id=digest, at=datetime.now(UTC), account="self", report=Ignored(_UNREADABLE))


def _arrival(provider: str, message: Message, body: bytes) -> Arrival:
    """Other words about the same object at the same time are another message, unless they are Stripe's, whose events
    have an id of their own."""
    told = "" if provider == STRIPE else f"/{hashlib.sha256(body).hexdigest()[:16]}"
    return Arrival(
        provider=provider,
        organization_id=f"{message.account}{told}",
        event_type=message.kind[:200],
        resource_id=message.id[:300],
        event_date=message.at,
        body=body,
        signed=True,
        ignored_because=message.report.because if isinstance(message.report, Ignored) else None,
    )
