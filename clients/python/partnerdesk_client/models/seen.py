from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="Seen")


@_attrs_define
class Seen:
    """
    Attributes:
        voucher_number (str): The voucher that was looked at
        shown (str): What the advance return shows of it
    """

    voucher_number: str
    shown: str

    def to_dict(self) -> dict[str, Any]:
        voucher_number = self.voucher_number

        shown = self.shown

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "voucher_number": voucher_number,
                "shown": shown,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        voucher_number = d.pop("voucher_number")

        shown = d.pop("shown")

        seen = cls(
            voucher_number=voucher_number,
            shown=shown,
        )

        return seen
