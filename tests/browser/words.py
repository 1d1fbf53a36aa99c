"""What a page says in the language of who works there: a test names German texts, the catalogue knows the others."""

import re
from collections.abc import Callable
from re import Pattern

from api.http.language import speaking
from api.pages.frame import languages
from api.pages.frame.words import of_state

Say = Callable[[str], str]


def speaker(language: str) -> Say:
    def say(text: str) -> str:
        with speaking(language):
            return languages._(text)

    return say


def state(language: str, kind: str, name: str) -> str:
    with speaking(language):
        return of_state(kind, name)


def around(text: str) -> Pattern[str]:
    """Texts with a place to fill in: whatever stands there."""
    return re.compile(".*".join(re.escape(part) for part in re.split(r"%\(\w+\)s", text)))
