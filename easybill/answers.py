"""Shapes that several endpoints answer with."""

from typing import Generic, Self, TypeVar

from pydantic import PrivateAttr

from easybill.wire import Id, Several, Wire
from httpcalls.json_bodies import read_json

Row = TypeVar("Row")


class Fetched(Wire):
    """Something as it was fetched, together with the bytes it was read from, which are the evidence."""

    id: Id
    _raw: bytes = PrivateAttr(default=b"")

    @property
    def raw(self) -> bytes:
        """The body of the answer, unchanged; empty for a row of a list."""
        return self._raw

    @classmethod
    def from_body(cls, body: bytes) -> Self:
        """Read a body. Raises ValueError (NotJson or pydantic's) for one that is not this thing."""
        fetched = cls.model_validate(read_json(body))
        fetched._raw = body
        return fetched


class Page(Wire, Generic[Row]):
    """One page of a list; `page` counts from 1, `total` is that of all pages."""

    items: Several[Row] = ()
    page: int
    pages: int
    total: int
    _raw: bytes = PrivateAttr(default=b"")

    @property
    def raw(self) -> bytes:
        """The body of the answer, unchanged."""
        return self._raw

    @classmethod
    def from_body(cls, body: bytes) -> Self:
        """Read a body. Raises ValueError (NotJson or pydantic's) for one that is no such page."""
        page = cls.model_validate(read_json(body))
        page._raw = body
        return page

    @property
    def is_last(self) -> bool:
        """Whether no page follows; an empty page ends a list, whatever it says."""
        return not self.items or self.page >= self.pages
