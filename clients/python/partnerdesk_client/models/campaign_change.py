from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="CampaignChange")


@_attrs_define
class CampaignChange:
    """What is set is changed, None included; what is not set stays.

    Attributes:
        name (str | Unset):  Default: ''.
        hold_days (int | None | Unset):
    """

    name: str | Unset = ""
    hold_days: int | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        hold_days: int | None | Unset
        if isinstance(self.hold_days, Unset):
            hold_days = UNSET
        else:
            hold_days = self.hold_days

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if name is not UNSET:
            field_dict["name"] = name
        if hold_days is not UNSET:
            field_dict["hold_days"] = hold_days

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name", UNSET)

        def _parse_hold_days(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        hold_days = _parse_hold_days(d.pop("hold_days", UNSET))

        campaign_change = cls(
            name=name,
            hold_days=hold_days,
        )

        return campaign_change
