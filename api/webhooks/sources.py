"""The doors that sources of sales knock at: verified, kept and booked in one transaction, without a workflow."""

import hashlib
import json
import secrets
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import asyncpg
import structlog
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from pydantic import SecretStr

from api.actions.rechecks import announce_rechecks
from api.actions.sources import booking, stripe_events
from api.actions.sources.message import Ignored, Message, NotAMessage, Terms
from api.actions.sources.registry import SOURCES
from api.http.language import in_words
from api.http.parts import Doors, Parts
from api.http.problems import DATABASE_AWAY, Problem, answer, database_away, unauthorized
from ledger.access import tenants
from ledger.connections import source_secrets
from ledger.inbox import events
from ledger.inbox.events import Arrival
from ledger.reasons import Reason
from ledger.refusals import NotFound
from ledger.types import COPECART, CUSTOM, DIGISTORE24, STRIPE, Tenant, TenantId

router = APIRouter(tags=["Webhooks"])
_UNREADABLE = Reason.of("source_message_unreadable")

_STRIPE_EXAMPLE = {
    "id": "evt_1",
    "type": "payment_intent.succeeded",
    "created": 1_796_025_600,
    "livemode": False,
    "data": {
        "object": {
            "id": "pi_1",
            "object": "payment_intent",
            "amount_received": 11_900,
            "currency": "eur",
            "metadata": {"partner": "ANNA"},
        }
    },
}


@router.post(
    "/api/webhooks/{tenant}/stripe",
    summary="Ein Ereignis von Stripe annehmen",
    description="Geprüft wird die Signatur (`Stripe-Signature`) mit dem hinterlegten Geheimnis; ohne Geheimnis ist die "
    f"Adresse abgeschaltet. Ausgewertet werden {', '.join(stripe_events.EVENTS)}.",
    operation_id="receive_stripe_event",
    responses={
        200: {
            "description": "Gebucht, nicht auszuwerten, oder schon bekannt",
            "content": {"application/json": {"example": {"status": "accepted", "event": 4, "state": "processed"}}},
        },
        400: {"description": "Signiert, aber kein Ereignis von Stripe"},
        401: {"description": "Signatur oder Mandant stimmen nicht"},
    },
    openapi_extra={
        "parameters": [
            {"in": "header", "name": "Stripe-Signature", "required": True, "schema": {"type": "string"}},
        ],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"type": "object", "examples": [_STRIPE_EXAMPLE]}}},
        },
    },
)
async def receive_stripe(tenant: str, request: Request, doors: Doors) -> Response:
    return await _receive(STRIPE, tenant, request, doors)


_CUSTOM_EXAMPLE = {
    "event": "transaction.created",
    "externalId": "4711",
    "partnerId": "ANNA",
    "campaignSlug": "standard",
    "productName": "Kurs",
    "grossAmount": "119.00",
    "netAmount": "100.00",
    "taxAmount": "19.00",
    "currency": "EUR",
    "transactionDate": "2026-11-30T10:00:00Z",
    "customer": {"externalId": "k-1", "email": "kunde@example.com"},
}
_COPECART_EXAMPLE = {
    "event_type": "payment.made",
    "payment_status": "paid",
    "order_id": "aBcD1234",
    "product_id": "cd5e",
    "transaction_id": "t-77",
    "transaction_amount": "119.0",
    "transaction_vat_amount": "19.0",
    "transaction_currency": "EUR",
    "transaction_processed_at": "2026-11-30T10:00:00+01:00",
    "metadata": "ANNA",
}
_OK: dict[int | str, dict[str, Any]] = {
    200: {"description": "`OK`: angenommen, auch was nicht gebucht wird", "content": {"text/plain": {"example": "OK"}}},
    401: {"description": "Signatur oder Mandant stimmen nicht"},
}


