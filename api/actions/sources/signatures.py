"""How each source signs what it sends. Pure, but for the clock of those that sign a time.

Each compares in constant time, and says False of whatever cannot be a signature.
"""

import base64
import hashlib
import hmac
import html
from collections.abc import Mapping

from pydantic import SecretStr

from api.actions.sources import digistore24
from api.actions.sources.message import NotAMessage

_TOLERANCE_S = 300
_SHORTEST_KEY = 12
"""Bytes. The library leaves out what is no base64: of a secret of a tenant's own nothing might be left to guess."""


def by_stripe(body: bytes, headers: Mapping[str, str], secret: SecretStr) -> bool:
    """`Stripe-Signature`, at most five minutes old."""
    import stripe  # with requests and urllib3: not while a process starts that may never hear of Stripe

    try:
        stripe.WebhookSignature.verify_header(
            body, headers.get("stripe-signature"), secret.get_secret_value(), _TOLERANCE_S
        )
    except (stripe.SignatureVerificationError, ValueError, TypeError):  # TypeError: no signature is outside ASCII
        return False
    return True


def by_custom(body: bytes, headers: Mapping[str, str], secret: SecretStr) -> bool:
    """Standard Webhooks (`webhook-id`, `-timestamp`, `-signature`) where those headers stand, else
    `X-Webhook-Signature: sha256=` with the HMAC-SHA256 of the body in hexadecimal or base64."""
    if "webhook-signature" in headers:
        return _standard(body, headers, secret)
    told = headers.get("x-webhook-signature", "").strip()
    told = told.removeprefix("sha256=")
    digest = hmac.new(secret.get_secret_value().encode(), body, hashlib.sha256).digest()
    return _is_one_of(told, digest.hex(), base64.b64encode(digest).decode())


def by_copecart(body: bytes, headers: Mapping[str, str], secret: SecretStr) -> bool:
    """`X-Copecart-Signature`: base64 of the HMAC-SHA256 of the body."""
    digest = hmac.new(secret.get_secret_value().encode(), body, hashlib.sha256).digest()
    return _is_one_of(headers.get("x-copecart-signature", "").strip(), base64.b64encode(digest).decode())


def by_digistore24(body: bytes, headers: Mapping[str, str], secret: SecretStr) -> bool:
    """The field `sha_sign`: SHA-512 over the other fields, sorted, each followed by the passphrase. Older accounts sign
    the values as they are before HTML escapes them."""
    try:
        told = digistore24.fields_of(body)
    except NotAMessage:
        return False
    signature = told.get("sha_sign") or told.get("SHASIGN") or ""
    passphrase = secret.get_secret_value()
    return _is_one_of(
        signature.upper(),
        digistore24_signature(told, passphrase),
        digistore24_signature({key: html.unescape(value) for key, value in told.items()}, passphrase),
    )


def digistore24_signature(fields: Mapping[str, str], passphrase: str) -> str:
    """As Digistore24's documentation computes it: fields without a value are left out."""
    signed = sorted((key, value) for key, value in fields.items() if value and key not in ("sha_sign", "SHASIGN"))
    text = "".join(f"{key}={value}{passphrase}" for key, value in signed)
    return hashlib.sha512(text.encode()).hexdigest().upper()


def _standard(body: bytes, headers: Mapping[str, str], secret: SecretStr) -> bool:
    from standardwebhooks.webhooks import Webhook, WebhookVerificationError

    try:
        told = secret.get_secret_value().removeprefix("whsec_").rstrip("=")
        key = base64.b64decode(told + "=" * (-len(told) % 4), validate=True)
        if len(key) < _SHORTEST_KEY:
            return False
        Webhook(key).verify(body, dict(headers))
    except (WebhookVerificationError, ValueError, RecursionError):  # no base64, no UTF-8, no JSON
        return False
    return True


def _is_one_of(told: str, *right: str) -> bool:
    given = told.encode(errors="replace")
    matched = [hmac.compare_digest(given, one.encode()) for one in right]
    return any(matched)
