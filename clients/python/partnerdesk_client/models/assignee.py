from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="Assignee")


@_attrs_define
class Assignee:
    """
    Attributes:
        assigned_to (str): Who assigns the vouchers in lexoffice
    """

    assigned_to: str

    def to_dict(self) -> dict[str, Any]:
        assigned_to = self.assigned_to

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "assigned_to": assigned_to,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        assigned_to = d.pop("assigned_to")

        assignee = cls(
            assigned_to=assigned_to,
        )

        return assignee
