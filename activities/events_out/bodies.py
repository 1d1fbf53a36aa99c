"""What an endpoint is sent: the body of an event, and the headers of Standard Webhooks that prove whose it is."""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import quote

from pydantic import SecretStr

from ledger.audit.events_out import DueEvent

_PREFIX = "whsec_"
_PLACES = {
    "payout": "/api/v1/payouts/{}",
    "transaction": "/api/v1/transactions/{}",
    "partner": "/api/v1/partners/{}",
    "task": "/api/v1/tasks/{}",
    "webhook_endpoint": "/api/v1/webhook-endpoints/{}",
}
"""Where the JSON API tells all of an object. A commission has no door of its own."""


def body_of(due: DueEvent, *, public_url: str) -> bytes:
    """The same bytes with every try."""
    place = _PLACES.get(due.subject)
    links = {} if place is None else {"self": public_url.rstrip("/") + place.format(quote(due.subject_id, safe=""))}
    told = {
        "type": due.type,
        "timestamp": due.created_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "version": due.version,
        "data": due.data | {"links": links},
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def headers_of(due: DueEvent, body: bytes, secrets: Sequence[SecretStr], *, at: datetime) -> dict[str, str]:
    """`webhook-id` stays the same with every try and every replay; `at` is when this try leaves."""
    id, moment = f"evt_{due.event.hex}", int(at.timestamp())
    signed = f"{id}.{moment}.".encode() + body
    return {
        "content-type": "application/json",
        "user-agent": "partnerdesk",
        "webhook-id": id,
        "webhook-timestamp": str(moment),
        "webhook-signature": " ".join(_signature(secret, signed) for secret in secrets),
    }


def _signature(secret: SecretStr, signed: bytes) -> str:
    key = base64.b64decode(secret.get_secret_value().removeprefix(_PREFIX))
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
