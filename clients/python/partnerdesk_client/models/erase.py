from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="Erase")


@_attrs_define
class Erase:
    """
    Attributes:
        reason (str): Stands in the audit trail and does not name the person
        confirm (str): The partner's code or the customer's id, once more
    """

    reason: str
    confirm: str

    def to_dict(self) -> dict[str, Any]:
        reason = self.reason

        confirm = self.confirm

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "reason": reason,
                "confirm": confirm,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        reason = d.pop("reason")

        confirm = d.pop("confirm")

        erase = cls(
            reason=reason,
            confirm=confirm,
        )

        return erase
