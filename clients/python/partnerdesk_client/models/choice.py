from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define

T = TypeVar("T", bound="Choice")


@_attrs_define
class Choice:
    """
    Attributes:
        category_id (UUID):
    """

    category_id: UUID

    def to_dict(self) -> dict[str, Any]:
        category_id = str(self.category_id)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "category_id": category_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        category_id = UUID(d.pop("category_id"))

        choice = cls(
            category_id=category_id,
        )

        return choice
