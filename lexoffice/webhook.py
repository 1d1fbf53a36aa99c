"""Notifications of lexoffice and their signature (lexoffice API, Event Subscriptions endpoint).

A notification carries ids and no state: it is a hint to fetch. It comes at least once, in no order, and sometimes
never.
"""

import base64
import binascii
import json
import re
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from pydantic import BaseModel, ConfigDict

from lexoffice.wire import parse_time

SUBSCRIBED: Final = (
    "invoice.status.changed",
    "invoice.deleted",
    "credit-note.status.changed",
    "credit-note.deleted",
    "payment.changed",
    "token.revoked",
    "credit-note.changed",
    "invoice.changed",
)
"""The events that tell about the life of invoices and credit notes, and the end of the connection."""

SUBSCRIBED_FOR_VOUCHERS: Final = ("voucher.status.changed", "voucher.changed", "voucher.deleted")
"""Of who books documents of its own there. Each receipt of the account raises them: those of others cost no call."""

SUBSCRIBED_WHERE_KNOWN: Final = frozenset({"credit-note.changed", "invoice.changed"})
"""Not every release of the API knows these: without them an edit is found by a later event, or by the sweep."""

_LARGEST_EVENT = 64 * 1024  # a real one has some 250 bytes
_LONGEST_TYPE = 100
_LONGEST_REFERENCE = 255
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
# A string, kept whole, or the space between strings. A string without end runs to the end, so that the search
# is linear for every input.
_STRING_OR_SPACE = re.compile(rb'("(?:[^"\\]++|\\.)*+"?)|[ \t\r\n]+', re.DOTALL)
_FEWEST_KEY_BITS = 2048


class NotAnEvent(ValueError):
    """A body that is no notification. `reason` is one of our own phrases and quotes nothing of the body."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotAPublicKey(ValueError):
    """A text that is no RSA public key of at least 2048 bits in PEM."""


class WebhookEvent(BaseModel):
    """One notification. `payment_reference` is not sent by lexoffice itself but by relays that add to it."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    organization_id: UUID | None
    event_type: str
    resource_id: UUID
    event_date: datetime | None
    payment_reference: str | None


def parse_event(body: bytes) -> WebhookEvent:
    """Read a notification; unknown types of event are read as well. Raises NotAnEvent, and nothing else."""
    if len(body) > _LARGEST_EVENT:
        raise NotAnEvent("too large")
    members = _members(body)
    return WebhookEvent(
        organization_id=_id(members, "organizationId"),
        event_type=_required(_word(members, "eventType"), "eventType"),
        resource_id=_required(_id(members, "resourceId"), "resourceId"),
        event_date=_time(members, "eventDate"),
        payment_reference=_reference(members, "paymentReference"),
    )


def load_public_key(pem: bytes) -> RSAPublicKey:
    """The key that notifications are signed with. Raises NotAPublicKey."""
    try:
        key = load_pem_public_key(pem)
    except Exception:  # the library raises several types for a text that is no key
        raise NotAPublicKey from None
    if not isinstance(key, RSAPublicKey) or key.key_size < _FEWEST_KEY_BITS:
        raise NotAPublicKey
    return key


def signature_is_valid(body: bytes, signature: str, key: RSAPublicKey) -> bool:
    """Whether the header `X-Lxo-Signature` (base64, RSA PKCS #1 v1.5 with SHA-512) belongs to the body.

    The signature covers the bytes as sent. A proxy on the way may have laid the JSON out anew, so the body without
    the space between its members counts as well. False for whatever cannot be read.
    """
    try:
        signed = base64.b64decode(signature.strip().encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error, ValueError):
        return False
    # Nothing here is secret, so that how long it takes tells nobody anything.
    if _verifies(key, signed, body):
        return True
    compact = _compact(body)
    return compact != body and _verifies(key, signed, compact)


def _verifies(key: RSAPublicKey, signature: bytes, text: bytes) -> bool:
    try:
        key.verify(signature, text, PKCS1v15(), hashes.SHA512())
    except InvalidSignature:
        return False
    return True


def _compact(body: bytes) -> bytes:
    return _STRING_OR_SPACE.sub(rb"\1", body)


def _members(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise NotAnEvent("no JSON") from None
    if not isinstance(told, dict):
        raise NotAnEvent("no JSON object")
    return told


def _required(value: Any, name: str) -> Any:
    if value is None:
        raise NotAnEvent(f"{name} is missing")
    return value


def _string(members: dict[str, Any], name: str, longest: int) -> str | None:
    value = members.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise NotAnEvent(f"{name} is no text")
    if len(value) > longest:
        raise NotAnEvent(f"{name} is too long")
    return value


def _word(members: dict[str, Any], name: str) -> str | None:
    value = _string(members, name, _LONGEST_TYPE)
    if value is not None and not value.isprintable():  # NUL, other control characters, lone surrogates
        raise NotAnEvent(f"{name} has unprintable characters")
    return value


def _id(members: dict[str, Any], name: str) -> UUID | None:
    value = _string(members, name, 100)
    if value is None:
        return None
    if not _UUID.fullmatch(value):
        raise NotAnEvent(f"{name} is no UUID")
    return UUID(value)


def _time(members: dict[str, Any], name: str) -> datetime | None:
    value = _string(members, name, 100)
    if value is None:
        return None
    try:
        return parse_time(value).astimezone(UTC)
    except (ValueError, OverflowError):
        raise NotAnEvent(f"{name} is no time") from None


def _reference(members: dict[str, Any], name: str) -> str | None:
    value = _string(members, name, _LONGEST_REFERENCE)
    if value is None:
        return None
    text = " ".join(value.split())
    if not text.isprintable():
        raise NotAnEvent(f"{name} has unprintable characters")
    return text or None
