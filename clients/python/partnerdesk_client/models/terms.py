from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="Terms")


@_attrs_define
class Terms:
    """What the bank offers for an account.

    Attributes:
        cut_off (None | str | Unset):
        takes_instant (bool | Unset):  Default: False.
    """

    cut_off: None | str | Unset = UNSET
    takes_instant: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        cut_off: None | str | Unset
        if isinstance(self.cut_off, Unset):
            cut_off = UNSET
        else:
            cut_off = self.cut_off

        takes_instant = self.takes_instant

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if cut_off is not UNSET:
            field_dict["cut_off"] = cut_off
        if takes_instant is not UNSET:
            field_dict["takes_instant"] = takes_instant

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_cut_off(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        cut_off = _parse_cut_off(d.pop("cut_off", UNSET))

        takes_instant = d.pop("takes_instant", UNSET)

        terms = cls(
            cut_off=cut_off,
            takes_instant=takes_instant,
        )

        return terms
