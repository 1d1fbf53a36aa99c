"""In which language the request at hand is answered.

The edge sets it for every request from `Accept-Language`; a page follows the choice of its reader instead.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import overload

from ledger.reasons import Reason
from ledger.refusals import Refused
from words import GERMAN, LANGUAGES, sentence

_spoken: ContextVar[str] = ContextVar("language", default=GERMAN)


@contextmanager
def speaking(language: str | None) -> Iterator[None]:
    """Texts, amounts and dates are in this language until the block ends; an unknown one is German."""
    token = _spoken.set(language if language in LANGUAGES else GERMAN)
    try:
        yield
    finally:
        _spoken.reset(token)


def language() -> str:
    return _spoken.get()


def asked_for(accept_language: str) -> str:
    """The first of ours by the quality that `Accept-Language` gives (RFC 9110, 12.5.4); German where it names none."""
    best, quality = GERMAN, 0.0
    for entry in accept_language.split(","):
        tag, *parameters = (part.strip() for part in entry.split(";"))
        primary = tag.partition("-")[0].lower()
        if primary in LANGUAGES and (weight := _quality(parameters)) > quality:
            best, quality = primary, weight
    return best


def say(code: str, params: Mapping[str, object] | None = None) -> str:
    """The sentence of a code, in the language of this request."""
    return sentence(code, params, language())


def said(refused: Refused) -> str:
    """Why something is refused, in the language of this request."""
    return say(refused.code, refused.params)


@overload
def in_words(reason: None) -> None: ...
@overload
def in_words(reason: Reason | str) -> str: ...
@overload
def in_words(reason: Reason | str | None) -> str | None: ...
def in_words(reason: Reason | str | None) -> str | None:
    """A reason that the ledger keeps, in the language of this request; what a person wrote stays as it is."""
    return sentence(reason.code, reason.params, language()) if isinstance(reason, Reason) else reason


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            try:
                return min(float(value), 1.0)
            except ValueError:
                return 0.0
    return 1.0
