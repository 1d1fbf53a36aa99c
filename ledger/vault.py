"""Secrets at rest: what must be read again is encrypted, what must only be recognised is an HMAC.

`PARTNERDESK_SECRET_KEY` is one Fernet key, or several separated by commas: the first encrypts, all decrypt, so that a
key is rotated by putting a new one in front.
"""

import hashlib
import hmac
from typing import Self

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_PLAIN = "plain"


class UnusableSecretKey(Exception):
    """PARTNERDESK_SECRET_KEY must be Fernet keys, separated by commas. `partnerdesk secrets new-key` makes one."""


class UnusablePayloadKey(Exception):
    """PARTNERDESK_PAYLOAD_KEY must be Fernet keys, separated by commas; `plain` may stand in place of the first."""


class CannotDecrypt(Exception):
    """A stored secret was encrypted under a key that PARTNERDESK_SECRET_KEY no longer names."""


class Vault:
    """Encrypts with the newest key, reads with each of them, and recognises by HMAC."""

    def __init__(self, keys: tuple[bytes, ...]) -> None:
        self._newest = Fernet(keys[0])
        self._fernet = MultiFernet([Fernet(key) for key in keys])
        self._hmac_keys = tuple(_recognition_key(key) for key in keys)

    @classmethod
    def from_setting(cls, setting: str) -> Self:
        """The vault of the keys that a setting names, the newest first. Raises UnusableSecretKey."""
        keys = tuple(part.strip().encode() for part in setting.split(",") if part.strip())
        try:
            if not keys:
                raise ValueError
            return cls(keys)
        except ValueError:
            raise UnusableSecretKey(UnusableSecretKey.__doc__) from None

    def encrypt(self, secret: str) -> bytes:
        """The secret under the newest key."""
        return self._fernet.encrypt(secret.encode())

    def is_newest(self, stored: bytes) -> bool:
        """Whether this was encrypted under the newest key."""
        try:
            self._newest.decrypt(stored)
        except InvalidToken:
            return False
        return True

    def decrypt(self, stored: bytes) -> str:
        """The text that was stored. Raises CannotDecrypt."""
        try:
            return self._fernet.decrypt(stored).decode()
        except InvalidToken:
            raise CannotDecrypt(CannotDecrypt.__doc__) from None

    def recognise(self, secret: str) -> bytes:
        """HMAC-SHA256 under the newest key: what is stored in place of a token that we only need to recognise."""
        return _hmac(self._hmac_keys[0], secret)

    def recognise_under_all_keys(self, secret: str) -> list[bytes]:
        """What may be stored for this token, whichever of our keys was the newest then."""
        return [_hmac(key, secret) for key in self._hmac_keys]


def payload_keys(setting: str) -> tuple[MultiFernet, bool]:
    """Of the engine's payloads: what opens them, and whether they are encrypted.

    The first key encrypts, all decrypt. `plain` in place of the first: encrypt nothing any more, and go on reading what
    is encrypted. Raises UnusablePayloadKey.
    """
    words = [word.strip() for word in setting.split(",") if word.strip()]
    try:
        keys = [Fernet(word) for word in words if word != _PLAIN]
    except ValueError:
        raise UnusablePayloadKey(UnusablePayloadKey.__doc__) from None
    if not keys or _PLAIN in words[1:]:
        raise UnusablePayloadKey(UnusablePayloadKey.__doc__)
    return MultiFernet(keys), words[0] != _PLAIN


def _hmac(key: bytes, secret: str) -> bytes:
    # surrogatepass: a token out of a request header may hold anything, and must only fail to be recognised.
    return hmac.new(key, secret.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()


def _recognition_key(key: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"partnerdesk recognition").derive(key)
