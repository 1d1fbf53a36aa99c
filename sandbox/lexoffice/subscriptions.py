"""`/v1/event-subscriptions` (§2.1): made as `id`, read as `subscriptionId`, checked with a HEAD request."""

from __future__ import annotations

import sqlite3
import uuid
from typing import Any
from urllib.parse import urlsplit

from .call import Call
from .clock import from_millis, millis, now, wire
from .errors import Answer, Detail, RegularRefusal, invalid, json_answer, not_found


def _events(resource: str, *, status: bool = False) -> list[str]:
    names = ("created", "changed", "deleted")
    return [f"{resource}.{name}" for name in (*names, *(["status.changed"] if status else []))]


EVENT_TYPES: frozenset[str] = frozenset(
    [
        *(
            name
            for resource in (
                "credit-note",
                "delivery-note",
                "down-payment-invoice",
                "invoice",
                "order-confirmation",
                "quotation",
                "voucher",
            )
            for name in _events(resource, status=True)
        ),
        *(name for resource in ("article", "contact", "dunning", "recurring-template") for name in _events(resource)),
        "payment.changed",
        "token.revoked",
    ]
)


async def post(call: Call) -> Answer:
    body = call.json_object()
    details = [
        Detail(key, "NOTNULL", "darf nicht leer sein")
        for key in ("eventType", "callbackUrl")
        if not isinstance(body.get(key), str) or not body[key]
    ]
    if details:
        raise invalid(*details)
    event_type, url = body["eventType"], body["callbackUrl"]
    if event_type not in EVENT_TYPES:
        raise invalid(Detail("eventType", "INVALID", "unbekannter Ereignistyp"))
    if not _allowed(call, url):
        raise invalid(Detail("callbackUrl", "INVALID", "muss eine https-Adresse sein"))
    if _exists(call, event_type, url):
        raise _duplicate()
    if not await call.office.courier.reachable(url):
        raise invalid(Detail("callbackUrl", "INVALID", "antwortet nicht auf eine HEAD-Anfrage"))
    subscription, at = str(uuid.uuid4()), now()
    try:
        call.office.store.run(
            "INSERT INTO subscriptions VALUES (?, ?, ?, ?, ?, ?)",
            subscription,
            call.organization.organization_id,
            call.api_key,
            event_type,
            url,
            millis(at),
        )
    except sqlite3.IntegrityError as error:  # a twin came while the HEAD request was under way
        raise _duplicate() from error
    uri = f"{call.base_url}/v1/event-subscriptions/{subscription}"
    result = {"id": subscription, "resourceUri": uri, "createdDate": wire(at), "updatedDate": wire(at), "version": 0}
    return json_answer(201, result, {"Location": uri}, subscription)


async def list_all(call: Call) -> Answer:
    rows = call.office.store.rows(
        "SELECT * FROM subscriptions WHERE organization = ? ORDER BY rowid", call.organization.organization_id
    )
    return json_answer(200, {"content": [_shown(row) for row in rows]})


async def get(call: Call) -> Answer:
    row = call.office.store.row(
        "SELECT * FROM subscriptions WHERE id = ? AND organization = ?",
        call.params["id"],
        call.organization.organization_id,
    )
    if row is None:
        raise not_found()
    return json_answer(200, _shown(row))


async def delete(call: Call) -> Answer:
    gone = call.office.store.run(
        "DELETE FROM subscriptions WHERE id = ? AND organization = ?",
        call.params["id"],
        call.organization.organization_id,
    )
    if not gone.rowcount:
        raise not_found()
    return Answer(204)


def _shown(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "subscriptionId": row["id"],
        "organizationId": row["organization"],
        "createdDate": wire(from_millis(row["created"])),
        "eventType": row["event_type"],
        "callbackUrl": row["callback_url"],
    }


def _allowed(call: Call, url: str) -> bool:
    """https, or plain http to this machine: a sandbox has no certificate to show."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme == "https":
        return bool(host)
    return parts.scheme == "http" and host in call.office.reach.plain_http_hosts


def _exists(call: Call, event_type: str, url: str) -> bool:
    return (
        call.office.store.row(
            "SELECT 1 FROM subscriptions WHERE organization = ? AND event_type = ? AND callback_url = ?",
            call.organization.organization_id,
            event_type,
            url,
        )
        is not None
    )


def _duplicate() -> RegularRefusal:
    return RegularRefusal(409, "An event subscription for this event type and callback url already exists.")
