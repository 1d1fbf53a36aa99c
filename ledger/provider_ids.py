"""Ids of providers that number their things, written as the UUIDs that rows and workflows know.

lexoffice has UUIDs of its own. easybill counts: its document 41007 is 65617379-6269-8000-8000-00000000a02f, a UUID of
version 8 (RFC 9562, 5.8): the provider's name, the kind of thing, its number. So an id tells whose it is.
"""

from enum import IntEnum
from typing import Final
from uuid import UUID

from ledger.books import BOOKS
from ledger.types import LEXOFFICE

_MOST: Final = 2**62


class Thing(IntEnum):
    """What has a number: one of another kind may have the same."""

    DOCUMENT = 0
    ACCOUNT = 1
    CUSTOMER = 2


def numbered_id(provider: str, thing: Thing, number: int) -> UUID:
    """The id of what this provider calls by a number. Raises ValueError for a number that no provider would reach."""
    if not 0 < number < _MOST:
        raise ValueError("no number of a provider")
    name = int.from_bytes(BOOKS[provider].numbered_as)
    return UUID(int=name << 80 | 0x8 << 76 | thing << 64 | 0b10 << 62 | number)


def number_of(id: UUID) -> int:
    """The provider's own number. Raises ValueError for an id that is none."""
    if _provider_of_numbered(id) is None:
        raise ValueError("not an id of a provider that numbers its things")
    return id.int & (_MOST - 1)


def document_named(provider: str, named: str) -> UUID:
    """The id of the document that a person names: by that id, or by the number that this provider calls it by.

    Raises ValueError for what names no document of this provider.
    """
    named = named.strip()
    if BOOKS[provider].numbered_as and named.isascii() and named.isdigit():
        return numbered_id(provider, Thing.DOCUMENT, int(named))
    id = UUID(named)
    if provider_of(id) != provider:
        raise ValueError("a document of another provider")
    return id


def provider_of(id: UUID) -> str:
    """Whose thing it is; what no provider numbers is lexoffice's."""
    return _provider_of_numbered(id) or LEXOFFICE


def _provider_of_numbered(id: UUID) -> str | None:
    if id.version != 8:
        return None
    return next((row.name for row in BOOKS.values() if row.numbered_as == id.bytes[:6]), None)
