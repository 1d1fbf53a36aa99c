"""lexoffice's public key: fetched once, when the first signature is to be checked, and kept."""

import asyncio
import time
from pathlib import Path

import httpx
import structlog
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from lexoffice.webhook import NotAPublicKey, load_public_key, signature_is_valid

# Half of what a request has in all: the other half is for the ledger and the engine.
FETCH_WITHIN_S = 2.0
TRY_AGAIN_AFTER_S = 10.0
# lexoffice documents no rotation; a signature that does not fit an older copy is worth one look at a fresh one.
LOOK_ANEW_AFTER_S = 600.0
_LARGEST_KEY = 64 * 1024

log = structlog.get_logger("signing_key")


class KeyNotToBeHad(Exception):
    """Neither fetched nor read: whether a signature is right cannot be told now."""


class SigningKey:
    """From a file, or from the published address. Redirects are not followed."""

    def __init__(self, url: str, file: Path | None = None, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._url = url
        self._file = file
        self._transport = transport
        self._key: RSAPublicKey | None = None
        self._got_at = 0.0
        self._failed_at: float | None = None
        self._one_at_a_time = asyncio.Lock()

    async def verifies(self, body: bytes, signature: str) -> bool:
        """Whether lexoffice signed this body. Raises KeyNotToBeHad."""
        if signature_is_valid(body, signature, await self._current()):
            return True
        if self._file is None and time.monotonic() - self._got_at > LOOK_ANEW_AFTER_S:
            return signature_is_valid(body, signature, await self._current(anew=True))
        return False

    async def _current(self, *, anew: bool = False) -> RSAPublicKey:
        if self._key is not None and not anew:
            return self._key
        async with self._one_at_a_time:
            now = time.monotonic()
            if self._key is not None and (not anew or now - self._got_at <= LOOK_ANEW_AFTER_S):
                return self._key  # somebody else has fetched it while we waited
            if self._failed_at is not None and now - self._failed_at < TRY_AGAIN_AFTER_S:
                raise KeyNotToBeHad
            try:
                self._key = load_public_key(await self._read())
            except (httpx.HTTPError, OSError, NotAPublicKey) as error:
                self._failed_at = now
                log.warning("public_key_not_to_be_had", error=type(error).__name__)
                if self._key is not None:
                    self._got_at = now  # the copy we have still serves
                    return self._key
                raise KeyNotToBeHad from None
            self._got_at, self._failed_at = now, None
            return self._key

    async def _read(self) -> bytes:
        if self._file is not None:
            return await asyncio.to_thread(self._file.read_bytes)
        async with (
            asyncio.timeout(FETCH_WITHIN_S),
            httpx.AsyncClient(transport=self._transport, trust_env=False, follow_redirects=False) as http,
            http.stream("GET", self._url) as response,
        ):
            response.raise_for_status()
            content = bytearray()
            async for chunk in response.aiter_bytes():
                content += chunk
                if len(content) > _LARGEST_KEY:
                    raise NotAPublicKey
            return bytes(content)
