"""The test message of each source of sales: written and signed by us as the source would, recognised by its kind, and
never booked.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlencode

from pydantic import SecretStr

from api.actions.sources.message import Ignored
from api.actions.sources.signatures import digistore24_signature
from ledger.connections.source_secrets import PROBE
from ledger.reasons import Reason
from ledger.types import BERLIN

OUR_PROBE = Ignored(Reason.of("source_probe"))


class Probe(NamedTuple):
    """As it comes in at the source's address."""

    body: bytes
    headers: Mapping[str, str]


Writer = Callable[[str, datetime, SecretStr], Probe]
"""A test message of this id and instant, signed with the secret."""


def of_stripe(id_: str, at: datetime, secret: SecretStr) -> Probe:
    seconds = int(at.timestamp())
    told = {"id": f"evt_{id_}", "type": PROBE, "created": seconds, "livemode": False, "data": {"object": {}}}
    body = json.dumps(told).encode()
    signature = _hmac(secret, f"{seconds}.".encode() + body).hex()
    return Probe(body, {"stripe-signature": f"t={seconds},v1={signature}"})


def of_custom(id_: str, at: datetime, secret: SecretStr) -> Probe:
    body = json.dumps({"event": PROBE, "externalId": id_, "transactionDate": at.isoformat()}).encode()
    return Probe(body, {"x-webhook-signature": f"sha256={_hmac(secret, body).hex()}"})


def of_digistore24(id_: str, at: datetime, secret: SecretStr) -> Probe:
    local = at.astimezone(BERLIN)
    told = {
        "event": PROBE,
        "order_id": id_,
        "transaction_date": f"{local:%Y-%m-%d}",
        "transaction_time": f"{local:%H:%M:%S}",
    }
    signed = told | {"sha_sign": digistore24_signature(told, secret.get_secret_value())}
    return Probe(urlencode(signed).encode(), {"content-type": "application/x-www-form-urlencoded"})


def of_copecart(id_: str, at: datetime, secret: SecretStr) -> Probe:
    body = json.dumps({"event_type": PROBE, "order_id": id_, "transaction_processed_at": at.isoformat()}).encode()
    return Probe(body, {"x-copecart-signature": base64.b64encode(_hmac(secret, body)).decode()})


def _hmac(secret: SecretStr, signed: bytes) -> bytes:
    return hmac.new(secret.get_secret_value().encode(), signed, hashlib.sha256).digest()
