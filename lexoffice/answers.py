"""Shapes that several endpoints of lexoffice answer with."""

from typing import Generic, Self, TypeVar
from uuid import UUID

from pydantic import PrivateAttr

from httpcalls.json_bodies import read_json
from lexoffice.wire import Several, Time, Wire

Row = TypeVar("Row")


class Fetched(Wire):
    """A resource as it was fetched, together with the bytes it was read from, which are the evidence."""

    _raw: bytes = PrivateAttr(default=b"")

    @property
    def raw(self) -> bytes:
        """The body of the answer, unchanged; empty for a resource that was not fetched."""
        return self._raw

    @classmethod
    def from_body(cls, body: bytes) -> Self:
        """Read a body. Raises ValueError (NotJson or pydantic's) for one that is not this resource."""
        resource = cls.model_validate(read_json(body))
        resource._raw = body
        return resource


class Page(Wire, Generic[Row]):
    """One page of a list; `number` counts from 0. `total_elements` stops at 10,000 (Paging of resources)."""

    content: Several[Row] = ()
    number: int = 0
    size: int | None = None
    total_pages: int | None = None
    total_elements: int | None = None
    last: bool | None = None

    @property
    def is_last(self) -> bool:
        """Whether no page follows; an empty page ends a list that does not say."""
        if not self.content:
            return True
        if self.last is not None:
            return self.last
        return self.total_pages is not None and self.number + 1 >= self.total_pages


class Created(Wire):
    """What a create answers: the id, and neither number nor status, which only a fetch brings.

    Everything but the id is optional: an answer with a usable id proves the creation, whatever else it lacks.
    """

    id: UUID
    version: int | None = None
    created_date: Time | None = None
    updated_date: Time | None = None

    @classmethod
    def from_body(cls, body: bytes) -> Self:
        """Read the answer to a create. Raises ValueError where it has no usable id."""
        told = read_json(body)
        try:
            return cls.model_validate(told)
        except ValueError:
            return cls(id=cls._id_of(told))

    @staticmethod
    def _id_of(told: object) -> UUID:
        if isinstance(told, dict) and isinstance(told.get("id"), str):
            return UUID(told["id"])
        raise ValueError("no usable id")
