"""The doors that sources of sales knock at, and what each is answered with."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from api.actions.sources import stripe_events
from api.actions.sources.receiving import Received, receive
from api.actions.sources.registry import SOURCES
from api.http.language import in_words
from api.http.parts import Doors, Parts
from api.http.problems import DATABASE_AWAY, Problem, answer, database_away
from ledger.types import COPECART, CUSTOM, DIGISTORE24, STRIPE

router = APIRouter(tags=["Webhooks"])

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
        received = await receive(doors, provider, slug, await request.body(), request.headers)
        response = JSONResponse(_told(received))
        doors.metrics.webhooks.labels(provider, received.status).inc()
    except (Problem, *DATABASE_AWAY) as wrong:
        response = answer(wrong if isinstance(wrong, Problem) else database_away())
        doors.metrics.webhooks.labels(provider, str(response.status_code)).inc()
    if response.status_code == 200 and SOURCES[provider].answers_ok:
        return PlainTextResponse("OK")
    return response


def _told(received: Received) -> dict[str, Any]:
    if received.event is None:
        return {"status": received.status}
    reason = received.reason
    because = {"reason": in_words(reason), "reason_code": reason.code} if reason else {}
    state = {"state": received.state.value} if received.status == "accepted" and received.state else {}
    return {"status": received.status, "event": received.event, **state, **because}