@router.post(
    "/api/webhooks/{tenant}/custom",
    summary="Einen Verkauf aus einem eigenen System annehmen",
    description="Signiert mit `X-Webhook-Signature: sha256=<HMAC-SHA256 des Inhalts>` (hexadezimal oder base64) oder, "
    "besser, nach Standard Webhooks (`webhook-id`, `webhook-timestamp`, `webhook-signature`). Ereignisse: "
    "`transaction.created`, `transaction.refunded`. Beträge sind Dezimalzahlen als Text.",
    operation_id="receive_custom_event",
    responses={
        200: {
            "description": "Gebucht, nicht auszuwerten, oder schon bekannt",
            "content": {"application/json": {"example": {"status": "accepted", "event": 4, "state": "processed"}}},
        },
        400: {"description": "Signiert, aber keine Meldung dieser Art"},
        401: {"description": "Signatur oder Mandant stimmen nicht"},
    },
    openapi_extra={
        "parameters": [
            {"in": "header", "name": "X-Webhook-Signature", "required": False, "schema": {"type": "string"}},
            {"in": "header", "name": "webhook-signature", "required": False, "schema": {"type": "string"}},
        ],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"type": "object", "examples": [_CUSTOM_EXAMPLE]}}},
        },
    },
)
async def receive_custom(tenant: str, request: Request, doors: Doors) -> Response:
    return await _receive(CUSTOM, tenant, request, doors)


@router.post(
    "/api/webhooks/{tenant}/digistore24",
    summary="Eine IPN von Digistore24 annehmen",
    description="Geprüft wird `sha_sign` mit der hinterlegten Passphrase. Ausgewertet werden `on_payment`, `on_refund` "
    "und `on_chargeback`; alles andere wird bestätigt und nicht gebucht.",
    operation_id="receive_digistore24_event",
    response_class=PlainTextResponse,
    responses=_OK,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/x-www-form-urlencoded": {"schema": {"type": "object"}}},
        },
    },
)
async def receive_digistore24(tenant: str, request: Request, doors: Doors) -> Response:
    return await _receive(DIGISTORE24, tenant, request, doors)


@router.post(
    "/api/webhooks/{tenant}/copecart",
    summary="Eine IPN von CopeCart annehmen",
    description="Geprüft wird `X-Copecart-Signature`. Ausgewertet werden `payment.made`, `payment.refunded` und "
    "`payment.charged_back`; alles andere wird bestätigt und nicht gebucht.",
    operation_id="receive_copecart_event",
    response_class=PlainTextResponse,
    responses=_OK,
    openapi_extra={
        "parameters": [
            {"in": "header", "name": "X-Copecart-Signature", "required": True, "schema": {"type": "string"}},
        ],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"type": "object", "examples": [_COPECART_EXAMPLE]}}},
        },
    },
)
async def receive_copecart(tenant: str, request: Request, doors: Doors) -> Response:
    return await _receive(COPECART, tenant, request, doors)


async def _receive(provider: str, slug: str, request: Request, doors: Parts) -> Response:
    try:
        response = await _taken_in(provider, slug, request, doors)
    except Problem as problem:
        response = answer(problem)
    except DATABASE_AWAY:
        response = answer(database_away())
    status = json.loads(bytes(response.body)).get("status")
    doors.metrics.webhooks.labels(provider, status if isinstance(status, str) else str(response.status_code)).inc()
    if response.status_code == 200 and SOURCES[provider].answers_ok:
        return PlainTextResponse("OK")
    return response


async def _taken_in(provider: str, slug: str, request: Request, doors: Parts) -> JSONResponse:
    source = SOURCES[provider]
    body = await request.body()
    tenant = await _tenant(doors, slug)
    async with doors.ledger.transaction(tenant) as tx:
        stored = await source_secrets.read(tx, doors.vault, provider)
        # Without a secret, or without a tenant, the same check fails against one that nobody knows.
        if not source.is_signed(body, request.headers, stored or SecretStr(secrets.token_hex(32))):
            raise unauthorized()
        structlog.contextvars.bind_contextvars(tenant=slug)
        terms = await booking.terms_of(tx, provider)
    message = _read(provider, body, terms)
    async with doors.ledger.transaction(tenant, cause=f"{provider}:{message.id}"[:300]) as tx:
        number = await events.take_in_within(tx, _arrival(provider, message, body))
        if number is None:
            return JSONResponse({"status": "duplicate"})
        if isinstance(message.report, Ignored):
            because = message.report.because
            ignored = {"reason": in_words(because), "reason_code": because.code}
            return JSONResponse({"status": "ignored", "event": number, **ignored})
        outcome = await booking.book(tx, number, message.report)
    structlog.contextvars.bind_contextvars(event_id=number)
    await doors.announcer.briefly(announce_rechecks(doors, tenant, outcome.payouts))
    reason = {"reason": in_words(outcome.reason), "reason_code": outcome.reason.code} if outcome.reason else {}
    return JSONResponse({"status": "accepted", "event": number, "state": outcome.state.value, **reason})


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
        return SOURCES[provider].read(body, terms)
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
