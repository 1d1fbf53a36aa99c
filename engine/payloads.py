"""Payloads of the engine, encrypted for those who want it: what a history then holds, only our processes can read.

PARTNERDESK_PAYLOAD_KEY switches it on, for whoever has the plugin (plugin.py). It is of no use against who has
our environment, and costs readability in Temporal's UI (docs/security.md).
"""

from collections.abc import Sequence
from dataclasses import replace

from cryptography.fernet import InvalidToken
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter, DefaultFailureConverterWithEncodedAttributes, PayloadCodec

from ledger.vault import payload_keys

ENCODING = b"binary/encrypted"


class UnreadablePayload(Exception):
    """A payload was encrypted under a key that PARTNERDESK_PAYLOAD_KEY does not name. Workflows wait until it does."""


class EncryptedPayloads(PayloadCodec):
    """The first key encrypts, all decrypt. What is not encrypted was written before there was a key, and passes."""

    def __init__(self, setting: str) -> None:
        """Reads the keys of a setting; payloads stay in the clear without one. Raises UnusablePayloadKey."""
        self._keys, self.encrypts = payload_keys(setting)

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """The payloads under the newest key, or as they are where nothing is to be encrypted."""
        if not self.encrypts:
            return list(payloads)
        return [
            Payload(metadata={"encoding": ENCODING}, data=self._keys.encrypt(payload.SerializeToString()))
            for payload in payloads
        ]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """The payloads in the clear. Raises UnreadablePayload."""
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
