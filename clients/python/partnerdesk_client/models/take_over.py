from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="TakeOver")


@_attrs_define
class TakeOver:
    """
    Attributes:
        leave_out_wrong (bool | Unset): Leave out rows with problems Default: False.
    """

    leave_out_wrong: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        leave_out_wrong = self.leave_out_wrong

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if leave_out_wrong is not UNSET:
            field_dict["leave_out_wrong"] = leave_out_wrong

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        leave_out_wrong = d.pop("leave_out_wrong", UNSET)

        take_over = cls(
            leave_out_wrong=leave_out_wrong,
        )

        return take_over
