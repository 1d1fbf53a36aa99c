"""Which sources of sales there are: how each is read, what it is verified by, and what it wants for an answer."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from pydantic import SecretStr

from api.actions.sources import copecart, custom, digistore24, signatures, stripe
from api.actions.sources.message import Reader
from ledger.types import COPECART, CUSTOM, DIGISTORE24, STRIPE

Verifier = Callable[[bytes, Mapping[str, str], SecretStr], bool]
"""Whether this body with these headers was signed with the secret. Takes the same time for each wrong one."""


class Source(NamedTuple):
    read: Reader
    is_signed: Verifier
    answers_ok: bool = False
    """It repeats whatever is not answered by the two letters `OK`."""


SOURCES: dict[str, Source] = {
    STRIPE: Source(stripe.read, signatures.by_stripe),
    CUSTOM: Source(custom.read, signatures.by_custom),
    DIGISTORE24: Source(digistore24.read, signatures.by_digistore24, answers_ok=True),
    COPECART: Source(copecart.read, signatures.by_copecart, answers_ok=True),
}
