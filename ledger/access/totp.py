"""The second factor: time-based codes (RFC 6238), 6 digits, 30 s, SHA-1 as authenticator apps expect."""

import base64
import io
import secrets
import time
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

PERIOD_S = 30
_DIGITS = 6
_LATE_STEPS = (0, -1, 1)
"""Clocks differ: the step before and the one after count, too."""


def new_secret() -> str:
    """160 random bits, in base32 as apps take them by hand."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def address(secret: str, *, account: str, issuer: str = "PartnerDesk Payouts") -> str:
    """otpauth://, what the QR code holds."""
    label = quote(f"{issuer}:{account}")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': issuer})}"


def qr_svg(text: str) -> str:
    """An SVG for the page itself: attributes only, no style, so that the content policy holds."""
    import segno  # by the few who set up a second factor

    out = io.BytesIO()
    segno.make(text, error="m").save(
        out, kind="svg", xmldecl=False, svgns=False, scale=5, border=4, dark="#000", light="#fff", svgclass="qr"
    )
    return out.getvalue().decode()


def step_of(secret: str, code: str, *, at: float | None = None) -> int | None:
    """Which step this code belongs to; None when it is wrong. Whether it was used before is the ledger's question."""
    digits = code.replace(" ", "")
    if len(digits) != _DIGITS or not (digits.isascii() and digits.isdigit()):
        return None
    now = int((time.time() if at is None else at) // PERIOD_S)
    totp = _totp(secret)
    for late in _LATE_STEPS:
        if secrets.compare_digest(totp.generate((now + late) * PERIOD_S), digits.encode()):
            return now + late
    return None


def code_of(secret: str, *, at: float | None = None) -> str:
    """What an app shows now."""
    return _totp(secret).generate(int(time.time() if at is None else at)).decode()


def _totp(secret: str) -> TOTP:
    return TOTP(base64.b32decode(secret), _DIGITS, SHA1(), PERIOD_S, enforce_key_length=False)  # noqa: S303
