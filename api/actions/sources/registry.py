"""Which sources of sales there are: how each is read, what it is verified by, what it wants for an answer, and what a
test message of our own looks like as its.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from pydantic import SecretStr

from api.actions.sources import copecart, custom, digistore24, probes, signatures, stripe
from api.actions.sources.message import Message, Reader, Terms
from ledger.connections.source_secrets import PROBE
from ledger.types import COPECART, CUSTOM, DIGISTORE24, STRIPE

Verifier = Callable[[bytes, Mapping[str, str], SecretStr], bool]
"""Whether this body with these headers was signed with the secret. Takes the same time for each wrong one."""


class Source(NamedTuple):
    read: Reader
    is_signed: Verifier
    probe: probes.Writer
    answers_ok: bool = False
    """It repeats whatever is not answered by the two letters `OK`."""


SOURCES: dict[str, Source] = {
    STRIPE: Source(stripe.read, signatures.by_stripe, probes.of_stripe),
    CUSTOM: Source(custom.read, signatures.by_custom, probes.of_custom),
    DIGISTORE24: Source(digistore24.read, signatures.by_digistore24, probes.of_digistore24, answers_ok=True),
    COPECART: Source(copecart.read, signatures.by_copecart, probes.of_copecart, answers_ok=True),
}


def read(provider: str, body: bytes, terms: Terms) -> Message:
    """A message of this source, or our own test of it. Raises NotAMessage."""
    message = SOURCES[provider].read(body, terms)
    return message._replace(report=probes.OUR_PROBE) if message.kind == PROBE else message
