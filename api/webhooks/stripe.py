"""The door that Stripe knocks at: verified, kept and booked in one database transaction, without a workflow."""

import json
import secrets
from typing import Any
from uuid import uuid4

import asyncpg
import structlog
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from api.actions import stripe_booking, stripe_events
from api.actions.rechecks import announce_rechecks
from api.actions.stripe_booking import PROVIDER
from api.actions.stripe_events import Ignored, NotAStripeEvent, Report, StripeEvent
from api.http.language import in_words
from api.http.parts import Doors, Parts
from api.http.problems import DATABASE_AWAY, Problem, answer, database_away, unauthorized
from ledger.access import tenants
from ledger.connections import stripe_secret
from ledger.inbox import events
from ledger.inbox.events import Arrival
from ledger.refusals import NotFound
from ledger.types import Tenant, TenantId

router = APIRouter(tags=["Webhooks"])


_EXAMPLE = {
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
            "content": {"application/json": {"schema": {"type": "object", "examples": [_EXAMPLE]}}},
        },
    },
)
async def receive(tenant: str, request: Request, doors: Doors) -> JSONResponse:
    try:
        response = await _receive(tenant, request, doors)
    except Problem as problem:
        response = answer(problem)
    except DATABASE_AWAY:
        response = answer(database_away())
    status = json.loads(bytes(response.body)).get("status")
    doors.metrics.webhooks.labels(PROVIDER, status if isinstance(status, str) else str(response.status_code)).inc()
    return response


async def _receive(slug: str, request: Request, doors: Parts) -> JSONResponse:
    body = await request.body()
    tenant = await _tenant(doors, slug)
    async with doors.ledger.transaction(tenant) as tx:
        secret = await stripe_secret.stripe_secret(tx, doors.vault)
        # Without a secret, or without a tenant, the same check fails against one that nobody knows.
        _verify(body, request, secret.get_secret_value() if secret else secrets.token_hex(32))
        structlog.contextvars.bind_contextvars(tenant=slug)
        event = _read(body)
        is_demo = (await tenants.get_profile(tx)).is_demo
    report = stripe_booking.judge(event, is_demo=is_demo)
    async with doors.ledger.transaction(tenant, cause=f"stripe:{event.id}") as tx:
        number = await events.take_in_within(tx, _arrival(event, body, report))
        if number is None:
            return JSONResponse({"status": "duplicate"})
        if isinstance(report, Ignored):
            ignored = {"reason": in_words(report.because), "reason_code": report.because.code}
            return JSONResponse({"status": "ignored", "event": number, **ignored})
        outcome = await stripe_booking.book(tx, number, report)
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


def _verify(body: bytes, request: Request, secret: str) -> None:
    import stripe  # with requests and urllib3: not while a process starts that may never hear of Stripe

    try:
        stripe.WebhookSignature.verify_header(body, request.headers.get("stripe-signature"), secret, 300)
    except (stripe.SignatureVerificationError, ValueError, TypeError):  # TypeError: no signature is outside ASCII
        raise unauthorized() from None


def _read(body: bytes) -> StripeEvent:
    try:
        told: Any = json.loads(body)
        if not isinstance(told, dict):
            raise NotAStripeEvent
        return stripe_events.read_event(told)
    except (ValueError, RecursionError):
        raise Problem(400, "not_a_stripe_event") from None


def _arrival(event: StripeEvent, body: bytes, report: Report | Ignored | None) -> Arrival:
    return Arrival(
        provider=PROVIDER,
        organization_id=event.account,
        event_type=event.type,
        resource_id=event.id,
        event_date=event.created,
        body=body,
        signed=True,
        ignored_because=report.because if isinstance(report, Ignored) else None,
    )
