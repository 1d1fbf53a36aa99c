"""Countries by name, for a list to choose from."""

from functools import lru_cache

from api.http.language import language
from ledger.countries import COUNTRIES

_FIRST = ("DE", "AT", "CH")


def choices() -> list[tuple[str, str]]:
    """Code and name in the reader's language; neighbours first, then by name."""
    return list(_choices(language()))


@lru_cache(maxsize=4)
def _choices(spoken: str) -> tuple[tuple[str, str], ...]:
    from babel import Locale  # its data of all languages is not waited for at the start

    names = Locale.parse(spoken).territories
    rest = sorted(COUNTRIES - set(_FIRST), key=lambda code: names.get(code, code).casefold())
    return tuple((code, names.get(code, code)) for code in (*_FIRST, *rest))
