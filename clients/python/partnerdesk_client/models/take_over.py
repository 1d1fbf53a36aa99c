from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="TakeOver")


@_attrs_define
class TakeOver:
    """
    Attributes:
        seen (None | str | Unset): `seen` of the preview; 409 if the file would do something else by now
        leave_out_wrong (bool | Unset): Leave out rows with problems Default: False.
    """

    seen: None | str | Unset = UNSET
    leave_out_wrong: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        seen: None | str | Unset
        if isinstance(self.seen, Unset):
            seen = UNSET
        else:
            seen = self.seen

        leave_out_wrong = self.leave_out_wrong

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if seen is not UNSET:
            field_dict["seen"] = seen
        if leave_out_wrong is not UNSET:
            field_dict["leave_out_wrong"] = leave_out_wrong

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_seen(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        seen = _parse_seen(d.pop("seen", UNSET))

        leave_out_wrong = d.pop("leave_out_wrong", UNSET)

        take_over = cls(
            seen=seen,
            leave_out_wrong=leave_out_wrong,
        )

        return take_over
