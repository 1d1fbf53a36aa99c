"""Payloads of the engine, encrypted for those who want it: what a history then holds, only our processes can read.

PARTNERDESK_PAYLOAD_KEY switches it on, for client, worker, commands and replayer alike. It is of no use against who has
our environment, and costs readability in Temporal's UI (docs/security.md).
"""

from collections.abc import Sequence
from dataclasses import replace

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter, DefaultFailureConverterWithEncodedAttributes, PayloadCodec

PLAIN = "plain"
"""In place of the first key: encrypt nothing any more, and go on reading what is encrypted."""

ENCODING = b"binary/encrypted"


class UnusablePayloadKey(Exception):
    """PARTNERDESK_PAYLOAD_KEY must be Fernet keys, separated by commas; `plain` may stand in place of the first."""


class UnreadablePayload(Exception):
    """A payload was encrypted under a key that PARTNERDESK_PAYLOAD_KEY does not name. Workflows wait until it does."""


class EncryptedPayloads(PayloadCodec):
    """The first key encrypts, all decrypt. What is not encrypted was written before there was a key, and passes."""

    def __init__(self, setting: str) -> None:
        """Raises UnusablePayloadKey."""
        words = [word.strip() for word in setting.split(",") if word.strip()]
        try:
            keys = [Fernet(word) for word in words if word != PLAIN]
        except ValueError:
            raise UnusablePayloadKey(UnusablePayloadKey.__doc__) from None
        if not keys or PLAIN in words[1:]:
            raise UnusablePayloadKey(UnusablePayloadKey.__doc__)
        self._keys = MultiFernet(keys)
        self.encrypts = words[0] != PLAIN

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        if not self.encrypts:
            return list(payloads)
        return [
            Payload(metadata={"encoding": ENCODING}, data=self._keys.encrypt(payload.SerializeToString()))
            for payload in payloads
        ]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Raises UnreadablePayload."""
        return [self._opened(payload) for payload in payloads]

    def _opened(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != ENCODING:
            return payload
        try:
            return Payload.FromString(self._keys.decrypt(payload.data))
        except InvalidToken:
            raise UnreadablePayload(UnreadablePayload.__doc__) from None


def data_converter(setting: str | None) -> DataConverter:
    """Ours, with a codec where there is a key. Raises UnusablePayloadKey."""
    if setting is None:
        return pydantic_data_converter
    codec = EncryptedPayloads(setting)
    if not codec.encrypts:
        return replace(pydantic_data_converter, payload_codec=codec)
    # Messages and stack traces of failures are no payloads; this makes them one.
    return replace(
        pydantic_data_converter,
        payload_codec=codec,
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )
